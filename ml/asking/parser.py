"""A question to a plan, by the words of its language and what the graph has names for."""

from __future__ import annotations

import re

from msgspec.structs import replace

from graph.records import Parameter
from ml.asking.adjectives import MEASURES, fits, meant
from ml.asking.amounts import bind_numbers
from ml.asking.draft import Draft
from ml.asking.following import Before, carried, fragment
from ml.asking.keys import is_han
from ml.asking.lexicon import AskedModel, AskingLexicon
from ml.asking.naming import bind_names, bind_possessions, negation, possession
from ml.asking.plan import (
    BRAND,
    ITEM,
    Condition,
    Entity,
    Language,
    NotUnderstood,
    Order,
    Plan,
    Understood,
)
from ml.asking.spans import Span, spans

SURE = 0.45  # below it a question is refused
_UNUSED = 0.6  # what a name that the plan has no use for leaves of the confidence
_MENDED = 0.9
_YES_NO = re.compile(r"(?:is|are|was|were|does|do|did|has|have|can|could)\b", re.I)
_THERE = re.compile(
    r"(?:is|are|was|were) there\b|(?:do|does) (?:you|the)\b|有没有|有无|是否有", re.I
)
# Function words without which a question would be another one: none of them is passed over.
_TELLING = frozenset(
    {"most", "least", "highest", "lowest", "comparative", "diminutive", "same", "similar", "than"}
    | {"not", "average", "total", "more", "less", "at_least", "at_most", "before", "after"}
    | {"or_more", "or_less", "who", "when", "count", "how"}
)
_OTHER_WAY: dict[Order, Order] = {"highest": "lowest", "lowest": "highest"}


def understand(
    text: str,
    lexicon: AskingLexicon,
    *,
    language: Language | None = None,
    before: Before | None = None,
) -> Understood | NotUnderstood:
    """What a question asks for; `before` is what was asked before it in the same session."""
    chinese = any(is_han(sign) for sign in text) if language is None else language == "zh"
    spoken: Language = "zh" if chinese else "en"
    found = spans(text, lexicon)
    if not found:
        return NotUnderstood("empty", spoken)
    entities = _entities(found, lexicon)
    unknown = tuple(span.text for span in found if span.unknown)
    if unknown:
        return NotUnderstood("unknown_words", spoken, unknown, entities)
    draft = Draft(text, found, lexicon, any(is_han(sign) for sign in text))
    plan = _Reading(draft, before).plan()
    if plan is None:
        return NotUnderstood("nothing_asked", spoken, (), entities)
    if isinstance(plan, str):
        reason = "no_context" if plan == "no_context" else "no_such_field"
        return NotUnderstood(reason, spoken, (), entities)  # type: ignore[arg-type]
    left = [
        span for place, span in enumerate(found) if place not in draft.used and not _is_silent(span)
    ]
    lost = [
        span
        for place, span in enumerate(found)
        if place not in draft.used and span.is_kind("function") and span.senses[0].id in _TELLING
    ]
    if lost or any(span.number is not None or span.is_kind("model") for span in left):
        return NotUnderstood("nothing_asked", spoken, tuple(s.text for s in left), entities)
    confidence = draft.doubt * _UNUSED ** len(left)
    confidence *= _MENDED ** sum(span.mended for span in found)
    if confidence < SURE:
        return NotUnderstood("nothing_asked", spoken, tuple(s.text for s in left), entities)
    return Understood(plan, spoken, entities, round(confidence, 3))


def _is_silent(span: Span) -> bool:
    return span.is_kind("function") or span.is_kind("category") or span.is_kind("numeral")


