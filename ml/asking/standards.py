"""`4G` beside the name of a memory is so much of it, though something else there is called 4G."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from graph.errors import ValueInvalid
from graph.text import convert, find_quantities
from ml.asking.lexicon import AskingLexicon
from ml.asking.span import Span

_PASSED = ("ignore", "have", "more", "less", "at_least", "at_most", "about", "not")
_OWNED = ("", "的", "of")  # what may stand between an amount and the name behind it


def with_amounts(spans: Sequence[Span], text: str, lexicon: AskingLexicon) -> list[Span]:
    """The spans, those as numbers that name a text and are told of the name beside them."""
    return [_as_amount(spans, place, text, lexicon) for place in range(len(spans))]


def _as_amount(spans: Sequence[Span], place: int, text: str, lexicon: AskingLexicon) -> Span:
    span = spans[place]
    amount = _amount(span)
    if amount is None:
        return span
    before = place - 1
    while before >= 0 and spans[before].does(*_PASSED):
        before -= 1
    for at in (_behind(spans, place, text), before):
        if at is None or at < 0 or not spans[at].of_kind("parameter"):
            continue
        own = {value.parameter for value in span.values}
        own |= {one.id for one in span.of_kind("parameter")}
        named = [lexicon.parameters[one.id] for one in spans[at].of_kind("parameter")]
        if own & {one.id for one in named}:
            return span  # 4G网络
        if any(one.kind == "number" and _in_unit(*amount, one.unit) for one in named):
            number, unit = amount
            return replace(span, senses=(), values=(), number=number, unit=unit)
    return span


def _amount(span: Span) -> tuple[float, str] | None:
    """The number and the unit that a text may be meant as: `4G`."""
    named = span.values or span.is_kind("parameter")  # 4G, of which there are 4G bands
    found = find_quantities(span.text) if named and span.text[:1].isdigit() else []
    if len(found) != 1 or found[0][:2] != (0, len(span.text)):
        return None
    return found[0][2], found[0][3]


def _behind(spans: Sequence[Span], place: int, text: str) -> int | None:
    """The name right behind an amount, unless another amount follows it: 4G 内存8GB."""
    at = place + 1
    while at < len(spans) and spans[at].text.lower() in _OWNED:
        at += 1
    if at >= len(spans):
        return None
    between = text[spans[place].end : spans[at].start].strip().lower()
    further = at + 1 < len(spans) and (
        spans[at + 1].number is not None or _amount(spans[at + 1]) is not None
    )
    return at if between in _OWNED and not further else None


def _in_unit(number: float, unit: str, other: str | None) -> bool:
    if other is None:
        return False
    try:
        convert(number, unit, other)
    except ValueInvalid:
        return False
    return True
