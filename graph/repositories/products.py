"""Items as they are read: one, a page of many, and what stands around one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from graph.client import AsyncDatabase, Row
from graph.filters import Filter
from graph.precedence import settle
from graph.records import (
    FactView,
    GraphEdge,
    GraphNode,
    ItemKind,
    ItemSummary,
    ItemView,
    Named,
    Neighbourhood,
)
from graph.repositories.seeding import PASSING, reaches
from graph.repositories.selection import (
    CATEGORY_DEPTH,
    FIND_ITEM,
    KINDS,
    kinds_of,
    select,
)

Cursor = tuple[ItemKind, str]

# Facts travel as lists in the order of `FactView`: half the bytes of maps, built five times faster.
GET_ITEM = f"""
{FIND_ITEM}
CALL (n) {{
  MATCH (n)-[r:HAS_PARAMETER]->(v)-[:VALUE_OF]->(p) WHERE r.status <> 'rejected'
  RETURN collect([v.parameter, p.name, v.id, v.text, v.number, v.unit, r.origin, r.status,
                  r.confidence, r.source, r.evidence, r.run, toString(r.valid_from)]) AS facts
}}
RETURN CASE WHEN n:Product THEN 'product' ELSE 'model' END AS kind, n.id AS id,
  coalesce(n.title, n.name) AS title, n.names AS names, n.description AS description,
  n.language AS language, n.price AS price, n.currency AS currency, n.gtin AS gtin, n.mpn AS mpn,
  n.url AS url, n.image_url AS image_url, n.in_stock AS in_stock, n.source AS source,
  toString(n.first_seen) AS first_seen, toString(n.last_seen) AS last_seen,
  toString(n.closed_at) AS closed_at,
  [(n)-[r:MADE_BY]->(x) WHERE r.status <> 'rejected' | [x.id, x.name, x.names]][0] AS brand,
  [(n)-[r:INSTANCE_OF]->(x) WHERE r.status <> 'rejected' | [x.id, x.name, x.names]][0] AS model,
  [path = (n)-[:BELONGS_TO]->()-[:SUBCATEGORY_OF*0..{CATEGORY_DEPTH}]->() |
    [x IN tail(nodes(path)) | [x.id, x.name, x.names]]] AS category,
  facts
"""

_SUMMARY = """
RETURN n.id AS id, coalesce(n.title, n.name) AS title, n.price AS price, n.currency AS currency,
  n.in_stock AS in_stock, n.source AS source, toString(n.closed_at) AS closed_at,
  [(n)-[r:MADE_BY]->(x) WHERE r.status <> 'rejected' | [x.id, x.name, x.names]][0] AS brand,
  [(n)-[r:BELONGS_TO]->(x) WHERE r.status <> 'rejected' | [x.id, x.name, x.names]][0] AS category
ORDER BY id
"""

# {…} are clauses of ours from `selection`; what the user wrote is in the parameters.
SEEDED = "WITH n ORDER BY n.id LIMIT $limit\n"

_AROUND = "MADE_BY|BELONGS_TO|INSTANCE_OF|HAS_PARAMETER|VALUE_OF|SUBCATEGORY_OF|EXPECTS|BOUGHT_WITH"
# A value belongs to its parameter for good, without a status; the rest may have been rejected.
_IS_SO = "coalesce(r.status, '') <> 'rejected'"
# Every expansion has a LIMIT: a brand may have a million products. Edges are looked for from their
# sources only, because of our nodes none has many relationships going out.
AROUND = f"""
{FIND_ITEM}
CALL (n) {{
  CALL (n) {{
    MATCH (n)-[r:{_AROUND}]->(x) WHERE {_IS_SO} RETURN x LIMIT $limit
    UNION
    MATCH (n)<-[r:{_AROUND}]-(x) WHERE {_IS_SO} RETURN x LIMIT $limit
  }}
  RETURN collect(x) AS near
}}
CALL (n, near) {{
  UNWIND CASE $depth WHEN 2 THEN near ELSE [] END AS m
  CALL (n, m) {{
    CALL (m) {{
      MATCH (m)-[r:{_AROUND}]->(x) WHERE {_IS_SO} RETURN x LIMIT $fan
      UNION
      MATCH (m)<-[r:{_AROUND}]-(x) WHERE {_IS_SO} RETURN x LIMIT $fan
    }}
    WITH x WHERE x <> n
    RETURN collect(x) AS group
  }}
  RETURN collect(group) AS groups
}}
// One of each group in turn, so that the limit cuts all alike.
WITH [[n], near] + [i IN range(0, 2 * $fan - 1) | [group IN groups | group[i]]] AS found
UNWIND found AS layer
UNWIND layer AS x
WITH DISTINCT x WHERE x IS NOT NULL
WITH x LIMIT $limit + 1
RETURN head([label IN labels(x) WHERE label <> 'Entity']) AS label, x.id AS id,
  coalesce(x.name, x.title, x.text, x.id) AS name,
  [(x)-[r:{_AROUND}]->(y) WHERE {_IS_SO} |
    [type(r), head([l IN labels(y) WHERE l <> 'Entity']), y.id]] AS edges
