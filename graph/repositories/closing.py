"""Items that their source no longer lists: closed with a date, not deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from graph.client import Database, Transaction
from graph.errors import QueryTooLarge
from graph.records import ItemKind
from graph.repositories import item_queries as queries
from graph.repositories.imports import count_closed, lock_import
from graph.repositories.item_queries import LABELS

PAGE_IDS = 5_000

# A model has no source of its own, only a hash for each that described it.
_IS_LISTED: Mapping[ItemKind, str] = {
    "product": "n.source = $source AND n.closed_at IS NULL",
    "model": "any(hash IN n.content_hashes WHERE hash STARTS WITH $source + '=')",
}
# The source is constant, but without it the planner does not see the order of its index.
_IN_ORDER: Mapping[ItemKind, str] = {"product": "n.source, n.id", "model": "n.id"}
LISTED: Mapping[ItemKind, str] = {
    kind: f"""
        MATCH (n:{LABELS[kind]}) WHERE n.id > $after AND {is_listed}
        RETURN n.id AS id ORDER BY {_IN_ORDER[kind]} LIMIT $limit
    """
    for kind, is_listed in _IS_LISTED.items()
}
STILL_LISTED: Mapping[ItemKind, str] = {
    kind: f"""
        UNWIND $ids AS id
        MATCH (n:{LABELS[kind]} {{id: id}}) WHERE {is_listed}
        RETURN n.id AS id
    """
    for kind, is_listed in _IS_LISTED.items()
}

# What it was called and where it belongs stays, so that it can still be found.
CLOSE: Mapping[ItemKind, str] = {
    "product": """
        UNWIND $ids AS id
        MATCH (n:Product {id: id})
        SET n.closed_at = $now, n.in_stock = false, n.content_hash = 'closed',
            n.updated_at = datetime()
    """,
    "model": """
        UNWIND $ids AS id
        MATCH (n:Model {id: id})
        SET n.content_hashes = [hash IN n.content_hashes WHERE NOT hash STARTS WITH $source + '=']
        SET n.closed_at = CASE WHEN size(n.content_hashes) = 0 THEN $now END,
            n.updated_at = datetime()
    """,
}
SOLD_OUT = """
UNWIND $ids AS id
MATCH (n:Product {id: id}) WHERE n.in_stock
RETURN n.id AS id, n.price AS price, n.currency AS currency, false AS in_stock
"""


def listed_ids(database: Database, kind: ItemKind, source: str) -> Iterator[list[str]]:
    """The ids that `source` lists by now, page by page."""
    after = ""
    while True:
        rows = database.read(LISTED[kind], source=source, after=after, limit=PAGE_IDS)
        if not rows:
            return
        page = [str(row["id"]) for row in rows]
        yield page
        after = page[-1]


def close_items(
    database: Database,
    kind: ItemKind,
    ids: Sequence[str],
    *,
    source: str,
    run: str,
    now: datetime,
) -> None:
    """Move what `source` said of these items into the past.

    A product belongs to its source and is closed; a model is, when no other source describes it.
    The import `run` counts them. One transaction, or two halves where the server has too little
    memory for it.
    """
    try:
        _close(database, kind, ids, source=source, run=run, now=now)
    except QueryTooLarge:
        if len(ids) == 1:
            raise
        middle = len(ids) // 2
        for half in (ids[:middle], ids[middle:]):
            close_items(database, kind, half, source=source, run=run, now=now)


def _close(
    database: Database,
    kind: ItemKind,
    ids: Sequence[str],
    *,
    source: str,
    run: str,
    now: datetime,
) -> None:
    label = LABELS[kind]

    def work(tx: Transaction) -> None:
        lock_import(tx, run)
        asked: dict[str, object] = {"source": source, "run": run, "now": now}
        # Again, under the lock: this may run twice, and closed items count once.
        left = [row["id"] for row in tx.run(STILL_LISTED[kind], asked, ids=list(ids))]
        if kind == "product" and (rows := tx.run(SOLD_OUT, ids=left)):
            tx.run(queries.OBSERVE, asked, rows=rows)
        nothing = [{"id": id, "values": []} for id in left]
        tx.run(queries.CLOSE_FACTS.format(label=label), asked, rows=nothing)
        tx.run(CLOSE[kind], asked, ids=left)
        tx.run(queries.CONTEST.format(label=label), ids=left)
        count_closed(tx, run, len(left))

    database.transact(work)
