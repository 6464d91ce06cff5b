"""What may be recommended, out of the graph: what was bought together, is popular, or is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph.client import AsyncDatabase, Row
from graph.filters import Filter
from graph.records import ItemSummary
from graph.repositories.candidates import predicate_of
from graph.repositories.item_texts import named
from graph.repositories.selection import select

HISTORY_KEPT = 50
# Of one item of the history, so many are looked at: those most often bought with it.
PAIRS_MAX = 500
# One shopper in common may be chance, however few bought either: that counts a sixth, five a half.
# Chosen among 0 to 10 on what shoppers of Amazon Beauty took next (LAB.md).
CHANCE = 5
# So many items are looked at for those that pass a filter, the most popular or newest first.
LOOKED_AT = 5_000

_NAMED = "x.id, x.name, x.names"
SUMMARY = f"""[n.id, coalesce(n.title, n.name),
  [(n)-[r:MADE_BY]->(x) WHERE r.status <> 'rejected' | [{_NAMED}]][0],
  [(n)-[r:BELONGS_TO]->(x) WHERE r.status <> 'rejected' | [{_NAMED}]][0],
  n.price, n.currency, n.in_stock, n.source, toString(n.closed_at)]"""
HISTORY = """
MATCH (s:Shopper {id: $shopper})-[r:VIEWED|BOUGHT]->(p:Product)
WITH p, max(r.at) AS at ORDER BY at DESC, p.id LIMIT $limit
RETURN p.id AS item ORDER BY at, p.id
"""
ITEMS = f"""
UNWIND $ids AS id
MATCH (n:Product {{{{id: id}}}})
WHERE {{predicate}}
RETURN n.id AS id, {SUMMARY} AS summary
"""
KNOWN = """
UNWIND $ids AS id
MATCH (n:Product {id: id})
RETURN n.id AS id, n.title AS title, n.brand_id AS brand, n.category_id AS category
"""
# Pairs are kept in one direction and hold in both.
BOUGHT_WITH = f"""
UNWIND $ids AS id
MATCH (o:Product {{{{id: id}}}})
CALL (o) {{{{
  MATCH (o)-[w:BOUGHT_WITH]-(n:Product)
  WITH n, w ORDER BY w.count DESC, n.id LIMIT {PAIRS_MAX}
  WITH n, w WHERE NOT n.id IN $ids AND {{predicate}}
  RETURN n, w.count AS shoppers,
    w.count / sqrt(toFloat(coalesce(n.buyers, 1)) * coalesce(o.buyers, 1))
      * w.count / (w.count + {CHANCE}) AS share
}}}}
WITH n, sum(share) AS total, collect([o.id, shoppers]) AS together
ORDER BY total DESC, n.id LIMIT $rows
RETURN n.id AS id, total / $asked AS score, together, {SUMMARY} AS summary
"""
POPULAR = f"""
MATCH (n:Product) WHERE n.buyers > 0
WITH n ORDER BY n.buyers DESC LIMIT {LOOKED_AT}
WITH n WHERE NOT n.id IN $without AND {{predicate}}
WITH n ORDER BY n.buyers DESC, n.id LIMIT $rows
RETURN n.id AS id, n.buyers AS shoppers, {SUMMARY} AS summary
"""
NEWEST = f"""
MATCH (n:Product) WHERE n.first_seen IS NOT NULL
WITH n ORDER BY n.first_seen DESC LIMIT {LOOKED_AT}
WITH n WHERE NOT n.id IN $without AND {{predicate}}
WITH n ORDER BY n.first_seen DESC, n.id LIMIT $rows
RETURN n.id AS id, toString(n.first_seen) AS at, {SUMMARY} AS summary
"""
# What speaks for items: who bought them with which of the history, and what they share with it.
TOGETHER = """
UNWIND $items AS item
MATCH (n:Product {id: item})
CALL (n) {
  UNWIND $history AS id
  MATCH (o:Product {id: id})
  MATCH (n)-[w:BOUGHT_WITH]-(o)
  RETURN collect([o.id, w.count]) AS together
}
RETURN n.id AS id, together
"""
SHARED = """
MATCH (o:Product {id: $with})
CALL (o) {
  MATCH (o)-[r:HAS_PARAMETER]->(v) WHERE r.status = 'accepted'
  WITH v, COUNT { (v)<-[:HAS_PARAMETER]-() } AS items ORDER BY items LIMIT 50
  RETURN collect(v) AS values
}
UNWIND $items AS item
MATCH (n:Product {id: item})
CALL (n, values) {
  MATCH (n)-[r:HAS_PARAMETER]->(v) WHERE r.status = 'accepted' AND v IN values
  MATCH (v)-[:VALUE_OF]->(p)
  RETURN collect(DISTINCT p.name) AS shared
}
RETURN n.id AS id, n.brand_id IS NOT NULL AND n.brand_id = o.brand_id AS brand,
  n.category_id IS NOT NULL AND n.category_id = o.category_id AS category, shared
