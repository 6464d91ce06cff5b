"""A filter as data: terms that must all hold, and the expression that says the same."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, replace
from typing import assert_never

from graph.text.numbers import fold_width, format_number

# What stands on the item itself; quoted or not, these names are never parameters.
RESERVED = frozenset(
    {
        "brand",
        "category",
        "model",
        "source",
        "price",
        "currency",
        "gtin",
        "mpn",
        "in_stock",
        "closed",
        "language",
        "id",
        "kind",
    }
)
HAS = "has"  # `has:nfc`; in quotes it is a parameter of that name

# What needs no quotes, after `plain`.
BARE_FIELD = re.compile(r'[^\s:<>=!≥≤≠,"]+')
BARE_VALUE = re.compile(r"[^\s,]+")

_PLAIN_QUOTES = str.maketrans("“”", '""')


def plain(text: str) -> str:
    """Full-width signs and typographic quotes as ASCII; every character keeps its position."""
    return text if text.isascii() else fold_width(text).translate(_PLAIN_QUOTES)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number; `unit` is as the user wrote it, None for the parameter's own."""

    number: float
    unit: str | None = None

    def __str__(self) -> str:
        unit = self.unit or ""
        return f"{format_number(self.number)}{' ' if ' ' in unit else ''}{unit}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any of these values: texts as written; after `bind`, ids of values, brands, categories."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """Between two numbers; None is open. Only a range with one end can leave that end out."""

    low: Quantity | None = None
    high: Quantity | None = None
    low_inclusive: bool = True
    high_inclusive: bool = True

    def __post_init__(self) -> None:
        ends = (self.low is not None) + (self.high is not None)
        if ends == 0 or (ends == 2 and not (self.low_inclusive and self.high_inclusive)):
            raise ValueError(f"{self!r}: a range has one end, or two that it includes")


@dataclass(frozen=True, slots=True)
class Has:
    """The field is stated, whatever its value."""


Condition = OneOf | Range | Has


@dataclass(frozen=True, slots=True)
class Term:
    """One condition; `position` is where it stands in the expression, counted from 0."""

    field: str
    condition: Condition
    negated: bool = False
    position: int = dataclasses.field(default=0, compare=False)

    def __str__(self) -> str:
        return ("-" if self.negated else "") + _written(self.field, self.condition)


@dataclass(frozen=True, slots=True)
class Filter:
    """Terms that must all hold; none at all lets everything pass."""

    terms: tuple[Term, ...] = ()
    expression: str = dataclasses.field(default="", compare=False)  # what error positions count in

    def __str__(self) -> str:
        """The canonical expression; it parses to an equal filter."""
        return " ".join(map(str, self.terms))

    def and_(self, other: Filter) -> Filter:
        own = self.expression or str(self)
        shift = len(own) + 1 if own else 0
        moved = tuple(replace(term, position=term.position + shift) for term in other.terms)
        both = " ".join(filter(None, (own, other.expression or str(other))))
        return Filter(self.terms + moved, both)


def _written(name: str, condition: Condition) -> str:
    match condition:
        case Has():
            return f"{HAS}:{_value(name)}"
        case OneOf(values):
            return f"{_field(name)}:{','.join(map(_value, values))}"
        case Range():
            return f"{_field(name)}{_bounds(condition)}"
        case _:
            assert_never(condition)


def _bounds(numbers: Range) -> str:
    if numbers.low and numbers.high:
        same = numbers.low.unit == numbers.high.unit  # said once, because units may have spaces
        low = format_number(numbers.low.number) if same else numbers.low
        return f":{low}..{numbers.high}"
    if numbers.low:
        return f">{'=' if numbers.low_inclusive else ''}{numbers.low}"
    return f"<{'=' if numbers.high_inclusive else ''}{numbers.high}"


def _field(name: str) -> str:
    shown = plain(name)
    bare = BARE_FIELD.fullmatch(shown) and shown[0] != "-" and shown.casefold() != HAS
    return name if bare else _quoted(name)


def _value(text: str) -> str:
    shown = plain(text)
    bare = BARE_VALUE.fullmatch(shown) and shown[0] != '"' and ".." not in shown
    return text if bare else _quoted(text)


def _quoted(text: str) -> str:
    shown = zip(text, plain(text), strict=True)
    return '"' + "".join("\\" + sign if like in '"\\' else sign for sign, like in shown) + '"'
