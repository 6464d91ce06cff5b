"""Items into the graph: one transaction per batch, and no write for what has not changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar

from graph.client import Database, Transaction
from graph.errors import DraftInvalid, GraphError, ImportFailed, QueryTooLarge
from graph.records import Item, ItemKind, Named, Parameter, Value
from graph.repositories import item_queries as queries
from graph.repositories.ending import follow_evidence
from graph.repositories.imports import advance_import, lock_import
from graph.repositories.item_queries import LABELS
from graph.repositories.item_rows import (
    item_row,
    named_row,
    parameter_row,
    stored_hash,
    target_of,
    value_row,
)
from graph.schema import Label

Outcome = Literal["created", "updated", "unchanged"]

# A writer remembers what it has merged; past this it forgets, so that memory stays flat.
REMEMBERED = 200_000

T = TypeVar("T")


class _VocabularyVanished(GraphError):
    """Somebody deleted a value or brand that this writer had merged before; merge it again."""


@dataclass(slots=True)
class _Batch:
    """The items of one kind and source that have to be written."""

    kind: ItemKind
    source: str
    run: str
    now: datetime
    items: list[Item] = field(default_factory=list)

    @property
    def label(self) -> Label:
        return LABELS[self.kind]

    @property
    def provenance(self) -> dict[str, object]:
        return {"source": self.source, "run": self.run, "now": self.now}


class ItemWriter:
    """Writes items of one or many imports; not to be shared between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._merged: set[str] = set()

    def write(
        self,
        items: Sequence[Item],
        *,
        parameters: Mapping[str, Parameter],
        run: str,
        now: datetime,
        at: int | None = None,
    ) -> list[Outcome]:
        """Store `items` and say what became of each, in their order.

        Items of one kind, each id once; `parameters` declares every parameter they use. All or
        nothing: the batch is one transaction. Only where the server has too little memory for it
        are its halves two.

        With `at`, the place of the first item among all of the import `run`, each is written once,
        however often and by however many this is called: items that the import has written already
        are left out, of the outcomes as well.
        """
        if not items:
            return []
        try:
            return self._write(items, parameters, run, now, at)
        except _VocabularyVanished:
            self._merged.clear()
            return self._write(items, parameters, run, now, at)
        except QueryTooLarge:
            if len(items) == 1:
                raise
            middle = len(items) // 2
            then = None if at is None else at + middle
            return [
                outcome
                for half, place in ((items[:middle], at), (items[middle:], then))
                for outcome in self.write(half, parameters=parameters, run=run, now=now, at=place)
            ]

    def delete(self, kind: ItemKind, id: str) -> bool:
        """Remove an item and its observations; its values stay, other items may have them."""
        query = queries.DELETE_ITEM.format(label=LABELS[kind])
        rows = self._database.transact(lambda tx: tx.run(query, id=id))
        return bool(rows and rows[0]["deleted"])

    def _write(
        self,
        items: Sequence[Item],
        parameters: Mapping[str, Parameter],
        run: str,
        now: datetime,
        at: int | None,
    ) -> list[Outcome]:
        batch = _Batch(items[0].kind, items[0].source, run, now)
        merged: set[str] = set()

        def work(tx: Transaction) -> list[Outcome]:
            merged.clear()  # the driver may call this again
            if at is None:
                return self._store(tx, batch, items, parameters, merged)
            left = items[written_of(tx, run, at) :]
            outcomes = self._store(tx, batch, left, parameters, merged) if left else []
            if left:
                advance_import(tx, run, at + len(items), outcomes)
            return outcomes

        outcomes = self._database.transact(work)
        if len(self._merged) > REMEMBERED:
            self._merged.clear()
        self._merged |= merged
        return outcomes

    def _store(
        self,
        tx: Transaction,
        batch: _Batch,
        items: Sequence[Item],
        parameters: Mapping[str, Parameter],
        merged: set[str],
    ) -> list[Outcome]:
        outcomes = _compare(tx.run, batch.kind, items)
        pairs = zip(items, outcomes, strict=True)
        batch.items = [item for item, outcome in pairs if outcome != "unchanged"]
        if not batch.items:
            return outcomes
        merged.update(self._merge_vocabulary(tx, batch, parameters))
        if batch.kind == "product" and "updated" in outcomes:
            _observe(tx, batch, items, outcomes)
        fresh_ids = _write_items(tx, batch)
        # Somebody else may have created an item between the comparison and our lock.
        return [
            "updated" if outcome == "created" and item.id not in fresh_ids else outcome
            for item, outcome in zip(items, outcomes, strict=True)
        ]

    def _merge_vocabulary(
        self, tx: Transaction, batch: _Batch, parameters: Mapping[str, Parameter]
    ) -> set[str]:
        """Brands, categories, models, parameters and values that no earlier batch has merged."""
        merged: set[str] = set()
        values: dict[str, Value] = {}
        for fact in (fact for item in batch.items for fact in item.facts):
            values.setdefault(fact.value.id, fact.value)  # the first to say it spells it
        new_values = self._new("value", values, merged)
        used = {value.parameter: parameters[value.parameter] for value in new_values}
        if rows := self._new("parameter", used, merged):
            merge_parameters(tx, rows)
        if new_values:
            tx.run(queries.MERGE_VALUES, rows=[value_row(row) for row in new_values])
        for label, named in (
            (Label.BRAND, _by_name(item.brand for item in batch.items)),
            (Label.CATEGORY, _by_name(c for item in batch.items for c in item.categories)),
            (Label.MODEL, _by_name(item.model for item in batch.items)),
        ):
            if fresh := self._new(label, named, merged):
                tx.run(
                    queries.MERGE_NAMED.format(label=label), rows=[named_row(row) for row in fresh]
                )
        self._merge_category_tree(tx, batch, merged)
        return merged

    def _merge_category_tree(self, tx: Transaction, batch: _Batch, merged: set[str]) -> None:
        pairs = {
            f"{child.id}\n{parent.id}": {"child": child.id, "parent": parent.id}
            for item in batch.items
            for parent, child in zip(item.categories, item.categories[1:], strict=False)
        }
        if rows := self._new("subcategory", pairs, merged):
            tx.run(queries.MERGE_SUBCATEGORIES, rows=rows, **batch.provenance)

    def _new(self, family: str, by_id: Mapping[str, T], merged: set[str]) -> list[T]:
        keys = {f"{family}\n{id}": record for id, record in by_id.items()}
        fresh = {key: record for key, record in keys.items() if key not in self._merged}
        merged.update(fresh)
        return list(fresh.values())


