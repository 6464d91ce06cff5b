"""Neo4j to Snapshot: every node and edge of a scope, in an order that depends on content alone.

Pages are not one snapshot: each is the graph of its own time. So a whole export takes a watermark
first, and after its pages reads again what was written since, until that changes nothing: then the
snapshot is the graph of one moment. Under writers that never pause it stops after `ROUNDS`. Then
every node, and the edges that begin at it, are of some time after the watermark of the manifest,
and the next increment brings what is newer. Exports of a part read each page once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar, assert_never

from graph.client import Database
from graph.errors import NodesUnknown, SnapshotMismatch
from graph.filter_names import asked, with_ids
from graph.filters import bind, parse
from graph.gathering import Chunk, Gathered
from graph.repositories import exporting as queries
from graph.repositories.exporting import LABELS, PAGE_IDS, Columns, Page
from graph.repositories.selection import LABELS as ITEM_LABELS
from graph.repositories.selection import kinds_of
from graph.repositories.vocabulary import known_brands, known_categories, known_parameters
from graph.schema import Label
from graph.snapshot import ALL, Snapshot

# One reads for the other to be unpacked: more would only wait for the server.
READERS = 2
ROUNDS = 3

T = TypeVar("T")
R = TypeVar("R")
Ids = dict[str, list[str]]  # by label


@dataclass(frozen=True, slots=True)
class Whole:
    """Every node of the snapshot's labels; closed items and rejected facts are left out."""

    def __str__(self) -> str:
        return ALL


@dataclass(frozen=True, slots=True)
class Selected:
    """The items that pass a filter expression, and all that edges lead to from them."""

    expression: str

    def __str__(self) -> str:
        return f"filter {self.expression}"


@dataclass(frozen=True, slots=True)
class Around:
    """Nodes at most `hops` edges away from nodes of these ids, and the edges among them."""

    ids: tuple[str, ...]
    hops: int

    def __str__(self) -> str:
        return f"{self.hops} hops around {', '.join(self.ids)}"


@dataclass(frozen=True, slots=True)
class Since:
    """An increment of the whole graph: what was written at or after a watermark (ISO 8601)."""

    watermark: str

    def __str__(self) -> str:
        return f"since {self.watermark}"


Scope = Whole | Selected | Around | Since


@dataclass(frozen=True, slots=True)
class ExportProgress:
    nodes: int
    edges: int
    nodes_total: int | None  # None: not known before the end


Progress = Callable[[ExportProgress], None]


def export_snapshot(
    database: Database,
    scope: Scope,
    *,
    now: datetime,
    columns: Columns = "all",
    progress: Progress = lambda _: None,
) -> Snapshot:
    """The part of the graph that `scope` names, for which nothing is locked.

    With `columns` "ends" it has ids and ends of edges and nothing else, for HeteroData alone: read
    in a third of the time, and not to be merged with anything.

    Raises:
        FilterInvalid, NodesUnknown: the scope means nothing in this graph.
        SnapshotMismatch: the database was made after the watermark of `Since`.
        DatabaseError: Neo4j failed.
    """
    snapshot = _exported(_Exporter(database, now, progress, columns), scope)
    return snapshot if columns == "all" else snapshot.named(f"ends of {snapshot.manifest.scope}")


def _exported(exporter: _Exporter, scope: Scope) -> Snapshot:
    match scope:
        case Whole():
            return exporter.whole()
        case Selected():
            return exporter.selected(scope)
        case Around():
            return exporter.around(scope)
        case Since():
            return exporter.since(scope)
        case _:
            assert_never(scope)


def refreshed(
    database: Database,
    base: Snapshot,
    *,
    now: datetime,
    progress: Progress = lambda _: None,
) -> Snapshot:
    """A whole snapshot with all that was written since: equal to a new one, for less work.

    Raises:
        SnapshotMismatch: it is of a part of the graph, or of another database.
        DatabaseError: Neo4j failed.
    """
    watermark = base.manifest.watermark
    if base.manifest.scope != ALL or watermark is None:
        raise SnapshotMismatch(reason=f"a snapshot of {base.manifest.scope!r} cannot be refreshed")
    return _Exporter(database, now, progress).caught_up(base, watermark)


