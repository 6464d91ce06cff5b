"""Which parameter a number of a question is of: one named beside it, or usual in its unit."""

from __future__ import annotations

from graph.errors import ValueInvalid
from graph.records import Parameter
from graph.text import convert, find_unit
from ml.asking.adjectives import dimension_of, fits, meant
from ml.asking.draft import SILENT, Draft
from ml.asking.money import is_paid, says_money
from ml.asking.signs import SIGNS
from ml.asking.span import Span

_YEARS = (1900, 2100)
_FAR = 10  # times beyond what is stated of a parameter; it is not that one
_NEAR = 6  # spans; the name of a parameter further off is not that of this number


def is_calendar(span: Span) -> bool:
    return span.unit is None and _YEARS[0] <= (span.number or 0.0) < _YEARS[1]


def measured_by(
    draft: Draft,
    place: int,
    upper: int | None,
    unit: str | None,
    adjective: str | None,
    *,
    bare: bool = False,
) -> Parameter | None:
    """Whose number it is: one named beside it, the adjective's, or the one usual in this unit.

    `bare`: nothing says that it is an end of a range.
    """
    last = place if upper is None else upper
    if draft.spans[last].text[-1] == "年" and is_calendar(draft.spans[last]):
        return _year(draft)
    if last + 1 < len(draft.spans) and is_paid(draft, last + 1):
        return _price(draft, place, last + 1)
    if says_money(draft, place) or says_money(draft, last):
        return _price(draft, place, None)
    ahead = draft.behind(last)
    while ahead is not None and ahead in draft.used and draft.spans[ahead].does(*SIGNS):
        ahead = draft.behind(ahead)  # 2018年 之后 发布
    if ahead is not None and (later := _alternative(draft, ahead, unit)) is not None:
        used = set(draft.used)
        found = measured_by(draft, later, None, unit, None)  # 6 or 8 W of power
        draft.used = used
        return found
    behind_it = ahead if ahead is not None and draft.free(ahead) else None
    if behind_it is not None and (found := _taking(draft, behind_it, unit, place)):
        follows = behind_it - last <= 2 and not draft.chinese
        earlier = _named_before(draft, place, unit)
        follows = follows and not (earlier and _is_letter_for(found, earlier[1], unit))
        if earlier is None or follows:
            draft.used.add(behind_it)
            return found
    if (earlier := _named_before(draft, place, unit)) is not None:
        if bare and (year := _year_of(draft, place, earlier)) is not None:
            return year
        draft.used.add(earlier[0])
        return earlier[1]
    return _unnamed(draft, place, unit, adjective)


def _unnamed(draft: Draft, place: int, unit: str | None, adjective: str | None) -> Parameter | None:
    """What the number is of where nothing beside it is named."""
    if unit is not None and _is_measured_otherwise(draft, place, unit):
        draft.doubt = 0.0  # a weight over 800 lm
    number = draft.spans[place].number
    if adjective and (own := meant(adjective, draft.lexicon, dimension(unit) if unit else None)):
        nearer = None if unit is None or number is None else usual(draft, unit, number)
        return nearer if nearer is not None and fits(adjective, nearer) else own
    if unit is None:
        return _year(draft) if number is not None and _YEARS[0] <= number < _YEARS[1] else None
    return usual(draft, unit, number)


def _is_measured_otherwise(draft: Draft, place: int, unit: str) -> bool:
    """Whether the number right beside a name is in units that nothing of that name is told in."""
    before = place - 1
    while before >= 0 and draft.spans[before].does(*SILENT, *SIGNS, "than", "about"):
        before -= 1
    behind = place + 1
    while behind < len(draft.spans) and draft.spans[behind].text.lower() == "of":
        behind += 1
    beside = (before, *((behind,) if behind > place + 1 else ()))
    return any(_is_told_in_others(draft, at, unit) for at in beside if draft.free(at))


def _is_told_in_others(draft: Draft, at: int, unit: str) -> bool:
    if at and draft.spans[at - 1].values:
        return False  # a brushed steel shade over 1 kg
    named = draft.parameters(at)
    may_be = any(
        one.unit is None or dimension_of(one) == dimension(unit)
        for one in named
        if one.kind == "number"
    )
    return bool(named) and named[0].kind == "number" and not may_be


def _price(draft: Draft, place: int, money: int | None) -> Parameter | None:
    """What is paid, where a currency stands beside the number."""
    draft.used.update(() if money is None else (money,))
    price = meant("expensive", draft.lexicon)
    draft.used.update(
        at for at in range(place) if price and price in draft.parameters(at) and draft.free(at)
    )
    return price