def merge_parameters(tx: Transaction, parameters: Sequence[Parameter]) -> None:
    """Raises `DraftInvalid` where one is declared otherwise already."""
    rows = [parameter_row(parameter) for parameter in parameters]
    tx.run(queries.MERGE_PARAMETERS, rows=rows)
    for conflict in tx.run(queries.PARAMETER_CONFLICTS, rows=rows):
        raise DraftInvalid(
            field="facts",
            value=conflict["id"],
            reason=f"parameter {conflict['id']!r} is a {conflict['kind']} in "
            f"{conflict['unit'] or 'no unit'} by now; state it so",
        )


class ItemComparison:
    """Says what a writer would do, and does not do it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(
        self,
        items: Sequence[Item],
        *,
        parameters: Mapping[str, Parameter],
        run: str,
        now: datetime,
        at: int | None = None,
    ) -> list[Outcome]:
        """The outcomes of `ItemWriter.write`."""
        return _compare(self._database.read, items[0].kind, items) if items else []


def _compare(
    run: Callable[..., list[dict[str, Any]]], kind: ItemKind, items: Sequence[Item]
) -> list[Outcome]:
    query = queries.COMPARE.format(label=LABELS[kind], unchanged=queries.UNCHANGED[kind])
    rows = [{"id": item.id, "hash": stored_hash(item)} for item in items]
    outcomes = {row["id"]: row["outcome"] for row in run(query, rows=rows)}
    return [outcomes[item.id] for item in items]


def written_of(tx: Transaction, run: str, at: int) -> int:
    """How many of the items that begin at place `at` the import has written already."""
    written = lock_import(tx, run)
    if written < at:
        raise ImportFailed(
            file=run,
            place="graph",
            reason=f"the graph holds {written:,} items of this import where {at:,} were written; "
            "was a backup restored? Import the file again",
        )
    return written - at


def _observe(
    tx: Transaction, batch: _Batch, items: Sequence[Item], outcomes: Sequence[Outcome]
) -> None:
    """A price, currency or stock that changes becomes a point of the product's history."""
    rows = [
        {
            "id": item.id,
            "price": item.price,
            "currency": item.currency,
            "in_stock": item.in_stock,
        }
        for item, outcome in zip(items, outcomes, strict=True)
        if outcome == "updated"
    ]
    tx.run(queries.OBSERVE, rows=rows, run=batch.run, now=batch.now)


