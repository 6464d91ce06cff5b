"""What the graph speaks of: brands, categories, parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.client import AsyncDatabase, Database, Row
from graph.records import Named, NamedView, Parameter, ParameterView
from graph.repositories.asked_products import NEXT_SOURCE, SOURCES_MAX
from graph.repositories.selection import CATEGORY_DEPTH

VALUES_MAX = 5_000  # of a parameter, that one which is not known is compared with

# Degrees of nodes, which the store keeps: nothing here walks over items.
BRANDS = """
MATCH (n:Brand) WHERE n.id > $after
WITH n ORDER BY n.id LIMIT $limit
RETURN n.id AS id, n.name AS name, n.names AS names, COUNT { (n)<-[:MADE_BY]-() } AS items
"""
CATEGORIES = f"""
MATCH (n:Category) WHERE n.id > $after
WITH n ORDER BY n.id LIMIT $limit
CALL (n) {{
  MATCH (n)<-[:SUBCATEGORY_OF*0..{CATEGORY_DEPTH}]-(below)
  WITH DISTINCT below
  RETURN sum(COUNT {{ (below)<-[:BELONGS_TO]-() }}) AS items
}}
RETURN n.id AS id, n.name AS name, n.names AS names, items
"""
_PARAMETER = """
n.id AS id, n.name AS name, n.kind AS kind, n.unit AS unit, n.decimals AS decimals,
coalesce(n.names, []) AS names
"""
PARAMETERS = f"""
MATCH (n:Parameter) WHERE n.id > $after
WITH n ORDER BY n.id LIMIT $limit
CALL (n) {{
  MATCH (v:Value)-[:VALUE_OF]->(n)
  RETURN count(v) AS values, sum(COUNT {{ (v)<-[:HAS_PARAMETER]-() }}) AS items,
         min(v.number) AS minimum, max(v.number) AS maximum
}}
RETURN {_PARAMETER}, items, values, minimum, maximum
"""
KNOWN_BRANDS = "MATCH (n:Brand) RETURN n.id AS id, n.name AS name, n.names AS names"
# Nothing where all that is asked for are ids, as they mostly are: categories may be thousands.
KNOWN_CATEGORIES = """
MATCH (n:Category) WHERE n.id IN $asked
WITH count(n) AS found WHERE found < size($asked)
MATCH (n:Category) RETURN n.id AS id, n.name AS name, n.names AS names
"""
# Those that are asked for before others: a text may have very many values.
KNOWN_VALUES = f"""
MATCH (:Parameter {{id: $parameter}})<-[:VALUE_OF]-(n:Value)
WITH n ORDER BY n.id IN $asked DESC, n.id LIMIT {VALUES_MAX}
RETURN n.id AS id, n.text AS name, n.names AS names
"""
KNOWN_MODELS = """
MATCH (n:Model) WHERE n.id IN $asked
RETURN n.id AS id, n.name AS name, n.names AS names
"""
# Dumps of models have no product that says so.
IMPORTED_SOURCES = "MATCH (n:Import) RETURN DISTINCT n.source AS source ORDER BY source"
PARAMETERS_FOR_FILTERS = f"MATCH (n:Parameter) RETURN {_PARAMETER}"


class Vocabulary:
    """Brands, categories and parameters, in pages by id."""

    def __init__(self, database: AsyncDatabase) -> None:
        self._database = database

    async def brands(self, *, limit: int, after: str | None) -> list[NamedView]:
        return [_named(row) for row in await self._page(BRANDS, limit, after)]

    async def categories(self, *, limit: int, after: str | None) -> list[NamedView]:
        """Each with the items of all its subcategories."""
        return [_named(row) for row in await self._page(CATEGORIES, limit, after)]

    async def parameters(self, *, limit: int, after: str | None) -> list[ParameterView]:
        """Each with the number of its facts: an item that states two values counts twice."""
        rows = await self._page(PARAMETERS, limit, after)
        return [ParameterView(**_with_names(row)) for row in rows]

    async def parameters_for_filters(self) -> dict[str, Parameter]:
        return _parameters(await self._database.read(PARAMETERS_FOR_FILTERS))

    async def known_brands(self) -> list[Named]:
        """All of them with every name they go by: brands are few."""
        return [_known(row) for row in await self._database.read(KNOWN_BRANDS)]

    async def known_categories(self, asked: Sequence[str]) -> list[Named]:
        """All of them with every name they go by, where one of `asked` is no id."""
        rows = await self._database.read(KNOWN_CATEGORIES, {"asked": list(asked)})
        return [_known(row) for row in rows]

    async def known_values(self, parameter: str, asked: Sequence[str]) -> list[Named]:
        """Values of a parameter with every name they go by, first those of the ids `asked`."""
        about = {"parameter": parameter, "asked": list(asked)}
        return [_known(row) for row in await self._database.read(KNOWN_VALUES, about)]

    async def known_models(self, asked: Sequence[str]) -> list[Named]:
        """Those of the ids `asked` that there are: models may be as many as products."""
        rows = await self._database.read(KNOWN_MODELS, {"asked": list(asked)})
        return [_known(row) for row in rows]

    async def known_sources(self) -> list[Named] | None:
        """Those of products and of imports; None: they are too many to look at."""
        found: list[str] = []
        while rows := await self._database.read(NEXT_SOURCE, {"after": found[-1] if found else ""}):
            found.append(rows[0]["source"])
            if len(found) == SOURCES_MAX:
                return None
        imported = await self._database.read(IMPORTED_SOURCES, {})
        every = dict.fromkeys([*found, *(row["source"] for row in imported)])
        return [Named(source, source) for source in every]

    async def _page(self, query: str, limit: int, after: str | None) -> list[Row]:
        return await self._database.read(query, {"limit": limit, "after": after or ""})


def known_brands(database: Database) -> list[Named]:
    """The same for an import."""
    return [_known(row) for row in database.read(KNOWN_BRANDS)]


def known_categories(database: Database, asked: Sequence[str]) -> list[Named]:
    """`Vocabulary.known_categories` for an export."""
    return [_known(row) for row in database.read(KNOWN_CATEGORIES, {"asked": list(asked)})]


def known_parameters(database: Database) -> dict[str, Parameter]:
    """`Vocabulary.parameters_for_filters` for an import."""
    return _parameters(database.read(PARAMETERS_FOR_FILTERS))


def _parameters(rows: list[Row]) -> dict[str, Parameter]:
    return {row["id"]: Parameter(**_with_names(row)) for row in rows}


def _known(row: Row) -> Named:
    return Named(**_with_names(row))


def _named(row: Row) -> NamedView:
    return NamedView(**_with_names(row))


def _with_names(row: Row) -> Mapping[str, Any]:
    return {**row, "names": tuple(row["names"] or ())}