"""


@dataclass(frozen=True, slots=True)
class Together:
    """An item of the history, and how many shoppers bought both."""

    item: str
    shoppers: int


@dataclass(frozen=True, slots=True)
class Offer:
    """An item that may be shown; `shoppers` bought it, where that is why."""

    summary: ItemSummary
    score: float = 0.0
    together: tuple[Together, ...] = ()
    shoppers: int = 0
    since: str | None = None


@dataclass(frozen=True, slots=True)
class KnownItem:
    id: str
    title: str
    brand: str | None
    category: str | None


@dataclass(frozen=True, slots=True)
class Speaks:
    """What speaks for an item after a history."""

    together: tuple[Together, ...] = ()
    shared: tuple[str, ...] = ()


class Recommendable:
    """Reads only; `graph.repositories.behaviour` writes."""

    def __init__(self, database: AsyncDatabase) -> None:
        self._database = database

    async def history(self, shopper: str) -> list[str]:
        """The last items that a shopper viewed or bought, the newest last."""
        rows = await self._database.read(HISTORY, shopper=shopper, limit=HISTORY_KEPT)
        return [row["item"] for row in rows]

    async def known(self, ids: Sequence[str]) -> dict[str, KnownItem]:
        """The products among `ids`, closed ones too."""
        rows = await self._database.read(KNOWN, ids=list(ids))
        return {row["id"]: KnownItem(**row) for row in rows}

    async def passing(self, ids: Sequence[str], filter: Filter) -> dict[str, ItemSummary]:
        """The open products among `ids` that pass the bound `filter`."""
        rows = await self._rows(ITEMS, filter, ids=list(ids))
        return {row["id"]: _summary(row["summary"]) for row in rows}

    async def bought_with(self, ids: Sequence[str], filter: Filter, rows: int) -> list[Offer]:
        """What shoppers bought with `ids`; the score is the mean cosine of who bought what."""
        found = await self._rows(
            BOUGHT_WITH, filter, ids=list(ids), asked=max(1, len(ids)), rows=rows
        )
        return [
            Offer(_summary(row["summary"]), min(1.0, row["score"]), _together(row["together"]))
            for row in found
        ]

    async def popular(self, without: Sequence[str], filter: Filter, rows: int) -> list[Offer]:
        """What most shoppers bought; the score is relative to the first."""
        found = await self._rows(POPULAR, filter, without=list(without), rows=rows)
        most = max((row["shoppers"] for row in found), default=1)
        return [
            Offer(_summary(row["summary"]), row["shoppers"] / most, shoppers=row["shoppers"])
            for row in found
        ]

    async def newest(self, without: Sequence[str], filter: Filter, rows: int) -> list[Offer]:
        found = await self._rows(NEWEST, filter, without=list(without), rows=rows)
        return [Offer(_summary(row["summary"]), since=row["at"]) for row in found]

    async def speaking_for(self, items: Sequence[str], history: Sequence[str]) -> dict[str, Speaks]:
        """What of `history` was bought with each of `items`, and what they share with its last."""
        if not items or not history:
            return {}
        asked = {"items": list(items), "history": list(history), "with": history[-1]}
        together = {
            row["id"]: _together(row["together"])
            for row in await self._database.read(TOGETHER, asked)
        }
        shared = {
            row["id"]: (
                *(("brand",) if row["brand"] else ()),
                *(("category",) if row["category"] else ()),
                *sorted(row["shared"]),
            )
            for row in await self._database.read(SHARED, asked)
        }
        return {id: Speaks(together.get(id, ()), shared.get(id, ())) for id in items}

    async def _rows(self, query: str, filter: Filter, **asked: object) -> list[Row]:
        selection = select(filter, "product", from_index=False)
        found = query.format(predicate=predicate_of(selection))
        return await self._database.read(found, {**selection.parameters, **asked})


def _together(rows: list[list[Any]]) -> tuple[Together, ...]:
    found = [Together(item, shoppers) for item, shoppers in rows]
    return tuple(sorted(found, key=lambda one: (-one.shoppers, one.item)))


def _summary(columns: list[Any]) -> ItemSummary:
    id, title, brand, category, *rest = columns
    return ItemSummary("product", id, title, named(brand), named(category), *rest)