def _write_items(tx: Transaction, batch: _Batch) -> set[str]:
    """Write and link; the ids of the items that nobody had written before."""
    query = queries.MERGE_ITEMS.format(
        label=batch.label,
        hash=queries.HASH[batch.kind],
        hash_property=queries.HASH_PROPERTY[batch.kind],
    )
    rows = [item_row(item) for item in batch.items]
    fresh_ids = {row["id"] for row in tx.run(query, rows=rows, **batch.provenance)}
    written_before = [item for item in batch.items if item.id not in fresh_ids]
    if written_before:
        _close_past(tx, batch, written_before)
    for fresh in (True, False):
        items = [item for item in batch.items if (item.id in fresh_ids) == fresh]
        _link_facts(tx, batch, items, fresh=fresh)
        for type, target, pairs in _named_links(items):
            _link_named(tx, batch, type, target, pairs, fresh=fresh)
    if written_before:
        ids = [item.id for item in written_before]
        follow_evidence(tx, batch.kind, ids, batch.run, batch.now)
        tx.run(queries.CONTEST.format(label=batch.label), ids=ids)
    return fresh_ids


def _close_past(tx: Transaction, batch: _Batch, items: Sequence[Item]) -> None:
    """What the source no longer says moves to HAD_PARAMETER; other sources are not touched."""
    rows = [{"id": item.id, "values": [fact.value.id for fact in item.facts]} for item in items]
    tx.run(queries.CLOSE_FACTS.format(label=batch.label), rows=rows, **batch.provenance)
    for type in ("MADE_BY", "BELONGS_TO", "INSTANCE_OF"):
        targets = [{"id": item.id, "target": target_of(item, type)} for item in items]
        query = queries.UNLINK_NAMED.format(label=batch.label, type=type)
        tx.run(query, rows=targets, source=batch.source)


def _link_facts(tx: Transaction, batch: _Batch, items: Sequence[Item], *, fresh: bool) -> None:
    rows: list[dict[str, object]] = [
        {
            "id": item.id,
            "facts": [{"value": fact.value.id, "evidence": fact.evidence} for fact in item.facts],
        }
        for item in items
        if item.facts
    ]
    link = queries.link("HAS_PARAMETER", "v", fresh=fresh, evidence="fact.evidence")
    query = queries.LINK_FACTS.format(label=batch.label, link=link)
    _run_linking(tx, query, rows, sum(len(item.facts) for item in items), batch)


def _named_links(items: Sequence[Item]) -> Iterable[tuple[str, Label, list[dict[str, object]]]]:
    for type, label in (
        ("MADE_BY", Label.BRAND),
        ("BELONGS_TO", Label.CATEGORY),
        ("INSTANCE_OF", Label.MODEL),
    ):
        yield (
            type,
            label,
            [{"id": item.id, "target": to} for item in items if (to := target_of(item, type))],
        )


def _link_named(
    tx: Transaction,
    batch: _Batch,
    type: str,
    target: Label,
    rows: list[dict[str, object]],
    *,
    fresh: bool,
) -> None:
    link = queries.link(type, "target", fresh=fresh, evidence=f"'{target.lower()}'")
    query = queries.LINK_NAMED.format(label=batch.label, target=target, link=link)
    _run_linking(tx, query, rows, len(rows), batch)


def _run_linking(
    tx: Transaction, query: str, rows: list[dict[str, object]], expected: int, batch: _Batch
) -> None:
    if not rows:
        return
    linked = tx.run(query, rows=rows, **batch.provenance)[0]["linked"]
    if linked < expected:
        raise _VocabularyVanished("a value or brand was deleted while items were being written")


def _by_name(named: Iterable[Named | None]) -> dict[str, Named]:
    """Each with its names in the key: a name seen later has to be added to the node."""
    return {f"{one.id}\n{one.names}": one for one in named if one}
