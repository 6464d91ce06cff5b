"""Units found by any spelling, and numbers converted between them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from graph.errors import ValueInvalid
from graph.text.excerpt import excerpt, refused
from graph.text.near import near_names
from graph.text.unit_table import UNITS, Unit

_SYMBOL_CHARS = 40  # no spelling is longer; bounds the search for near ones
_SIGNIFICANT = 6  # 15.49 cm is 6.09842 in, however the floating point went


# What takes a plural; abbreviations do not.
_ENGLISH_WORDS = re.compile(r"[a-z]{2}[a-z -]*[a-rt-z]")


def _key(symbol: str) -> str:
    key = symbol if symbol.isascii() else unicodedata.normalize("NFKC", symbol)
    return " ".join(key.replace(". ", " ").split()).rstrip(".")


def _spellings(unit: Unit) -> Iterator[tuple[str, bool]]:
    """Each way to write a unit, and whether its case may differ."""
    for spelling in (unit.symbol, *unit.spellings):
        key = _key(spelling.removeprefix("="))
        yield key, not spelling.startswith("=")
        if _ENGLISH_WORDS.fullmatch(key):
            yield key + "s", True


def _index() -> tuple[dict[str, tuple[Unit, ...]], dict[str, tuple[Unit, ...]]]:
    exact: dict[str, list[Unit]] = {}
    folded: dict[str, list[Unit]] = {}
    for unit in UNITS:
        for spelling, case_free in _spellings(unit):
            _add(exact, spelling, unit)
            if case_free:
                _add(folded, spelling.lower(), unit)
    return _frozen(exact), _frozen(folded)


def _add(index: dict[str, list[Unit]], spelling: str, unit: Unit) -> None:
    units = index.setdefault(spelling, [])
    if unit not in units:
        units.append(unit)


def _frozen(index: dict[str, list[Unit]]) -> dict[str, tuple[Unit, ...]]:
    return {spelling: tuple(units) for spelling, units in index.items()}


_EXACT, _FOLDED = _index()
_SHOWN = {spelling.lower(): spelling for spelling in reversed(_EXACT)}
_LONGEST = max(map(len, _EXACT))


@lru_cache(maxsize=4_096)
def _candidates(symbol: str) -> tuple[Unit, ...]:
    """Every unit that `symbol` may mean: spelled exactly so first, then with other case."""
    key = _key(symbol)
    exact = _EXACT.get(key, ())
    return exact + tuple(unit for unit in _FOLDED.get(key.lower(), ()) if unit not in exact)


def find_unit(symbol: str) -> Unit | None:
    """The unit that a spelling means, or None.

    Case decides where it must (`g` is gram, `G` is GB; `mW` and `MW`) and is ignored where only
    one unit is left (`gb`, `MHZ`, `Mah`). None also when the case leaves a choice (`mw`).
    """
    if len(symbol) > _SYMBOL_CHARS:
        return None
    candidates = _candidates(symbol)
    if len(candidates) <= 1 or _key(symbol) in _EXACT:
        return candidates[0] if candidates else None
    return None


def may_be_unit(symbol: str) -> bool:
    """Whether some unit is spelled like this; its dimension may still be open (`mw`)."""
    return len(symbol) <= _SYMBOL_CHARS and bool(_candidates(symbol))


def unit_of(symbol: str, *, like: Unit | None = None) -> Unit:
    """As `find_unit`, but in the dimension of `like` where the spelling allows it.

    `8g` for a storage in GB is gigabytes, `172G` for a weight in g is grams. Raises ValueInvalid.
    """
    unit = _found(symbol, like)
    if unit is None:
        raise unknown_unit(symbol)
    return unit


def _found(symbol: str, like: Unit | None) -> Unit | None:
    if like is not None and len(symbol) <= _SYMBOL_CHARS:
        near = [unit for unit in _candidates(symbol) if unit.dimension == like.dimension]
        if len(near) == 1 or (near and near[0] in _EXACT.get(_key(symbol), ())):
            return near[0]
        if like in near:
            return like
    return find_unit(symbol)


def unknown_unit(symbol: str) -> ValueInvalid:
    """The error for a spelling that is no unit, or could be several."""
    meanings = [unit.symbol for unit in _candidates(symbol[:_SYMBOL_CHARS])]
    if len(meanings) > 1:
        reason = f"may be {' or '.join(meanings)}; mind capital and small letters"
    elif near := near_spellings(symbol):
        reason = f"is not a known unit; did you mean {' or '.join(near)}?"
    else:
        reason = "is not a known unit; write one such as mm, kg, GB or mAh"
    return refused(symbol, f"{excerpt(symbol)} {reason}")


@lru_cache(maxsize=1_024)
def near_spellings(symbol: str) -> tuple[str, ...]:
    """Known spellings that look like `symbol`, nearest first."""
    key = _key(symbol[:_SYMBOL_CHARS]).lower()
    return tuple(near_names(key, _SHOWN, most=3))


def unit_at(text: str, start: int, *, like: Unit | None = None) -> tuple[Unit, int] | None:
    """The unit spelled at `start`, the longest one, and where it ends; None when there is none."""
    for end in range(min(len(text), start + _LONGEST), start, -1):
        if _ends_word(text, end) and (unit := _exactly(text[start:end], like)):
            return unit, end
    return None


def _exactly(spelling: str, like: Unit | None) -> Unit | None:
    if spelling[-1] in " .":  # what follows the unit is not part of it
        return None
    plain = spelling.isascii() and ". " not in spelling
    key = spelling if plain else _key(spelling)
    return _found(key, like) if key in _EXACT or key.lower() in _FOLDED else None


def _ends_word(text: str, end: int) -> bool:
    """Latin letters and digits run on to the end of their word; Chinese has no such ends."""
    if end == len(text) or not (text[end].isascii() and text[end].isalnum()):
        return True
    last = text[end - 1]
    return not (last.isascii() and last.isalnum())


def convert(number: float, from_unit: str, to_unit: str) -> float:
    """`number` in another unit of the same dimension, rounded to 6 significant digits.

    Digits before the point are never rounded away. The same unit gives the number back unchanged.
    Raises ValueInvalid for an unknown unit and for units of two dimensions.
    """
    target = unit_of(to_unit)
    return convert_unit(number, unit_of(from_unit, like=target), target)


def convert_unit(number: float, source: Unit, target: Unit) -> float:
    if source is target and math.isfinite(number):
        return number
    if source.dimension != target.dimension:
        raise refused(
            source.symbol,
            f"cannot turn {source.symbol} into {target.symbol}: "
            f"{source.dimension} is not {target.dimension}",
        )
    base = number * source.factor + source.offset
    return rounded((base - target.offset) / target.factor)


def rounded(number: float) -> float:
    """6 significant digits, but every digit before the point."""
    if not math.isfinite(number):
        raise refused(str(number), f"{number} is not a finite number")
    if abs(number) >= 10**_SIGNIFICANT:
        return float(round(number))
    return float(f"{number:.{_SIGNIFICANT}g}") + 0.0
