"""Superlatives and comparatives of a question: which number, and which end of it."""

from __future__ import annotations

from graph.records import Parameter
from ml.asking.adjectives import MEASURES, fits, meant
from ml.asking.draft import Draft
from ml.asking.measured import is_calendar, usual
from ml.asking.plan import Order
from ml.asking.words_en import ORDINALS as ENGLISH
from ml.asking.words_zh import ORDINALS as CHINESE

OTHER_WAY: dict[Order, Order] = {"highest": "lowest", "lowest": "highest"}
_TOP_MAX = 100
COUNTERS = frozenset("款个台部种只件家辆张条套瓶盏架幅支枚把样组份")
_OF = ("of", "is", "是", "为")
_FURTHER = 5  # the same, of names behind it
_NEAR = 3  # spans between a number or a name and the superlative that it belongs to

ORDINALS = {**ENGLISH, **CHINESE}

Ranked = tuple[Parameter, Order]


def superlative(draft: Draft) -> Ranked | None:
    """The number that chooses the items; what says so is used up, as is `top 5`."""
    for place in range(len(draft.spans)):
        if place not in draft.used and (found := _superlative_at(draft, place)):
            if not _find_place(draft, place):
                find_top(draft, place)
            return found
    return _first_of(draft)


def _find_place(draft: Draft, place: int) -> bool:
    """`the second heaviest`, 重量第二的, 第三重: which place of the order is asked for."""
    near = sorted(draft.places("ordinal"), key=lambda one: abs(one - place))
    for at in near:
        number = ORDINALS.get(draft.spans[at].text.lower().replace(" ", ""))
        if number is not None and abs(at - place) <= _NEAR:
            draft.top, draft.last = number, True
            draft.used.add(at)
            return True
    return False


def _ordinal_adjective(draft: Draft, place: int) -> bool:
    """第二重: an adjective that is no superlative by itself."""
    return place > 0 and draft.free(place - 1) and draft.spans[place - 1].does("ordinal")


def _first_of(draft: Draft) -> Ranked | None:
    """`top 5 by weight`: the highest, where nothing else is said."""
    for place in list(draft.places("ordinal")):
        if _find_place(draft, place) and (parameter := one_number(draft)):
            return parameter, "highest"  # 重量第三
    for place in list(draft.places("top")):
        find_top(draft, place)
        if draft.top is not None and (parameter := _ranking_number(draft)):
            last = draft.spans[place].text.lower() == "bottom"
            return parameter, "lowest" if last else "highest"
        year = meant("old", draft.lexicon)
        if draft.top is None and draft.spans[place].text.lower() == "first" and year is not None:
            draft.used.add(place)
            return year, "lowest"  # the first lamp by Acme
    return None


def _superlative_at(draft: Draft, place: int) -> Ranked | None:
    span = draft.spans[place]
    adjective = span.of_kind("adjective")
    if adjective and (adjective[0].degree == "superlative" or _ordinal_adjective(draft, place)):
        meaning: str | None = adjective[0].id
        order, last = MEASURES[adjective[0].id].order, place
    elif span.does("most", "highest", "least", "lowest"):
        order = "highest" if span.does("most", "highest") else "lowest"
        last, meaning = _with_adjective(draft, place)
        if last + 1 < len(draft.spans) and draft.spans[last + 1].does("common"):
            return None  # the most common
        if meaning is not None:
            order = MEASURES[meaning].order if order == "highest" else _other(meaning)
    else:
        return None
    if _is_limit(draft, last):
        return None
    parameter = _measured(draft, place, last, meaning)
    if parameter is None:
        return None
    draft.used.update(range(place, last + 1))
    return parameter, order


def _is_limit(draft: Draft, place: int) -> bool:
    """`Maximum 5 kg`, 最低5公斤, `a minimum weight of 5 kg`: no end of an order, but of a range."""
    limits = draft.spans[place].does("at_most", "at_least")
    at = place + 1
    while limits and at < len(draft.spans) and _leads_to_number(draft, at):
        at += 1
    if at == len(draft.spans) or draft.spans[at].number is None:
        return False
    if draft.spans[at].unit is not None:
        return True
    return limits and (is_calendar(draft.spans[at]) or _ends_statement(draft, place, at))


