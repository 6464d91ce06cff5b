"""Numbers of a question to ranges of parameters: `over 200 g`, `6 to 6.5 inches`, `2019年之后`."""

from __future__ import annotations

from graph.errors import ValueInvalid
from graph.records import Parameter
from graph.text import convert, find_unit
from ml.asking.adjectives import MEASURES, dimension_of, fits, meant
from ml.asking.draft import SILENT, Draft
from ml.asking.money import is_paid, says_money
from ml.asking.plan import PRICE, Condition
from ml.asking.senses import Sense
from ml.asking.spans import Span

_ABOUT, _ABOUT_PRICE = 0.05, 0.2  # `around 200 g` is meant so exactly; what costs 200, less so
_YEARS = (1900, 2100)
_FAR = 10  # times beyond what is stated of a parameter; it is not that one
_NEAR = 6  # spans; the name of a parameter further off is not that of this number
_LOW, _LOW_TOO, _HIGH, _HIGH_TOO = "low", "low_too", "high", "high_too"
_SIGNS = {
    "more": _LOW, "after": _LOW, "at_least": _LOW_TOO, "since": _LOW_TOO, "or_more": _LOW_TOO,
    "from": _LOW_TOO, "less": _HIGH, "before": _HIGH, "at_most": _HIGH_TOO, "or_less": _HIGH_TOO,
}  # fmt: skip

_OPPOSITE = {_LOW: _HIGH, _HIGH: _LOW}
_STRICT = {"and over": _LOW, "and above": _LOW, "and under": _HIGH, "and below": _HIGH}
_WRITTEN = (
    (">=", _LOW_TOO), ("≥", _LOW_TOO), ("≧", _LOW_TOO), ("<=", _HIGH_TOO), ("≤", _HIGH_TOO),
    ("≦", _HIGH_TOO), (">", _LOW), ("<", _HIGH),
)  # fmt: skip


def bind_numbers(draft: Draft) -> None:
    """Adds a condition for every number that a parameter takes."""
    for place, span in enumerate(draft.spans):
        if span.number is not None and place not in draft.used:
            _bind(draft, place)


def find_sign(draft: Draft, place: int) -> str | None:
    """`low`, `low_too`, `high` or `high_too`: which end of a range the number is, used up."""
    return _sign(draft, place, place)[0]


def pass_over_said(draft: Draft) -> None:
    """`A light lamp, under 200 g`: an adjective that a range says more exactly."""
    for place, span in enumerate(draft.spans):
        adjective = span.of_kind("adjective")
        if place in draft.used or not adjective or adjective[0].degree != "plain":
            continue
        parameter = meant(adjective[0].id, draft.lexicon)
        high = MEASURES[adjective[0].id].order == "highest"
        if parameter is not None and any(
            one.field == parameter.id and (one.low if high else one.high) is not None
            for _, one in draft.conditions
        ):
            draft.used.add(place)


def _bind(draft: Draft, place: int) -> None:
    upper = _upper_end(draft, place)
    sign, adjective = _sign(draft, place, upper if upper is not None else place)
    span = draft.spans[place]
    unit = span.unit or (draft.spans[upper].unit if upper is not None else None)
    parameter = _parameter(
        draft, place, upper, unit, adjective, bare=sign is None and upper is None
    )
    bare = unit is None and span.text[-1] != "年"
    if parameter is None and sign in _SIGNS.values() and bare and draft.lexicon.offers:
        parameter = draft.lexicon.parameters[PRICE]  # `lamps under 50`
        draft.doubt *= 0.9
    if parameter is None or span.number is None:
        return
    unit = None if parameter.id == PRICE else unit  # `40 pounds` that are paid
    if unit is None and span.text[-1] in "万亿" and dimension_of(parameter) == "pixels":
        unit = "px"  # which is often left out behind 万
    low = _in_unit(span.number, unit, parameter)
    if low is None:
        return
    draft.used.add(place)
    negated = _negated(draft, place)
    if upper is not None:
        draft.used.add(upper)
        of_upper = None if parameter.id == PRICE else draft.spans[upper].unit
        high = _in_unit(draft.spans[upper].number or 0.0, of_upper, parameter)
        low, high = sorted((low, high if high is not None else low))
        draft.add(place, Condition(parameter.id, low=low, high=high, negated=negated))
        return
    if draft.inclusive:
        sign = {_LOW: _LOW_TOO, _HIGH: _HIGH_TOO}.get(sign or "", sign)
    draft.add(place, condition_of(parameter, sign, low, negated=negated))


