"""Items into the graph: one transaction per batch, and no write for what has not changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeVar

from graph.client import Database, Transaction
from graph.errors import DraftInvalid, GraphError, QueryTooLarge
from graph.records import Item, ItemKind, Named, Parameter, Value
from graph.schema import Label

Outcome = Literal["created", "updated", "unchanged"]

# A writer remembers what it has merged; past this it forgets, so that memory stays flat.
REMEMBERED = 200_000

T = TypeVar("T")

_LABELS: Mapping[ItemKind, Label] = {"product": Label.PRODUCT, "model": Label.MODEL}

# A product has one source; a model may be described by several, so it keeps a hash of each.
_UNCHANGED: Mapping[ItemKind, str] = {
    "product": "n.content_hash = row.hash",
    "model": "row.hash IN n.content_hashes",
}
_HASH_PROPERTY: Mapping[ItemKind, str] = {"product": "content_hash", "model": "content_hashes"}
_HASH: Mapping[ItemKind, str] = {
    "product": "n.content_hash = row.hash",
    "model": (
        "n:Entity, n.content_hashes = [hash IN coalesce(n.content_hashes, []) "
        "WHERE NOT hash STARTS WITH $source + '='] + row.hash"
    ),
}

COMPARE = """
UNWIND $rows AS row
OPTIONAL MATCH (n:{label} {{id: row.id}})
RETURN row.id AS id,
       CASE WHEN n IS NULL THEN 'created' WHEN {unchanged} THEN 'unchanged' ELSE 'updated' END
       AS outcome
"""

# `fresh` is decided under the node's lock: of two writers that both found no item, the second
# waits here and finds the first one's. A model that only offers have named is fresh, too.
MERGE_ITEMS = """
UNWIND $rows AS row
MERGE (n:{label} {{id: row.id}})
ON CREATE SET n.first_seen = $now
WITH row, n, n.{hash_property} IS NULL AS fresh
SET n += row.properties, n.last_seen = $now, {hash}
WITH row, fresh WHERE fresh
RETURN row.id AS id
"""

MERGE_PARAMETERS = """
UNWIND $rows AS row
MERGE (p:Parameter {id: row.id})
ON CREATE SET p.name = row.name, p.kind = row.kind, p.unit = row.unit, p.names = row.names,
              p.decimals = row.decimals
WITH p, [name IN row.names WHERE NOT name IN p.names] AS missing WHERE size(missing) > 0
SET p.names = p.names + missing
"""

# Two writers may declare one parameter at the same time and differently: the first one holds.
PARAMETER_CONFLICTS = """
UNWIND $rows AS row
MATCH (p:Parameter {id: row.id})
WHERE p.kind <> row.kind OR coalesce(p.unit, '') <> coalesce(row.unit, '')
RETURN p.id AS id, p.kind AS kind, p.unit AS unit LIMIT 1
"""

MERGE_NAMED = """
UNWIND $rows AS row
MERGE (n:{label}:Entity {{id: row.id}})
ON CREATE SET n.name = row.name, n.names = row.names
WITH n, [name IN row.names WHERE NOT name IN n.names] AS missing WHERE size(missing) > 0
SET n.names = n.names + missing
"""

MERGE_SUBCATEGORIES = """
UNWIND $rows AS row
MATCH (child:Category {id: row.child})
MATCH (parent:Category {id: row.parent})
MERGE (child)-[r:SUBCATEGORY_OF]->(parent)
ON CREATE SET r.origin = 'catalog', r.status = 'accepted', r.confidence = 1.0,
              r.source = $source, r.run = $run, r.valid_from = $now
"""

MERGE_VALUES = """
UNWIND $rows AS row
MERGE (v:Value {id: row.id})
ON CREATE SET v:Entity, v.parameter = row.parameter, v.text = row.text, v.names = [row.text],
              v.number = row.number, v.unit = row.unit
