"""What items state, in few small rows: their own values counted, their models by name.

Models have dozens of values each, and hundreds of items are of one; whoever counts fetches the
values of a model once (`of_items`) and not with every item.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from graph.client import AsyncDatabase
from graph.records import ItemKind
from graph.repositories.selection import LABELS

# {label} is one of ours. `groups` are items alike in their models and in what they state
# themselves, since an item that says nothing of a parameter has what its model has.
STATED = """
UNWIND $ids AS id
MATCH (n:{label} {{id: id}})
CALL (n) {{
  OPTIONAL MATCH (n)-[r:HAS_PARAMETER]->(v:Value) WHERE r.status = 'accepted'
  RETURN collect(DISTINCT v) AS own
}}
CALL (n) {{
  OPTIONAL MATCH (n)-[i:INSTANCE_OF]->(m:Model) WHERE i.status <> 'rejected'
  WITH DISTINCT m ORDER BY m.id
  RETURN collect(m.id) AS models
}}
WITH collect(own) AS owns, collect(CASE WHEN models <> []
  THEN {{models: models, stated: [v IN own | v.parameter]}} END) AS groups
CALL (owns) {{
  UNWIND owns AS own
  UNWIND own AS v
  WITH v, count(*) AS items
  RETURN collect([v.id, v.text, v.parameter, items]) AS counts
}}
CALL (groups) {{
  UNWIND groups AS one
  WITH one, count(*) AS items
  RETURN collect([one.models, one.stated, items]) AS groups_of
}}
RETURN counts, groups_of AS groups
"""
OF_ITEMS = """
UNWIND $ids AS id
MATCH (n:{label} {{id: id}})
CALL (n) {{
  OPTIONAL MATCH (n)-[r:HAS_PARAMETER]->(v:Value) WHERE r.status = 'accepted'
  WITH DISTINCT v WHERE v IS NOT NULL
  RETURN collect([v.id, v.text, v.parameter]) AS values
}}
RETURN id, values
"""
NAMES = """
UNWIND $ids AS id
MATCH (p:Parameter {id: id})
RETURN p.id AS id, p.name AS name
"""


@dataclass(frozen=True, slots=True)
class ValueOf:
    """A value, how it is shown, and its parameter's id."""

    id: str
    text: str = field(compare=False)
    parameter: str


@dataclass(frozen=True, slots=True)
class Alike:
    """So many items of these models that state these parameters themselves."""

    models: tuple[str, ...]
    stated: frozenset[str]
    items: int


@dataclass(frozen=True, slots=True)
class Stated:
    """What some items state: their own values by how many have each, and their models."""

    own: tuple[tuple[ValueOf, int], ...]
    alike: tuple[Alike, ...]


class Facets:
    """Reads only."""

    def __init__(self, database: AsyncDatabase) -> None:
        self._database = database

    async def stated(self, ids: Sequence[str], *, kind: ItemKind) -> Stated:
        """Of the items that are there; accepted facts alone count."""
        query = STATED.format(label=LABELS[kind])
        row = (await self._database.read(query, {"ids": list(ids)}))[0]
        return Stated(
            own=tuple((ValueOf(*value), items) for *value, items in row["counts"]),
            alike=tuple(
                Alike(tuple(models), frozenset(stated), items)
                for models, stated, items in row["groups"]
            ),
        )

    async def of_items(
        self, ids: Sequence[str], *, kind: ItemKind
    ) -> dict[str, tuple[ValueOf, ...]]:
        """The items' own values, by id; those that are not there have no entry."""
        query = OF_ITEMS.format(label=LABELS[kind])
        rows = await self._database.read(query, {"ids": list(ids)})
        return {row["id"]: tuple(ValueOf(*value) for value in row["values"]) for row in rows}

    async def names(self, ids: Sequence[str]) -> dict[str, str]:
        """Names of parameters by their ids."""
        rows = await self._database.read(NAMES, {"ids": list(ids)})
        return {row["id"]: row["name"] for row in rows}
