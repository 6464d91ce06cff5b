"""What a question asks for, once its names, numbers and superlatives are known."""

from __future__ import annotations

import re

from msgspec.structs import replace

from graph.records import Parameter
from ml.asking.adjectives import lasts, meant
from ml.asking.counting import counts, most_common, per_group
from ml.asking.draft import Draft
from ml.asking.fields import asked_fields
from ml.asking.grouping import group_asked
from ml.asking.listing import asks_which_and_how_much, looks_for, owned_value, places_of, said_of
from ml.asking.naming import bind_possessions, lacking, negation
from ml.asking.plan import BRAND, CATEGORY, ITEM, PRICE, STOCK, Aggregate, Condition, Plan
from ml.asking.ranking import Ranked, comparative, find_top, one_number, which_is_more
from ml.asking.span import Span

_YES_NO = re.compile(r"(?:is|are|was|were|does|do|did|has|have|can|could)\b", re.I)
_THERE = re.compile(
    r"(?:is|are|was|were) there\b|(?:do|does) (?:you|the)\b|有没有|有无|是否有", re.I
)
_EXISTS = re.compile(r"(?:is|are|was|were|does|do|did|has|have)\b", re.I)
_POLITE = re.compile(r"(?:can|could|would|will|do|did) (?:you|u|anyone|someone|i|we)\b", re.I)
_ENDS = ("不", "没", "没有")
_ALL = ("all", "every", "each", "list all", "都", "全部", "所有", "都有", "show all")
_HOW = "多几"
_KINDS = ("种", "kinds of", "types of", "different")


def asked(draft: Draft, ranked: Ranked | None, *, follows: bool) -> Plan | None:
    """The plan without the conditions of the draft; `follows`: a question came before."""
    if draft.models:
        return _about_models(draft, ranked, follows=follows)
    return _about_all(draft, ranked, follows=follows)


def yes_no(draft: Draft) -> bool:
    english = not draft.chinese and bool(_YES_NO.match(draft.text.strip()))
    if english and _POLITE.match(draft.text.strip()) and draft.has("which", "who", "when", "how"):
        return draft.checks  # `could you tell me which`
    return draft.checks or draft.has("yes_no") or english


def find_question(draft: Draft) -> None:
    """支持不, 有没: what ends so asks for yes or no, and denies nothing."""
    if draft.chinese and len(draft.spans) > 1 and draft.spans[-1].text in _ENDS:
        draft.checks = True
        draft.used.add(len(draft.spans) - 1)
    _pass_told_asking(draft)


def _pass_told_asking(draft: Draft) -> None:
    """产地是哪里, 保修期是几年: the name beside says what is asked for, and no shop or year is."""
    for place in list(draft.places("where", "when")):
        beside = [at for at in (draft.before(place), draft.behind(place)) if at is not None]
        if draft.spans[place].does("where"):
            asked = any(draft.parameter(at, "text") for at in beside)
        else:
            numbers = (draft.parameter(at, "number") for at in beside)
            long = any(one is not None and lasts(one, draft.lexicon) for one in numbers)
            asked = long and draft.spans[place].text == "几年"
        draft.used.update((place,) if asked else ())


def _of_all(draft: Draft) -> bool:
    """`Are all lamps dimmable`, 都可调光吗: one that is so is no answer."""
    return any(span.text.lower() in _ALL for span in draft.spans)


def is_silent(span: Span) -> bool:
    """Whether a span that the plan has no use for takes nothing from it."""
    return any(map(span.is_kind, ("function", "category", "numeral")))


