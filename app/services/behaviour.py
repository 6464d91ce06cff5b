"""What shoppers did, taken in from requests and files; and shoppers forgotten on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import ShopperNotFound
from graph.ingest.events import Event, Refusal, read_event
from graph.ingest.readers import DumpReader, FileOptions
from graph.records import Record, RecordRejected

if TYPE_CHECKING:
    from app.services.threads import Threads
    from graph.repositories.behaviour import Stored

Store = Callable[[Sequence[Event]], "Stored"]
Row = tuple[int, Mapping[str, object]]  # its place, and its cells

BATCH = 1_000  # events of a file in one transaction


class EventRefused(Record, frozen=True):
    """An event that was not taken; `place` counts from 0 in a request, from 1 in a file."""

    place: int
    code: str
    message: str


class EventsTaken(Record, frozen=True):
    """What became of events: `stored` are new, `known` were sent before."""

    stored: int
    known: int
    refused: tuple[EventRefused, ...]


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
            refused.append(EventRefused(place, found.code, found.reason))
        else:
            places.append(place)
            events.append(found)
    outcomes = store(events).outcomes
    for place, outcome in zip(places, outcomes, strict=True):
        if isinstance(outcome, Refusal):
            refused.append(EventRefused(place, outcome.code, outcome.reason))
    return EventsTaken(
        stored=sum(outcome == "stored" for outcome in outcomes),
        known=sum(outcome == "known" for outcome in outcomes),
        refused=tuple(sorted(refused, key=lambda one: one.place)),
    )


def import_events(
    path: Path, store: Store, *, now: datetime, options: FileOptions | None = None
) -> Iterator[EventsTaken]:
    """Take the events of a file, batch by batch; a bad row is refused with its line.

    Raises:
        ImportFailed: the file itself cannot be read; what came before is stored.
    """
    with DumpReader(path, options or FileOptions()) as reader:
        rest = iter(reader)
        while batch := list(islice(rest, BATCH)):
            rows = [(row.line, row.cells) for row in batch if not isinstance(row, RecordRejected)]
            broken = tuple(
                EventRefused(row.line, row.code, row.reason)
                for row in batch
                if isinstance(row, RecordRejected)
            )
            found = taken(store, rows, now)
            refused = tuple(sorted((*found.refused, *broken), key=lambda one: one.place))
            yield EventsTaken(found.stored, found.known, refused)
