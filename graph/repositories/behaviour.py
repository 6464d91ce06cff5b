"""What shoppers viewed and bought, into the graph, and out again for learning and by request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from graph.client import Database, Row, Transaction
from graph.ingest.events import Action, Event, Refusal
from graph.records import Record
from graph.repositories.exporting import written_since
from graph.schema import Label

Outcome = Literal["stored", "known"]

# A shopper's views, and different items bought, beyond which the oldest are forgotten: so that a
# crawler under one id makes neither a heavy node nor millions of pairs.
VIEWS_KEPT = 500
BOUGHT_KEPT = 200
PAGE_SHOPPERS = 1_000
PAGE_ITEMS = 2_000

_TYPES: dict[Action, str] = {"viewed": "VIEWED", "bought": "BOUGHT"}
ITEMS = """
UNWIND $ids AS id
MATCH (p:Product {id: id})
RETURN id, p.closed_at IS NOT NULL AS closed
"""
SHOPPERS = """
UNWIND $ids AS id
MERGE (s:Shopper {id: id})
SET s.locked = true REMOVE s.locked  // of two writers of one shopper the second waits
"""
STORE = """
UNWIND $rows AS row
MATCH (s:Shopper {{id: row.shopper}}), (p:Product {{id: row.item}})
OPTIONAL MATCH (s)-[had:{type} {{key: row.key}}]->()
WITH s, p, row, count(had) > 0 AS known
CALL (s, p, row, known) {{
  WITH s, p, row, known WHERE NOT known
  CREATE (s)-[:{type} {{key: row.key, at: row.at, query: row.query}}]->(p)
}}
RETURN row.place AS place, known
"""
HAD = """
UNWIND $rows AS row
MATCH (s:Shopper {id: row.shopper})-[:BOUGHT]->(:Product {id: row.item})
RETURN DISTINCT row.shopper AS shopper, row.item AS item
"""
# The pairs of what was bought for the first time with all else that the shopper bought. Two that
# are both new are one pair: the one with the lesser id sees the other.
PAIR = """
UNWIND $rows AS row
MATCH (s:Shopper {id: row.shopper})-[:BOUGHT]->(o:Product)
WHERE o.id <> row.item AND (NOT o.id IN row.new OR row.item < o.id)
WITH DISTINCT row, o
MATCH (p:Product {id: row.item})
WITH CASE WHEN p.id < o.id THEN p ELSE o END AS a, CASE WHEN p.id < o.id THEN o ELSE p END AS b
ORDER BY a.id, b.id
MERGE (a)-[w:BOUGHT_WITH]->(b)
ON CREATE SET w.count = 1
ON MATCH SET w.count = w.count + 1
"""
BUYERS = """
UNWIND $rows AS row
MATCH (p:Product {id: row.item})
SET p.buyers = coalesce(p.buyers, 0) + row.shoppers
"""
FORGET_VIEWS = """
UNWIND $ids AS id
MATCH (s:Shopper {id: id}) WHERE COUNT { (s)-[:VIEWED]->() } > $kept
CALL (s) {
  MATCH (s)-[r:VIEWED]->() WITH r ORDER BY r.at DESC, r.key SKIP $kept DELETE r
}
"""
OLD_PURCHASES = """
UNWIND $ids AS id
MATCH (s:Shopper {id: id}) WHERE COUNT { (s)-[:BOUGHT]->() } > $kept
CALL (s) {
  MATCH (s)-[r:BOUGHT]->(p) WITH p, max(r.at) AS at ORDER BY at DESC, p.id SKIP $kept
  RETURN collect(p.id) AS items
}
WITH id, items WHERE size(items) > 0
RETURN id AS shopper, items
"""
# What a shopper bought no longer counts: for `items`, or all that the shopper has.
UNPAIR = """
MATCH (s:Shopper {id: $shopper})-[:BOUGHT]->(p:Product)
WITH collect(DISTINCT p) AS bought
UNWIND bought AS a
UNWIND bought AS b
WITH a, b WHERE a.id < b.id AND ($items IS NULL OR a.id IN $items OR b.id IN $items)
MATCH (a)-[w:BOUGHT_WITH]->(b)
SET w.count = w.count - 1
WITH w WHERE w.count <= 0
DELETE w
"""
UNBUY = """
MATCH (s:Shopper {id: $shopper})-[r:BOUGHT]->(p:Product)
WHERE $items IS NULL OR p.id IN $items
WITH p, collect(r) AS purchases
SET p.buyers = CASE WHEN p.buyers > 1 THEN p.buyers - 1 END
FOREACH (r IN purchases | DELETE r)
"""
DELETE_SHOPPER = """
MATCH (s:Shopper {id: $shopper})
WITH s, COUNT { (s)-->() } AS events
DETACH DELETE s
RETURN events
"""
COUNT_EVENTS = """
MATCH (s:Shopper {id: $shopper})
SET s.locked = true REMOVE s.locked
RETURN COUNT { (s)-->() } AS events
"""
HISTORIES = """
MATCH (s:Shopper) WHERE s.id > $after
WITH s ORDER BY s.id LIMIT $limit
CALL (s) {
  MATCH (s)-[r:VIEWED|BOUGHT]->(p:Product)
  WITH p, max(r.at) AS at ORDER BY at, p.id
  RETURN collect(p.id) AS items
}
RETURN s.id AS shopper, items
"""
_ATTRIBUTES = """
CALL (p) {
  MATCH (p)-[r:HAS_PARAMETER]->(v) WHERE r.status = 'accepted'
  RETURN collect(DISTINCT v.id) AS own
}
CALL (p) {
  MATCH (p)-[i:INSTANCE_OF]->(:Model)-[r:HAS_PARAMETER]->(v)
  WHERE i.status <> 'rejected' AND r.status = 'accepted'
  RETURN collect(DISTINCT v.id) AS inherited
}
RETURN p.id AS item, p.brand_id AS brand, p.category_id AS category, p.model_id AS model,
  own + inherited AS facts