def _about_models(draft: Draft, ranked: Ranked | None, *, follows: bool) -> Plan | None:
    ids = tuple(dict.fromkeys(model.id for _, model in draft.models))
    among = (Condition(ITEM, values=ids),)
    if len(ids) > 1:
        _pass_joins(draft)
        if (mean := _mean(draft)) is not None:
            return replace(mean, conditions=among)
        ranked = ranked or which_is_more(draft) or _versus(draft)
    if ranked is not None:
        draft.used.update(draft.places("who"))
        return _ranked_among(draft, among, ranked)
    if (chosen := _which_of_two(draft)) is not None:
        return Plan("values", items=ids, fields=(chosen,))
    stated = bool(draft.conditions)
    open_ = draft.has("which", "how", "how_much", "who", "when")
    if yes_no(draft) or (stated and draft.has("have") and not open_):
        bind_possessions(draft, set())
        if draft.conditions:
            return Plan("check", items=ids)
    if len(ids) > 1 and draft.has("which", "who") and _brings_conditions(draft):
        bind_possessions(draft, set())
        return Plan("items", among)
    counted, fields = counts(draft), asked_fields(draft)
    if not fields and not counted and PRICE in draft.lexicon.parameters:
        fields = _how_much(draft)
    if stated and PRICE not in fields:  # `Aurora 5 dimmable?`
        lone = not (fields or counted or open_ or draft.chinese)
        return Plan("check", items=ids) if lone else None
    return _facts(draft, among, fields, counted=counted, follows=follows)


def _which_of_two(draft: Draft) -> str | None:
    """是有线还是无线: what of two values it states, and not whether it states one of them."""
    several = [one for _, one in draft.conditions if len(one.values) > 1]
    if len(several) != 1 or not any(span.text == "还是" for span in draft.spans):
        return None
    draft.conditions = [pair for pair in draft.conditions if pair[1] is not several[0]]
    return several[0].field


def _facts(
    draft: Draft,
    among: tuple[Condition],
    fields: tuple[str, ...],
    *,
    counted: bool,
    follows: bool,
) -> Plan | None:
    ids = among[0].values
    if PRICE in fields and len(ids) > 1:
        return None  # of several the lowest price would be that of one
    if PRICE in fields:  # what offers ask for it
        return Plan("aggregate", among, fields=(PRICE,), aggregate="lowest")
    if STOCK in fields and len(fields) > 1 and not counted:  # which shop has it in stock
        return _stocked(draft, among, tuple(one for one in fields if one != STOCK))
    if fields:
        return Plan("count" if counted else "values", items=ids, fields=fields)
    if counted:
        return None  # how many of it there are
    return _described(draft, ids, follows=follows)


def _stocked(draft: Draft, among: tuple[Condition], fields: tuple[str, ...]) -> Plan:
    stock = draft.lexicon.parameters[STOCK]
    place = next(at for at in range(len(draft.spans)) if stock in draft.parameters(at))
    yes = not negation(draft, place)
    value = f"{STOCK}={'yes' if yes else 'no'}"
    return Plan("values", (*among, Condition(STOCK, values=(value,))), fields=fields)


def _how_much(draft: Draft) -> tuple[str, ...]:
    """`How much is the Glow?`, where nothing is said that it could be much of."""
    said = draft.places("difference")
    place = next((at for at in said if draft.spans[at].text.lower() == "how much"), None)
    left = (at for at in range(len(draft.spans)) if at not in draft.used and at != place)
    if place is None or not all(is_silent(draft.spans[at]) for at in left):
        return ()
    draft.used.add(place)
    return (PRICE,)


def _mean(draft: Draft) -> Plan | None:
    """The average or the sum of a number that is named."""
    place = draft.first("average", "total")
    number = one_number(draft) if place is not None else None
    if place is None or number is None:
        return None
    draft.used.update((place, *draft.places("how", "how_much")))  # how heavy on average
    how: Aggregate = "average" if draft.spans[place].does("average") else "total"
    return Plan("aggregate", fields=(number.id,), aggregate=how)


def _versus(draft: Draft) -> Ranked | None:
    """`A vs B: bigger battery?`: a comparative without `which`."""
    compares = draft.has("compare") and any(
        sense.degree == "comparative"
        for place, span in enumerate(draft.spans)
        if place not in draft.used
        for sense in span.of_kind("adjective")
    )
    found = comparative(draft, len(draft.spans)) if compares else None
    draft.used.update(draft.places("compare") if found else ())
    return found


