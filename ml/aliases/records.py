"""What names are learnt from, and what is learnt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

EntityKind = Literal["brand", "category", "model", "value"]


@dataclass(frozen=True, slots=True)
class Role:
    """What an item has one of: a brand, a category, a model, or a value of one parameter."""

    kind: EntityKind
    parameter: str | None = None  # of a value


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that texts may name.

    Attributes:
        names: those that a catalog or a person gave it; none that was learnt.
    """

    role: Role
    id: str
    name: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LearntName:
    """A name that texts use and no catalog has.

    Attributes:
        support: texts with this name of items with this entity, which have none of its other names.
        families: models (or look-alikes, of items without) among them.
        confidence: of texts with this name, the share whose item has the entity; the lower end
            of its 95 % interval.
        example: a text that says so.
    """

    kind: EntityKind
    parameter: str | None
    entity: str
    entity_name: str
    name: str
    support: int
    families: int
    confidence: float
    example: str


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt, and what looked like it.

    Attributes:
        texts: distinct ones that were learnt from.
        dropped: how many word groups were not kept, by reason.
    """

    names: tuple[LearntName, ...]
    texts: int
    dropped: Mapping[str, int]
