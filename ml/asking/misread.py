"""Questions that the graph has all the words of, and still no answer to.

What somebody does with a thing, how many were sold, what a word means and what a number is in
another unit stand in no catalog; read by its words alone, each would be a list of something else.
"""

from __future__ import annotations

import re

from graph.text import find_unit
from ml.asking.draft import Draft
from ml.asking.span import Span
from ml.asking.words_passed import ADDRESSED_CHINESE

# What people do with things; beside it `who` asks for no maker.
_DOINGS = frozenset(
    {"use", "uses", "used", "using", "own", "owns", "owned", "buy", "buys", "bought"}
    | {"用", "用了", "使用", "使用了", "买", "买了", "入手"}
)
_HELD_TO = ("same", "as", "similar")
_SOLD = re.compile(r"\b(?:sold|sells?)\b(?! out\b)", re.I)
_YEARS = range(1900, 2100)
_IN_STOCK = re.compile(r"有货|现货|\b(?:back )?in stock\b", re.I)
_WHAT_IS = re.compile(r"\W*(?:what(?:'s|’s| is| are)|什么是|啥是)", re.I)
_IS_WHAT = re.compile(r"(?<!的)是(?:什么|啥)\W*$")
_ADDRESSED = frozenset(ADDRESSED_CHINESE.split("|"))


def is_beyond(draft: Draft) -> bool:
    """Whether a question asks what no catalog says, by what surrounds the words that it does."""
    return (
        _asks_who_does(draft)
        or _asks_for_somebody(draft)
        or _asks_what_was_sold(draft)
        or _asks_when_there_is_any(draft)
        or _asks_what_it_means(draft)
        or _asks_how_values_differ(draft)
        or _asks_to_convert(draft)
    )


def _asks_who_does(draft: Draft) -> bool:
    """`Who uses the Glow?`, and not who makes it, or the same socket as it has."""
    named = draft.models or any(span.is_kind("brand") for span in draft.spans)
    does = any(span.text.lower() in _DOINGS for span in draft.spans)
    return bool(named) and does and draft.has("who") and not draft.has(*_HELD_TO)


def _asks_for_somebody(draft: Draft) -> bool:
    """艾克美的老板: somebody of a name, where a 老板 by itself is only spoken to."""
    for place, span in enumerate(draft.spans[1:], start=1):
        if span.text in _ADDRESSED and not draft.is_parted(place - 1, place):
            before = draft.spans[place - 1]
            if before.text == "的" or before.is_kind("brand") or before.is_kind("model"):
                return True
    return False


def _asks_what_was_sold(draft: Draft) -> bool:
    """`How many were sold in 2019`: what came out then is another matter."""
    timed = draft.has("each") or any(map(_is_year, draft.spans))
    return timed and _SOLD.search(draft.text) is not None


def _is_year(span: Span) -> bool:
    return span.unit is None and span.number in _YEARS


def _asks_when_there_is_any(draft: Draft) -> bool:
    return draft.has("when") and _IN_STOCK.search(draft.text) is not None


def _asks_what_it_means(draft: Draft) -> bool:
    """`What is an E27 socket?`, 什么是E27: what is asked for is no thing that has it."""
    values = any(span.values for span in draft.spans)
    named = values or (draft.chinese and any(span.is_kind("parameter") for span in draft.spans))
    asks = _WHAT_IS.match(draft.text) is not None
    if not asks:
        asks = values and _IS_WHAT.search(draft.text) is not None
    return asks and named and all(map(_says_what_it_is, draft.spans))


def _says_what_it_is(span: Span) -> bool:
    """Whether a span leaves open what things are asked for, and chooses among none."""
    named = span.values or span.is_kind("parameter")
    return bool(named) or span.does("which", "ignore", "unit")


def _asks_how_values_differ(draft: Draft) -> bool:
    """`Compare E27 and E14`: things are compared by what they state, and not that itself."""
    things = draft.models or any(span.is_kind("brand") for span in draft.spans)
    values = sum(bool(span.values) and not span.senses for span in draft.spans)
    return not things and values > 1 and draft.has("compare", "difference")


def _asks_to_convert(draft: Draft) -> bool:
    """`How many grams is 2 kg?`: a number and a unit, and nothing that is so heavy."""
    measured = any(span.number is not None and span.unit is not None for span in draft.spans)
    units = draft.has("unit") or any(find_unit(span.text) for span in draft.spans)
    return (
        measured
        and units
        and draft.has("how_much", "count")
        and all(map(_is_of_numbers, draft.spans))
    )


def _is_of_numbers(span: Span) -> bool:
    number = span.number is not None and not (span.senses or span.values)
    return number or span.does("unit", "how_much", "count", "ignore", "which", "same")
