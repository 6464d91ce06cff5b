"""Where sources contradict each other: one row for each item and parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.client import AsyncDatabase, Row
from graph.precedence import by_standing
from graph.records import Conflict, FactView, ItemKind, Statement
from graph.repositories.selection import KINDS, LABELS

Cursor = tuple[ItemKind, str, str]  # without a parameter: behind everything of the item

# The writer marks the items; the index holds them in the order of pages, each kind for itself.
_CONTESTED = """
MATCH (n:{label}) USING INDEX SEEK n:{label}(contested, id)
WHERE n.contested = true AND n.id >= $id
// The first column is constant, and without it the planner does not see the index's order.
WITH n ORDER BY n.contested, n.id
"""
# What exactly contradicts, and who says it, is found here: facts are grouped by who states them,
# and two groups contradict each other when their values have nothing in common. Facts travel as
# lists in the order of `FactView`.
CONFLICTS = f"""
{_CONTESTED} LIMIT $window + 1
CALL (n) {{{{
  WITH n WHERE n.closed_at IS NULL
  MATCH (n)-[r:HAS_PARAMETER]->(v)
  WHERE r.status = 'accepted' AND ($parameter IS NULL OR v.parameter = $parameter)
    AND (n.id > $id OR ($after <> '' AND v.parameter > $after))
  WITH v.parameter AS parameter, r.origin AS origin, r.source AS source, collect(v.id) AS values
  WITH parameter, collect({{{{source: source, values: values}}}}) AS groups
  WHERE any(one IN groups WHERE ($source IS NULL OR one.source = $source)
    AND any(other IN groups WHERE none(value IN one.values WHERE value IN other.values)))
  RETURN parameter
}}}}
WITH n, parameter ORDER BY n.contested, n.id, parameter LIMIT $limit
CALL (n, parameter) {{{{
  MATCH (n)-[r:HAS_PARAMETER]->(v)-[:VALUE_OF]->(p)
  WHERE r.status = 'accepted' AND v.parameter = parameter
  RETURN collect([v.parameter, p.name, v.id, v.text, v.number, v.unit, r.origin, r.status,
                  r.confidence, r.source, r.evidence, r.run, toString(r.valid_from)]) AS facts
}}}}
RETURN n.id AS id, coalesce(n.title, n.name) AS title, facts
"""
END_OF_WINDOW = f"{_CONTESTED} SKIP $window LIMIT 1 RETURN n.id AS id"

# A filter may let nothing pass: a page looks at so many items at most behind the one where it
# begins, and says where to go on.
WINDOW_ITEMS = 5_000


@dataclass(frozen=True, slots=True)
class ConflictPage:
    """Some conflicts in the order of pages; `next` is where the following page begins, if any."""

    conflicts: tuple[Conflict, ...]
    next: Cursor | None


class Conflicts:
    """Reads contradictions; `sources` are catalogs in the order of their standing."""

    def __init__(
        self,
        database: AsyncDatabase,
        sources: Sequence[str] = (),
        *,
        window_items: int = WINDOW_ITEMS,
    ) -> None:
        self._database = database
        self._sources = sources
        self._window_items = window_items

    async def page(
        self,
        *,
        parameter: str | None,
        source: str | None,
        kind: ItemKind | None,
        limit: int,
        after: Cursor | None,
    ) -> ConflictPage:
        """At most `limit` conflicts: products before models, each by id, then by parameter.

        With a `source`, only what it contradicts others about. A page may be short and yet have a
        next one.
        """
        conflicts: list[Conflict] = []
        for one in KINDS if kind is None else (kind,):
            if after and KINDS.index(one) < KINDS.index(after[0]):
                continue
            id, last = after[1:] if after and after[0] == one else ("", "")
            asked = {"id": id, "after": last, "window": self._window_items}
            wanted = limit + 1 - len(conflicts)
            rows = await self._database.read(
                CONFLICTS.format(label=LABELS[one]),
                {**asked, "parameter": parameter, "source": source, "limit": wanted},
            )
            conflicts.extend(self._conflict(one, row) for row in rows)
            if len(conflicts) > limit:
                shown = tuple(conflicts[:limit])
                return ConflictPage(shown, _key(shown[-1]))
            ends = await self._database.read(END_OF_WINDOW.format(label=LABELS[one]), asked)
            if ends:
                return ConflictPage(tuple(conflicts), (one, ends[0]["id"], ""))
        return ConflictPage(tuple(conflicts), None)

    def _conflict(self, kind: ItemKind, row: Row) -> Conflict:
        facts = by_standing([FactView(*fact) for fact in row["facts"]], self._sources)
        return Conflict(
            kind=kind,
            id=row["id"],
            title=row["title"],
            parameter=facts[0].parameter,
            name=facts[0].name,
            statements=tuple(_statement(fact) for fact in facts),
        )


def _key(conflict: Conflict) -> Cursor:
    return conflict.kind, conflict.id, conflict.parameter


def _statement(fact: FactView) -> Statement:
    return Statement(**{name: getattr(fact, name) for name in Statement.__struct_fields__})
