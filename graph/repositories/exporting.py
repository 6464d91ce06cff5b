"""The Cypher that exports read with: nodes and edges in lists by the thousand, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from graph.client import Database
from graph.columns import EDGE_TYPES, NODE_COLUMNS
from graph.filters import Filter
from graph.records import ItemKind
from graph.repositories.selection import select
from graph.schema import Label, Relationship

# 20,000 items have 140,000 edges: a second of the server's work, a few megabytes of its memory.
PAGE_IDS = 20_000

LABELS: tuple[str, ...] = tuple(NODE_COLUMNS)
OUTGOING: Mapping[str, tuple[str, ...]] = {
    label: tuple(type for source, type, _ in EDGE_TYPES if source == label) for label in LABELS
}

# Our own transaction is among them: the oldest began before anything that is not to be seen yet.
# A change is stamped after its transaction began, so a stamp before this was committed by now.
WATERMARK = "SHOW TRANSACTIONS YIELD startTime RETURN toString(min(datetime(startTime))) AS at"
DATABASE = "CALL db.info() YIELD id, creationDate RETURN id, creationDate AS created_at"

COUNTS = "RETURN " + ", ".join(f"COUNT {{ (:{label}) }} AS {label}" for label in LABELS)
RANGES = """
MATCH (n:{label}) WHERE n.id > $after{and_open}
WITH n.id AS id ORDER BY id LIMIT $limit
RETURN min(id) AS first, max(id) AS last, count(id) AS nodes
"""
_IN_RANGE = "MATCH (n:{label}) WHERE n.id >= $first AND n.id <= $last{and_open}"
_BY_ID = "UNWIND $ids AS id MATCH (n:{label} {{id: id}}){where_open}"
# One record: lists travel far faster than records, and `collect` keeps a null inside of a list.
PAGE = """
{nodes}
WITH collect(n) AS ns
CALL (ns) {{
  UNWIND ns AS n
  RETURN collect([{columns}]) AS nodes
}}
{edges}
RETURN nodes, [{types}] AS edges
"""
# Reading an id costs more than passing its edge: it is read once for each target of the page.
_EDGES = """
CALL (ns) {{
  UNWIND range(0, size(ns) - 1) AS place
  WITH place, ns[place] AS n
  MATCH (n)-[r:{type}]->(target)
  {facts}
  WITH fact, collect(target.id) AS targets, collect(places) AS places
  RETURN collect([fact, targets, places]) AS {type}
}}
"""
# Almost every fact is a catalog's. One short key for those groups faster than four properties do.
_WITH_FACTS = """
  WITH place, target, CASE
    WHEN r.status = 'accepted' AND r.origin = 'catalog' AND r.confidence = 1.0
      THEN coalesce(r.source, false)
    WHEN r.status <> 'rejected' THEN [r.origin, r.status, r.confidence, r.source]
  END AS fact WHERE fact IS NOT NULL
  WITH target, fact, collect(place) AS places
"""
_WITHOUT_FACTS = """
  WHERE {is_so}
  WITH target, null AS fact, collect(place) AS places