def _ends_statement(draft: Draft, place: int, number: int) -> bool:
    """`Whose pieces are maximum 10`, 片数最多10: of what is named before it, and of no items."""
    named = draft.before(place)
    behind = draft.spans[number + 1 : number + 2]
    counter = any(span.text in COUNTERS for span in behind)
    items = counter if draft.chinese else _counts_items(draft, number)  # 片数最多的10款
    if named is None or number != place + 1 or items:
        return False
    return any(one.kind == "number" and one.unit is None for one in draft.parameters(named))


def _leads_to_number(draft: Draft, place: int) -> bool:
    span = draft.spans[place]
    return span.is_kind("parameter") or span.text.lower() in _OF


def _with_adjective(draft: Draft, place: int) -> tuple[int, str | None]:
    """`most expensive`: the adjective right behind."""
    behind = place + 1
    if behind < len(draft.spans) and (found := draft.spans[behind].of_kind("adjective")):
        return behind, found[0].id
    return place, None


def _other(meaning: str) -> Order:
    return OTHER_WAY[MEASURES[meaning].order]


def _measured(draft: Draft, first: int, last: int, meaning: str | None) -> Parameter | None:
    """The number parameter that stands beside, or the one that the adjective speaks of."""
    behind = range(last + 1, last + _FURTHER + 1)
    before = range(first - 1, first - _NEAR - 1, -1)
    near = (*before[:2], *behind[:2]) if draft.chinese else (*behind, *before)
    if meaning is None and draft.has("when") and not draft.spans[first].of_kind("adjective"):
        return None  # `which year had the most releases`
    if meaning is None and not draft.chinese and _speaks_of_items(draft, last + 1):
        return None  # `released the most lamps`: it is they that are counted
    counted = False
    for at in near:
        # 发布手机最多: it is they that are counted
        counted = counted or (draft.chinese and 0 <= at < first and _is_item(draft, at))
        if counted and at < first:
            continue
        if not draft.free(at) or not draft.spans[at].is_kind("parameter"):
            continue
        named = _said_elsewhere(draft, at)
        for parameter in named or draft.parameters(at):
            if parameter.kind == "number" and (meaning is None or fits(meaning, parameter)):
                draft.used.add(at)
                claim_beside(draft, at)
                return parameter
    return meant(meaning, draft.lexicon) if meaning else None


def _said_elsewhere(draft: Draft, at: int) -> list[Parameter]:
    """像素最高的前置摄像头: of what a word may name, that which another one names by itself."""
    found = draft.parameters(at)
    for place in range(len(draft.spans)) if len(found) > 1 else ():
        own = draft.parameters(place) if place != at and draft.free(place) else []
        if len(own) == 1 and own[0] in found:
            draft.used.add(place)
            return own
    return []


def _is_item(draft: Draft, at: int) -> bool:
    return draft.spans[at].is_kind("category") or draft.spans[at].does("item")


def _speaks_of_items(draft: Draft, place: int) -> bool:
    """Whether the first word from this place on that says anything stands for items."""
    while place < len(draft.spans) and draft.silent(place) and not draft.spans[place].does("item"):
        place += 1
    if place == len(draft.spans):
        return False
    return draft.spans[place].is_kind("category") or draft.spans[place].does("item")


def claim_beside(draft: Draft, place: int) -> None:
    """`battery life`, `camera resolution`: a second name of the same thing beside the first."""
    named = {one.id for one in draft.parameters(place)}
    for beside in (place - 1, place + 1):
        if draft.free(beside) and named & {one.id for one in draft.parameters(beside)}:
            draft.used.add(beside)


def find_top(draft: Draft, place: int, *, counted: bool = False) -> None:
    """How many are asked for: the lone number nearest to this place.

    `counted`: only where what is counted stands behind it.
    """
    for at in sorted(range(len(draft.spans)), key=lambda one: abs(one - place)):
        span = draft.spans[at]
        first = at > 0 and draft.spans[at - 1].does("top", "list", "which")
        if counted and not first and not _counts_items(draft, at):
            continue
        if at in draft.used or span.unit is not None or not (first or abs(at - place) <= _NEAR):
            continue
        number = float(span.senses[0].id) if span.is_kind("numeral") else span.number
        if number is not None and number == int(number) and 0 < number <= _TOP_MAX:
            draft.top = int(number)
            named = first and draft.spans[at - 1].does("top")
            draft.used.update((at - 1, at) if named else (at,))
            return