class _Exporter:
    def __init__(
        self, database: Database, now: datetime, progress: Progress, columns: Columns = "all"
    ) -> None:
        self._database = database
        self._now = now
        self._progress = progress
        self._columns = columns
        self._about = queries.about(database)

    def whole(self) -> Snapshot:
        watermark = queries.watermark(self._database)
        counts = queries.count_nodes(self._database)
        gathered = self._gathered(total=sum(counts.values()))
        for label in LABELS:
            if counts[label]:
                self._read(gathered, label, queries.walk(self._database, label))
        return self.caught_up(self._snapshot(gathered, Whole(), watermark), watermark)

    def caught_up(self, snapshot: Snapshot, watermark: str) -> Snapshot:
        for _ in range(ROUNDS):
            increment = self.since(Since(watermark))
            later = snapshot.merged_with(increment)
            if later.manifest.fingerprint == snapshot.manifest.fingerprint:
                return later
            snapshot, watermark = later, increment.manifest.watermark or watermark
        return snapshot

    def since(self, scope: Since) -> Snapshot:
        made = self._about.created_at
        if made > datetime.fromisoformat(scope.watermark):
            raise SnapshotMismatch(
                reason=f"the database was made at {made.isoformat()}, after {scope.watermark}: "
                "what it was before is not known"
            )
        watermark = queries.watermark(self._database)
        written, gone = queries.changed(self._database, scope.watermark)
        # A model that was closed, and with it every edge to it, may be open again.
        for models in _cut(written.get(Label.MODEL, [])):
            _extend(written, {Label.PRODUCT: queries.instances(self._database, models)})
        gathered = self._gathered()
        self._read_outward(gathered, written)
        return self._snapshot(gathered, scope, watermark, gone)

    def selected(self, scope: Selected) -> Snapshot:
        watermark = queries.watermark(self._database)
        bound = bind(parse(scope.expression), known_parameters(self._database))
        filter = with_ids(
            bound,
            brands=known_brands(self._database) if asked(bound, "brand") else (),
            categories=known_categories(self._database, asked(bound, "category")),
        )
        gathered = self._gathered()
        reached: Ids = {}
        for kind in kinds_of(filter, None):
            pages = queries.walk_selected(self._database, filter, kind)
            _extend(reached, self._read(gathered, ITEM_LABELS[kind], pages))
        self._read_outward(gathered, reached)
        return self._snapshot(gathered, scope, watermark)

    def around(self, scope: Around) -> Snapshot:
        watermark = queries.watermark(self._database)
        found = self._found(scope.ids)
        frontier = found
        for _ in range(scope.hops):
            frontier = self._beyond(frontier, found)
            for label, ids in frontier.items():
                found.setdefault(label, []).extend(ids)
        gathered = self._gathered(total=sum(map(len, found.values())))
        for label, ids in found.items():
            self._read(gathered, label, _cut(sorted(ids)))
        return self._snapshot(gathered, scope, watermark)

    def _snapshot(
        self, gathered: Gathered, scope: Scope, watermark: str, gone: Ids | None = None
    ) -> Snapshot:
        return gathered.snapshot(
            scope=str(scope),
            watermark=watermark,
            since=scope.watermark if isinstance(scope, Since) else None,
            gone=gone or {},
            database_id=self._about.id,
            created_at=self._now,
        )

    def _gathered(self, total: int | None = None) -> Gathered:
        def tell(nodes: int, edges: int) -> None:
            self._progress(ExportProgress(nodes, edges, total))

        return Gathered(tell)

    def _found(self, ids: tuple[str, ...]) -> Ids:
        by_label = {label: queries.find(self._database, label, ids) for label in LABELS}
        known = {id for found in by_label.values() for id in found}
        if unknown := [id for id in ids if id not in known]:
            raise NodesUnknown(ids=tuple(unknown))
        return {label: sorted(set(found)) for label, found in by_label.items() if found}

    def _beyond(self, frontier: Ids, known: Ids) -> Ids:
        """The neighbours of `frontier` that are not known yet."""
        seen = {label: set(ids) for label, ids in known.items()}
        new: dict[str, set[str]] = {}
        for label, ids in frontier.items():
            for page in _cut(ids):
                for of, found in queries.neighbours(self._database, label, page).items():
                    new.setdefault(of, set()).update(set(found) - seen.get(of, set()))
        return {label: sorted(ids) for label, ids in new.items() if ids}

    def _read_outward(self, gathered: Gathered, ids: Ids) -> None:
        """These nodes, what their edges lead to, and so on."""
        frontier = {label: gathered.unknown(label, found) for label, found in ids.items()}
        while any(frontier.values()):
            reached: Ids = {}
            for label, found in frontier.items():
                _extend(reached, self._read(gathered, label, _cut(found)))
            frontier = {label: gathered.unknown(label, found) for label, found in reached.items()}

    def _read(self, gathered: Gathered, label: str, pages: Iterable[Page]) -> Ids:
        """Nodes and their edges into `gathered`; the ids that those edges lead to."""
        reached: Ids = {}
        for chunk in _ahead(lambda page: self._chunk(label, page), pages):
            _extend(reached, gathered.add(chunk))
        return reached

    def _chunk(self, label: str, page: Page) -> Chunk:
        return Chunk.of(label, queries.read_page(self._database, label, page, self._columns))


def _extend(ids: Ids, more: Ids) -> None:
    for label, found in more.items():
        ids.setdefault(label, []).extend(found)


def _cut(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), PAGE_IDS):
        yield ids[start : start + PAGE_IDS]


def _ahead(work: Callable[[T], R], inputs: Iterable[T]) -> Iterator[R]:
    """What `work` makes of every input, in their order, a few at the same time and no more."""
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(READERS, thread_name_prefix="export") as readers:
        pending = iter(inputs)
        for each in islice(pending, READERS):
            waiting.append(readers.submit(work, each))
        while waiting:
            done = waiting.popleft().result()
            for each in islice(pending, 1):
                waiting.append(readers.submit(work, each))
            yield done
