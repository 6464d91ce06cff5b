"""Labels, relationships, constraints and indexes of the graph, declared once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

# What `catalograph` needs of a server: filterable properties in vector indexes.
NEO4J_MINIMUM = (2026, 2)


class Label(StrEnum):
    PRODUCT = "Product"
    MODEL = "Model"
    BRAND = "Brand"
    CATEGORY = "Category"
    PARAMETER = "Parameter"
    VALUE = "Value"
    SHOPPER = "Shopper"
    OBSERVATION = "Observation"
    IMPORT = "Import"
    DELETION = "Deletion"  # of an item: what an increment of an export has to know
    EMBEDDING = "Embedding"
    ENTITY = "Entity"  # second label of every node that text can mention


class Relationship(StrEnum):
    BELONGS_TO = "BELONGS_TO"
    SUBCATEGORY_OF = "SUBCATEGORY_OF"
    MADE_BY = "MADE_BY"
    INSTANCE_OF = "INSTANCE_OF"
    HAS_PARAMETER = "HAS_PARAMETER"
    HAD_PARAMETER = "HAD_PARAMETER"
    VALUE_OF = "VALUE_OF"
    EXPECTS = "EXPECTS"
    VIEWED = "VIEWED"
    BOUGHT = "BOUGHT"
    BOUGHT_WITH = "BOUGHT_WITH"


IndexKind = Literal["UNIQUENESS", "RANGE", "FULLTEXT", "VECTOR"]


@dataclass(frozen=True, slots=True)
class Index:
    """One index as `SHOW INDEXES` lists it; a uniqueness constraint owns one of its own name."""

    name: str
    kind: IndexKind
    labels: tuple[str, ...]  # or types of relationships
    properties: tuple[str, ...]


def _unique(label: Label) -> Index:
    return Index(f"{label.lower()}_id", "UNIQUENESS", (label,), ("id",))


def _range(label: Label, *properties: str) -> Index:
    return Index(f"{label.lower()}_{'_'.join(properties)}", "RANGE", (label,), properties)


def _range_of(type: Relationship, *properties: str) -> Index:
    return Index(f"{type.lower()}_{'_'.join(properties)}", "RANGE", (type,), properties)


# What lists and vector queries filter by, on the node itself.
FILTERABLE = ("brand_id", "category_id", "in_stock", "price")

INDEXES: tuple[Index, ...] = (
    *(
        _unique(label)
        for label in (
            Label.PRODUCT,
            Label.MODEL,
            Label.BRAND,
            Label.CATEGORY,
            Label.PARAMETER,
            Label.VALUE,
            Label.SHOPPER,
            Label.IMPORT,
            Label.EMBEDDING,
        )
    ),
    _range(Label.PRODUCT, "brand_id", "id"),
    _range(Label.PRODUCT, "category_id", "id"),
    _range(Label.PRODUCT, "price"),
    _range(Label.PRODUCT, "model_id", "id"),
    _range(Label.PRODUCT, "source", "id"),
    _range(Label.PRODUCT, "gtin"),
    _range(Label.PRODUCT, "mpn"),
    _range(Label.MODEL, "brand_id", "id"),
    _range(Label.MODEL, "category_id", "id"),
    _range(Label.PRODUCT, "contested", "id"),
    _range(Label.MODEL, "contested", "id"),
    _range(Label.VALUE, "parameter", "number"),
    _range(Label.OBSERVATION, "product", "at"),
    # What was written since an export: items, and what they speak of.
    *(
        _range(label, "updated_at")
        for label in (
            Label.PRODUCT,
            Label.MODEL,
            Label.BRAND,
            Label.CATEGORY,
            Label.PARAMETER,
            Label.VALUE,
        )
    ),
    _range(Label.DELETION, "at"),
    # Facts of catalogs have none of these properties and cost no place: what a model said, what
    # waits for review in the order of the list, and what was decided, in the order of time.
    _range_of(Relationship.HAS_PARAMETER, "model", "run"),
    _range_of(Relationship.HAS_PARAMETER, "teaches", "proposal"),
    _range_of(Relationship.HAS_PARAMETER, "decided_at", "proposal"),
    # What most shoppers bought, and what is new: where nothing else is known of a shopper.
    _range(Label.PRODUCT, "buyers"),
    _range(Label.PRODUCT, "first_seen"),
    Index("entity_names", "FULLTEXT", (Label.ENTITY,), ("names",)),
    Index("product_text", "FULLTEXT", (Label.PRODUCT,), ("title", "description")),
    Index("product_embedding", "VECTOR", (Label.PRODUCT,), ("embedding", *FILTERABLE)),
    Index("model_embedding", "VECTOR", (Label.MODEL,), ("embedding", "brand_id", "category_id")),
    Index("product_next_embedding", "VECTOR", (Label.PRODUCT,), ("next_embedding", *FILTERABLE)),
    Index(
        "model_next_embedding",
        "VECTOR",
        (Label.MODEL,),
        ("next_embedding", "brand_id", "category_id"),
    ),
)
