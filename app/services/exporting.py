"""The graph out of Neo4j: a folder of Parquet, a file for PyTorch Geometric, or HeteroData."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from app.connections import open_for_job
from app.settings import Settings
from graph.client import Database
from graph.errors import ExportScopeInvalid
from graph.export import (
    Around,
    Progress,
    Scope,
    Selected,
    Since,
    Whole,
    export_snapshot,
    refreshed,
)
from graph.snapshot import Manifest, Snapshot, check_target, read_manifest

if TYPE_CHECKING:
    from torch_geometric.data import HeteroData

Format = Literal["parquet", "pyg"]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class ExportChoices:
    """Which part of the graph, and what becomes of it; without any it is all of it.

    Attributes:
        filter: an expression; the items that pass it, and what they lead to.
        around: ids; with `hops`, the nodes at most so many edges away from them.
        since: a time in ISO 8601, or the folder of a snapshot: what was written after it. Where
            that folder is also the target, it is brought up to date instead.
    """

    filter: str | None = None
    around: tuple[str, ...] = ()
    hops: int = 2
    since: str | None = None
    format: Format = "parquet"


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written where."""

    path: str
    format: Format
    manifest: Manifest
    seconds: float


def export(
    database: Database,
    target: Path,
    choices: ExportChoices,
    *,
    clock: Clock,
    progress: Progress = lambda _: None,
) -> ExportReport:
    """Write what `choices` name to `target`, whole or not at all.

    Raises:
        ExportScopeInvalid: the choices exclude each other, or mean nothing.
        SnapshotTargetTaken, HeteroFileInvalid: something else is at `target`.
        SnapshotNotWritten: a full disk, or a place where nothing may be written.
        SnapshotInvalid, SnapshotMismatch, FilterInvalid, NodesUnknown: as `graph.export` says.
    """
    started = time.monotonic()
    scope = scope_of(choices)
    if choices.format == "pyg":
        manifest = _write_hetero(database, target, scope, clock(), progress)
    else:
        manifest = _write_snapshot(database, target, scope, choices, clock(), progress)
    seconds = round(time.monotonic() - started, 2)
    return ExportReport(str(target), choices.format, manifest, seconds)


def scope_of(choices: ExportChoices) -> Scope:
    """Raises ExportScopeInvalid, SnapshotInvalid."""
    given = [name for name in ("filter", "around", "since") if getattr(choices, name)]
    if len(given) > 1:
        raise ExportScopeInvalid(
            choice=given[0], reason=f"cannot be combined with {given[1]}; export one after another"
        )
    if choices.filter:
        return Selected(choices.filter)
    if choices.around:
        return Around(choices.around, choices.hops)
    if choices.since:
        return Since(_watermark(choices.since))
    return Whole()


def hetero_of(settings: Settings, choices: ExportChoices | None = None) -> HeteroData:
    """The graph of the configured database, from Neo4j to tensors in one call.

    Node counts and `edge_index`, int64 [2, E], by type. Ids, texts and facts are in a snapshot:
    `export_snapshot`, and `ml.data.hetero.to_hetero` of it. Raises what `export` does.
    """
    from ml.data.hetero import to_hetero

    scope = scope_of(choices or ExportChoices())
    with open_for_job(settings) as database:
        return to_hetero(export_snapshot(database, scope, now=datetime.now(UTC), columns="ends"))


def _write_snapshot(
    database: Database,
    target: Path,
    scope: Scope,
    choices: ExportChoices,
    now: datetime,
    progress: Progress,
) -> Manifest:
    check_target(target)  # before the work, not after it
    if choices.since and _is_same(choices.since, target):
        snapshot = refreshed(database, Snapshot.read(target), now=now, progress=progress)
    else:
        snapshot = export_snapshot(database, scope, now=now, progress=progress)
    snapshot.write(target)
    return snapshot.manifest


def _write_hetero(
    database: Database, target: Path, scope: Scope, now: datetime, progress: Progress
) -> Manifest:
    from ml.data.hetero import to_hetero
    from ml.data.hetero_file import check_target as check_file
    from ml.data.hetero_file import write_hetero

    check_file(target)
    snapshot = export_snapshot(database, scope, now=now, columns="ends", progress=progress)
    write_hetero(to_hetero(snapshot), snapshot, target)
    return snapshot.manifest


def _is_same(since: str, target: Path) -> bool:
    return target.is_dir() and Path(since).resolve() == target.resolve()


def _watermark(since: str) -> str:
    if Path(since).is_dir():
        watermark = read_manifest(Path(since)).watermark
        if watermark is None:
            raise ExportScopeInvalid(choice="since", reason=f"{since} has no watermark")
        return watermark
    try:
        at = datetime.fromisoformat(since)
    except ValueError:
        raise ExportScopeInvalid(
            choice="since",
            reason=f"{since!r} is neither the folder of a snapshot nor a time such as "
            "2026-01-05T03:00:00Z",
        ) from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
