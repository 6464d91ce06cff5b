"""Numbers of a question to ranges of parameters: `over 200 g`, `6 to 6.5 inches`, `2019年之后`."""

from __future__ import annotations

from graph.records import Parameter
from ml.asking.adjectives import MEASURES, dimension_of, meant
from ml.asking.draft import Draft
from ml.asking.measured import dimension, in_unit, is_calendar, measured_by
from ml.asking.plan import PRICE, Condition
from ml.asking.senses import Sense
from ml.asking.signs import HIGH, HIGH_TOO, LOW, LOW_TOO, OPPOSITE, SIGNS, STRICT, WRITTEN

_ABOUT, _ABOUT_PRICE = 0.05, 0.2  # `around 200 g` is meant so exactly; what costs 200, less so


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
    parameter = measured_by(
        draft, place, upper, unit, adjective, bare=sign is None and upper is None
    )
    bare = unit is None and span.text[-1] != "年"
    if parameter is None and sign in SIGNS.values() and bare and draft.lexicon.offers:
        parameter = draft.lexicon.parameters[PRICE]  # `lamps under 50`
        draft.doubt *= 0.9
    if parameter is None or span.number is None:
        return
    unit = None if parameter.id == PRICE else unit  # `40 pounds` that are paid
    if unit is None and span.text[-1] in "万亿" and dimension_of(parameter) == "pixels":
        unit = "px"  # which is often left out behind 万
    low = in_unit(span.number, unit, parameter)
    if low is None:
        return
    draft.used.add(place)
    negated = _negated(draft, place)
    if upper is not None:
        draft.used.add(upper)
        of_upper = None if parameter.id == PRICE else draft.spans[upper].unit
        high = in_unit(draft.spans[upper].number or 0.0, of_upper, parameter)
        low, high = sorted((low, high if high is not None else low))
        draft.add(place, Condition(parameter.id, low=low, high=high, negated=negated))
        return
    if draft.inclusive:
        sign = {LOW: LOW_TOO, HIGH: HIGH_TOO}.get(sign or "", sign)
    draft.add(place, condition_of(parameter, sign, low, negated=negated))


def condition_of(
    parameter: Parameter, sign: str | None, number: float, *, negated: bool = False
) -> Condition:
    if sign in (LOW, LOW_TOO):
        return Condition(parameter.id, low=number, low_inclusive=sign == LOW_TOO, negated=negated)
    if sign in (HIGH, HIGH_TOO):
        return Condition(
            parameter.id, high=number, high_inclusive=sign == HIGH_TOO, negated=negated
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
    if one.unit and two.unit and dimension(one.unit) != dimension(two.unit):
        return None
    said = [
        at
        for at in (
            *range(max(place - 3, 0), place),
            *range(other + 1, min(other + 3, len(draft.spans))),
        )
        if draft.spans[at].does("between", "since", "from")
    ]
    if any(span.does("from") for span in between):
        return None  # under 1500 and from 2022 or later
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
    return LOW_TOO if draft.spans[at].does("at_least") else HIGH_TOO


def _is_from_on(draft: Draft, place: int, last: int) -> str | None:
    """`From 2018 on`."""
    on = last + 1 < len(draft.spans) and draft.spans[last + 1].text.lower() == "on"
    if not on or place == 0 or not draft.spans[place - 1].does("from", "since"):
        return None
    draft.used.update((place - 1, last + 1))
    return LOW_TOO


def _past_name(draft: Draft, ahead: int | None) -> int | None:
    """`12 lm of flux or more`: what stands behind the name of the number."""
    named = ahead is not None and draft.free(ahead) and draft.spans[ahead].is_kind("parameter")
    at = draft.behind(ahead) if ahead is not None and named else None
    return at if at is not None and draft.spans[at].does("or_more", "or_less") else None


def _written_sign(draft: Draft, place: int) -> str | None:
    """`>= 200 g`: signs are no words."""
    before = draft.text[: draft.spans[place].start].rstrip()
    return next((sign for end, sign in WRITTEN if before.endswith(end)), None)


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
                return SIGNS[function]
    return None


def _sign_before(draft: Draft, at: int, place: int, *, than: bool) -> tuple[str, str | None] | None:
    """`over`, `at least`, `heavier than`: what one word before the number says of it."""
    span = draft.spans[at]
    if at in draft.used:
        return None
    if span.does(*SIGNS):
        draft.used.add(at)
        function = next(one.id for one in span.senses if one.id in SIGNS)
        if function == "from" and is_calendar(draft.spans[place]):
            return "in", None  # from 2018: of that year
        sign = STRICT.get(span.text.lower(), SIGNS[function])
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
        return (LOW if span.does("comparative") else HIGH), None
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
            return OPPOSITE[_beyond(adjective.id)], adjective.id
    return _beyond(adjective.id), adjective.id


def _beyond(meaning: str) -> str:
    return LOW if MEASURES[meaning].order == "highest" else HIGH


def _not_beyond(meaning: str) -> str:
    return HIGH_TOO if MEASURES[meaning].order == "highest" else LOW_TOO


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


def _negated(draft: Draft, place: int) -> bool:
    at = draft.before(place)
    while at is not None and at in draft.used and draft.spans[at].is_kind("parameter"):
        at = draft.before(at)  # not released in 2018
    if at is not None and draft.free(at) and draft.spans[at].does("not"):
        draft.used.add(at)
        return True
    return False