def _year_of(draft: Draft, place: int, earlier: tuple[int, Parameter]) -> Parameter | None:
    """The flux of a 2019 lamp: a year, unless it stands right behind the name of the number."""
    year = _year(draft)
    apart = earlier[1] != year and earlier[0] < place - 1
    return year if apart and is_calendar(draft.spans[place]) else None


def _alternative(draft: Draft, place: int, unit: str | None) -> int | None:
    """The number behind an `or`, in units of the same kind."""
    later = place + 1
    if not draft.spans[place].does("or", "and") or later >= len(draft.spans) or unit is None:
        return None
    other = draft.spans[later]
    alike = other.unit is not None and dimension(other.unit) == dimension(unit)
    return later if other.number is not None and alike else None


def _named_before(draft: Draft, place: int, unit: str | None) -> tuple[int, Parameter] | None:
    for at in range(place - 1, max(place - _NEAR, -1), -1):
        if draft.spans[at].number is not None and at not in draft.used:
            return None
        if draft.spans[at].does("and", "or") or draft.spans[at].is_kind("category"):
            return None
        if at not in draft.used and (found := _taking(draft, at, unit, place)):
            return at, found
    return None


def _taking(draft: Draft, at: int, unit: str | None, place: int) -> Parameter | None:
    """What this span names, if its numbers can be in this unit."""
    number = draft.spans[place].number or 0.0
    calendar = unit is None and _YEARS[0] <= number < _YEARS[1]
    for parameter in draft.parameters(at):
        if parameter.kind != "number":
            continue
        if calendar and parameter.unit and (at > place or draft.spans[place].text[-1] == "年"):
            continue
        if unit is None:
            high = draft.lexicon.highest.get(parameter.id)
            if calendar and high is not None and high < _YEARS[0] / (2 if parameter.unit else 1):
                continue
            return parameter
        if dimension_of(parameter) == dimension(unit):
            return parameter
        if _is_letter(draft.spans[place], unit) and _convertible(number, unit, parameter):
            return parameter  # 8g of what is told in GB
    return None


def _is_letter_for(behind: Parameter, before: Parameter, unit: str | None) -> bool:
    """A weight under 119 g, whose storage …: g may be short for GB, but is the unit of weights."""
    written = dimension(unit) if unit else None
    return dimension_of(behind) != written and dimension_of(before) == written


def _is_letter(span: Span, unit: str) -> bool:
    """Whether a unit is written as its sign, which may be that of another: 8g, but not 8 grams."""
    return span.text.lower().endswith(unit.lower()) and not span.text[: -len(unit)][-1:].isalpha()


def _year(draft: Draft) -> Parameter | None:
    return meant("new", draft.lexicon)


def usual(draft: Draft, unit: str, number: float | None = None) -> Parameter | None:
    """Of the parameters in such units the one that items state most, whose numbers are like it."""
    found = []
    for parameter in draft.lexicon.parameters.values():
        own = in_unit(1.0 if number is None else number, unit, parameter)
        if parameter.kind != "number" or not parameter.unit or own is None:
            continue
        low = draft.lexicon.lowest.get(parameter.id, own)
        high = draft.lexicon.highest.get(parameter.id, own)
        inside = number is None or low <= own <= high
        if number is not None and not low / _FAR <= own <= high * _FAR:
            continue
        exact = find_unit(unit) == find_unit(parameter.unit)
        far, stated = draft.lexicon.rank(parameter.id)
        value = draft.lexicon.ids.get((parameter.id, own)) if number is not None else None
        items = draft.lexicon.items.get(value or "", 0)  # 12 GB: rather what some have 12 of
        found.append((far, not inside, -items, not exact, stated, parameter.id))
    if len(found) > 1:
        draft.doubt *= 0.9
    return draft.lexicon.parameters[min(found)[-1]] if found else None


def in_unit(number: float, unit: str | None, parameter: Parameter) -> float | None:
    if unit is None or parameter.unit is None:
        return number if unit is None else None
    try:
        found = convert(number, unit, parameter.unit)
    except ValueInvalid:
        return None
    return found if parameter.decimals is None else round(found, parameter.decimals)


def _convertible(number: float, unit: str, parameter: Parameter) -> bool:
    return parameter.unit is not None and in_unit(number, unit, parameter) is not None


def dimension(unit: str) -> str | None:
    found = find_unit(unit)
    return found.dimension if found else None
