"""Names in a question to conditions: brands, categories, values, and what items have or lack."""

from __future__ import annotations

from msgspec.structs import replace

from graph.records import Parameter
from ml.asking.draft import SILENT, Draft
from ml.asking.keys import stems
from ml.asking.plan import BRAND, CATEGORY, OWN_FIELDS, Condition, Plan

_JOINS = ("and", "or")
_AMOUNTS = ("size", "sizes", "capacity", "amount", "level", "大小", "容量", "尺寸")
_ALTERNATIVES = 0.9  # how surely an `or` joins just the two conditions beside it

_NEXT_CLAUSE = ("且", "并且", "而且", "并", "同时")


def bind_names(draft: Draft) -> None:
    """Adds a condition for every brand, category and value, negated where the question says so."""
    _bind_texts_of_numbers(draft)
    for place, span in enumerate(draft.spans):
        if place in draft.used:
            continue
        if span.is_kind("brand"):
            ids = tuple(one.id for one in span.of_kind("brand"))
            _add(draft, place, Condition(BRAND, values=ids[:1]))
        elif span.is_kind("category"):
            if len(draft.lexicon.categories) > 1:
                ids = tuple(one.id for one in span.of_kind("category"))
                _add(draft, place, Condition(CATEGORY, values=ids))
            else:
                draft.used.add(place)
        elif span.values and not _better_named(span):
            _bind_value(draft, place)
    _join(draft)
    _except(draft)


def _except(draft: Draft) -> None:
    """三星以外: what stands before it is left out, said already by 除了 or not."""
    for at in list(draft.places("outside")):
        draft.used.add(at)
        before = [one for one in draft.conditions if 0 <= one[0] < at]
        if before:
            place, condition = max(before, key=lambda one: one[0])
            draft.conditions.remove((place, condition))
            draft.conditions.append((place, replace(condition, negated=True)))


def _better_named(span: object) -> bool:
    senses = getattr(span, "senses", ())
    return bool(senses)


def _bind_value(draft: Draft, place: int) -> None:
    """Of the parameters that the text may be of the one that is named beside it, or the usual."""
    span = draft.spans[place]
    for at in (place - 1, place + 1, place - 2, place + 2):
        if not draft.free(at):
            continue
        named = {parameter.id for parameter in draft.parameters(at)}
        cued = [value for value in span.values if value.parameter in named]
        if cued:
            draft.used.add(at)
            _add(draft, place, Condition(cued[0].parameter, values=cued[0].ids))
            return
    best = span.values[0]
    if len(span.values) > 1 and span.values[1].items > best.items / 2:
        draft.doubt *= 0.85
    if not best.exact and _is_said_of_another(draft, place):
        draft.doubt *= 0.4
    if not best.exact:
        draft.doubt *= 0.0 if _is_kind_of_things(draft, span.text) else 0.97
    _add(draft, place, Condition(best.parameter, values=best.ids))


def _is_said_of_another(draft: Draft, place: int) -> bool:
    """玻璃机身: a part of other texts, right before the name of a text that has no such part."""
    behind = draft.spans[place + 1] if draft.free(place + 1) else None
    touches = behind is not None and draft.chinese and behind.start == draft.spans[place].end
    parameter = draft.parameter(place + 1) if touches else None
    return parameter is not None and parameter.kind == "text"


def _is_kind_of_things(draft: Draft, text: str) -> bool:
    """`Which tablets`: a plural where no things are named is what they are, not said of them."""
    named = any(span.is_kind("category") or span.does("item") for span in draft.spans)
    plural = text.endswith("s") and stems(text)[-1] != text.lower()
    return plural and not (draft.chinese or named)


def _bind_texts_of_numbers(draft: Draft) -> None:
    """`Bluetooth 4.0`, 蓝牙版本是4.0: a bare number behind the name of a text parameter."""
    for place in range(len(draft.spans)):
        at = draft.behind(place) if draft.spans[place].is_kind("parameter") else None
        if at is None or place in draft.used or not draft.free(at):
            continue
        number = draft.spans[at]
        if number.number is None or number.unit:
            continue
        for parameter in draft.parameters(place):
            if parameter.kind == "text":
                sense = draft.lexicon.texts.of_parameter(parameter.id, (number.text,))
                if sense:
                    draft.used.add(at)
                    _add(draft, place, Condition(parameter.id, values=sense.ids))
                    break


