"""Units behind numbers, in cells of a quantity and in longer texts."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from graph.ingest.suggest.columns import Column
from graph.text import find_quantities, find_unit

VALUE_CHARACTERS = 1_000  # longer texts are no values, and would take long to search
SHORTHANDS = frozenset({"G", "M", "T"})  # of GB, MB and TB, but also of much else
NUMBERS = re.compile(r"\d[\d.,]*")

# `28 in`; in `5 in 1` it is no unit
_LETTER = re.compile(r"(?<![\w.,])\d[\d.,]*\s([hgsdmlLWVA]|in(?!\s*\w))(?!\w)")
_PARENTHESES = re.compile(r"(?:\s*[(\[][^()\[\]]*[)\]])+\s*$")
_BEHIND_CROSS = re.compile(r"\d\s*[x×X*]\s*$")


def units_in(column: Column, *, whole: bool = False) -> Counter[str]:
    """In how many cells each unit stands behind a number; `whole`: parentheses do not count."""
    found: Counter[str] = Counter()
    spelled_out: set[str] = set()
    for text, count in column.counts.items():
        seen: dict[str, None] = {}  # in their order, so that every run decides alike
        for _, _, spelling, unit in quantities_in(_bare(text) if whole else text):
            seen[unit] = None
            if spelling not in SHORTHANDS:
                spelled_out.add(unit)
        for unit in seen:
            found[unit] += count
    # `4G` and `5G` are networks; where nobody writes GB, G is no unit.
    return Counter({unit: count for unit, count in found.items() if unit in spelled_out})


def _bare(text: str) -> str:
    """Without the parentheses behind it: `172 g (6.07 oz)` is a cell of grams."""
    return _PARENTHESES.sub("", text) if len(text) <= VALUE_CHARACTERS else text


@lru_cache(maxsize=16_384)
def quantities_in(text: str) -> tuple[tuple[int, int, str, str], ...]:
    """Start, end, spelling and symbol of each unit; sides of `128 x 128 pixels` are no quantities.

    Also lone letters and `in` behind a space: what most cells of a column have there is a unit.
    """
    if len(text) > VALUE_CHARACTERS:
        return ()
    found = [(start, end, symbol) for start, end, _, symbol in find_quantities(text)]
    for match in _LETTER.finditer(text):
        unit = find_unit(match[1])
        if unit is not None and not any(start <= match.start() < end for start, end, _ in found):
            found.append((match.start(), match.end(), unit.symbol))
    return tuple(
        (start, end, NUMBERS.sub("", text[start:end], count=1).strip(" -~"), symbol)
        for start, end, symbol in sorted(found)
        if not _BEHIND_CROSS.search(text[:start])
    )


@lru_cache(maxsize=1_024)
def alike(one: str, other: str) -> bool:
    """Whether both are units of one dimension."""
    first, second = find_unit(one), find_unit(other)
    return first is not None and second is not None and first.dimension == second.dimension
