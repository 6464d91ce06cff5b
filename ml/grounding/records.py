"""What is asked of a text, and what it was found to state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from graph.records import Named, Origin, Record

# The last one is never a relationship: that a case is made for a phone says little of the case.
Relation = Literal["HAS_PARAMETER", "MADE_BY", "BELONGS_TO", "INSTANCE_OF", "MADE_FOR"]


class TextToRead(Record, frozen=True):
    """An item as its texts, by field; what is known of it already is not looked for.

    Attributes:
        fields: such as `title` and `description`; the title counts most.
        model: id of the model that it is known to be of.
        predicted: id of the category that it is in by a model of categories.
    """

    fields: Mapping[str, str]
    brand: Named | None = None
    category: Named | None = None
    model: str | None = None
    predicted: str | None = None


def fields_of(title: str, description: str | None) -> dict[str, str]:
    """The texts of an item; a description that is none is left out."""
    return {"title": title, **({"description": description} if description else {})}


class Normalized(Record, frozen=True):
    """A value as the graph writes it; `number` is in `unit`."""

    text: str
    number: float | None
    unit: str | None


class Links(Record, frozen=True):
    """Nodes that there are: of the value, or of the brand, category or model."""

    value: str | None
    entity: str | None


class ExtractedFact(Record, frozen=True):
    """Something that a text states of its item, or that follows from it.

    Attributes:
        relation: how the item is to be linked to what is stated.
        parameter: id of the parameter; `brand`, `category`, `model` or `made_for` for these.
        name: of the parameter, to show.
        value: the words of the text; None: the text does not say it.
        confidence: probability that it is so, in 0..1.
        field, start, end: where the text says it, in characters.
        reasons: for people, the strongest first.
        path: where it follows from the graph, the nodes and relationships that imply it.
        model: what read it: `rules`, or NAME@VERSION.
    """

    relation: Relation
    parameter: str
    name: str
    value: str | None
    normalized: Normalized
    confidence: float
    field: str | None
    start: int | None
    end: int | None
    links: Links
    reasons: tuple[str, ...]
    origin: Origin
    model: str
    path: tuple[str, ...] = ()
