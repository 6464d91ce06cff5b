"""What linking reads of a catalogue, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """A model that offers may be instances of.

    Attributes:
        names: other names it is known by.
        facts: values as text, such as `64 GB`, by the name of their parameter.
        category: names of what it is: `Mobile phones`.
    """

    id: str
    name: str
    names: tuple[str, ...]
    brand: str | None
    facts: Mapping[str, tuple[str, ...]]
    category: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A model that a text may name.

    Attributes:
        model: its id.
        confidence: in 0..1; of a trained linker, how often such links are right.
        reasons: for people, the strongest first.
    """

    model: str
    confidence: float
    reasons: tuple[str, ...]