"""


@dataclass(frozen=True, slots=True)
class Page:
    """Some items in the order of pages; `next` is where the following page begins, if any."""

    items: tuple[ItemSummary, ...]
    next: Cursor | None


class Products:
    """Items in the graph; the writes are in `graph.repositories.items`.

    `sources` are catalogs in the order of their standing, for where they contradict each other.
    """

    def __init__(self, database: AsyncDatabase, sources: Sequence[str] = ()) -> None:
        self._database = database
        self._sources = sources

    async def get(self, id: str) -> ItemView | None:
        """The product of this id, else the model of this id, with the facts it states itself."""
        rows = await self._database.read(GET_ITEM, {"id": id})
        return _item(rows[0], self._sources) if rows else None

    async def page(
        self, filter: Filter, *, kind: ItemKind | None, limit: int, after: Cursor | None
    ) -> Page:
        """`limit` items that pass the bound `filter`: products before models, each by id."""
        items: list[ItemSummary] = []
        for one in kinds_of(filter, kind):
            if len(items) > limit or (after and KINDS.index(one) < KINDS.index(after[0])):
                continue
            since = after[1] if after and after[0] == one else ""
            rows = await self._page_of(filter, one, since, limit + 1 - len(items))
            items.extend(_summary(one, row) for row in rows)
        more = len(items) > limit
        shown = tuple(items[:limit])
        return Page(shown, (shown[-1].kind, shown[-1].id) if more and shown else None)

    async def neighbourhood(
        self, id: str, *, depth: Literal[1, 2], limit: int
    ) -> Neighbourhood | None:
        """At most `limit` nodes within `depth` steps of an item, and the edges among them."""
        # An eighth for each neighbour: a product has about a dozen, and their groups overlap.
        asked = {"id": id, "depth": depth, "limit": limit, "fan": max(2, limit // 8)}
        rows = await self._database.read(AROUND, asked)
        return _neighbourhood(rows, limit) if rows else None

    async def _page_of(self, filter: Filter, kind: ItemKind, after: str, limit: int) -> list[Row]:
        selection = select(filter, kind)
        reached = await reaches(self._database, selection)
        if reached is not None and reached.is_shorter_than_walk(limit):
            selection = select(filter, kind, from_index=False)
            seed = selection.seeds[reached.seed]
            query = PASSING[kind].format(seed=seed, predicate=selection.predicate) + SEEDED
        else:
            query = selection.walk
        asked = {**selection.parameters, "after": after, "limit": limit}
        return await self._database.read(query + _SUMMARY, asked)


def _item(row: Row, sources: Sequence[str]) -> ItemView:
    facts = row["facts"]
    facts.sort(key=_parameter_and_value)
    row["facts"] = settle([FactView(*fact) for fact in facts], sources)
    row["names"] = tuple(row["names"] or ())
    row["brand"] = _named(row["brand"])
    row["model"] = _named(row["model"])
    # Every path from the leaf up comes along; the longest is the whole one, also in a circle.
    longest = max(row["category"], key=len, default=())
    row["category"] = tuple([_named(parts) for parts in reversed(longest)])
    return ItemView(**row)


def _parameter_and_value(fact: list[Any]) -> tuple[str, str, str, str]:
    return fact[0], fact[2], fact[9] or "", fact[6]


def _named(parts: Sequence[Any] | None) -> Named | None:
    return None if parts is None else Named(parts[0], parts[1], tuple(parts[2] or ()))


def _summary(kind: ItemKind, row: Row) -> ItemSummary:
    row["brand"] = _named(row["brand"])
    row["category"] = _named(row["category"])
    return ItemSummary(kind=kind, **row)


def _neighbourhood(rows: list[Row], limit: int) -> Neighbourhood:
    shown = rows[:limit]
    positions = {(row["label"], row["id"]): position for position, row in enumerate(shown)}
    edges = {
        GraphEdge(type=type, source=source, target=target)
        for source, row in enumerate(shown)
        for type, label, id in row["edges"]
        if (target := positions.get((label, id))) is not None
    }
    return Neighbourhood(
        nodes=tuple(GraphNode(label=row["label"], id=row["id"], name=row["name"]) for row in shown),
        edges=tuple(sorted(edges, key=lambda edge: (edge.source, edge.target, edge.type))),
        truncated=len(rows) > limit,
    )
