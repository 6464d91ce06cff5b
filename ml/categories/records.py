"""Titles with the category they are in, and what a categorizer says of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Notify = Callable[[str], None]


def silent(_: str) -> None:
    """Nobody wants to know how far it is."""


@dataclass(frozen=True, slots=True)
class LabelledTitle:
    """A text and its category.

    Attributes:
        category: by whatever names it; compared as it is.
        group: the product that it speaks of; titles of one group never stand on both sides of a
            split.
    """

    title: str
    category: str
    group: str


@dataclass(frozen=True, slots=True)
class Guess:
    """Categories of one text.

    Attributes:
        ranked: categories with their calibrated probabilities in 0..1, the most likely first.
        novelty: probability in 0..1 that it is of a kind that was not learnt.
        unknown: the novelty is so high that no category should be given.
        telling: words of the text that speak most for the first category, the strongest first.
        accessory: the word of the text for what is made for something of the first category, as a
            `case`; the text is then `unknown`.
    """

    ranked: tuple[tuple[str, float], ...]
    novelty: float
    unknown: bool
    telling: tuple[str, ...] = ()
    accessory: str | None = None

    @property
    def category(self) -> str:
        return self.ranked[0][0]

    @property
    def confidence(self) -> float:
        return self.ranked[0][1]
