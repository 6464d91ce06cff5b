"""Products that clients send, into the graph: the one place where HTTP crosses into threads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

import anyio
import anyio.to_thread

from app.errors import ItemIdInvalid, ItemNotFound
from graph.errors import DraftInvalid
from graph.ingest.items import ItemDraft, build_item, declare_parameters
from graph.ingest.linking import BrandNames

if TYPE_CHECKING:
    from graph.records import Item, ItemKind, Named, Parameter

Outcome = Literal["created", "updated", "unchanged"]
T = TypeVar("T")


class ItemStore(Protocol):
    """What `graph.repositories.items.ItemWriter` does; one for each call, it is not thread-safe."""

    def write(
        self,
        items: Sequence[Item],
        *,
        parameters: Mapping[str, Parameter],
        run: str,
        now: datetime,
    ) -> list[Outcome]: ...

    def delete(self, kind: ItemKind, id: str) -> bool: ...


class RowInvalid(Exception):
    """A row that is no draft at all; `faults` says why, as the caller's own parser found it."""

    def __init__(self, faults: Sequence[Mapping[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{len(self.faults)} faults")


class DuplicateId(Exception):
    """Two rows of one batch are the same product; only the first was stored."""

    code = "duplicate_id"

    def __init__(self, *, id: str, first: int) -> None:
        self.id, self.first = id, first
        super().__init__(f"row {first} of this batch has the same id {id!r}, and was used")


Refusal = RowInvalid | DuplicateId | DraftInvalid | ItemIdInvalid
Parse = Callable[[object], ItemDraft]


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row: `outcome`, or the `refusal` that kept it out."""

    index: int
    id: str | None
    outcome: Outcome | None = None
    refusal: Refusal | None = None


class ProductWrites:
    """Stores and deletes products; database time is spent in a bounded number of threads."""

    def __init__(
        self,
        *,
        store: Callable[[], ItemStore],
        parameters: Callable[[], Awaitable[Mapping[str, Parameter]]],
        brands: Callable[[], Awaitable[Iterable[Named]]],
        clock: Callable[[], datetime],
        threads: int,
    ) -> None:
        self._store = store
        self._parameters = parameters
        self._brands = brands
        self._clock = clock
        self._threads = anyio.CapacityLimiter(threads)

    async def put(self, draft: ItemDraft, *, run: str) -> Outcome:
        """Store one product.

        Raises:
            ItemIdInvalid: the id cannot be one.
            DraftInvalid: names the field that cannot be stored.
        """
        row = (await self.put_all([draft], parse=_as_draft, run=run))[0]
        if isinstance(row.refusal, DraftInvalid) and row.refusal.field == "id":
            raise ItemIdInvalid(id=str(row.id), reason=row.refusal.reason)
        if row.refusal is not None:
            raise row.refusal
        assert row.outcome is not None
        return row.outcome

    async def put_all(self, rows: Sequence[object], *, parse: Parse, run: str) -> list[RowOutcome]:
        """Store what can be stored of `rows` and say of each what became of it, in their order.

        The good rows of one source are one transaction. Repeating a call changes nothing.
        """
        batch = _Batch(await self._parameters(), BrandNames(await self._brands()))
        return await self._in_thread(partial(self._put_all, rows, parse, batch, run))

    async def delete(self, id: str) -> None:
        """Remove a product.

        Raises:
            ItemNotFound: there is none of that id.
        """
        if not await self._in_thread(lambda: self._store().delete("product", id)):
            raise ItemNotFound(id=id)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._threads)

    def _put_all(
        self,
        rows: Sequence[object],
        parse: Parse,
        batch: _Batch,
        run: str,
    ) -> list[RowOutcome]:
        for index, row in enumerate(rows):
            batch.add(index, row, parse)
        store, now = self._store(), self._clock()
        for items in batch.by_source():
            written = store.write(
                [item for _, item in items], parameters=batch.parameters, run=run, now=now
            )
            for (index, item), outcome in zip(items, written, strict=True):
                batch.outcomes[index] = RowOutcome(index, item.id, outcome)
        return [batch.outcomes[index] for index in range(len(rows))]


class _Batch:
    """The rows of one call, sorted into items and refusals."""

    def __init__(self, known: Mapping[str, Parameter], brands: BrandNames) -> None:
        self.parameters = dict(known)
        self._brands = brands
        self.outcomes: dict[int, RowOutcome] = {}
        self._items: dict[str, tuple[int, Item]] = {}

    def add(self, index: int, row: object, parse: Parse) -> None:
        try:
            item = self._build(parse(row))
            if (earlier := self._items.get(item.id)) is not None:
                raise DuplicateId(id=item.id, first=earlier[0])
        except (RowInvalid, DuplicateId, DraftInvalid, ItemIdInvalid) as refusal:
            self.outcomes[index] = RowOutcome(index, _stated_id(row), refusal=refusal)
        else:
            self._items[item.id] = (index, item)

    def by_source(self) -> Iterable[list[tuple[int, Item]]]:
        groups: dict[str, list[tuple[int, Item]]] = {}
        for index, item in self._items.values():
            groups.setdefault(item.source, []).append((index, item))
        return groups.values()

    def _build(self, draft: ItemDraft) -> Item:
        parameters = self.parameters | declare_parameters(draft, self.parameters)
        item = build_item(draft, parameters, self._brands)
        self.parameters = parameters  # only now: a refused row declares nothing
        return item


def _as_draft(row: object) -> ItemDraft:
    assert isinstance(row, ItemDraft)
    return row


def _stated_id(row: object) -> str | None:
    match row:
        case ItemDraft():
            return f"{row.source}:{row.sku}"
        case {"id": str(id)}:
            return id
        case _:
            return None
