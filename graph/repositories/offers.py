"""Prices and stock of products that are there: what a row does not say of them stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from graph.client import Database, Transaction
from graph.records import Item, Parameter
from graph.repositories.imports import advance_import
from graph.repositories.item_queries import OBSERVE
from graph.repositories.items import Outcome, written_of

Change = Outcome | Literal["absent"]  # there is no such product

UNLISTED = """
UNWIND $ids AS id
OPTIONAL MATCH (n:Product {id: id}) WHERE n.closed_at IS NULL
WITH id, n WHERE n IS NULL
RETURN id
"""
COMPARE = """
UNWIND $rows AS row
OPTIONAL MATCH (n:Product {id: row.id}) WHERE n.closed_at IS NULL
RETURN row.id AS id, n {.price, .currency, .in_stock} AS stored
"""
# The hash is that of a row which said something else: the next one that describes the product is
# compared with nothing, and written.
CHANGE = """
UNWIND $rows AS row
MATCH (n:Product {id: row.id})
SET n.price = row.price, n.currency = row.currency, n.in_stock = row.in_stock,
    n.content_hash = 'changed', n.last_seen = $now, n.updated_at = datetime()
"""


def unlisted(database: Database, ids: Sequence[str]) -> set[str]:
    """Those of `ids` that are no product, or one that no source lists any more."""
    return {row["id"] for row in database.read(UNLISTED, ids=list(ids))}


class OfferWriter:
    """Writes what items say of price, currency and stock, onto products that there are."""

    def __init__(self, database: Database, *, dry_run: bool = False) -> None:
        self._database = database
        self._dry_run = dry_run

    def write(
        self,
        items: Sequence[Item],
        *,
        parameters: Mapping[str, Parameter],
        run: str,
        now: datetime,
        at: int | None = None,
    ) -> list[Change]:
        """The outcomes of `ItemWriter.write`, and `absent` where there is no such product."""

        def work(tx: Transaction) -> list[Change]:
            left = items if at is None else items[written_of(tx, run, at) :]
            if not left:
                return []
            outcomes, changed = _compared(tx.run(COMPARE, rows=[{"id": i.id} for i in left]), left)
            if changed:
                tx.run(OBSERVE, rows=changed, run=run, now=now)
                tx.run(CHANGE, rows=changed, now=now)
            if at is not None:
                advance_import(tx, run, at + len(items), outcomes)
            return outcomes

        if self._dry_run:
            stored = self._database.read(COMPARE, rows=[{"id": item.id} for item in items])
            return _compared(stored, items)[0]
        return self._database.transact(work)


def _compared(
    stored: Sequence[Mapping[str, object]], items: Sequence[Item]
) -> tuple[list[Change], list[dict[str, object]]]:
    """What becomes of each, and the products that change as they will be."""
    before = {row["id"]: row["stored"] for row in stored}
    outcomes: list[Change] = []
    changed: list[dict[str, object]] = []
    for item in items:
        was = before[item.id]
        if not isinstance(was, dict):
            outcomes.append("absent")
            continue
        said = {name: getattr(item, name) for name in was if getattr(item, name) is not None}
        outcomes.append("unchanged" if was | said == was else "updated")
        if outcomes[-1] == "updated":
            changed.append({"id": item.id, **was, **said})
    return outcomes, changed