def _pass_joins(draft: Draft) -> None:
    """What only stands between several names."""
    draft.used.update(draft.places("than", "between"))
    if draft.has("compare"):
        draft.used.update(draft.places("how"))


def _ranked_among(draft: Draft, among: tuple[Condition], ranked: Ranked) -> Plan:
    """Which of the named items has the most; of one alone its highest number."""
    parameter, order = ranked
    top = draft.top or 1
    if len(among[0].values) == 1 and yes_no(draft):  # is it the heaviest by Acme
        bind_possessions(draft, set())
        return Plan("check", items=among[0].values, order_by=parameter.id, order=order, top=top)
    if len(among[0].values) == 1 and (value := _value_asked(draft)) is not None:
        draft.used.add(value[0])  # which shop has the cheapest of it
        return Plan("items", among, fields=(value[1],), order_by=parameter.id, order=order, top=top)
    if len(among[0].values) == 1:
        return Plan("aggregate", among, fields=(parameter.id,), aggregate=order)
    asks_which_and_how_much(draft, parameter)
    return Plan("items", among, order_by=parameter.id, order=order, top=top)


def _described(draft: Draft, ids: tuple[str, ...], *, follows: bool) -> Plan | None:
    described = draft.has("describe", "compare", "difference")
    bare = all(place in draft.used or is_silent(span) for place, span in enumerate(draft.spans))
    return Plan("facts", items=ids) if described or (bare and not follows) else None


def _brings_conditions(draft: Draft) -> bool:
    possessed = draft.has("have", "not") and any(
        place not in draft.used and draft.parameter(place, "boolean")
        for place in range(len(draft.spans))
    )
    return bool(draft.conditions) or possessed


def _about_all(draft: Draft, ranked: Ranked | None, *, follows: bool) -> Plan | None:
    counted = counts(draft)
    if draft.points or any(place < 0 for place, _ in draft.conditions):
        ranked = ranked or which_is_more(draft)  # 哪个屏幕大, of what was named before
    if (grouped := per_group(draft, ranked, counted=counted)) is not None:
        bind_possessions(draft, set())
        return grouped
    if (field := group_asked(draft)) is not None:
        return _about_groups(draft, field, ranked, counted=counted)
    if (mean := _mean(draft)) is not None:
        bind_possessions(draft, set())
        return mean
    if ranked is None and (grouped := most_common(draft)) is not None:
        bind_possessions(draft, set())
        return grouped
    if ranked is not None:
        return _ranked_items(draft, ranked)
    if (place := draft.first("when")) is not None and (year := meant("new", draft.lexicon)):
        draft.used.update((place, *places_of(draft, year)))
        return Plan("values", fields=(year.id,))
    if (value := _value_asked(draft) or owned_value(draft)) is not None:
        draft.used.add(value[0])
        bind_possessions(draft, set())
        return Plan("count" if counted else "values", fields=(value[1],))
    bind_possessions(draft, set())
    if counted:
        return Plan("count")
    return _listed(draft, follows=follows)


def _ranked_items(draft: Draft, ranked: Ranked) -> Plan | None:
    parameter, order = ranked
    if draft.has("each"):
        return None  # the heaviest of each brand is another one than the heaviest
    if (field := _field_of_ranked(draft, parameter)) is not None:
        bind_possessions(draft, set())
        top = draft.top or 1
        return Plan("items", fields=(field,), order_by=parameter.id, order=order, top=top)
    both = asks_which_and_how_much(draft, parameter)
    number = not both and _asks_number(draft, parameter)
    bind_possessions(draft, set())
    when = draft.first("when")
    if when is not None and parameter == meant("new", draft.lexicon):
        draft.used.add(when)
        return Plan("aggregate", fields=(parameter.id,), aggregate=order)
    if number:
        return Plan("aggregate", fields=(parameter.id,), aggregate=order)
    return Plan("items", order_by=parameter.id, order=order, top=draft.top or 1)


