"""Rows of a dump to a snapshot in memory, through a mapping file and without a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import load_mapping_file
from graph.ingest.readers import DumpReader
from graph.ingest.rows import Row
from graph.records import Item, Named
from graph.schema import Label, Relationship
from graph.snapshot import EdgeType, Snapshot


def read_items(files: Iterable[Path], mapping_file: Path, source: str) -> list[Item]:
    """The items of all files; of those with one id the first. Rejected rows are left out."""
    mapping = load_mapping_file(mapping_file)
    rows = RowMapping(mapping)
    items: dict[str, Item] = {}
    for path in files:
        with DumpReader(path, mapping.file.options) as reader:
            for row in reader:
                item = rows.apply(row, source) if isinstance(row, Row) else row
                if isinstance(item, Item):
                    items.setdefault(item.id, item)
    return list(items.values())


def snapshot_of(items: Sequence[Item], parameters: Mapping[str, str] | None = None) -> Snapshot:
    """The graph that an import of these items makes; `parameters` are names by id."""
    values = {fact.value.id: fact.value for item in items for fact in item.facts}
    used = sorted({value.parameter for value in values.values()})
    names = parameters or {}
    brands = {item.brand.id: item.brand for item in items if item.brand}
    categories = {category.id: category for item in items for category in item.categories}
    nodes = {
        Label.VALUE.value: pa.table(
            {
                "id": list(values),
                "parameter": [value.parameter for value in values.values()],
                "text": [value.text for value in values.values()],
                "number": pa.array([v.number for v in values.values()], pa.float64()),
                "unit": pa.array([value.unit for value in values.values()], pa.string()),
            }
        ),
        Label.PARAMETER.value: pa.table({"id": used, "name": [names.get(id, id) for id in used]}),
        Label.BRAND.value: _named(brands.values()),
        Label.CATEGORY.value: _named(categories.values()),
    }
    edges = {
        (Label.VALUE.value, Relationship.VALUE_OF.value, Label.PARAMETER.value): _edges(
            ((value.id, value.parameter) for value in values.values()), list(values), used
        )
    }
    for kind, label in (("product", Label.PRODUCT.value), ("model", Label.MODEL.value)):
        of_kind = [item for item in items if item.kind == kind]
        if of_kind:
            nodes[label] = _items(of_kind)
            edges.update(_links(of_kind, label, nodes))
    return Snapshot.of(nodes, edges)


def _links(
    items: Sequence[Item], label: str, nodes: Mapping[str, pa.Table]
) -> Iterator[tuple[EdgeType, pa.Table]]:
    ids = [item.id for item in items]
    for relationship, target, pairs in (
        (
            Relationship.HAS_PARAMETER,
            Label.VALUE,
            [(item.id, fact.value.id) for item in items for fact in item.facts],
        ),
        (
            Relationship.MADE_BY,
            Label.BRAND,
            [(item.id, item.brand.id) for item in items if item.brand],
        ),
        (
            Relationship.BELONGS_TO,
            Label.CATEGORY,
            [(item.id, item.categories[-1].id) for item in items if item.categories],
        ),
    ):
        targets = nodes[target.value]["id"].to_pylist()
        yield (label, relationship.value, target.value), _edges(pairs, ids, targets)


def _items(items: Sequence[Item]) -> pa.Table:
    columns: dict[str, object] = {
        "id": [item.id for item in items],
        "title": [item.title for item in items],
        "brand_id": pa.array(
            [item.brand.id if item.brand else None for item in items], pa.string()
        ),
    }
    if items[0].kind == "product":
        columns["price"] = pa.array([item.price for item in items], pa.float64())
        columns["currency"] = pa.array([item.currency for item in items], pa.string())
    return pa.table(columns)


def _named(named: Iterable[Named]) -> pa.Table:
    rows = list(named)
    return pa.table(
        {
            "id": pa.array([row.id for row in rows], pa.string()),
            "name": pa.array([row.name for row in rows], pa.string()),
            "names": pa.array([list(row.names) for row in rows], pa.list_(pa.string())),
        }
    )


def _edges(
    pairs: Iterable[tuple[str, str]], sources: Sequence[str], targets: Sequence[str]
) -> pa.Table:
    source_of = {id: position for position, id in enumerate(sources)}
    target_of = {id: position for position, id in enumerate(targets)}
    ends = [(source_of[source], target_of[target]) for source, target in pairs]
    return pa.table(
        {
            "source": pa.array([source for source, _ in ends], pa.int64()),
            "target": pa.array([target for _, target in ends], pa.int64()),
        }
    )