"""
NEIGHBOURS = """
UNWIND $ids AS id
MATCH (:{label} {{id: id}})-[r:{types}]-(n) WHERE {is_so} AND n.closed_at IS NULL
WITH DISTINCT n
RETURN head([label IN labels(n) WHERE label <> 'Entity']) AS label, collect(n.id) AS ids
"""
FIND = """
UNWIND $ids AS id
MATCH (n:{label} {{id: id}}){where_open}
RETURN collect(n.id) AS ids
"""
_CHANGED = """
MATCH (n:{label}) WHERE n.updated_at >= datetime($since)
RETURN '{label}' AS label, n.id AS id, n.closed_at IS NULL AS open
"""
_DELETED = """
MATCH (d:Deletion) WHERE d.at >= datetime($since)
RETURN d.label AS label, d.item AS id, false AS open
"""
INSTANCES = """
UNWIND $ids AS id
MATCH (:Model {id: id})<-[:INSTANCE_OF]-(n:Product) WHERE n.closed_at IS NULL
RETURN collect(n.id) AS ids
"""
_ITEMS = (Label.PRODUCT.value, Label.MODEL.value)
# A value belongs to its parameter for good; every other relationship is a fact that has a status.
_IS_SO = "r.status <> 'rejected'"
_ALWAYS = f"(r.status IS NULL OR {_IS_SO})"
_TITLE = {Label.MODEL.value: {"title": "name"}}


@dataclass(frozen=True, slots=True)
class About:
    """Which database this is, as long as it is not made anew."""

    id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Range:
    """The nodes of a label whose ids lie between these two, which belong to it."""

    first: str
    last: str


Page = Range | Sequence[str]  # of nodes: between two ids, or of these ids
Columns = Literal["all", "ends"]  # "ends": ids alone, and edges without their facts
Fact = tuple[str | None, str | None, float | None, str | None]  # origin, status, confidence, source


@dataclass(frozen=True, slots=True)
class EdgeGroup:
    """Edges of one type with the same fact: from the nodes at `places[i]` to `targets[i]`."""

    type: str
    fact: Fact
    targets: list[str]
    places: list[list[int]]  # in the rows of the page


@dataclass(frozen=True, slots=True)
class PageRows:
    """Nodes in the order of their columns, and the edges that begin at them."""

    nodes: list[list[object]]
    edges: list[EdgeGroup]


def about(database: Database) -> About:
    row = database.read(DATABASE)[0]
    return About(row["id"], datetime.fromisoformat(row["created_at"]))


def watermark(database: Database) -> str:
    """A time, ISO 8601: whatever is stamped before it can be read by now."""
    at: str = database.read(WATERMARK)[0]["at"]
    return at


def written_since(database: Database, since: str, labels: Sequence[Label]) -> bool:
    """Whether a node of one of these labels was written since a watermark."""
    written = " OR ".join(
        f"EXISTS {{ MATCH (n:{label}) WHERE n.updated_at >= datetime($since) }}" for label in labels
    )
    changed: bool = database.read(f"RETURN {written} AS changed", since=since)[0]["changed"]
    return changed


def count_nodes(database: Database) -> dict[str, int]:
    """Closed items included; from the counts that the store keeps."""
    return dict(database.read(COUNTS)[0])


def walk(database: Database, label: str) -> Iterator[Range]:
    """All nodes that there are now, in pages."""
    query, after = RANGES.format(label=label, and_open=_open(label, " AND")), ""
    while True:
        row = database.read(query, after=after, limit=PAGE_IDS)[0]
        if row["nodes"]:
            yield Range(row["first"], row["last"])
        if row["nodes"] < PAGE_IDS:
            return
        after = row["last"]


def walk_selected(database: Database, filter: Filter, kind: ItemKind) -> Iterator[list[str]]:
    """The ids of the items that pass a bound filter, page by page, in their order."""
    selection = select(filter, kind, from_index=False)
    query, after = selection.walk + "RETURN collect(n.id) AS ids", ""
    asked = {**selection.parameters, "limit": PAGE_IDS}
    while ids := database.read(query, asked, after=after)[0]["ids"]:
        yield ids
        after = max(ids)


def read_page(database: Database, label: str, page: Page, columns: Columns) -> PageRows:
    """The nodes that are there and open, and their edges: one statement, so that they agree."""
    asked: dict[str, object]
    if isinstance(page, Range):
        asked = {"first": page.first, "last": page.last}
    else:
        asked = {"ids": list(page)}
    query = _page_query(label, columns, by_range=isinstance(page, Range))
    row = database.read(query, asked)[0]
    groups = [
        EdgeGroup(type, _fact(fact), targets, places)
        for type, found in zip(OUTGOING[label], row["edges"], strict=True)
        for fact, targets, places in found
    ]
    return PageRows(row["nodes"], groups)


def _page_query(label: str, columns: Columns, *, by_range: bool) -> str:
    renamed = _TITLE.get(label, {})
    names = NODE_COLUMNS[label].names if columns == "all" else ["id"]
    nodes = (_IN_RANGE if by_range else _BY_ID).format(
        label=label, and_open=_open(label, " AND"), where_open=_open(label, " WHERE")
    )
    return PAGE.format(
        nodes=nodes,
        columns=", ".join(f"n.{renamed.get(name, name)}" for name in names),
        edges="".join(
            _EDGES.format(type=type, facts=_facts(type, columns)) for type in OUTGOING[label]
        ),
        types=", ".join(OUTGOING[label]),
    )


def _facts(type: str, columns: Columns) -> str:
    if type == Relationship.VALUE_OF:
        return _WITHOUT_FACTS.format(is_so="true")
    return _WITH_FACTS if columns == "all" else _WITHOUT_FACTS.format(is_so=_IS_SO)


def _fact(said: list[Any] | str | Literal[False] | None) -> Fact:
    """What `_WITH_FACTS` and `_WITHOUT_FACTS` make of an edge."""
    if said is None:
        return None, None, None, None
    if isinstance(said, list):
        origin, status, confidence, source = said
        return origin, status, confidence, source
    return "catalog", "accepted", 1.0, said or None


def neighbours(database: Database, label: str, ids: Sequence[str]) -> dict[str, list[str]]:
    """The ids at the other end of every edge of these nodes, by label."""
    types = "|".join(sorted({type for _, type, _ in EDGE_TYPES}))
    query = NEIGHBOURS.format(label=label, types=types, is_so=_ALWAYS)
    return {row["label"]: row["ids"] for row in database.read(query, ids=list(ids))}


def find(database: Database, label: str, ids: Sequence[str]) -> list[str]:
    """Which of these ids a node of this label has."""
    query = FIND.format(label=label, where_open=_open(label, " WHERE"))
    found: list[str] = database.read(query, ids=list(ids))[0]["ids"]
    return found


def changed(database: Database, since: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The ids by label of what was written since: nodes that are open, and items that are not.

    Items that were deleted are among the second, and, if they were written again, the first.
    """
    parts = [*(_CHANGED.format(label=label) for label in LABELS), _DELETED]
    ids: tuple[dict[str, list[str]], dict[str, list[str]]] = ({}, {})
    for row in database.stream("UNION ALL".join(parts), since=since):
        ids[0 if row["open"] else 1].setdefault(row["label"], []).append(row["id"])
    return ids


def instances(database: Database, ids: Sequence[str]) -> list[str]:
    """The ids of the open products of these models."""
    found: list[str] = database.read(INSTANCES, ids=list(ids))[0]["ids"]
    return found


def _open(label: str, keyword: str) -> str:
    return f"{keyword} n.closed_at IS NULL" if label in _ITEMS else ""
