"""Products as questions name them: by words of their titles, by numbers, by ids."""

from __future__ import annotations

from collections.abc import Sequence

from graph.client import AsyncDatabase, Row
from graph.records import Record
from graph.text.lucene import lucene_titles

_SHOWN = "n.id AS id, n.title AS title, n.brand_id AS brand"

BY_TITLE = f"""
CALL db.index.fulltext.queryNodes('product_text', $words, {{limit: $limit}}) YIELD node AS n, score
WHERE n.closed_at IS NULL
RETURN {_SHOWN} ORDER BY score DESC, id
"""
# Each of them a look-up in an index of its own.
BY_CODE = f"""
CALL () {{
  UNWIND $ids AS id MATCH (n:Product {{id: id}}) RETURN n, id AS code
  UNION
  UNWIND $gtins AS gtin MATCH (n:Product {{gtin: gtin[1]}}) RETURN n, gtin[0] AS code
  UNION
  UNWIND $codes AS code MATCH (n:Product) WHERE n.mpn = code RETURN n, code
}}
WITH n, code WHERE n.closed_at IS NULL
RETURN DISTINCT {_SHOWN}, code ORDER BY id LIMIT $limit
"""
BY_ID = f"UNWIND $ids AS id MATCH (n:Product {{id: id}}) RETURN {_SHOWN}"
# Of each model the open offer that says the most.
OF_MODELS = f"""
UNWIND $models AS model
MATCH (:Model {{id: model}})<-[i:INSTANCE_OF]-(n:Product)
WHERE i.status = 'accepted' AND n.closed_at IS NULL
WITH model, n ORDER BY COUNT {{ (n)-[:HAS_PARAMETER]->() }} DESC, n.id
WITH model, head(collect(n)) AS n
RETURN {_SHOWN}, model AS code
"""
# The first entry of the index behind a name: all of it would be read for the names at once.
NEXT_SOURCE = """
MATCH (n:Product) WHERE n.source > $after
RETURN n.source AS source ORDER BY source LIMIT 1
"""
SOURCES_MAX = 50  # that a number of a product may be of


class NamedProduct(Record, frozen=True):
    """An open product, and the text that named it where that is no part of its title."""

    id: str
    title: str
    brand: str | None
    code: str | None = None


class AskedProducts:
    """Looks products up, a few at a time."""

    def __init__(self, database: AsyncDatabase) -> None:
        self._database = database

    async def titled(
        self,
        groups: Sequence[Sequence[Sequence[str]]],
        *,
        every: bool,
        like: Sequence[str] = (),
        limit: int,
    ) -> list[NamedProduct]:
        """The best whose titles have something of `every` group, or of as many as may be.

        `like`: or words that differ by a letter from one of these.
        """
        words = lucene_titles(groups, every=every, like=like)
        if not words:
            return []
        rows = await self._database.read(BY_TITLE, {"words": words, "limit": limit})
        return [_named(row) for row in rows]

    async def coded(
        self,
        *,
        ids: Sequence[str],
        gtins: Sequence[tuple[str, str]],
        codes: Sequence[str],
        limit: int,
    ) -> list[NamedProduct]:
        """Those with one of these ids, GTINs (as written, with 14 digits) or makers' numbers."""
        asked: dict[str, object] = {
            "ids": list(ids),
            "gtins": [list(pair) for pair in gtins],
            "codes": list(codes),
            "limit": limit,
        }
        return [_named(row) for row in await self._database.read(BY_CODE, asked)]

    async def known(self, ids: Sequence[str]) -> list[NamedProduct]:
        rows = await self._database.read(BY_ID, {"ids": list(ids)})
        return [_named(row) for row in rows]

    async def of_models(self, models: Sequence[str]) -> dict[str, NamedProduct]:
        """Of each model that is offered the product that states the most."""
        rows = await self._database.read(OF_MODELS, {"models": list(models)})
        return {row["code"]: _named(row) for row in rows}


def _named(row: Row) -> NamedProduct:
    return NamedProduct(row["id"], row["title"] or row["id"], row["brand"], row.get("code"))
