"""Items page by page with what is known of them, and what a filler has said of them before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from graph.client import Database, Row
from graph.filters import Filter
from graph.records import ItemKind, ItemText
from graph.repositories.ending import end_facts
from graph.repositories.item_texts import COLUMNS, FACT, INHERITED, item_text
from graph.repositories.selection import select

PAGE_ITEMS = 500  # with facts of their own and of their models

# What one filler says is no reason for what it says next.
_FILLED = "(r.origin = 'predicted' AND r.model STARTS WITH $filler)"
_PAGE = f"""
CALL (n) {{
  MATCH (n)-[r:HAS_PARAMETER]->(v)-[:VALUE_OF]->(p)
  WHERE r.status = 'accepted' AND NOT coalesce({_FILLED}, false)
  RETURN collect(DISTINCT {FACT}) AS own
}}
{INHERITED}CALL (n) {{
  MATCH (n)-[r:HAS_PARAMETER]->(v)
  WHERE r.status = 'proposed' AND NOT coalesce({_FILLED}, false)
  RETURN collect(DISTINCT v.parameter) AS waiting
}}
CALL (n) {{
  MATCH (n)-[r:HAS_PARAMETER]->(v) WHERE {_FILLED}
  RETURN collect(v.id) AS filled
}}
RETURN {COLUMNS}, waiting, filled ORDER BY id
"""
_COUNT = "MATCH (n:{label}) WHERE {predicate} RETURN count(n) AS items"


@dataclass(frozen=True, slots=True)
class ItemWithGaps:
    """Attributes:
    item: with all that is accepted of it, but not what the filler has said.
    waiting: parameters of which something else waits for a person.
    filled: ids of the values that the filler has said before.
    """

    item: ItemText
    waiting: frozenset[str]
    filled: tuple[str, ...]


def walk_gaps(
    database: Database, filter: Filter, kind: ItemKind, *, filler: str, after: str = ""
) -> Iterator[list[ItemWithGaps]]:
    """Items that pass a bound filter in the order of their ids, behind the id `after`.

    `filler` is the name of the model, without a version.
    """
    selection = select(filter, kind)
    asked = {**selection.parameters, "filler": f"{filler}@", "limit": PAGE_ITEMS}
    while rows := database.read(selection.walk + _PAGE, asked, after=after):
        after = rows[-1]["id"]
        yield [_with_gaps(kind, row) for row in rows]


def count_items(database: Database, filter: Filter, kind: ItemKind) -> int:
    """How many there are to walk."""
    selection = select(filter, kind, from_index=False)
    query = _COUNT.format(label=selection.label, predicate=selection.predicate)
    (row,) = database.read(query, selection.parameters, after="")
    return int(row["items"])


def end_filled(
    database: Database,
    kind: ItemKind,
    ended: Sequence[tuple[str, Sequence[str]]],
    *,
    run: str,
    now: datetime,
) -> int:
    """End what a filler said before: items, each with ids of values. Returns how many."""
    rows: list[Row] = [
        {"id": id, "facts": [{"value": value, "origin": "predicted"} for value in values]}
        for id, values in ended
        if values
    ]
    if rows:
        database.transact(lambda tx: end_facts(tx, kind, rows, run, now))
    return sum(len(row["facts"]) for row in rows)


def _with_gaps(kind: ItemKind, row: Row) -> ItemWithGaps:
    waiting, filled = frozenset(row.pop("waiting")), tuple(row.pop("filled"))
    return ItemWithGaps(item_text(kind, row), waiting, filled)