def condition_of(
    parameter: Parameter, sign: str | None, number: float, *, negated: bool = False
) -> Condition:
    if sign in (_LOW, _LOW_TOO):
        return Condition(parameter.id, low=number, low_inclusive=sign == _LOW_TOO, negated=negated)
    if sign in (_HIGH, _HIGH_TOO):
        return Condition(
            parameter.id, high=number, high_inclusive=sign == _HIGH_TOO, negated=negated
        )
    about = _ABOUT_PRICE if parameter.id == PRICE else _ABOUT
    spread = abs(number) * about if sign == "about" else 0.0
    return Condition(parameter.id, low=number - spread, high=number + spread, negated=negated)


def _upper_end(draft: Draft, place: int) -> int | None:
    """The second number of a range, with what says that it is one used up."""
    other = next(
        (
            at
            for at in range(place + 1, min(place + 4, len(draft.spans)))
            if draft.spans[at].number is not None
        ),
        None,
    )
    if other is None or other in draft.used:
        return None
    between = draft.spans[place + 1 : other]
    one, two = draft.spans[place], draft.spans[other]
    if one.unit and two.unit is None and is_calendar(two):
        return None  # under 200 g, from 2015 or later
    if one.unit and two.unit and _dimension(one.unit) != _dimension(two.unit):
        return None
    said = [
        at
        for at in (
            *range(max(place - 3, 0), place),
            *range(other + 1, min(other + 3, len(draft.spans))),
        )
        if draft.spans[at].does("between", "since", "from")
    ]
    joined = draft.text[one.end : two.start].strip()
    linked = joined in ("-", "–", "~", "～", "—", "to") or any(span.does("to") for span in between)
    if not linked and not (said and all(span.does("and", "ignore") for span in between)):
        return None
    if not all(span.does("and", "ignore", "to") for span in between):
        return None
    draft.used.update(range(place + 1, other))
    draft.used.update(said)
    return other


def _sign(draft: Draft, place: int, last: int) -> tuple[str | None, str | None]:
    """Which end of a range the number is, and the adjective that says so."""
    if last + 1 < len(draft.spans) and draft.spans[last + 1].does("money"):
        last += 1
    ahead = draft.behind(last)
    past = _past_name(draft, ahead)
    for at in (ahead, last + 1, past):
        if at is not None and draft.free(at) and (sign := _sign_behind(draft, at)):
            draft.used.add(at)
            return sign, None
    if written := _beside(draft, place, last):
        return written, None
    found, than = _said_before(draft, place)
    if found:
        return found
    if than and ahead is not None and (adjective := draft.spans[ahead].of_kind("adjective")):
        draft.used.add(ahead)  # 比 200 克 重
        return _beyond(adjective[0].id), adjective[0].id
    return None, None


def _said_before(draft: Draft, place: int) -> tuple[tuple[str, str | None] | None, bool]:
    """What the words before a number say of it, and whether `than` is among them."""
    than = False
    for at in range(place - 1, max(place - 5, -1), -1):
        if found := _sign_before(draft, at, place, than=than):
            return found, than
        if draft.spans[at].does("than"):
            than = True
            draft.used.add(at)
        elif not draft.silent(at):
            break
    limit = _limit_of_name(draft, place)
    return ((limit, None) if limit else None), than


def _beside(draft: Draft, place: int, last: int) -> str | None:
    """500元左右, `from 2018 on`, `>= 200 g`."""
    if draft.free(last + 1) and draft.spans[last + 1].text in ("左右", "上下"):
        draft.used.add(last + 1)
        return "about"
    return _is_from_on(draft, place, last) or _written_sign(draft, place)