class _Reading:
    """One question on its way to a plan."""

    def __init__(self, draft: Draft, before: Before | None) -> None:
        self.draft = draft
        self.before = before
        self.models: list[tuple[int, AskedModel]] = []
        self.top: int | None = None
        self.points = False  # at what was answered before: it, them

    def plan(self) -> Plan | str | None:
        draft = self.draft
        self._find_models()
        follows = self._follow()
        if follows == "no_context":
            return follows
        ranked = self._superlative()
        bind_numbers(draft)
        related = self._related()
        if isinstance(related, Plan):
            return self._finish(related)
        bind_names(draft)
        if self.before is not None and self._is_fragment():
            ids = [model.id for _, model in self.models]
            found = fragment(draft, self.before, ids, ranked)
            if found is not None:
                return found
        if self.before is not None and self._goes_on():
            draft.conditions += [(-1, condition) for condition in carried(self.before)]
        plan = self._asked(ranked)
        return self._finish(plan) if plan is not None else None

    def _is_fragment(self) -> bool:
        """Whether a question is only what differs from the one before it."""
        draft = self.draft
        if self.points:
            return False
        asks = draft.has("which", "who", "when", "how", "how_much", "count", "average", "total")
        about = draft.has("also") and not (asks and draft.chinese and self._names_subject())
        return about or not (asks or self._names_subject() or self._yes_no())

    def _goes_on(self) -> bool:
        """Whether it names nothing that it could be about, so that it is about the same."""
        draft = self.draft
        return not self.points and not self.models and not self._names_subject() and not any(
            span.is_kind("brand") for span in draft.spans
        )

    def _names_subject(self) -> bool:
        return any(
            span.is_kind("category") or span.does("item", "brand") for span in self.draft.spans
        )

    # What the question is about

    def _find_models(self) -> None:
        for place, span in enumerate(self.draft.spans):
            if span.is_kind("model") and (model := self.draft.model(place)):
                self.models.append((place, model))
                self.draft.used.add(place)
                for beside in (place - 1, place - 2, place + 1):
                    if self.draft.free(beside) and any(
                        one.id == model.brand_id
                        for one in self.draft.spans[beside].of_kind("brand")
                    ):
                        self.draft.used.add(beside)

    def _follow(self) -> str | None:
        draft, before = self.draft, self.before
        it, them = draft.first("it"), draft.first("them")
        if (
            it is not None
            and not self.models
            and not any(span.is_kind("category") for span in draft.spans)
        ):
            if before is None or len(before.answered) != 1:
                return "no_context"
            model = draft.lexicon.models.get(before.answered[0])
            if model is None:
                return "no_context"
            self.points = True
            self.models.append((it, model))
            draft.used.add(it)
        elif them is not None and not self.models:
            if before is None:
                if any(span.is_kind("category") for span in draft.spans) or draft.chinese:
                    return None  # 其中 may speak of the same sentence
                return "no_context"
            self.points = True
            draft.used.add(them)
            for condition in carried(before):
                draft.conditions.append((-1, condition))
        return None

    # Superlatives

    def _superlative(self) -> tuple[Parameter, Order] | None:
        """The number that chooses the items; what says so is used up."""
        draft = self.draft
        for place, span in enumerate(draft.spans):
            if place in draft.used:
                continue
            found = self._superlative_at(place, span)
            if found is not None:
                self._top(place)
                return found
        return None

    def _superlative_at(self, place: int, span: Span) -> tuple[Parameter, Order] | None:
        draft = self.draft
        adjective = span.of_kind("adjective")
        end = place
        order: Order
        meaning: str | None = None
        if adjective and adjective[0].degree == "superlative":
            meaning = adjective[0].id
            order = MEASURES[meaning].order
        elif span.does("most", "highest"):
            order = "highest"
            behind = place + 1
            if behind < len(draft.spans) and (
                adjectives := draft.spans[behind].of_kind("adjective")
            ):
                meaning, end = adjectives[0].id, behind
                order = MEASURES[meaning].order
        elif span.does("least", "lowest"):
            order = "lowest"
            behind = place + 1
            if behind < len(draft.spans) and (
                adjectives := draft.spans[behind].of_kind("adjective")
            ):
                meaning, end = adjectives[0].id, behind
                order = _OTHER_WAY[MEASURES[meaning].order]
        else:
            return None
        if any(
            draft.spans[at].number is not None and draft.spans[at].unit
            for at in range(end + 1, min(end + 2, len(draft.spans)))
        ):
            return None  # 最低 5000 毫安: a limit
        parameter = self._measured(place, end, meaning)
        if parameter is None:
            return None
        draft.used.update(range(place, end + 1))
        return parameter, order

    def _measured(self, first: int, last: int, meaning: str | None) -> Parameter | None:
        """The number parameter that stands beside, or the one that the adjective speaks of."""
        draft = self.draft
        near = [last + 1, last + 2, last + 3, first - 1, first - 2, first - 3]
        if draft.chinese:
            near = [first - 1, first - 2, last + 1, last + 2]
        for at in near:
            if not draft.free(at) or not draft.spans[at].is_kind("parameter"):
                continue
            for parameter in draft.parameters(at):
                if parameter.kind == "number" and (meaning is None or fits(meaning, parameter)):
                    draft.used.add(at)
                    self._claim_glued(at)
                    return parameter
        return meant(meaning, draft.lexicon) if meaning else None

    def _claim_glued(self, place: int) -> None:
        """`battery life`, `camera resolution`: a second name of the same thing beside the first."""
        named = {one.id for one in self.draft.parameters(place)}
        for beside in (place - 1, place + 1):
            if self.draft.free(beside) and named & {
                one.id for one in self.draft.parameters(beside)
            }:
                self.draft.used.add(beside)

    def _top(self, place: int) -> None:
        draft = self.draft
        for at in sorted(range(len(draft.spans)), key=lambda one: abs(one - place)):
            span = draft.spans[at]
            first = at > 0 and draft.spans[at - 1].does("top")
            if at in draft.used or span.unit is not None or not (first or abs(at - place) <= 3):
                continue
            number = span.number
            if number is None and span.is_kind("numeral"):
                number = float(span.senses[0].id)
            if number is not None and number == int(number) and 0 < number <= 100:
                self.top = int(number)
                draft.used.add(at)
                return

    # Relations between items

    def _related(self) -> Plan | None:
        draft = self.draft
        if not self.models:
            return None
        ids = [model.id for _, model in self.models]
        if (place := draft.first("similar")) is not None and not draft.has("same"):
            draft.used.add(place)
            bind_names(draft)
            return Plan("similar", items=(ids[0],), top=self._any_number())
        if (place := draft.first("same")) is not None:
            return self._same(place)
        if (than := draft.first("than")) is not None:
            return self._compared(than)
        if len(ids) == 2 and (place := draft.first("difference")) is not None:
            if parameter := self._one_parameter():
                draft.used.add(place)
                return Plan("difference", items=(ids[0], ids[1]), fields=(parameter.id,))
        return None

    def _same(self, place: int) -> Plan | None:
        """`the same chipset as X`: what it is that is the same, and of whom."""
        draft = self.draft
        fields = []
        for at, span in enumerate(draft.spans):
            if at in draft.used:
                continue
            if span.is_kind("parameter") and (parameter := draft.parameter(at)):
                if negation(draft, at):
                    continue
                fields.append((abs(at - place), at, parameter.id))
            elif span.does("brand"):
                fields.append((abs(at - place), at, BRAND))
        if not fields:
            return None
        chosen = [min(fields)] if not draft.has("and") else sorted(fields)
        near = [one for one in chosen if one[0] <= 4] or [min(fields)]
        for _, at, _ in near:
            draft.used.add(at)
        draft.used.add(place)
        *others, (_, reference) = self.models
        bind_names(draft)
        same = tuple(Condition(field, same_as=reference.id) for _, _, field in near)
        if others:
            return Plan("check", same, items=tuple(model.id for _, model in others))
        ask = "count" if self._counts() else "items"
        return Plan(ask, same)

    def _compared(self, than: int) -> Plan | None:
        """`heavier than X`: the item behind `than` is what others are held against."""
        draft = self.draft
        behind = [(place, model) for place, model in self.models if place > than]
        if not behind:
            return None
        reference = behind[0][1]
        others = [model for _, model in self.models if model is not reference]
        found = self._comparative(than)
        if found is None:
            return None
        parameter, order = found
        draft.used.add(than)
        if others and (place := draft.first("difference", "how_much")) is not None:
            draft.used.add(place)
            return Plan("difference", items=(others[0].id, reference.id), fields=(parameter.id,))
        bound = (
            Condition(parameter.id, above=reference.id)
            if order == "highest"
            else Condition(parameter.id, below=reference.id)
        )
        if others:
            return Plan("check", (bound,), items=tuple(model.id for model in others))
        bind_names(draft)
        return Plan("count" if self._counts() else "items", (bound,))

    def _comparative(self, than: int) -> tuple[Parameter, Order] | None:
        draft = self.draft
        order: Order | None = None
        meaning: str | None = None
        for at in sorted(range(len(draft.spans)), key=lambda one: abs(one - than)):
            span = draft.spans[at]
            if at in draft.used:
                continue
            adjective = span.of_kind("adjective")
            if adjective:
                meaning = adjective[0].id
                order = MEASURES[meaning].order
                draft.used.add(at)
                if at and draft.spans[at - 1].does("diminutive"):
                    order = _OTHER_WAY[order]
                    draft.used.add(at - 1)
                break
            if span.does("comparative", "more", "diminutive", "less"):
                order = "highest" if span.does("comparative", "more") else "lowest"
                draft.used.add(at)
                behind = at + 1
                if behind < len(draft.spans) and (
                    adjectives := draft.spans[behind].of_kind("adjective")
                ):
                    meaning = adjectives[0].id
                    plain = MEASURES[meaning].order
                    order = plain if order == "highest" else _OTHER_WAY[plain]
                    draft.used.add(behind)
                break
        if order is None:
            return None
        for at, span in enumerate(draft.spans):
            if at not in draft.used and span.is_kind("parameter"):
                for parameter in draft.parameters(at):
                    if parameter.kind == "number" and (meaning is None or fits(meaning, parameter)):
                        draft.used.add(at)
                        return parameter, order
        parameter_ = meant(meaning, draft.lexicon) if meaning else None
        return (parameter_, order) if parameter_ else None

    # What is asked for

    def _asked(self, ranked: tuple[Parameter, Order] | None) -> Plan | None:
        return self._about_models(ranked) if self.models else self._about_all(ranked)

    def _about_models(self, ranked: tuple[Parameter, Order] | None) -> Plan | None:
        draft = self.draft
        ids = tuple(dict.fromkeys(model.id for _, model in self.models))
        if len(ids) > 1 and (ranked or (ranked := self._which_is_more())):
            parameter, order = ranked
            among = Condition(ITEM, values=ids)
            return Plan("items", (among,), order_by=parameter.id, order=order, top=self.top or 1)
        yes_no = self._yes_no()
        own = [condition for _, condition in draft.conditions]
        if yes_no or (own and draft.has("have") and not draft.has("which", "how", "how_much")):
            bind_possessions(draft, set())
            if draft.conditions:
                return Plan("check", items=ids)
        if len(ids) > 1 and draft.has("which", "who") and self._brings_conditions():
            bind_possessions(draft, set())
            return Plan("items", (Condition(ITEM, values=ids),))
        counted = self._counts()
        fields = self._fields()
        if own:
            return None
        if counted and fields:
            return Plan("count", items=ids, fields=fields)
        if fields:
            return Plan("values", items=ids, fields=fields)
        if draft.has("describe", "compare", "difference", "which") or all(
            draft.spans[place].is_kind("model")
            or _is_silent(draft.spans[place])
            or place in draft.used
            for place in range(len(draft.spans))
        ):
            if self.before is not None and not draft.has("describe", "compare", "difference"):
                return None
            return Plan("facts", items=ids)
        return None

    def _brings_conditions(self) -> bool:
        draft = self.draft
        if draft.conditions:
            return True
        return draft.has("have", "not") and any(
            place not in draft.used and draft.parameter(place, "boolean")
            for place in range(len(draft.spans))
        )

    def _which_is_more(self) -> tuple[Parameter, Order] | None:
        """`Which is heavier, X or Y`: a comparative without `than`."""
        draft = self.draft
        return (
            self._comparative(0)
            if any(
                span.of_kind("adjective") or span.does("comparative", "diminutive", "most")
                for place, span in enumerate(draft.spans)
                if place not in draft.used
            )
            and draft.has("which", "who", "or")
            else None
        )

    def _fields(self) -> tuple[str, ...]:
        """Parameters that are asked for: named, or meant by `how heavy`, `when`, `who makes`."""
        draft = self.draft
        fields: list[str] = []
        for place, span in enumerate(draft.spans):
            if place in draft.used:
                continue
            if span.is_kind("parameter"):
                found = draft.parameters(place)
                if found:
                    draft.used.add(place)
                    likeliest = found[0]
                    if likeliest.id not in fields and not self._twice(place, fields):
                        fields.append(likeliest.id)
            elif span.does("brand", "who"):
                draft.used.add(place)
                fields.append(BRAND)
            elif (adjective := span.of_kind("adjective")) and (
                parameter := meant(adjective[0].id, draft.lexicon)
            ):
                draft.used.add(place)
                draft.used.update(draft.places("how"))
                fields.append(parameter.id)
            elif span.does("when") and not fields and (year := meant("new", draft.lexicon)):
                draft.used.add(place)
                fields.append(year.id)
            elif (
                span.does("how_much")
                and (meaning := _how(span.text))
                and (parameter := meant(meaning, draft.lexicon))
            ):
                draft.used.add(place)
                if not any(
                    fits(meaning, draft.lexicon.parameters[f])
                    for f in fields
                    if f in draft.lexicon.parameters
                ):
                    fields.append(parameter.id)
        return tuple(dict.fromkeys(fields))

    def _twice(self, place: int, fields: list[str]) -> bool:
        """Whether a span only says again what the one beside it has said: `battery capacity`."""
        beside = place - 1
        return (
            beside >= 0
            and beside in self.draft.used
            and any(one.id in fields for one in self.draft.parameters(place))
        )

    def _about_all(self, ranked: tuple[Parameter, Order] | None) -> Plan | None:
        draft = self.draft
        brand = next(
            (place for place in draft.places("brand") if not draft.spans[place].is_kind("brand")),
            None,
        )
        counted = self._counts()
        if brand is not None:
            draft.used.add(brand)
            return self._about_brands(ranked, counted=counted)
        average = draft.first("average", "total")
        if average is not None and (parameter := self._one_parameter()):
            kind = "average" if draft.spans[average].does("average") else "total"
            draft.used.add(average)
            return Plan("aggregate", fields=(parameter.id,), aggregate=kind)  # type: ignore[arg-type]
        if ranked is not None:
            parameter, order = ranked
            bind_possessions(draft, set())
            if self._asks_number(parameter):
                return Plan("aggregate", fields=(parameter.id,), aggregate=order)
            return Plan("items", order_by=parameter.id, order=order, top=self.top or 1)
        asked = self._value_asked()
        if asked is not None:
            draft.used.add(asked[0])
            bind_possessions(draft, set())
            return Plan("count" if counted else "values", fields=(asked[1],))
        if counted:
            bind_possessions(draft, set())
            return Plan("count")
        bind_possessions(draft, set())
        if draft.conditions and _THERE.match(draft.text) and not draft.has("which"):
            return Plan("check")
        if draft.conditions and draft.chinese and draft.has("yes_no"):
            return Plan("check")
        return Plan("items", top=self._any_number()) if self._names_items() else None

    def _names_items(self) -> bool:
        draft = self.draft
        named = any(span.is_kind("category") or span.does("item") for span in draft.spans)
        fresh = [place for place, _ in draft.conditions if place >= 0]
        if self.before is not None:
            return (named and bool(fresh)) or (
                bool(fresh) and bool([place for place, _ in draft.conditions if place < 0])
            )
        return bool(fresh) or (named and draft.has("which", "ignore"))

    def _about_brands(
        self, ranked: tuple[Parameter, Order] | None, *, counted: bool
    ) -> Plan | None:
        draft = self.draft
        most, least = draft.first("most", "highest"), draft.first("least", "lowest")
        if ranked is not None:
            parameter, order = ranked
            return Plan(
                "items", fields=(BRAND,), order_by=parameter.id, order=order, top=self.top or 1
            )
        if most is not None or least is not None or draft.has("comparative"):
            place = most if most is not None else least
            if place is not None:
                draft.used.add(place)
                self._top(place)
            draft.used.update(draft.places("comparative"))
            bind_possessions(draft, set())
            return Plan(
                "groups",
                fields=(BRAND,),
                order="lowest" if most is None and least is not None else "highest",
                top=self.top or 1,
            )
        bind_possessions(draft, set())
        return Plan("count" if counted else "values", fields=(BRAND,))

    def _value_asked(self) -> tuple[int, str] | None:
        """A text parameter right behind `which`, `what` or `how many`; in Chinese around it."""
        draft = self.draft
        for place in range(len(draft.spans)):
            if not draft.spans[place].does("which", "count"):
                continue
            near = (place + 1, place + 2, place - 1) if draft.chinese else (place + 1, place + 2)
            for at in near:
                if draft.free(at) and (parameter := draft.parameter(at, "text")):
                    if not any(
                        span.is_kind("category")
                        for span in draft.spans[min(place, at) : max(place, at)]
                    ):
                        return at, parameter.id
                if at < len(draft.spans) and at >= 0 and draft.spans[at].is_kind("category"):
                    break
        return None

    def _asks_number(self, parameter: Parameter) -> bool:
        """`What is the largest battery`, and not `which phone has` it."""
        draft = self.draft
        text = draft.text.lower()
        if draft.chinese:
            return draft.has("how_much")
        named = draft.spans[0]
        which = draft.first("which")
        if which is None or not named.does("which", "ignore"):
            return False
        item = next(
            (
                at
                for at, span in enumerate(draft.spans)
                if span.is_kind("category") or span.does("item")
            ),
            None,
        )
        said = [
            at
            for at, span in enumerate(draft.spans)
            if at in draft.used and any(one.id == parameter.id for one in span.of_kind("parameter"))
        ]
        return text.startswith("what") and bool(said) and (item is None or said[0] < item)

    def _one_parameter(self) -> Parameter | None:
        draft = self.draft
        for place, span in enumerate(draft.spans):
            if place not in draft.used and (parameter := draft.parameter(place, "number")):
                draft.used.add(place)
                self._claim_glued(place)
                return parameter
            if place not in draft.used and (adjective := span.of_kind("adjective")):
                if found := meant(adjective[0].id, draft.lexicon):
                    draft.used.add(place)
                    return found
        return None

    def _any_number(self) -> int | None:
        self._top(0)
        return self.top

    def _counts(self) -> bool:
        place = self.draft.first("count")
        if place is None:
            return False
        self.draft.used.add(place)
        behind = place + 1
        return not (behind < len(self.draft.spans) and self.draft.spans[behind].does("unit"))

    def _yes_no(self) -> bool:
        draft = self.draft
        if draft.has("yes_no"):
            return True
        return not draft.chinese and bool(_YES_NO.match(draft.text.strip()))

    def _finish(self, plan: Plan) -> Plan:
        conditions = tuple(condition for _, condition in self.draft.conditions)
        merged = tuple(dict.fromkeys((*plan.conditions, *conditions)))
        return replace(plan, conditions=merged)


def _how(text: str) -> str | None:
    """多重 asks for a weight."""
    from ml.asking.words_zh import ADJECTIVES

    last = text[-1]
    return next(
        (
            meaning
            for meaning, words in ADJECTIVES.items()
            if last in words.split("|") and meaning not in ("high", "low", "small", "light")
        ),
        None,
    )


def _entities(found: list[Span], lexicon: AskingLexicon) -> tuple[Entity, ...]:
    entities = []
    for span in found:
        confidence = _MENDED if span.mended else 1.0
        if span.number is not None:
            kind, id, name = "number", span.text, span.text
        elif span.senses and span.senses[0].kind in ("model", "brand", "category", "parameter"):
            sense = span.senses[0]
            kind, id, name = sense.kind, sense.id, sense.name
            confidence *= sense.sure
        elif span.values and not span.senses:
            value = span.values[0]
            kind, id = "value", value.ids[0]
            name = lexicon.texts.text_of(value.ids[0], value.parameter)
        else:
            continue
        entities.append(
            Entity(span.text, span.start, span.end, kind, id, name, round(confidence, 3))  # type: ignore[arg-type]
        )
    return tuple(entities)


__all__ = ["possession", "understand"]
