"""Every name that the graph knows, with the number of items behind it."""

from __future__ import annotations

from typing import Literal

from graph.client import Database
from graph.records import Record
from graph.repositories.selection import CATEGORY_DEPTH

NameKind = Literal["brand", "model", "category", "value"]

NAMES_MAX = 300_000  # of a kind: those of most items

# Degrees of nodes, which the store keeps.
_NAMED = """
WITH n, items WHERE items > 0
ORDER BY items DESC, n.id LIMIT $limit
RETURN collect([n.id, {name}, coalesce(n.names, []), items, {parameter}]) AS names
"""
BRANDS = "MATCH (n:Brand) WITH n, COUNT { (n)<-[:MADE_BY]-() } AS items" + _NAMED.format(
    name="n.name", parameter="null"
)
MODELS = (
    "MATCH (n:Model) WHERE n.closed_at IS NULL "
    "WITH n, 1 + COUNT { (n)<-[:INSTANCE_OF]-() } AS items"
    + _NAMED.format(name="n.name", parameter="null")
)
CATEGORIES = f"""
MATCH (n:Category)
CALL (n) {{
  MATCH (n)<-[:SUBCATEGORY_OF*0..{CATEGORY_DEPTH}]-(below)
  WITH DISTINCT below
  RETURN sum(COUNT {{ (below)<-[:BELONGS_TO]-() }}) AS items
}}
""" + _NAMED.format(name="n.name", parameter="null")
# A bare number or a yes completes nothing.
VALUES = (
    "MATCH (n:Value)-[:VALUE_OF]->(p:Parameter) WHERE p.kind = 'text' "
    "WITH n, COUNT { (n)<-[:HAS_PARAMETER]-() } AS items"
    + _NAMED.format(name="n.text", parameter="n.parameter")
)
_QUERIES: tuple[tuple[NameKind, str], ...] = (
    ("brand", BRANDS),
    ("category", CATEGORIES),
    ("model", MODELS),
    ("value", VALUES),
)


class NamedItems(Record, frozen=True):
    """A name of the graph; of a model, itself counts as one of its items."""

    kind: NameKind
    id: str
    name: str
    names: tuple[str, ...]
    items: int
    parameter: str | None = None  # of a value


def known_names(database: Database) -> list[NamedItems]:
    """All that items or models stand behind, at most `NAMES_MAX` of a kind."""
    return [
        NamedItems(kind, id, name, tuple(names), items, parameter)
        for kind, query in _QUERIES
        for id, name, names, items, parameter in database.read(query, limit=NAMES_MAX)[0]["names"]
        if name
    ]


def items_in_categories(database: Database) -> dict[str, int]:
    """By category, how many items are in it or below it."""
    rows = database.read(CATEGORIES, limit=NAMES_MAX)[0]["names"]
    return {id: items for id, _, _, items, _ in rows}