def _counts_items(draft: Draft, place: int) -> bool:
    behind = draft.behind(place)
    while behind is not None and any(map(draft.spans[behind].is_kind, ("brand", "adjective"))):
        behind = draft.behind(behind)
    counter = place + 1 < len(draft.spans) and draft.spans[place + 1].text in COUNTERS
    kinds = counter and draft.spans[place + 1].text == "种"
    if kinds and behind is not None and draft.spans[behind].is_kind("parameter"):
        return False  # 有两种灯座的台灯
    return (
        (draft.chinese and counter)
        or (behind is not None and draft.spans[behind].is_kind("category"))
        or (place + 1 < len(draft.spans) and draft.spans[place + 1].does("item"))
    )


def comparative(draft: Draft, near: int) -> Ranked | None:
    """What `heavier`, `more RAM` or `重` compares, the word nearest to this place."""
    used = set(draft.used)
    found = _comparative(draft, near)
    if found is None:
        draft.used = used  # what measures nothing here is not understood
    return found


def _comparative(draft: Draft, near: int) -> Ranked | None:
    said = _compared_by(draft, near)
    if said is None:
        return None
    order, meaning = said
    for at, span in enumerate(draft.spans):
        if at in draft.used or not span.is_kind("parameter"):
            continue
        for parameter in draft.parameters(at):
            if parameter.kind == "number" and (meaning is None or fits(meaning, parameter)):
                draft.used.add(at)
                return parameter, order
    lone = meant(meaning, draft.lexicon) if meaning else _in_units(draft)
    return (lone, order) if lone else None


def _in_units(draft: Draft) -> Parameter | None:
    """`How many grams more`: the unit says what is compared."""
    place = draft.first("unit")
    if place is None:
        return None
    draft.used.add(place)
    return usual(draft, draft.spans[place].unit or "")


def _compared_by(draft: Draft, near: int) -> tuple[Order, str | None] | None:
    """Which end is meant, and the adjective that says so."""
    for at in sorted(range(len(draft.spans)), key=lambda one: abs(one - near)):
        span = draft.spans[at]
        if at in draft.used:
            continue
        if adjective := span.of_kind("adjective"):
            meaning = adjective[0].id
            less = at > 0 and draft.spans[at - 1].does("diminutive")
            draft.used.update((at - 1, at) if less else (at,))
            return (_other(meaning) if less else MEASURES[meaning].order), meaning
        if span.does("comparative", "more", "diminutive", "less"):
            order: Order = "highest" if span.does("comparative", "more") else "lowest"
            last, beside = _with_adjective(draft, at)
            draft.used.update((at, last))
            if beside is not None:
                order = MEASURES[beside].order if order == "highest" else _other(beside)
            return order, beside
    return None


def which_is_more(draft: Draft) -> Ranked | None:
    """`Which is heavier, X or Y`: a comparative without `than`."""
    asks = draft.has("which", "who", "or")
    compares = any(
        span.of_kind("adjective") or span.does("comparative", "diminutive", "most")
        for place, span in enumerate(draft.spans)
        if place not in draft.used
    )
    if not (asks and compares):
        return None
    found = comparative(draft, 0)
    if found is not None:
        draft.used.update(draft.places("who"))
    return found


def _ranking_number(draft: Draft) -> Parameter | None:
    """The number that a `top 5` goes by; of brands it is not the year: they are counted."""
    used = set(draft.used)
    found = one_number(draft)
    if found is not None and draft.has("brand") and found == meant("new", draft.lexicon):
        draft.used = used
        return None
    return found


def one_number(draft: Draft) -> Parameter | None:
    """The first number parameter that is named, or meant by an adjective."""
    for place, span in enumerate(draft.spans):
        if place in draft.used:
            continue
        if parameter := draft.parameter(place, "number"):
            draft.used.add(place)
            claim_beside(draft, place)
            return parameter
        adjective = span.of_kind("adjective")
        if adjective and (found := meant(adjective[0].id, draft.lexicon)):
            draft.used.add(place)
            return found
    return _in_units(draft)
