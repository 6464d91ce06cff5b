"""How many values of one parameter items must have: `lamps with two finishes`, 两种表面的台灯."""

from __future__ import annotations

from graph.records import Parameter
from ml.asking.adjectives import dimension_of, meant
from ml.asking.amounts import condition_of, find_sign
from ml.asking.draft import Draft
from ml.asking.following import Before
from ml.asking.plan import Condition
from ml.asking.ranking import COUNTERS
from ml.asking.words_en import MULTIPLES as ENGLISH
from ml.asking.words_zh import MULTIPLES as CHINESE

_FEW = 12  # so many things are counted; a larger number is rather one of a measure
_LOW, _HIGH = ("low", "low_too"), ("high", "high_too")
_MULTIPLES_MAX = max(ENGLISH)
_BEFORE_ONE = ("have", "use", "ignore", "than", "at_least", "at_most", "more", "less")
_CHOOSING = ("the", "these", "those")


def bind_counts(draft: Draft) -> None:
    """Adds a condition for every small number of things that stands before what they are.

    What cannot be counted, because its numbers are measured, makes the question not understood.
    """
    _bind_pieces(draft)
    for place in range(len(draft.spans)):
        number = _counted(draft, place)
        named = _named_behind(draft, place) if number is not None else None
        if number is None or named is None:
            continue
        at, parameter = named
        if parameter.kind == "number" and parameter.unit is not None:
            draft.doubt = 0.0 if _speaks_of_things(draft, place, at) else draft.doubt
        elif parameter.kind == "number" and parameter != meant("new", draft.lexicon):
            if draft.spans[place].number is None:  # digits are read with all other numbers
                _bind(draft, place, at, parameter, number)
        elif parameter.kind == "text" and _texts_say_numbers(draft, parameter):
            _bind_text(draft, place, at, parameter, number)
        elif parameter.id in draft.lexicon.several:
            _bind(draft, place, at, parameter, number)


def _bind_pieces(draft: Draft) -> None:
    """60件的套装, 50件以上的: how many are in each, and not how many are asked for."""
    counted = [
        one
        for one in draft.lexicon.parameters.values()
        if one.kind == "number" and dimension_of(one) == "count"
    ]
    for place, span in enumerate(draft.spans):
        number = span.number if span.unit is None and span.text[-1] in COUNTERS else None
        if number is None or place in draft.used:
            continue
        sign = find_sign(draft, place) if counted else None
        if counted and (sign is not None or _is_attribute(draft, place)):
            parameter = min(counted, key=lambda one: (*draft.lexicon.rank(one.id), one.id))
            draft.add(place, condition_of(parameter, sign, number))
        elif _is_attribute(draft, place):
            draft.doubt = 0.0


def _is_attribute(draft: Draft, place: int) -> bool:
    return draft.text[draft.spans[place].end :].startswith("的")


def pass_over_told(draft: Draft, before: Before | None) -> None:
    """`Which of the two`, 这两款: how many items are named says nothing more of them."""
    known = {len(draft.models), sum(span.is_kind("brand") for span in draft.spans)}
    if before is not None:
        known |= {len(before.answered), len(before.plan.items)}
    draft.used.update(
        place
        for place, span in enumerate(draft.spans)
        if span.is_kind("numeral") and draft.whole(place) in known
    )


def _counted(draft: Draft, place: int) -> int | None:
    if place in draft.used:
        return None
    before = draft.spans[place - 1] if place else None
    if before is not None and (
        before.does("top", "which", "list", "ordinal") or before.text.lower() in _CHOOSING
    ):
        return None  # the first two of them
    if draft.spans[place].text.lower() in ("one", "single"):
        return 1 if before is not None and before.does(*_BEFORE_ONE) else None
    number = draft.whole(place)
    return number if number is not None and 0 < number <= _FEW else None


def _named_behind(draft: Draft, place: int) -> tuple[int, Parameter] | None:
    """The parameter right behind a number, past a counter."""
    at = place + 1
    while at < len(draft.spans) and draft.spans[at].does("ignore") and at < place + 3:
        if draft.spans[at].is_kind("parameter"):
            break
        at += 1
    if not draft.free(at) or not draft.spans[at].is_kind("parameter"):
        return None
    parameter = draft.parameter(at)
    return None if parameter is None else (at, parameter)


def _speaks_of_things(draft: Draft, place: int, at: int) -> bool:
    """`Two shades`, 两个灯罩, and not the `5 flux` of who leaves out units."""
    text = draft.spans[at].text.lower()
    plural = text.endswith("s") and not text.endswith("ss")
    return plural or at > place + 1 or draft.spans[place].number is None


def _texts_say_numbers(draft: Draft, parameter: Parameter) -> bool:
    """Whether values say how many there are, such as `Dual shade`: then they are not counted."""
    return any(_saying(draft, parameter, number) for number in range(2, _MULTIPLES_MAX + 1))


def _saying(draft: Draft, parameter: Parameter, number: int) -> tuple[str, ...]:
    words = (*ENGLISH.get(number, ()), *CHINESE.get(number, ()))
    senses = (draft.lexicon.texts.of_parameter(parameter.id, (word,)) for word in words)
    return tuple(id for sense in senses if sense is not None for id in sense.ids)


def _bind_text(draft: Draft, place: int, at: int, parameter: Parameter, number: int) -> None:
    ids = _saying(draft, parameter, number)
    if not ids or find_sign(draft, place) is not None:
        draft.doubt = 0.0
        return
    draft.used.add(at)
    draft.add(place, Condition(parameter.id, values=ids))


def _bind(draft: Draft, place: int, at: int, parameter: Parameter, number: int) -> None:
    sign = find_sign(draft, place)
    low = number if sign not in _HIGH else None
    high = number if sign not in _LOW else None
    if low is not None and sign == "low":
        low += not draft.inclusive
    if high is not None and sign == "high":
        high -= not draft.inclusive
    draft.used.add(at)
    if parameter.kind == "number":
        draft.add(place, Condition(parameter.id, low=low, high=high))
    else:
        draft.add(place, Condition(parameter.id, count_low=low, count_high=high))
