"""Facts of models that end, and evidence that has moved or gone where a text changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from graph.client import Row, Transaction
from graph.records import ItemKind
from graph.repositories import fact_queries as queries
from graph.repositories import item_queries
from graph.repositories.item_queries import LABELS
from graph.repositories.quotes import moved, read_evidence


def end_facts(
    tx: Transaction, kind: ItemKind, rows: Sequence[Row], run: str, now: datetime | None = None
) -> None:
    """Rows of an item's `id` and `facts` of `value` and `origin`: what counted becomes history."""
    if rows:
        label, at = LABELS[kind], now or datetime.now(UTC)
        tx.run(queries.END.format(label=label), rows=list(rows), run=run, now=at)
        touch(tx, kind, [row["id"] for row in rows])


def touch(tx: Transaction, kind: ItemKind, ids: Sequence[str]) -> None:
    """Facts of these items have changed: exports and vectors notice, contradictions are marked."""
    if ids:
        tx.run(queries.TOUCH.format(label=LABELS[kind]), ids=list(ids))
        tx.run(item_queries.CONTEST.format(label=LABELS[kind]), ids=list(ids))


def follow_evidence(
    tx: Transaction, kind: ItemKind, ids: Sequence[str], run: str, now: datetime
) -> None:
    """What was read in a text that has changed: it stands elsewhere now, or it has ended.

    What a person has decided stays, without its evidence.
    """
    lost: dict[str, list[Row]] = {}
    found: list[Row] = []
    for row in tx.run(queries.LOST_QUOTES.format(label=LABELS[kind]), ids=list(ids)):
        evidence = read_evidence(row["evidence"])
        place = moved(evidence, row["quote"], row["text"]) if evidence else None
        if place is None and row["origin"] != "reviewed":
            lost.setdefault(row["id"], []).append({"value": row["value"], "origin": row["origin"]})
        else:
            kept = {"evidence": str(place), "quote": row["quote"]} if place else {}
            found.append({**row, "evidence": None, "quote": None, **kept})
    if found:
        tx.run(queries.MOVE_EVIDENCE.format(label=LABELS[kind]), rows=found)
    end_facts(tx, kind, [{"id": id, "facts": facts} for id, facts in lost.items()], run, now)
