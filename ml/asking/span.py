"""Some words of a question, and what they may mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ml.asking.senses import Sense
from ml.asking.values import ValueSense
from ml.grounding.tokens import is_han

HAN_WIDTH = 0.6
LONGER = 0.45  # for each further word: one long name rather than two short ones


@dataclass(frozen=True, slots=True)
class Span:
    """Some words of a question.

    Attributes:
        first, last: words; start, end: characters.
        senses: what it names; empty: it is a number, or nothing that is known.
        values: what texts of the graph it may be.
        number: with its unit, if one is written.
        function: what a function word does.
        read: what it was read as, where it has a typing error.
    """

    first: int
    last: int
    start: int
    end: int
    text: str
    senses: tuple[Sense, ...] = ()
    values: tuple[ValueSense, ...] = ()
    number: float | None = None
    unit: str | None = None
    worth: float = 0.0
    read: str | None = None

    @property
    def function(self) -> str | None:
        return self.senses[0].id if self.is_kind("function") else None

    @property
    def mended(self) -> bool:
        return self.read is not None

    @property
    def unknown(self) -> bool:
        return not self.senses and not self.values and self.number is None

    def is_kind(self, kind: str) -> bool:
        return bool(self.senses) and self.senses[0].kind == kind

    def does(self, *functions: str) -> bool:
        """Whether it may be one of these function words."""
        return any(one.kind == "function" and one.id in functions for one in self.senses)

    def of_kind(self, kind: str) -> tuple[Sense, ...]:
        return tuple(one for one in self.senses if one.kind == kind)


def width_of(keys: Sequence[str]) -> float:
    return sum(HAN_WIDTH if is_han(key) else 1.0 for key in keys)