def _asks_how(draft: Draft, parameter: Parameter) -> bool:
    """最重的多重: a name of the parameter that asks for its number."""
    asks = [
        at
        for at, span in enumerate(draft.spans)
        if span.text[0] in _HOW and any(one.id == parameter.id for one in draft.parameters(at))
    ]
    if asks:
        draft.used.update((*asks, *places_of(draft, parameter)))
    return bool(asks)


def _field_of_ranked(draft: Draft, parameter: Parameter) -> str | None:
    """`Which socket does the heaviest lamp have`, 最重的台灯的灯座: what is asked of it."""
    if (value := _value_asked(draft)) is not None:
        draft.used.add(value[0])
        return value[1]
    ranks = [
        at
        for at, span in enumerate(draft.spans)
        if at in draft.used
        and (
            span.does("most", "least", "highest", "lowest")
            or any(
                one.degree == "superlative" or draft.chinese for one in span.of_kind("adjective")
            )
        )
    ]
    named = [
        (at, found)
        for at in range(len(draft.spans))
        if draft.free(at) and (found := draft.parameter(at, "text", "number")) is not None
    ]
    if not ranks or not named or named[0][1].id == parameter.id:
        return None
    at, found = named[-1] if draft.chinese else named[0]
    if draft.chinese:
        ends = all(one <= at or is_silent(draft.spans[one]) for one in range(len(draft.spans)))
        asked = ends and at > ranks[-1] and not _denied_or_had(draft, at)
    else:
        between = draft.text[draft.spans[at].end : draft.spans[ranks[0]].start].lower().split()
        asked = at < ranks[0] and bool({"of", "for", "on", "does", "in"} & set(between))
        asked = asked and not _denied_or_had(draft, at)
    if not asked:
        return None
    draft.used.add(at)
    draft.used.update(draft.places("how", "how_much", "which"))
    return found.id


def _denied_or_had(draft: Draft, place: int) -> bool:
    """Whether it is what items have or lack: `with a socket`."""
    return place > 0 and draft.spans[place - 1].does("have", "not", "use")


def _listed(draft: Draft, *, follows: bool) -> Plan | None:
    there = _THERE.match(draft.text) and not draft.has("which")
    recommends = draft.has("recommend")
    english = not draft.chinese and _EXISTS.match(draft.text.strip()) and not draft.has("which")
    chinese = draft.chinese and (draft.checks or draft.has("yes_no"))
    if draft.conditions and looks_for(draft):
        return Plan("items")
    if draft.conditions and not recommends and (there or english or chinese):
        if (english or chinese) and _of_all(draft):
            return _all_of(draft)
        return Plan("check")
    if not _names_items(draft, follows=follows):
        return None
    if draft.conditions:
        draft.used.update(draft.places("recommend"))  # of what is told apart by nothing, none
    find_top(draft, 0, counted=True)
    return Plan("items", top=draft.top)


def _all_of(draft: Draft) -> Plan | None:
    """`Are all Acme lamps dimmable?`: whether none of them is not."""
    place, said = max(draft.conditions, key=lambda one: one[0])
    if said.field in (BRAND, CATEGORY) or said.related_to:
        return None
    draft.conditions.remove((place, said))
    draft.conditions.append((place, lacking(draft, said)))
    return Plan("check", denied=True)


def _names_items(draft: Draft, *, follows: bool) -> bool:
    named = any(span.is_kind("category") or span.does("item") for span in draft.spans)
    listed = named or draft.has("which", "list", "have", "not", "use", "recommend")
    fresh = any(
        place >= 0 and (listed or not one.stated or one.negated) for place, one in draft.conditions
    )
    carried = any(place < 0 for place, _ in draft.conditions)
    if follows:
        return (fresh and (named or carried)) or (carried and draft.points)
    return fresh or (named and draft.has("which", "list"))


