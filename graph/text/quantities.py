"""Numbers with units, read from a cell or found in free text."""

from __future__ import annotations

import re
from functools import lru_cache

from graph.errors import ValueInvalid
from graph.text.excerpt import excerpt, refused
from graph.text.numbers import (
    ABOUT,
    PLAIN_NUMBER,
    SPACED_NUMBER,
    SURELY_SPACED_NUMBER,
    DecimalSign,
    fold_width,
    format_number,
    number_of,
)
from graph.text.unit_table import Unit
from graph.text.units import convert_unit, find_unit, rounded, unit_at, unit_of, unknown_unit

_CACHED_CHARS = 64
_QUANTITY_CHARS = 400  # a quantity, not a description
_PARTS = 4  # 1 d 2 h 3 min 4 s

_NUMBER = re.compile(
    rf"\s*{ABOUT}?(?P<sign>[-+−])?(?:(?P<spaced>{SPACED_NUMBER})|(?P<plain>{PLAIN_NUMBER}))\s*",
    re.ASCII | re.IGNORECASE,
)
_NUMBER_IN_TEXT = re.compile(
    r"(?<![A-Za-z0-9_.,])(?:(?<!\S)(?P<sign>[-−]))?"
    rf"(?:(?P<spaced>{SURELY_SPACED_NUMBER})|(?P<plain>{PLAIN_NUMBER}))(\s?)",
    re.ASCII,
)
_PARENTHESES = re.compile(r"(?:\s*[(\[][^()\[\]]*[)\]])+\s*$")

# In free text a letter behind a number is a unit only when glued to it and written like this;
# `3D`, `4K`, `5 A` are not. `in` behind a space is nearly always the word: `2 in 1`.
_GLUED_ONLY = frozenset({"g", "G", "M", "T", "m", "l", "L", "W", "V", "A", "in"})


def parse_quantity(
    text: str, *, unit: str, decimal: DecimalSign = "auto", decimals: int | None = None
) -> float:
    """The one quantity of a cell in `unit`: `15,49 cm` in `in` with one decimal is 6.1.

    A bare number is taken to be in `unit` already. Parentheses behind the quantity are ignored
    (`172 g (6.07 oz)`), parts in ever smaller units are added (`2 lb 3 oz`), and any other text is
    refused, because a cell with more in it has to be split by the mapping first. Raises
    ValueInvalid.
    """
    if len(text) <= _CACHED_CHARS:
        return _parse_quantity(text, unit, decimal, decimals)
    return _parse_quantity.__wrapped__(text, unit, decimal, decimals)


@lru_cache(maxsize=8_192)
def _parse_quantity(text: str, unit: str, decimal: DecimalSign, decimals: int | None) -> float:
    if len(text) > _QUANTITY_CHARS:
        raise refused(text, f"a quantity cannot have {len(text)} characters")
    target = unit_of(unit)
    cell = _PARENTHESES.sub("", fold_width(text).strip())
    number, found, end = _part(cell, 0, target, decimal)
    total = convert_unit(number, found, target)
    if end < len(cell):
        total = _with_smaller_parts(cell, end, total, (number, found), target, decimal)
    return total if decimals is None else round(total, decimals) + 0.0


def _part(cell: str, start: int, target: Unit, decimal: DecimalSign) -> tuple[float, Unit, int]:
    """The quantity at `start` and where it ends."""
    match = _NUMBER.match(cell, start)
    if match is None:
        what = f"{excerpt(cell)} does not start with a number" if cell else "the cell is empty"
        raise refused(cell, f"{what}; expected a quantity such as 6.1 {target.symbol}")
    number = number_of(match, decimal)
    end = match.end()
    if end == len(cell):
        return number, target, end
    found = unit_at(cell, end, like=target)
    if found is None:
        raise _not_a_unit(cell, end, match[0].strip(), target)
    return number, found[0], _skip_spaces(cell, found[1])


def _skip_spaces(cell: str, start: int) -> int:
    return len(cell) - len(cell[start:].lstrip(" ."))


def _not_a_unit(cell: str, start: int, read: str, target: Unit) -> ValueInvalid:
    word = cell[start:]
    if word.isalpha() and find_unit(word) is None:
        return unknown_unit(word)
    return _leftover(cell, start, read, target)


def _with_smaller_parts(
    cell: str,
    start: int,
    total: float,
    first: tuple[float, Unit],
    target: Unit,
    decimal: DecimalSign,
) -> float:
    number, larger = first
    read = f"{format_number(number)} {larger.symbol}"
    for _ in range(_PARTS):
        match = _NUMBER.match(cell, start)
        found = unit_at(cell, match.end(), like=target) if match else None
        if match is None or found is None or not _is_part_of(found[0], larger):
            raise _leftover(cell, start, read, target)
        larger, start = found[0], _skip_spaces(cell, found[1])
        total += convert_unit(number_of(match, decimal), larger, target)
        if start == len(cell):
            return rounded(total)
    raise _leftover(cell, start, read, target)


def _is_part_of(unit: Unit, larger: Unit) -> bool:
    same = unit.dimension == larger.dimension
    return same and unit.factor < larger.factor and not unit.offset and not larger.offset


def _leftover(cell: str, start: int, read: str, target: Unit) -> ValueInvalid:
    return refused(
        cell,
        f"{excerpt(cell[start:].strip())} after {read!r} is not understood; expected one quantity "
        f"such as 6.1 {target.symbol} and nothing else",
    )


def find_quantities(text: str) -> list[tuple[int, int, float, str]]:
    """Every number with a unit in free text: start, end, number and the unit's symbol.

    Numbers without a unit and numbers that belong to a word (`S9`) are left out. One-letter units
    count only when glued to the number. What a quantity means is for the caller to judge: `4G` is
    found as 4 GB.
    """
    folded = fold_width(text)
    found: list[tuple[int, int, float, str]] = []
    for match in _NUMBER_IN_TEXT.finditer(folded):
        spelled = unit_at(folded, match.end())
        if spelled is None or not _reads_as_unit(folded[match.end() : spelled[1]], match[4]):
            continue
        number = _number_or_none(match)
        if number is not None:
            found.append((match.start(), spelled[1], number, spelled[0].symbol))
    return found


def _reads_as_unit(spelling: str, space: str) -> bool:
    if spelling in _GLUED_ONLY:
        return not space
    return len(spelling) > 1 or not (spelling.isascii() and spelling.isalpha())


def _number_or_none(match: re.Match[str]) -> float | None:
    try:
        return number_of(match, "auto")
    except ValueInvalid:
        return None
