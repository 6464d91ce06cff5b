"""The columns of nodes and edges in a snapshot, their order and what makes a table valid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import SnapshotInvalid
from graph.schema import Label, Relationship

EdgeType = tuple[str, str, str]

_TEXT: Final = pa.string()
# A handful of words repeated millions of times: 4 bytes an edge instead of 12 and more.
_WORD: Final = pa.dictionary(pa.int32(), pa.string())


def _nodes(**columns: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field("id", _TEXT, nullable=False), *columns.items()])


_NAMED = {"name": _TEXT, "names": pa.list_(_TEXT)}

NODE_COLUMNS: Mapping[str, pa.Schema] = {
    Label.PRODUCT.value: _nodes(
        title=_TEXT,
        description=_TEXT,
        language=_TEXT,
        price=pa.float64(),
        currency=_TEXT,
        in_stock=pa.bool_(),
        brand_id=_TEXT,
        category_id=_TEXT,
        model_id=_TEXT,
        source=_TEXT,
        image_url=_TEXT,
    ),
    Label.MODEL.value: _nodes(
        title=_TEXT, names=pa.list_(_TEXT), brand_id=_TEXT, category_id=_TEXT
    ),
    Label.BRAND.value: _nodes(**_NAMED),
    Label.CATEGORY.value: _nodes(**_NAMED),
    Label.PARAMETER.value: _nodes(**_NAMED, unit=_TEXT, kind=_TEXT),
    Label.VALUE.value: _nodes(
        parameter=_TEXT, text=_TEXT, number=pa.float64(), unit=_TEXT, names=pa.list_(_TEXT)
    ),
}

# `stated_by` is the fact's `source` in the graph: here that word is the edge's first end.
EDGE_COLUMNS: Final = pa.schema(
    [
        pa.field("source", pa.int64(), nullable=False),
        pa.field("target", pa.int64(), nullable=False),
        ("origin", _WORD),
        ("status", _WORD),
        ("confidence", pa.float64()),
        ("stated_by", _WORD),
    ]
)


def _edge(source: Label, type: Relationship, target: Label) -> EdgeType:
    return (source.value, type.value, target.value)


EDGE_TYPES: tuple[EdgeType, ...] = (
    _edge(Label.PRODUCT, Relationship.BELONGS_TO, Label.CATEGORY),
    _edge(Label.MODEL, Relationship.BELONGS_TO, Label.CATEGORY),
    _edge(Label.CATEGORY, Relationship.SUBCATEGORY_OF, Label.CATEGORY),
    _edge(Label.PRODUCT, Relationship.MADE_BY, Label.BRAND),
    _edge(Label.MODEL, Relationship.MADE_BY, Label.BRAND),
    _edge(Label.PRODUCT, Relationship.INSTANCE_OF, Label.MODEL),
    _edge(Label.PRODUCT, Relationship.HAS_PARAMETER, Label.VALUE),
    _edge(Label.MODEL, Relationship.HAS_PARAMETER, Label.VALUE),
    _edge(Label.VALUE, Relationship.VALUE_OF, Label.PARAMETER),
)


def edge_name(type: EdgeType) -> str:
    return "-".join(type)


def conformed(place: str, table: pa.Table, schema: pa.Schema | None) -> pa.Table:
    """`table` with exactly the columns of `schema`: absent ones are null, others an error.

    Labels and edge types that the graph does not declare (`schema` is None) keep their columns.
    """
    if schema is None:
        return table.combine_chunks()
    if unknown := [name for name in table.column_names if name not in schema.names]:
        raise SnapshotInvalid(place=place, reason=f"there is no column {unknown[0]!r}")
    columns = []
    for column in schema:
        if column.name not in table.column_names:
            columns.append(pa.nulls(table.num_rows, column.type))
            continue
        try:
            columns.append(table[column.name].cast(column.type))
        except pa.ArrowInvalid as error:
            raise SnapshotInvalid(place=f"{place}, {column.name}", reason=str(error)) from error
    return pa.table(columns, schema=schema).combine_chunks()


def order_of_ids(place: str, table: pa.Table) -> npt.NDArray[np.int64] | None:
    """The rows in the bytewise order of their ids; None where they are in it already.

    Raises SnapshotInvalid where an id is missing or stands twice.
    """
    if "id" not in table.column_names:
        raise SnapshotInvalid(place=place, reason="there is no column 'id'")
    ids = table["id"]
    if ids.null_count:
        raise SnapshotInvalid(place=place, reason="a node has no id")
    if _ascends(ids):
        return None
    order = pc.sort_indices(ids)
    if not _ascends(ids.take(order)):
        raise SnapshotInvalid(place=place, reason="two nodes have the same id")
    rows: npt.NDArray[np.int64] = order.to_numpy().astype(np.int64)
    return rows


def _ascends(ids: pa.ChunkedArray) -> bool:
    return len(ids) < 2 or bool(pc.all(pc.less(ids.slice(0, len(ids) - 1), ids.slice(1))).as_py())


def in_order_of_ends(table: pa.Table) -> pa.Table:
    """Edges sorted by source and target, parallel ones by what else is said of them."""
    source, target = table["source"].to_numpy(), table["target"].to_numpy()
    steps, within = np.diff(source), np.diff(target)
    parallel = bool(((steps == 0) & (within == 0)).any())
    if not parallel and bool(((steps > 0) | ((steps == 0) & (within > 0))).all()):
        return table
    order = np.lexsort((target, source))
    del steps, within
    if not parallel:
        ends = source[order], target[order]
        parallel = bool(((np.diff(ends[0]) == 0) & (np.diff(ends[1]) == 0)).any())
    if parallel:
        order = _order_of_parallel(table)
    return table.take(pa.array(order)).combine_chunks()


def _order_of_parallel(table: pa.Table) -> npt.NDArray[np.int64]:
    words = pa.table(
        {
            name: column.cast(_TEXT) if pa.types.is_dictionary(column.type) else column
            for name, column in zip(table.column_names, table.columns, strict=True)
        }
    )
    keys = [(name, "ascending") for name in ("source", "target")]
    keys += [(name, "ascending") for name in sorted(set(words.column_names) - {"source", "target"})]
    order: npt.NDArray[np.int64] = pc.sort_indices(words, sort_keys=keys).to_numpy()
    return order.astype(np.int64)


def check_ends(place: str, table: pa.Table, sources: int, targets: int) -> None:
    """Raise SnapshotInvalid where an edge begins or ends at a node that is not there."""
    for name, count in (("source", sources), ("target", targets)):
        if name not in table.column_names:
            raise SnapshotInvalid(place=place, reason=f"there is no column {name!r}")
        column = table[name]
        if column.null_count:
            raise SnapshotInvalid(place=place, reason=f"an edge has no {name}")
        if len(column) == 0:
            continue
        ends = pc.min_max(column).as_py()
        if ends["min"] < 0 or ends["max"] >= count:
            worst = ends["min"] if ends["min"] < 0 else ends["max"]
            raise SnapshotInvalid(
                place=place, reason=f"{name} {worst} is not among the {count} nodes"
            )