def _about_groups(draft: Draft, field: str, ranked: Ranked | None, *, counted: bool) -> Plan | None:
    if ranked is not None and (field == CATEGORY or draft.has("each")):
        return None  # of what is ranked, brands alone are read, and none of their own heaviest
    if ranked is not None:
        parameter, order = ranked
        top = draft.top or 1
        return Plan("items", fields=(BRAND,), order_by=parameter.id, order=order, top=top)
    most, least = draft.first("most", "highest"), draft.first("least", "lowest")
    if any(one.field == BRAND and len(one.values) > 1 for _, one in draft.conditions):
        most = draft.first("comparative", "more") if most is None else most
        least = draft.first("diminutive", "less") if least is None else least
        for at, span in enumerate(draft.spans):  # 型号多
            if at not in draft.used and draft.chinese and span.text in ("多", "少"):
                most, least = (at, least) if span.text == "多" else (most, at)
    place = most if most is not None else least
    if place is not None:
        draft.used.add(place)
        draft.used.update(draft.places("comparative"))
        find_top(draft, place)
        bind_possessions(draft, set())
        order = "highest" if most is not None else "lowest"
        return Plan("groups", fields=(field,), order=order, top=draft.top or 1)
    bind_possessions(draft, set())
    if draft.group_low is not None or draft.group_high is not None:
        low, high = draft.group_low, draft.group_high
        return Plan("groups", fields=(field,), group_low=low, group_high=high)
    if draft.top is not None:  # by how many items they have
        return Plan("groups", fields=(field,), order="highest", top=draft.top)
    if any(_lacks_items(draft, at, one) for at, one in draft.conditions) or _of_two_kinds(draft):
        return None  # `brands without black lamps` are not those that have others
    return Plan("count" if counted else "values", fields=(field,))


def _of_two_kinds(draft: Draft) -> bool:
    """`Brands with lamps and kettles`: no item is both, and those that have either are others."""
    kinds = sum(span.is_kind("category") for span in draft.spans)
    joined = any(span.does("and") for span in draft.spans)
    return kinds > 1 and joined and not any(span.does("or") for span in draft.spans)


def _lacks_items(draft: Draft, place: int, condition: Condition) -> bool:
    negated = condition.negated or (place > 0 and draft.spans[place - 1].does("not"))
    behind = place + 1
    items = 0 < behind < len(draft.spans) and draft.spans[behind].is_kind("category")
    return negated and items


def _value_asked(draft: Draft) -> tuple[int, str] | None:
    """A text parameter right behind `which`, `what` or `how many`; in Chinese around it."""
    for place, span in enumerate(draft.spans):
        if not span.does("which", "count"):
            continue
        if not draft.chinese and place and not draft.silent(place - 1):
            continue  # `lamps which have a socket` asks for lamps
        near = (place + 1, place + 2, *((draft.before(place) or 0,) if draft.chinese else ()))
        for at in near:
            if 0 <= at < len(draft.spans) and draft.spans[at].is_kind("category"):
                break
            parameter = draft.parameter(at, "text") if draft.free(at) else None
            if parameter is None and span.text.lower().endswith(_KINDS) and draft.free(at):
                parameter = draft.parameter(at)
            if parameter is not None:
                return at, parameter.id
    return None


def _asks_number(draft: Draft, parameter: Parameter) -> bool:
    """`What is the largest shade` and `how heavy is the heaviest`, and not which one has it."""
    if draft.chinese:
        return _asks_how(draft, parameter) or draft.has("how_much", "unit")
    said = any(parameter in draft.parameters(at) for at in range(len(draft.spans)))
    if said and draft.has("how_much", "difference") and not draft.has("which"):
        draft.used.update(draft.places("how_much", "difference"))
        return True  # how much does the heaviest weigh
    if draft.has("unit", "how") and not draft.has("which"):
        draft.used.update((*draft.places("how"), *said_of(draft, parameter)))
        return True
    named = [
        place
        for place, span in enumerate(draft.spans)
        if place in draft.used and any(one.id == parameter.id for one in draft.parameters(place))
    ]
    item = next(
        (at for at, one in enumerate(draft.spans) if one.is_kind("category") or one.does("item")),
        len(draft.spans),
    )
    return draft.text.lower().startswith("what") and bool(named) and named[0] < item
