"""Brand, category and model that models read or predict: never beside what a catalog says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from graph.client import Database, Row, Transaction
from graph.records import Record

LinkType = Literal["MADE_BY", "BELONGS_TO", "INSTANCE_OF"]
LinkOrigin = Literal["extracted", "predicted"]

BATCH_LINKS = 5_000

# The label at the other end, and the property of the product that lists and vectors filter by.
_ENDS: Mapping[LinkType, tuple[str, str]] = {
    "MADE_BY": ("Brand", "brand_id"),
    "BELONGS_TO": ("Category", "category_id"),
    "INSTANCE_OF": ("Model", "model_id"),
}
# What stands above a link, and is never displaced by it.
_ABOVE: Mapping[LinkOrigin, tuple[str, ...]] = {
    "extracted": ("catalog", "reviewed"),
    "predicted": ("catalog", "reviewed", "extracted"),
}
# Setting a property locks: of two writers the second sees what the first has linked.
LINK = """
UNWIND $rows AS row
MATCH (n:Product {{id: row.item}}) WHERE n.closed_at IS NULL
MATCH (target:{label} {{id: row.target}})
SET n.locked = true REMOVE n.locked
WITH n, row, target
WHERE NOT EXISTS {{ MATCH (n)-[r:{type}]->() WHERE r.origin IN row.above }}
  AND NOT EXISTS {{ MATCH (n)-[r:{type} {{origin: row.origin}}]->(target) }}
CALL (n) {{
  MATCH (n)-[old:{type}]->() WHERE old.origin IN ['extracted', 'predicted']
  DELETE old
}}
CREATE (n)-[:{type} {{origin: row.origin, status: 'accepted', confidence: row.confidence,
  evidence: row.evidence, model: row.model, run: $run, valid_from: $now}}]->(target)
SET n.{property} = row.target, n.updated_at = datetime()
RETURN count(*) AS linked
"""

END = """
UNWIND $rows AS row
MATCH (n:Product {{id: row.item}})-[old:{type}]->(target)
WHERE (old.origin = 'extracted' AND old.model = $reader OR old.origin = 'predicted')
  AND NOT target.id = coalesce(row.target, '')
DELETE old
SET n.updated_at = datetime()
WITH DISTINCT n WHERE NOT EXISTS {{ (n)-[:{type}]->() }}
REMOVE n.{property}
"""


class EntityLink(Record, frozen=True):
    """A brand, category or model that the text of a stored product names, or that is predicted."""

    item: str
    type: LinkType
    target: str
    confidence: float
    evidence: str  # field, start and end, as `title:12-17`; empty: there is none
    model: str
    origin: LinkOrigin = "extracted"

    @property
    def standing(self) -> tuple[bool, float]:
        return self.origin == "extracted", self.confidence


def write_links(
    database: Database, links: Sequence[EntityLink], *, run: str, now: datetime
) -> dict[LinkType, int]:
    """Store them where no catalog and no person says anything; how many were new, by type.

    A product has one of each: what a text was read to name before gives way.
    """
    linked: dict[LinkType, int] = dict.fromkeys(_ENDS, 0)
    for type, (label, property) in _ENDS.items():
        query = LINK.format(type=type, label=label, property=property)
        for rows in _batches(link for link in links if link.type == type):

            def work(tx: Transaction, query: str = query, rows: list[Row] = rows) -> int:
                return sum(row["linked"] for row in tx.run(query, rows=rows, run=run, now=now))

            linked[type] += database.transact(work)
    return linked


def end_links(
    database: Database,
    read: Sequence[str],
    links: Sequence[EntityLink],
    *,
    reader: str,
) -> None:
    """What texts were read to name before, or was predicted of them, and is not now, has ended.

    Args:
        read: ids of the products whose texts were read.
        links: all that they are read to name, and that is predicted of them, now.
        reader: by whose readings; links that others made, of items that match, stay.
    """
    for type, (_, property) in _ENDS.items():
        best = _best(link for link in links if link.type == type)
        targets = {item: link.target for item, link in best.items()}
        rows = [{"item": item, "target": targets.get(item)} for item in sorted(read)]
        query = END.format(type=type, property=property)

        def work(tx: Transaction, query: str = query, rows: list[Row] = rows) -> None:
            tx.run(query, rows=rows, reader=reader)

        database.transact(work)


def _best(links: Iterable[EntityLink]) -> dict[str, EntityLink]:
    """The highest link of each product."""
    best: dict[str, EntityLink] = {}
    for link in links:
        if link.item not in best or link.standing > best[link.item].standing:
            best[link.item] = link
    return best


def _batches(links: Iterable[EntityLink]) -> Iterable[list[Row]]:
    """The highest link of each product, in the order of their ids, which is that of the locks."""
    rows = [
        {
            "item": link.item,
            "target": link.target,
            "confidence": round(link.confidence, 4),
            "evidence": link.evidence or None,
            "model": link.model,
            "origin": link.origin,
            "above": _ABOVE[link.origin],
        }
        for _, link in sorted(_best(links).items())
    ]
    for start in range(0, len(rows), BATCH_LINKS):
        yield rows[start : start + BATCH_LINKS]
