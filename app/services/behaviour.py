"""What shoppers did, taken in from requests and files; and shoppers forgotten on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from app.errors import ShopperNotFound
from graph.ingest.events import Event, Refusal, read_event
from graph.ingest.readers import DumpReader, FileOptions
from graph.ingest.rows import Row as DumpRow
from graph.records import Record, RecordRejected

if TYPE_CHECKING:
    from app.services.threads import Threads
    from graph.repositories.behaviour import Stored

Store = Callable[[Sequence[Event]], "Stored"]
Row = tuple[int, Mapping[str, object]]  # its place, and its cells

BATCH = 1_000  # events of a file in one transaction


class EventRefused(NamedTuple):
    """An event that was not taken; `place` is where it stood among those that were sent."""

    place: int
    why: Refusal


class EventsTaken(Record, frozen=True):
    """What became of events: `stored` are new, `known` were sent before."""

    stored: int
    known: int
    refused: tuple[EventRefused, ...]


class FileTaken(Record, frozen=True):
    """The same of the rows of a file, refused as an import rejects rows."""

    stored: int
    known: int
    refused: tuple[RecordRejected, ...]


class Forgotten(Record, frozen=True):
    """A shopper who is no longer there, and how many events went too."""

    shopper: str
    events: int


class Behaviour:
    """Takes events and forgets shoppers; both wait for the database in threads."""

    def __init__(
        self,
        store: Store,
        delete: Callable[[str], int | None],
        *,
        clock: Callable[[], datetime],
        threads: Threads,
    ) -> None:
        self._store = store
        self._delete = delete
        self._clock = clock
        self._threads = threads

    async def take(self, events: Sequence[Mapping[str, object]]) -> EventsTaken:
        """Store what can be stored; each of the others is refused on its own."""
        rows = list(enumerate(events))
        return await self._threads.run(partial(taken, self._store, rows, self._clock()))

    async def forget(self, shopper: str) -> Forgotten:
        """Raises ShopperNotFound: nothing was ever known, or it is forgotten already."""
        events = await self._threads.run(partial(self._delete, shopper))
        if events is None:
            raise ShopperNotFound(id=shopper)
        return Forgotten(shopper, events)


def taken(store: Store, rows: Iterable[Row], now: datetime) -> EventsTaken:
    """The same, in the thread of whoever calls."""
    places: list[int] = []
    events: list[Event] = []
    refused: list[EventRefused] = []
    for place, cells in rows:
        found = read_event(cells, now)
        if isinstance(found, Refusal):
            refused.append(EventRefused(place, found))
        else:
            places.append(place)
            events.append(found)
    outcomes = store(events).outcomes
    for place, outcome in zip(places, outcomes, strict=True):
        if isinstance(outcome, Refusal):
            refused.append(EventRefused(place, outcome))
    return EventsTaken(
        stored=sum(outcome == "stored" for outcome in outcomes),
        known=sum(outcome == "known" for outcome in outcomes),
        refused=tuple(sorted(refused, key=lambda one: one.place)),
    )


def import_events(
    path: Path, store: Store, *, now: datetime, options: FileOptions | None = None
) -> Iterator[FileTaken]:
    """Take the events of a file, batch by batch; a bad row is rejected with its line.

    Raises:
        ImportFailed: the file itself cannot be read; what came before is stored.
    """
    with DumpReader(path, options or FileOptions()) as reader:
        rest = iter(reader)
        while batch := list(islice(rest, BATCH)):
            rows = [row for row in batch if not isinstance(row, RecordRejected)]
            found = taken(store, enumerate(row.cells for row in rows), now)
            rejected = [row for row in batch if isinstance(row, RecordRejected)]
            rejected += [_rejected(path.name, rows[one.place], one.why) for one in found.refused]
            rejected.sort(key=lambda one: one.line)
            yield FileTaken(found.stored, found.known, tuple(rejected))


def _rejected(source: str, row: DumpRow, why: Refusal) -> RecordRejected:
    value = row.cells.get(why.field)
    return RecordRejected(
        source=source,
        line=row.line,
        field=why.field,
        value=None if value is None else str(value),
        code=why.code,
        reason=why.reason,
        row=row.cells,
    )
