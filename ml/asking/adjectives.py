"""What adjectives measure: `heavy` asks for a mass, `cheap` for little of a price."""

from __future__ import annotations

from dataclasses import dataclass

from graph.records import Parameter
from graph.text import find_unit
from ml.asking.keys import stems
from ml.asking.lexicon import AskingLexicon
from ml.asking.plan import Order


@dataclass(frozen=True, slots=True)
class Measure:
    """What an adjective says.

    Attributes:
        order: whether much of it or little is meant.
        dimensions: of units, that a parameter may have; empty: any.
        hints: words in a parameter's name, the best first; they count more than dimensions.
        lone: whether it means something without the name of a parameter beside it.
    """

    order: Order
    dimensions: frozenset[str]
    hints: tuple[str, ...]
    lone: bool = True


def _measure(order: Order, dimensions: str, hints: str, *, lone: bool = True) -> Measure:
    return Measure(
        order, frozenset(filter(None, dimensions.split("|"))), tuple(hints.split()), lone
    )


MEASURES: dict[str, Measure] = {
    "heavy": _measure("highest", "mass", "weight mass"),
    "light": _measure("lowest", "mass", "weight mass"),
    "large": _measure("highest", "length|volume|area", "size diagonal display screen"),
    "small": _measure("lowest", "length|volume|area", "size diagonal display screen"),
    "thick": _measure("highest", "", "thickness depth"),
    "thin": _measure("lowest", "", "thickness depth"),
    "tall": _measure("highest", "", "height"),
    "short": _measure("lowest", "time", "length height duration time"),
    "wide": _measure("highest", "", "width"),
    "narrow": _measure("lowest", "", "width"),
    "long": _measure("highest", "time", "length duration time"),
    "expensive": _measure("highest", "money", "price cost"),
    "cheap": _measure("lowest", "money", "price cost"),
    "new": _measure("highest", "", "year date launch"),
    "old": _measure("lowest", "", "year date launch"),
    "fast": _measure("highest", "frequency|data rate|speed", "speed frequency"),
    "slow": _measure("lowest", "frequency|data rate|speed", "speed frequency"),
    "sharp": _measure("highest", "pixel density|pixels", "density resolution"),
    "bright": _measure("highest", "luminance|luminous flux", "brightness"),
    "quiet": _measure("lowest", "sound level", "noise"),
    "loud": _measure("highest", "sound level", "noise"),
    "high": _measure("highest", "", "", lone=False),
    "low": _measure("lowest", "", "", lone=False),
}
_FIRST_YEAR = 1_000.0
_ANY = frozenset({"large", "small", "high", "low", "long", "short", "fast", "slow"})


def fits(meaning: str, parameter: Parameter) -> bool:
    """Whether the adjective can be said of the numbers of this parameter."""
    if parameter.kind != "number":
        return False
    return (
        meaning in _ANY
        or _hinted(MEASURES[meaning], parameter) >= 0
        or _measures(MEASURES[meaning], parameter)
    )


def meant(meaning: str, lexicon: AskingLexicon, dimension: str | None = None) -> Parameter | None:
    """The parameter that an adjective alone speaks of; `dimension`: of the unit written beside it.

    What items of the category state that is asked about counts most, then a word of its name, then
    how many items state it.
    """
    measure = MEASURES[meaning]
    if not measure.lone and dimension is None:
        return None
    found = []
    for parameter in lexicon.parameters.values():
        if parameter.kind != "number" or not lexicon.stated.get(parameter.id, 0):
            continue
        own = dimension_of(parameter)
        if dimension is not None and own != dimension:
            continue
        hint = _hinted(measure, parameter)
        if hint < 0 and meaning in ("new", "old") and _is_calendar(parameter, lexicon):
            hint = len(measure.hints)
        if hint < 0 and not (_measures(measure, parameter) and meaning not in ("new", "old")):
            continue
        rank = hint if hint >= 0 else len(measure.hints)
        far, stated = lexicon.rank(parameter.id)
        found.append((far, rank, stated, parameter.id))
    return lexicon.parameters[min(found)[-1]] if found else None


def dimension_of(parameter: Parameter) -> str | None:
    unit = find_unit(parameter.unit) if parameter.unit else None
    return unit.dimension if unit else None


def lasts(parameter: Parameter, lexicon: AskingLexicon) -> bool:
    """Whether its numbers are of how long something takes, and of no calendar."""
    return dimension_of(parameter) == "time" and not _is_calendar(parameter, lexicon)


def _is_calendar(parameter: Parameter, lexicon: AskingLexicon) -> bool:
    """Whether its years are those of a calendar: nothing lasts for so many."""
    return parameter.unit == "year" and lexicon.lowest.get(parameter.id, 0.0) >= _FIRST_YEAR


def _measures(measure: Measure, parameter: Parameter) -> bool:
    return dimension_of(parameter) in measure.dimensions


def _hinted(measure: Measure, parameter: Parameter) -> int:
    """The place of the first hint that its names have; -1: none."""
    words = {word for name in (parameter.name, *parameter.names) for word in stems(name)}
    return next((place for place, hint in enumerate(measure.hints) if hint in words), -1)
