"""Items that are at hand, stored or not, as the columns that features are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from graph.records import FactText, ItemText, Named
from graph.schema import Label, Relationship
from graph.snapshot import EdgeType, Snapshot

_LABELS = {"product": Label.PRODUCT, "model": Label.MODEL}


def snapshot_of(items: Sequence[ItemText]) -> Snapshot:
    """A snapshot of these items and what they speak of, in which row i of a label is its i-th item.

    Facts of an item's model, in `inherited`, stand as its own, as `with_inherited` makes them.
    """
    values: dict[str, FactText] = {}
    named: dict[Label, dict[str, Named]] = {Label.BRAND: {}, Label.CATEGORY: {}}
    rows: dict[Label, list[ItemText]] = {label: [] for label in _LABELS.values()}
    for item in items:
        rows[_LABELS[item.kind]].append(item)
        values.update({fact.value: fact for fact in (*item.facts, *item.inherited)})
        for label, one in ((Label.BRAND, item.brand), (Label.CATEGORY, item.category)):
            if one is not None:
                named[label][one.id] = one
    nodes: dict[str, pa.Table] = {label: _items(of) for label, of in rows.items() if of}
    if values:
        nodes[Label.VALUE] = _values(values)
    nodes |= {label: _named(of) for label, of in named.items() if of}
    position: dict[str, Mapping[str, int]] = {
        label: {id: row for row, id in enumerate(nodes[label]["id"].to_pylist())}
        for label in (Label.VALUE, Label.BRAND, Label.CATEGORY)
        if label in nodes
    }
    edges: dict[EdgeType, pa.Table] = {}
    for label, of in rows.items():
        edges |= _edges(label, of, position)
    return Snapshot.of(nodes, edges)


def _edges(
    label: Label, items: Sequence[ItemText], position: Mapping[str, Mapping[str, int]]
) -> dict[EdgeType, pa.Table]:
    pointing: dict[EdgeType, Iterable[tuple[int, str]]] = {
        (label, Relationship.HAS_PARAMETER, Label.VALUE): (
            (row, value)
            for row, item in enumerate(items)
            for value in dict.fromkeys(f.value for f in (*item.facts, *item.inherited))
        ),
        (label, Relationship.MADE_BY, Label.BRAND): (
            (row, item.brand.id) for row, item in enumerate(items) if item.brand
        ),
        (label, Relationship.BELONGS_TO, Label.CATEGORY): (
            (row, item.category.id) for row, item in enumerate(items) if item.category
        ),
    }
    tables = {}
    for type, ends in pointing.items():
        found = [(row, position[type[2]][id]) for row, id in ends]
        if found:
            sources, targets = zip(*found, strict=True)
            tables[type] = pa.table(
                {"source": pa.array(sources, pa.int64()), "target": pa.array(targets, pa.int64())}
            )
    return tables


def _items(items: Sequence[ItemText]) -> pa.Table:
    # Numbered names: a snapshot is sorted by id, and these sort in the order of the items.
    columns = {
        "id": [f"{row:012d}" for row in range(len(items))],
        "title": [item.title for item in items],
    }
    if items[0].kind == "product":
        return pa.table(
            {
                **columns,
                "price": pa.array([item.price for item in items], pa.float64()),
                "currency": pa.array([item.currency for item in items], pa.string()),
                "image_url": pa.array([item.image_url for item in items], pa.string()),
            }
        )
    return pa.table(
        {**columns, "names": pa.array([item.names for item in items], pa.list_(pa.string()))}
    )


def _values(values: Mapping[str, FactText]) -> pa.Table:
    facts = [values[id] for id in sorted(values)]
    return pa.table(
        {
            "id": [fact.value for fact in facts],
            "parameter": [fact.parameter for fact in facts],
            "text": [fact.text for fact in facts],
            "number": pa.array([fact.number for fact in facts], pa.float64()),
            "unit": pa.array([fact.unit for fact in facts], pa.string()),
        }
    )


def _named(named: Mapping[str, Named]) -> pa.Table:
    of = [named[id] for id in sorted(named)]
    names = pa.array([list(one.names) or [one.name] for one in of], pa.list_(pa.string()))
    return pa.table(
        {"id": [one.id for one in of], "name": [one.name for one in of], "names": names}
    )