def bind_possessions(draft: Draft, asked: set[int]) -> None:
    """What is left of named parameters: that items have it, or not; `asked` ones are left alone."""
    for place, span in enumerate(draft.spans):
        if place in draft.used or place in asked or not span.is_kind("parameter"):
            continue
        parameter = draft.parameter(place)
        if parameter is not None and (
            _says_how_much(draft, place) or _names_whose_value(draft, place, parameter)
        ):
            draft.used.add(place)
            continue
        if parameter is not None and any(
            condition.field == parameter.id for _, condition in draft.conditions
        ):
            draft.used.add(place)  # 2019年 发布: said already
        elif parameter is not None:
            if _is_compound(draft, place, parameter):
                draft.doubt *= 0.4
            _add(draft, place, possession(draft, parameter))


def _says_how_much(draft: Draft, place: int) -> bool:
    """`Flux level`, 内存大小: behind the name of a number it says no more than that it is one."""
    before = place - 1
    named = before >= 0 and before in draft.used and draft.parameter(before, "number") is not None
    return named and draft.spans[place].text.lower() in _AMOUNTS


def _names_whose_value(draft: Draft, place: int, parameter: Parameter) -> bool:
    """`Brushed steel shade`, 钢灯罩: the noun behind a value is not asked for by itself."""
    return parameter.kind == "number" and any(
        at == place - 1 and one.values and one.field not in OWN_FIELDS
        for at, one in draft.conditions
    )


def _is_compound(draft: Draft, place: int, parameter: Parameter) -> bool:
    """`wireless weight`: a part of a text of another parameter says something new of this one."""
    beside = draft.spans[place - 1] if place and not draft.chinese else None
    values = beside.values if beside is not None and not beside.senses else ()
    own = {one.id for one in draft.parameters(place)}
    return (
        parameter.kind == "number"
        and bool(values)
        and not any(one.exact or one.parameter in own for one in values)
    )


def possession(draft: Draft, parameter: Parameter) -> Condition:
    """Having something: yes, a value other than no, or any value."""
    if parameter.kind == "boolean":
        return Condition(parameter.id, values=(f"{parameter.id}=yes",))
    if no := draft.lexicon.texts.no_of(parameter.id):
        return Condition(parameter.id, values=no, negated=True, stated=True)
    return Condition(parameter.id, stated=True)


def _add(draft: Draft, place: int, condition: Condition) -> None:
    draft.add(place, lacking(draft, condition) if negation(draft, place) else condition)


def lacking(draft: Draft, condition: Condition) -> Condition:
    """The opposite; of a yes it is the no that is stated, where items do state it."""
    if condition.values == (f"{condition.field}=yes",):
        if draft.lexicon.is_silence_no(condition.field):
            return replace(condition, negated=True)
        return Condition(condition.field, values=(f"{condition.field}=no",))
    if condition.stated and condition.negated and condition.values:
        return Condition(condition.field, values=condition.values)
    return replace(condition, negated=True)


def negation(draft: Draft, place: int) -> bool:
    """Whether what stands here is said not to be so: `not sold out` denies that it is not."""
    denied = any(one.denied for one in draft.spans[place].of_kind("parameter"))
    if denied:  # 不可调光且缺货: what is denied of another is not denied of this
        return not _not_before(draft, place, names=False)
    return _not_before(draft, place) or _not_behind(draft, place)


def _not_behind(draft: Draft, place: int) -> bool:
    """灯罩不支持的, GPS和NFC都没有的: what is denied stands before what denies it."""
    at = place + 1
    while at < len(draft.spans):
        span = draft.spans[at]
        if _denies_what_is_before(draft, at):
            draft.used.add(at)
            return True
        joined = span.does("and", *SILENT) and span.text != "的"
        if not (joined or span.is_kind("parameter") or span.values):
            return False
        at += 1
    return False