WITH v, row
MATCH (p:Parameter {id: row.parameter})
MERGE (v)-[:VALUE_OF]->(p)
"""

# {link} is CREATE for items that nobody has written before, MERGE for the others.
LINK_FACTS = """
UNWIND $rows AS row
MATCH (n:{label} {{id: row.id}})
UNWIND row.facts AS fact
MATCH (v:Value {{id: fact.value}})
{link}
RETURN count(*) AS linked
"""

LINK_NAMED = """
UNWIND $rows AS row
MATCH (n:{label} {{id: row.id}})
MATCH (target:{target} {{id: row.target}})
{link}
RETURN count(*) AS linked
"""

CLOSE_FACTS = """
UNWIND $rows AS row
MATCH (n:{label} {{id: row.id}})-[old:HAS_PARAMETER]->(v:Value)
WHERE old.origin = 'catalog' AND old.source = $source AND NOT v.id IN row.values
CREATE (n)-[past:HAD_PARAMETER]->(v)
SET past = properties(old), past.valid_to = $now
DELETE old
"""

UNLINK_NAMED = """
UNWIND $rows AS row
MATCH (n:{label} {{id: row.id}})-[old:{type}]->(target)
WHERE old.origin = 'catalog' AND old.source = $source
  AND (row.target IS NULL OR target.id <> row.target)
