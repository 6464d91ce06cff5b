"""The graph as columns: Arrow tables of nodes and edges, in memory or a folder of Parquet files."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.columns import (
    EDGE_COLUMNS,
    EDGE_TYPES,
    NODE_COLUMNS,
    EdgeType,
    check_ends,
    conformed,
    edge_name,
    in_order_of_ends,
    order_of_ids,
)
from graph.errors import (
    SnapshotInvalid,
    SnapshotMismatch,
    SnapshotNotWritten,
    SnapshotTargetTaken,
)
from graph.fingerprint import fingerprint

__all__ = ["EDGE_COLUMNS", "EDGE_TYPES", "NODE_COLUMNS", "EdgeType", "Manifest", "Snapshot"]

# Raised with every change of files or columns; a snapshot of another version is not read.
SCHEMA_VERSION = 1
MANIFEST = "manifest.json"
ALL = "all"

# What pyarrow raises for files that were written whole and changed later.
_SPOILT = (OSError, ValueError, TypeError, pa.ArrowException)

_GONE = pa.schema([pa.field("id", pa.string(), nullable=False)])


class Manifest(msgspec.Struct, frozen=True):
    """What a snapshot says of itself; times are ISO 8601 in UTC."""

    schema_version: int
    nodes: dict[str, int]
    edges: dict[str, int]  # by "Product-HAS_PARAMETER-Value"
    fingerprint: str  # of nodes, edges and `gone`; of nothing else
    watermark: str | None  # everything written before it is in here
    scope: str
    created_at: str | None
    since: str | None = None  # an increment: what was written before it is left out
    gone: dict[str, int] = {}
    database_id: str | None = None  # an increment fits none but a snapshot of the same database


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Nodes by label, sorted by id; edges as positions in them, sorted by source and target.

    An increment (`manifest.since`) has every node that was written since, with all edges that
    begin at it, whatever those lead to with all of its edges, and the ids of what is `gone`.
    """

    manifest: Manifest
    nodes: Mapping[str, pa.Table]
    edges: Mapping[EdgeType, pa.Table]
    gone: Mapping[str, pa.Table] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        nodes: Mapping[str, pa.Table],
        edges: Mapping[EdgeType, pa.Table],
        *,
        scope: str = ALL,
        watermark: str | None = None,
        since: str | None = None,
        gone: Mapping[str, pa.Table] | None = None,
        database_id: str | None = None,
        created_at: datetime | None = None,
    ) -> Snapshot:
        """Validate, sort and fingerprint; edges are positions in `nodes` as they are given.

        Columns that are left out are null. Raises SnapshotInvalid.
        """
        sorted_nodes, moved = _sorted_nodes(nodes)
        sorted_edges = {
            type: _sorted_edges(type, table, sorted_nodes, moved)
            for type, table in sorted(edges.items())
        }
        sorted_gone = {
            label: conformed(f"gone {label}", table, _GONE).sort_by("id")
            for label, table in (gone or {}).items()
            if table.num_rows
        }
        manifest = Manifest(
            schema_version=SCHEMA_VERSION,
            nodes={label: table.num_rows for label, table in sorted(sorted_nodes.items())},
            edges={edge_name(type): t.num_rows for type, t in sorted(sorted_edges.items())},
            fingerprint=_fingerprint(sorted_nodes, sorted_edges, sorted_gone),
            watermark=watermark,
            scope=scope,
            created_at=created_at.isoformat() if created_at else None,
            since=since,
            gone={label: table.num_rows for label, table in sorted(sorted_gone.items())},
            database_id=database_id,
        )
        return cls(manifest, sorted_nodes, sorted_edges, sorted_gone)

    def named(self, scope: str) -> Snapshot:
        """The same, as a snapshot of another scope."""
        return replace(self, manifest=msgspec.structs.replace(self.manifest, scope=scope))

    @classmethod
    def read(cls, folder: Path) -> Snapshot:
        """Raises SnapshotInvalid: another schema version, a file missing, spoilt or changed."""
        manifest = read_manifest(folder)
        nodes = {label: _read_table(folder, f"nodes-{label}") for label in manifest.nodes}
        edges = {
            _type_of(folder, name): _read_table(folder, f"edges-{name}") for name in manifest.edges
        }
        gone = {label: _read_table(folder, f"gone-{label}") for label in manifest.gone}
        _check_counts(folder, manifest, nodes, edges, gone)
        try:
            found = _fingerprint(nodes, edges, gone)
        except _SPOILT as error:
            raise SnapshotInvalid(
                place=str(folder), reason=f"a column is spoilt: {error}. Export it again"
            ) from error
        if found != manifest.fingerprint:
            raise SnapshotInvalid(
                place=str(folder),
                reason=f"the content has fingerprint {found[:12]}, its manifest says "
                f"{manifest.fingerprint[:12]}; a file was changed or spoilt. Export it again",
            )
        return cls(manifest, nodes, edges, gone)

    def write(self, folder: Path) -> None:
        """Whole or not at all, in place of a snapshot that is there.

        Raises SnapshotTargetTaken where something else is, SnapshotNotWritten on a full disk.
        """
        check_target(folder)
        try:
            self._write_beside(folder)
        except OSError as error:
            reason = error.strerror or str(error)
            raise SnapshotNotWritten(path=str(folder), reason=reason) from error

    def _write_beside(self, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Beside the target: a rename within one file system is one step.
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as beside:
            made = Path(beside) / "new"
            made.mkdir()
            self._write_files(made)
            _put_in_place(made, folder, Path(beside) / "old")

    def _write_files(self, folder: Path) -> None:
        for label, table in self.nodes.items():
            _write_table(folder, f"nodes-{label}", table)
        for type, table in self.edges.items():
            _write_table(folder, f"edges-{edge_name(type)}", table)
        for label, table in self.gone.items():
            _write_table(folder, f"gone-{label}", table)
        (folder / MANIFEST).write_bytes(
            msgspec.json.format(msgspec.json.encode(self.manifest), indent=2) + b"\n"
        )

    def merged_with(self, increment: Snapshot) -> Snapshot:
        """This graph as it was at the increment's watermark.

        Raises SnapshotMismatch where the increment does not follow on this snapshot.
        """
        _check_follows(self.manifest, increment.manifest)
        created_at = increment.manifest.created_at
        if not any(increment.manifest.nodes.values()) and not increment.gone:
            changes = {"watermark": increment.manifest.watermark, "created_at": created_at}
            return replace(self, manifest=msgspec.structs.replace(self.manifest, **changes))
        nodes = {
            label: _merged_nodes(self, increment, label)
            for label in {**self.nodes, **increment.nodes}
        }
        edges = {
            type: _merged_edges(self, increment, type, nodes)
            for type in {**self.edges, **increment.edges}
        }
        return Snapshot.of(
            nodes,
            edges,
            scope=self.manifest.scope,
            watermark=increment.manifest.watermark,
            database_id=increment.manifest.database_id,
            created_at=datetime.fromisoformat(created_at) if created_at else None,
        )


def _put_in_place(made: Path, folder: Path, old: Path) -> None:
    if folder.exists():
        folder.rename(old)
    try:
        made.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise


def check_target(folder: Path) -> None:
    """Raise SnapshotTargetTaken unless `folder` is free, empty or a snapshot."""
    if not folder.exists() or (folder / MANIFEST).is_file():
        return
    if not folder.is_dir() or any(folder.iterdir()):
        raise SnapshotTargetTaken(path=str(folder))


def read_manifest(folder: Path) -> Manifest:
    """Raises SnapshotInvalid where there is none, or one of another schema version."""
    place = folder / MANIFEST
    try:
        content = place.read_bytes()
        version = msgspec.json.decode(content, type=dict[str, object]).get("schema_version")
    except OSError as error:
        raise SnapshotInvalid(
            place=str(place), reason=f"{error.strerror}; is this the folder of a snapshot?"
        ) from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SnapshotInvalid(place=str(place), reason=str(error)) from error
    if version != SCHEMA_VERSION:
        raise SnapshotInvalid(
            place=str(place),
            reason=f"schema version {version}, and this Catalograph reads {SCHEMA_VERSION}. "
            "Export the graph again with `catalograph export`",
        )
    try:
        return msgspec.json.decode(content, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SnapshotInvalid(place=str(place), reason=str(error)) from error


def _sorted_nodes(
    nodes: Mapping[str, pa.Table],
) -> tuple[dict[str, pa.Table], dict[str, npt.NDArray[np.int64]]]:
    """The tables by id, and for those that were not: the new position of every old one."""
    tables, moved = {}, {}
    for label, given in sorted(nodes.items()):
        place = f"nodes {label}"
        table = conformed(place, given, NODE_COLUMNS.get(label))
        order = order_of_ids(place, table)
        if order is not None:
            table = table.take(pa.array(order)).combine_chunks()
            moved[label] = np.empty_like(order)
            moved[label][order] = np.arange(len(order))
        tables[label] = table
    return tables, moved


def _sorted_edges(
    type: EdgeType,
    given: pa.Table,
    nodes: Mapping[str, pa.Table],
    moved: Mapping[str, npt.NDArray[np.int64]],
) -> pa.Table:
    place = f"edges {edge_name(type)}"
    for label in (type[0], type[2]):
        if label not in nodes:
            raise SnapshotInvalid(place=place, reason=f"there are no nodes {label}")
    table = conformed(place, given, EDGE_COLUMNS if type in EDGE_TYPES else None)
    check_ends(place, table, nodes[type[0]].num_rows, nodes[type[2]].num_rows)
    for column, label in (("source", type[0]), ("target", type[2])):
        if label in moved:
            table = _with_ends(table, column, moved[label][table[column].to_numpy()])
    return in_order_of_ends(table)


def _with_ends(table: pa.Table, column: str, ends: npt.NDArray[np.int64]) -> pa.Table:
    at = table.column_names.index(column)
    return table.set_column(at, table.schema.field(at), pa.array(ends, pa.int64()))


def _fingerprint(
    nodes: Mapping[str, pa.Table], edges: Mapping[EdgeType, pa.Table], gone: Mapping[str, pa.Table]
) -> str:
    return fingerprint(
        [
            *((f"nodes {label}", table) for label, table in sorted(nodes.items())),
            *((f"edges {edge_name(type)}", table) for type, table in sorted(edges.items())),
            *((f"gone {label}", table) for label, table in sorted(gone.items())),
        ]
    )


def _write_table(folder: Path, name: str, table: pa.Table) -> None:
    pq.write_table(table, folder / f"{name}.parquet", compression="zstd")


def _read_table(folder: Path, name: str) -> pa.Table:
    path = folder / f"{name}.parquet"
    try:
        return pq.read_table(path).combine_chunks()
    except _SPOILT as error:
        raise SnapshotInvalid(
            place=str(path), reason=f"{error}. Export the snapshot again"
        ) from error


def _type_of(folder: Path, name: str) -> EdgeType:
    source, _, rest = name.partition("-")
    type, _, target = rest.rpartition("-")
    if not (source and type and target):
        raise SnapshotInvalid(place=str(folder / MANIFEST), reason=f"{name!r} is no edge type")
    return source, type, target


def _check_counts(
    folder: Path,
    manifest: Manifest,
    nodes: Mapping[str, pa.Table],
    edges: Mapping[EdgeType, pa.Table],
    gone: Mapping[str, pa.Table],
) -> None:
    found = {
        **{f"nodes-{label}": table.num_rows for label, table in nodes.items()},
        **{f"edges-{edge_name(type)}": table.num_rows for type, table in edges.items()},
        **{f"gone-{label}": table.num_rows for label, table in gone.items()},
    }
    said = {
        **{f"nodes-{label}": count for label, count in manifest.nodes.items()},
        **{f"edges-{name}": count for name, count in manifest.edges.items()},
        **{f"gone-{label}": count for label, count in manifest.gone.items()},
    }
    for name, count in said.items():
        if found[name] != count:
            raise SnapshotInvalid(
                place=str(folder / f"{name}.parquet"),
                reason=f"{found[name]:,} rows where the manifest says {count:,}. "
                "Export the snapshot again",
            )


def _check_follows(base: Manifest, increment: Manifest) -> None:
    if increment.since is None:
        raise SnapshotMismatch(reason="what is to be merged is no increment")
    if base.database_id != increment.database_id:
        raise SnapshotMismatch(reason="snapshot and increment are of two databases")
    if base.scope != ALL or base.watermark is None:
        raise SnapshotMismatch(
            reason=f"an increment is of the whole graph, and this snapshot is of {base.scope!r}"
        )
    if datetime.fromisoformat(increment.since) > datetime.fromisoformat(base.watermark):
        raise SnapshotMismatch(
            reason=f"the snapshot ends at {base.watermark}, and the increment begins later, "
            f"at {increment.since}"
        )


def _left(base: Snapshot, increment: Snapshot, label: str) -> npt.NDArray[np.bool_]:
    """Which nodes of `base` are neither gone nor stated anew."""
    ids = base.nodes[label]["id"]
    left = np.ones(len(ids), dtype=bool)
    for tables in (increment.nodes, increment.gone):
        if label in tables:
            known = pc.is_in(ids, value_set=tables[label]["id"])
            left &= ~known.to_numpy()
    return left


def _merged_nodes(base: Snapshot, increment: Snapshot, label: str) -> pa.Table:
    parts = []
    if label in base.nodes:
        parts.append(base.nodes[label].filter(pa.array(_left(base, increment, label))))
    if label in increment.nodes:
        parts.append(increment.nodes[label])
    return pa.concat_tables(parts).sort_by("id")


def _positions(part: Snapshot, label: str, nodes: Mapping[str, pa.Table]) -> pa.Array:
    """Where each node of `part` stands among `nodes`; -1: nowhere."""
    found = pc.index_in(part.nodes[label]["id"], value_set=nodes[label]["id"])
    return found.cast(pa.int64()).fill_null(-1).to_numpy()


def _merged_edges(
    base: Snapshot, increment: Snapshot, type: EdgeType, nodes: Mapping[str, pa.Table]
) -> pa.Table:
    parts = []
    for part in (base, increment):
        if type not in part.edges:
            continue
        table = part.edges[type]
        source = table["source"].to_numpy()
        kept = np.ones(table.num_rows, dtype=bool)
        if part is base:  # what begins at a node stated anew is stated anew with it
            kept = _left(base, increment, type[0])[source]
        moved = {
            "source": _positions(part, type[0], nodes)[source],
            "target": _positions(part, type[2], nodes)[table["target"].to_numpy()],
        }
        kept &= (moved["source"] >= 0) & (moved["target"] >= 0)
        for column, ends in moved.items():
            table = _with_ends(table, column, ends)
        parts.append(table.filter(pa.array(kept)))
    return pa.concat_tables(parts).unify_dictionaries()
