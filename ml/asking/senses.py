"""What a phrase may mean, and the models that one may name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from graph.records import ItemKind

Kind = Literal[
    "model",
    "series",
    "brand",
    "category",
    "parameter",
    "value",
    "function",
    "adjective",
    "numeral",
]
Degree = Literal["plain", "comparative", "superlative"]


@dataclass(frozen=True, slots=True)
class Sense:
    """What a phrase may mean.

    Attributes:
        id: of the node; or what a function word does, or the meaning of an adjective.
        sure: how surely it means this, in 0..1; the name itself is surer than a part of it.
        denied: the phrase says that it is not so: `sold out` of what is in stock.
    """

    kind: Kind
    id: str
    name: str
    sure: float
    degree: Degree = "plain"
    denied: bool = False


@dataclass(frozen=True, slots=True)
class AskedModel:
    """A model as questions name it, or a product that one names."""

    id: str
    name: str
    brand: str | None
    brand_id: str | None
    names: tuple[str, ...] = ()
    weight: int = 0  # how much is known of it
    kind: ItemKind = "model"