DELETE old
"""

DELETE_ITEM = """
MATCH (n:{label} {{id: $id}})
OPTIONAL MATCH (o:Observation {{product: $id}})
WITH n, collect(o) AS observations
FOREACH (o IN observations | DETACH DELETE o)
DETACH DELETE n
RETURN count(*) AS deleted
"""

_FACT_PROPERTIES = (
    "origin: 'catalog', status: 'accepted', confidence: 1.0, source: $source, "
    "run: $run, valid_from: $now"
)
_KEY = "origin: 'catalog', source: $source"
_ON_CREATE = "r.status = 'accepted', r.confidence = 1.0, r.run = $run, r.valid_from = $now"


def _link(type: str, target: str, *, fresh: bool, evidence: str) -> str:
    if fresh:
        return f"CREATE (n)-[r:{type} {{{_FACT_PROPERTIES}, evidence: {evidence}}}]->({target})"
    return (
        f"MERGE (n)-[r:{type} {{{_KEY}}}]->({target}) "
        f"ON CREATE SET {_ON_CREATE}, r.evidence = {evidence}"
    )


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
        return _LABELS[self.kind]

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
    ) -> list[Outcome]:
        """Store `items` and say what became of each, in their order.

        Items of one kind, each id once; `parameters` declares every parameter they use. All or
        nothing: the batch is one transaction. Only where the server has too little memory for it
        are its halves two.
        """
        if not items:
            return []
        try:
            return self._write(items, parameters, run, now)
        except _VocabularyVanished:
            self._merged.clear()
            return self._write(items, parameters, run, now)
        except QueryTooLarge:
            if len(items) == 1:
                raise
            middle = len(items) // 2
            return [
                outcome
                for half in (items[:middle], items[middle:])
                for outcome in self.write(half, parameters=parameters, run=run, now=now)
            ]

    def delete(self, kind: ItemKind, id: str) -> bool:
        """Remove an item and its observations; its values stay, other items may have them."""
        query = DELETE_ITEM.format(label=_LABELS[kind])
        rows = self._database.transact(lambda tx: tx.run(query, id=id))
        return bool(rows and rows[0]["deleted"])

    def _write(
        self,
        items: Sequence[Item],
        parameters: Mapping[str, Parameter],
        run: str,
        now: datetime,
    ) -> list[Outcome]:
        batch = _Batch(items[0].kind, items[0].source, run, now)
        merged: set[str] = set()

        def work(tx: Transaction) -> list[Outcome]:
            merged.clear()  # the driver may call this again
            outcomes = _compare(tx, batch.kind, items)
            pairs = zip(items, outcomes, strict=True)
            batch.items = [item for item, outcome in pairs if outcome != "unchanged"]
            if not batch.items:
                return outcomes
            merged.update(self._merge_vocabulary(tx, batch, parameters))
            fresh_ids = _write_items(tx, batch)
            # Somebody else may have created an item between the comparison and our lock.
            return [
                "updated" if outcome == "created" and item.id not in fresh_ids else outcome
                for item, outcome in zip(items, outcomes, strict=True)
            ]

        outcomes = self._database.transact(work)
        if len(self._merged) > REMEMBERED:
            self._merged.clear()
        self._merged |= merged
        return outcomes

    def _merge_vocabulary(
        self, tx: Transaction, batch: _Batch, parameters: Mapping[str, Parameter]
    ) -> set[str]:
        """Brands, categories, models, parameters and values that no earlier batch has merged."""
        merged: set[str] = set()
        values = {fact.value.id: fact.value for item in batch.items for fact in item.facts}
        new_values = self._new("value", values, merged)
        used = {value.parameter: parameters[value.parameter] for value in new_values}
        if rows := self._new("parameter", used, merged):
            _merge_parameters(tx, rows)
        if new_values:
            tx.run(MERGE_VALUES, rows=[_value_row(row) for row in new_values])
        for label, named in (
            (Label.BRAND, _by_name(item.brand for item in batch.items)),
            (Label.CATEGORY, _by_name(c for item in batch.items for c in item.categories)),
            (Label.MODEL, _by_name(item.model for item in batch.items)),
        ):
            if fresh := self._new(label, named, merged):
                tx.run(MERGE_NAMED.format(label=label), rows=[_named_row(row) for row in fresh])
        self._merge_category_tree(tx, batch, merged)
        return merged

    def _merge_category_tree(self, tx: Transaction, batch: _Batch, merged: set[str]) -> None:
        pairs = {
            f"{child.id}\n{parent.id}": {"child": child.id, "parent": parent.id}
            for item in batch.items
            for parent, child in zip(item.categories, item.categories[1:], strict=False)
        }
        if rows := self._new("subcategory", pairs, merged):
            tx.run(MERGE_SUBCATEGORIES, rows=rows, **batch.provenance)

    def _new(self, family: str, by_id: Mapping[str, T], merged: set[str]) -> list[T]:
        keys = {f"{family}\n{id}": record for id, record in by_id.items()}
        fresh = {key: record for key, record in keys.items() if key not in self._merged}
        merged.update(fresh)
        return list(fresh.values())


def _merge_parameters(tx: Transaction, parameters: Sequence[Parameter]) -> None:
    rows = [_parameter_row(parameter) for parameter in parameters]
    tx.run(MERGE_PARAMETERS, rows=rows)
    for conflict in tx.run(PARAMETER_CONFLICTS, rows=rows):
        raise DraftInvalid(
            field="facts",
            value=conflict["id"],
            reason=f"parameter {conflict['id']!r} is a {conflict['kind']} in "
            f"{conflict['unit'] or 'no unit'} by now; state it so",
        )


def _compare(tx: Transaction, kind: ItemKind, items: Sequence[Item]) -> list[Outcome]:
    query = COMPARE.format(label=_LABELS[kind], unchanged=_UNCHANGED[kind])
    rows = [{"id": item.id, "hash": stored_hash(item)} for item in items]
    outcomes = {row["id"]: row["outcome"] for row in tx.run(query, rows=rows)}
    return [outcomes[item.id] for item in items]


def stored_hash(item: Item) -> str:
    """The hash as the node keeps it: for a model with the source it came from."""
    return f"{item.source}={item.content_hash}" if item.kind == "model" else item.content_hash


def _write_items(tx: Transaction, batch: _Batch) -> set[str]:
    """Write and link; the ids of the items that nobody had written before."""
    query = MERGE_ITEMS.format(
        label=batch.label, hash=_HASH[batch.kind], hash_property=_HASH_PROPERTY[batch.kind]
    )
    rows = [_item_row(item) for item in batch.items]
    fresh_ids = {row["id"] for row in tx.run(query, rows=rows, **batch.provenance)}
    written_before = [item for item in batch.items if item.id not in fresh_ids]
    if written_before:
        _close_past(tx, batch, written_before)
    for fresh in (True, False):
        items = [item for item in batch.items if (item.id in fresh_ids) == fresh]
        _link_facts(tx, batch, items, fresh=fresh)
        for type, target, pairs in _named_links(items):
            _link_named(tx, batch, type, target, pairs, fresh=fresh)
    return fresh_ids


def _close_past(tx: Transaction, batch: _Batch, items: Sequence[Item]) -> None:
    """What the source no longer says moves to HAD_PARAMETER; other sources are not touched."""
    rows = [{"id": item.id, "values": [fact.value.id for fact in item.facts]} for item in items]
    tx.run(CLOSE_FACTS.format(label=batch.label), rows=rows, **batch.provenance)
    for type in ("MADE_BY", "BELONGS_TO", "INSTANCE_OF"):
        targets = [{"id": item.id, "target": _target(item, type)} for item in items]
        query = UNLINK_NAMED.format(label=batch.label, type=type)
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
    link = _link("HAS_PARAMETER", "v", fresh=fresh, evidence="fact.evidence")
    query = LINK_FACTS.format(label=batch.label, link=link)
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
            [{"id": item.id, "target": to} for item in items if (to := _target(item, type))],
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
    link = _link(type, "target", fresh=fresh, evidence=f"'{target.lower()}'")
    query = LINK_NAMED.format(label=batch.label, target=target, link=link)
    _run_linking(tx, query, rows, len(rows), batch)


def _run_linking(
    tx: Transaction, query: str, rows: list[dict[str, object]], expected: int, batch: _Batch
) -> None:
    if not rows:
        return
    linked = tx.run(query, rows=rows, **batch.provenance)[0]["linked"]
    if linked < expected:
        raise _VocabularyVanished("a value or brand was deleted while items were being written")


def _target(item: Item, type: str) -> str | None:
    if type == "MADE_BY":
        return item.brand.id if item.brand else None
    if type == "BELONGS_TO":
        return item.categories[-1].id if item.categories else None
    return item.model.id if item.model else None


def _item_row(item: Item) -> dict[str, object]:
    properties: dict[str, object] = {
        "brand_id": _target(item, "MADE_BY"),
        "category_id": _target(item, "BELONGS_TO"),
        "description": item.description,
        "gtin": item.gtin,
        "mpn": item.mpn,
        "url": item.url,
        "image_url": item.image_url,
    }
    if item.kind == "model":
        properties |= {"name": item.title, "names": list(item.names or (item.title,))}
    else:
        properties |= {
            "title": item.title,
            "source": item.source,
            "language": item.language,
            "price": item.price,
            "currency": item.currency,
            "in_stock": item.in_stock,
            "model_id": _target(item, "INSTANCE_OF"),
        }
    if item.kind == "model":  # another source may have said what this one does not
        properties = {name: value for name, value in properties.items() if value is not None}
    return {"id": item.id, "hash": stored_hash(item), "properties": properties}


def _by_name(named: Iterable[Named | None]) -> dict[str, Named]:
    """Each with its names in the key: a name seen later has to be added to the node."""
    return {f"{one.id}\n{one.names}": one for one in named if one}


def _parameter_row(parameter: Parameter) -> dict[str, object]:
    return {
        "id": parameter.id,
        "name": parameter.name,
        "kind": parameter.kind,
        "unit": parameter.unit,
        "decimals": parameter.decimals,
        "names": list(parameter.names or (parameter.name,)),
    }


def _value_row(value: Value) -> dict[str, object]:
    return {
        "id": value.id,
        "parameter": value.parameter,
        "text": value.text,
        "number": value.number,
        "unit": value.unit,
    }


def _named_row(named: Named) -> dict[str, object]:
    return {"id": named.id, "name": named.name, "names": list(named.names or (named.name,))}