"""
ATTRIBUTES = f"""
MATCH (p:Product) WHERE p.id > $after AND p.closed_at IS NULL
WITH p ORDER BY p.id LIMIT $limit
{_ATTRIBUTES}
"""
ATTRIBUTES_OF = f"""
UNWIND $ids AS id
MATCH (p:Product {{id: id}}) WHERE p.closed_at IS NULL
{_ATTRIBUTES}
"""
NEWEST = """
MATCH (n:Product) WHERE n.first_seen IS NOT NULL AND n.closed_at IS NULL
WITH n ORDER BY n.first_seen DESC, n.id LIMIT $limit
RETURN collect([n.id, toString(n.first_seen)]) AS products
"""
# What attributes are read from: products, and the models that they inherit from.
DESCRIBED_BY = (Label.PRODUCT, Label.MODEL)


class Stored(Record, frozen=True):
    """What became of events, in their order: stored, known from before, or why not."""

    outcomes: tuple[Outcome | Refusal, ...]


def store_events(database: Database, events: Sequence[Event]) -> Stored:
    """Store what is new; an event whose item is not there or closed is refused, the others are not.

    The batch is one transaction, and may be sent again: what is there is there once.
    """

    def work(tx: Transaction) -> Stored:
        return _store(tx, events)

    return database.transact(work) if events else Stored(())


def delete_shopper(database: Database, shopper: str) -> int | None:
    """Remove a shopper with all events and with what was counted of them; None: there is none."""

    def work(tx: Transaction) -> int | None:
        found = tx.run(COUNT_EVENTS, shopper=shopper)
        if not found:
            return None
        tx.run(UNPAIR, shopper=shopper, items=None)
        tx.run(UNBUY, shopper=shopper, items=None)
        tx.run(DELETE_SHOPPER, shopper=shopper)
        return int(found[0]["events"])

    return database.transact(work)


def histories(database: Database) -> Iterator[tuple[str, list[str]]]:
    """All shoppers with the items that they last had anything to do with at last, in that order."""
    after = ""
    while rows := database.read(HISTORIES, after=after, limit=PAGE_SHOPPERS):
        for row in rows:
            yield row["shopper"], row["items"]
        after = rows[-1]["shopper"]


def attributes(database: Database) -> Iterator[tuple[str, list[str]]]:
    """All open products with the names of what is known of them: values, brand, category, model."""
    after = ""
    while rows := database.read(ATTRIBUTES, after=after, limit=PAGE_ITEMS):
        for row in rows:
            yield row["item"], _attribute_names(row)
        after = rows[-1]["item"]


def attributes_of(database: Database, ids: Sequence[str]) -> dict[str, list[str]]:
    """The same of the open products among `ids`, some thousands at most."""
    rows = database.read(ATTRIBUTES_OF, ids=list(ids))
    return {row["item"]: _attribute_names(row) for row in rows}


def newest_products(database: Database, limit: int) -> dict[str, str]:
    """Open products and when each was first seen (ISO 8601), the newest first."""
    return dict(database.read(NEWEST, limit=limit)[0]["products"])


def products_changed(database: Database, since: str) -> bool:
    """Whether a product or a model was written since a watermark (ISO 8601)."""
    return written_since(database, since, DESCRIBED_BY)


def _attribute_names(row: Row) -> list[str]:
    named = [f"{kind}:{row[kind]}" for kind in ("brand", "category", "model") if row[kind]]
    return [*named, *sorted(row["facts"])]


def _store(tx: Transaction, events: Sequence[Event]) -> Stored:
    closed = {
        row["id"]: row["closed"]
        for row in tx.run(ITEMS, ids=sorted({event.item for event in events}))
    }
    outcomes: list[Outcome | Refusal] = [
        _refused(event, closed.get(event.item)) or "known" for event in events
    ]
    taken = [place for place, outcome in enumerate(outcomes) if outcome == "known"]
    shoppers = sorted({events[place].shopper for place in taken})
    tx.run(SHOPPERS, ids=shoppers)
    for kind, type in _TYPES.items():
        places = [place for place in _once(events, taken) if events[place].kind == kind]
        rows = [_row(place, events[place]) for place in places]
        had = set() if kind == "viewed" else _bought_before(tx, rows)
        for row in tx.run(STORE.format(type=type), rows=rows) if rows else ():
            if not row["known"]:
                outcomes[row["place"]] = "stored"
        if kind == "bought":
            stored = [events[place] for place in places if outcomes[place] == "stored"]
            _count(tx, {(event.shopper, event.item) for event in stored} - had)
    _forget(tx, shoppers)
    return Stored(tuple(outcomes))


def _refused(event: Event, closed: bool | None) -> Refusal | None:
    if closed is None:
        return Refusal("item_unknown", "item", f"there is no product {event.item!r}")
    if closed:
        return Refusal(
            "item_closed", "item", f"{event.item!r} is closed: no source lists it any more"
        )
    return None


def _once(events: Sequence[Event], places: Sequence[int]) -> list[int]:
    """The first place of each event, in the order of shoppers and items: locks meet in order."""
    first: dict[tuple[str, str, str], int] = {}
    for place in places:
        event = events[place]
        first.setdefault((event.shopper, event.kind, event.key), place)
    return sorted(first.values(), key=lambda place: (events[place].shopper, events[place].item))


def _row(place: int, event: Event) -> dict[str, object]:
    return {
        "place": place,
        "shopper": event.shopper,
        "item": event.item,
        "key": event.key,
        "at": event.at,
        "query": event.query,
    }


def _bought_before(tx: Transaction, rows: Sequence[dict[str, object]]) -> set[tuple[str, str]]:
    return {(row["shopper"], row["item"]) for row in tx.run(HAD, rows=rows)} if rows else set()


def _count(tx: Transaction, first: set[tuple[str, str]]) -> None:
    """Items bought by shoppers for the first time: in pairs, and by number of buyers."""
    new: dict[str, list[str]] = defaultdict(list)
    buyers: dict[str, int] = defaultdict(int)
    for shopper, item in sorted(first):
        new[shopper].append(item)
        buyers[item] += 1
    if not first:
        return
    tx.run(BUYERS, rows=[{"item": item, "shoppers": buyers[item]} for item in sorted(buyers)])
    tx.run(
        PAIR,
        rows=[
            {"shopper": shopper, "item": item, "new": new[shopper]}
            for shopper, item in sorted(first)
        ],
    )


def _forget(tx: Transaction, shoppers: Sequence[str]) -> None:
    tx.run(FORGET_VIEWS, ids=shoppers, kept=VIEWS_KEPT)
    for row in tx.run(OLD_PURCHASES, ids=shoppers, kept=BOUGHT_KEPT):
        tx.run(UNPAIR, shopper=row["shopper"], items=row["items"])
        tx.run(UNBUY, shopper=row["shopper"], items=row["items"])