def _limit_of_name(draft: Draft, place: int) -> str | None:
    """`A maximum weight of 2 kg`, 最低重量2公斤: what the name of the number stands behind."""
    named = at = draft.before(place)
    while at is not None and at >= 0 and draft.free(at) and draft.spans[at].is_kind("parameter"):
        at -= 1
    if at is None or at == named or not draft.free(at):
        return None
    limit, end = ("at_most", "at_least"), ("most", "least", "highest", "lowest")
    if not (draft.spans[at].does(*limit) and draft.spans[at].does(*end)):
        return None
    draft.used.add(at)
    return _LOW_TOO if draft.spans[at].does("at_least") else _HIGH_TOO


def _is_from_on(draft: Draft, place: int, last: int) -> str | None:
    """`From 2018 on`."""
    on = last + 1 < len(draft.spans) and draft.spans[last + 1].text.lower() == "on"
    if not on or place == 0 or not draft.spans[place - 1].does("from", "since"):
        return None
    draft.used.update((place - 1, last + 1))
    return _LOW_TOO


def _past_name(draft: Draft, ahead: int | None) -> int | None:
    """`12 lm of flux or more`: what stands behind the name of the number."""
    named = ahead is not None and draft.free(ahead) and draft.spans[ahead].is_kind("parameter")
    at = draft.behind(ahead) if ahead is not None and named else None
    return at if at is not None and draft.spans[at].does("or_more", "or_less") else None


def _written_sign(draft: Draft, place: int) -> str | None:
    """`>= 200 g`: signs are no words."""
    before = draft.text[: draft.spans[place].start].rstrip()
    return next((sign for end, sign in _WRITTEN if before.endswith(end)), None)


def _sign_behind(draft: Draft, at: int) -> str | None:
    """`or more`, 以上; in English `after` behind a number belongs to what follows."""
    span = draft.spans[at]
    number = at + 1 < len(draft.spans) and draft.spans[at + 1].number is not None
    if number and span.text.lower().startswith("and"):
        return None  # 200 g and under 40 cm
    for function in ("or_more", "or_less", "after", "before", "since"):
        if span.does(function):
            postfix = function.startswith("or_") or span.text.lower().startswith(("or", "on"))
            if draft.chinese or postfix:
                return _SIGNS[function]
    return None


def _sign_before(draft: Draft, at: int, place: int, *, than: bool) -> tuple[str, str | None] | None:
    """`over`, `at least`, `heavier than`: what one word before the number says of it."""
    span = draft.spans[at]
    if at in draft.used:
        return None
    if span.does(*_SIGNS):
        draft.used.add(at)
        function = next(one.id for one in span.senses if one.id in _SIGNS)
        if function == "from" and is_calendar(draft.spans[place]):
            return "in", None  # from 2018: of that year
        sign = _STRICT.get(span.text.lower(), _SIGNS[function])
        return sign, _adjective_in(span.text)
    if span.does("about"):
        draft.used.add(at)
        return "about", None
    if not than:
        return None
    if adjective := span.of_kind("adjective"):
        return _compared(draft, at, adjective[0])
    if span.does("comparative", "diminutive"):
        draft.used.add(at)
        return (_LOW if span.does("comparative") else _HIGH), None
    return None


def _compared(draft: Draft, at: int, adjective: Sense) -> tuple[str, str]:
    """`Heavier than`, `not heavier than`, `less heavy than`."""
    draft.used.add(at)
    before = draft.spans[at - 1] if at and draft.free(at - 1) else None
    degree = before if adjective.degree == "plain" else None
    if before is not None and before.does("not"):
        draft.used.add(at - 1)
        return _not_beyond(adjective.id), adjective.id
    if degree is not None and degree.does("comparative", "diminutive"):
        draft.used.add(at - 1)
        if degree.does("diminutive"):
            return _OPPOSITE[_beyond(adjective.id)], adjective.id
    return _beyond(adjective.id), adjective.id


