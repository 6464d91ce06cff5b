"""Numbers that are the ends of a range: `7-9 kg` says neither 7 kg nor 9 kg."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from graph.errors import ValueInvalid
from graph.text import find_unit
from graph.text.numbers import parse_number
from graph.text.unit_table import Unit

_SIGN = "[-–—~～至到]"
_LOW_END = re.compile(
    rf"(?<![A-Za-z0-9_.,-])(\d+(?:[.,]\d+)*)\s?([^\W\d_]*)(?:{_SIGN}|\s(?:to|bis|à)\s)$"
)
_HIGH_END = re.compile(rf"{_SIGN}\d")
_LOW_END_CHARS = 24

FoundQuantity = tuple[int, int, float, str]  # start, end, number and symbol of the unit


@dataclass(frozen=True, slots=True)
class Ranges:
    """The ranges of quantities in a text: by start their end, and by end their start."""

    ends: dict[int, int]
    starts: dict[int, int]

    @classmethod
    def of(cls, text: str, quantities: Iterable[FoundQuantity]) -> Ranges:
        """Those of the quantities that `find_quantities` has found in the text."""
        starts = {}
        for start, end, high, symbol in quantities:
            if (first := range_before(text, start, find_unit(symbol), high)) is not None:
                starts[end] = first
        return cls({start: end for end, start in starts.items()}, starts)

    def have_end(self, start: int, end: int) -> bool:
        """Whether this part of the text is the one or the other end of a range."""
        return self.starts.get(end, start) < start or end < self.ends.get(start, end)


def range_before(text: str, start: int, unit: Unit | None, high: float = math.inf) -> int | None:
    """Where the range begins whose higher end, with its unit, begins at `start`, if one does."""
    first = max(start - _LOW_END_CHARS, 0)
    low = _LOW_END.search(text[first:start])
    if low is None or not _is_less(low[1], high):
        return None
    if low[2]:
        return first + low.start() if unit and find_unit(low[2]) is unit else None
    # Sizes of memories come in no ranges: `Nova 8-64GB` is a model and its size.
    return None if unit and unit.dimension == "information" else first + low.start()


def goes_on(text: str, end: int) -> bool:
    """Whether a number that ends here is the lower end of a range."""
    return _HIGH_END.match(text, end) is not None


def _is_less(low: str, high: float) -> bool:
    try:
        return parse_number(low) < high
    except ValueInvalid:
        return False