def _denies_what_is_before(draft: Draft, place: int) -> bool:
    """没有的, 不支持的: nothing that it could deny stands between it and its 的."""
    behind = draft.spans[place + 1] if place + 1 < len(draft.spans) else None
    closes = behind is not None and draft.silent(place + 1) and behind.text.endswith("的")
    last = place + 2 >= len(draft.spans)
    return draft.chinese and draft.spans[place].does("not") and closes and not last


def _not_before(draft: Draft, place: int, *, names: bool = True) -> bool:
    """Whether `not` stands before this place, with nothing between that means something.

    `names`: but for names of what is denied with it.
    """
    at = place - 1
    while at >= 0:
        span = draft.spans[at]
        if _denies_what_is_before(draft, at):
            return False
        if span.does("not"):
            draft.used.add(at)
            return True
        if span.text in _NEXT_CLAUSE:
            return False  # 不可调光且有货
        named = names and at in draft.used and _beside(span)
        passed = draft.silent(at) or span.does("which") or named
        if not passed:
            return False
        at -= 1
    return False


def _beside(span: object) -> bool:
    """A name that was used up for what stands beside it: `no colour black`."""
    return bool(getattr(span, "senses", ())) and span.is_kind("parameter")  # type: ignore[attr-defined]


def _as_values(draft: Draft, condition: Condition) -> Condition:
    """`12 or 15 W`: exact numbers as the values that they are, so that they can be alternatives."""
    if condition.low is None or condition.low != condition.high:
        return condition
    value = draft.lexicon.ids.get((condition.field, condition.low))
    if value is None:
        return condition
    return Condition(condition.field, values=(value,), negated=condition.negated)


def _join(draft: Draft) -> None:
    """`Samsung or Huawei`: values of one field with a conjunction between are alternatives."""
    joined: list[tuple[int, Condition]] = []
    for place, condition in sorted(draft.conditions, key=lambda one: one[0]):
        if joined:
            before_place, before = joined[-1]
            if before.field == condition.field and before.is_range and condition.is_range:
                before, condition = _as_values(draft, before), _as_values(draft, condition)
            same = before.field == condition.field and before.values and condition.values
            between = range(before_place + 1, place)
            words = [at for at in between if not draft.silent(at) and at not in draft.used]
            conjunction = any(draft.spans[at].does("or") for at in words)
            both = all(draft.spans[at].does(*_JOINS) for at in words)
            number = condition.values and condition.values[0] in draft.lexicon.ids.values()
            alternatives = both and (conjunction or number or condition.field in (BRAND, CATEGORY))
            if (
                same
                and alternatives
                and (before.negated == condition.negated or conjunction or before.negated)
            ):
                draft.used.update(words)
                values = tuple(dict.fromkeys((*before.values, *condition.values)))
                joined[-1] = (place, replace(before, values=values))
                continue
        joined.append((place, condition))
    draft.conditions = joined


def alternatives(draft: Draft, plan: Plan) -> tuple[Condition, ...]:
    """What an `or` between conditions of two fields offers; it is no more asked of all items."""
    if plan.items or plan.ask not in ("items", "count", "check", "values", "aggregate", "groups"):
        return ()
    for at in draft.places("or"):
        before = [one for one in draft.conditions if 0 <= one[0] < at]
        behind = [one for one in draft.conditions if one[0] > at]
        if not before or not behind:
            continue
        pair = (max(before, key=_place), min(behind, key=_place))
        own = any(one.field in OWN_FIELDS for _, one in pair) and pair[0][1].field != BRAND
        if own or any(one.is_relation for _, one in pair):
            continue
        draft.used.add(at)
        draft.doubt *= _ALTERNATIVES
        for one in pair:
            draft.conditions.remove(one)
        return (pair[0][1], pair[1][1])
    return ()


def _place(one: tuple[int, Condition]) -> int:
    return one[0]