def is_calendar(span: Span) -> bool:
    return span.unit is None and _YEARS[0] <= (span.number or 0.0) < _YEARS[1]


def _beyond(meaning: str) -> str:
    return _LOW if MEASURES[meaning].order == "highest" else _HIGH


def _not_beyond(meaning: str) -> str:
    return _HIGH_TOO if MEASURES[meaning].order == "highest" else _LOW_TOO


def _adjective_in(text: str) -> str | None:
    """`重于` and `thicker than` say what is compared."""
    from ml.asking.words_zh import ADJECTIVES

    return next(
        (
            meaning
            for meaning, words in ADJECTIVES.items()
            if text.endswith("于")
            and text[0] in words.split("|")
            and meaning not in ("large", "small", "high", "low")
        ),
        None,
    )


def _parameter(
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
    while ahead is not None and ahead in draft.used and draft.spans[ahead].does(*_SIGNS):
        ahead = draft.behind(ahead)  # 2018年 之后 发布
    if ahead is not None and (later := _alternative(draft, ahead, unit)) is not None:
        used = set(draft.used)
        found = _parameter(draft, later, None, unit, None)  # 6 or 8 W of power
        draft.used = used
        return found
    behind_it = ahead if ahead is not None and draft.free(ahead) else None
    if behind_it is not None and (found := _taking(draft, behind_it, unit, place)):
        follows = behind_it - last <= 2 and not draft.chinese
        earlier = _named_before(draft, place, unit)
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
    if adjective and (own := meant(adjective, draft.lexicon, _dimension(unit) if unit else None)):
        nearer = None if unit is None or number is None else usual(draft, unit, number)
        return nearer if nearer is not None and fits(adjective, nearer) else own
    if unit is None:
        return _year(draft) if number is not None and _YEARS[0] <= number < _YEARS[1] else None
    return usual(draft, unit, number)


def _is_measured_otherwise(draft: Draft, place: int, unit: str) -> bool:
    """Whether the number right beside a name is in units that nothing of that name is told in."""
    before = place - 1
    while before >= 0 and draft.spans[before].does(*SILENT, *_SIGNS, "than", "about"):
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
        one.unit is None or dimension_of(one) == _dimension(unit)
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
    alike = other.unit is not None and _dimension(other.unit) == _dimension(unit)
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
        if dimension_of(parameter) == _dimension(unit):
            return parameter
        if _is_letter(draft.spans[place], unit) and _convertible(number, unit, parameter):
            return parameter  # 8g of what is told in GB
    return None


def _is_letter(span: Span, unit: str) -> bool:
    """Whether a unit is written as its sign, which may be that of another: 8g, but not 8 grams."""
    return span.text.lower().endswith(unit.lower()) and not span.text[: -len(unit)][-1:].isalpha()


def _year(draft: Draft) -> Parameter | None:
    return meant("new", draft.lexicon)


def usual(draft: Draft, unit: str, number: float | None = None) -> Parameter | None:
    """Of the parameters in such units the one that items state most, whose numbers are like it."""
    found = []
    for parameter in draft.lexicon.parameters.values():
        own = _in_unit(1.0 if number is None else number, unit, parameter)
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


def _in_unit(number: float, unit: str | None, parameter: Parameter) -> float | None:
    if unit is None or parameter.unit is None:
        return number if unit is None else None
    try:
        found = convert(number, unit, parameter.unit)
    except ValueInvalid:
        return None
    return found if parameter.decimals is None else round(found, parameter.decimals)


def _convertible(number: float, unit: str, parameter: Parameter) -> bool:
    return parameter.unit is not None and _in_unit(number, unit, parameter) is not None


def _dimension(unit: str) -> str | None:
    found = find_unit(unit)
    return found.dimension if found else None


def _negated(draft: Draft, place: int) -> bool:
    at = draft.before(place)
    while at is not None and at in draft.used and draft.spans[at].is_kind("parameter"):
        at = draft.before(at)  # not released in 2018
    if at is not None and draft.free(at) and draft.spans[at].does("not"):
        draft.used.add(at)
        return True
    return False
