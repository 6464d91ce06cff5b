"""A server asks itself what storefronts will ask, so that nobody waits for being the first.

A Neo4j that has just started takes seconds to plan a query that it meets for the first time, and
more where the machine has other work.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import structlog

from app.errors import AppError
from app.services.browsing import Browsing, ListPage, ProductQuery
from app.services.searching import Searching, SearchQuery
from app.services.similarity import Similarity, Wanted
from graph.errors import GraphError, QueryTimedOut

if TYPE_CHECKING:
    from app.services.renewed import Renewed
    from app.services.serving import Serving
    from graph.records import ItemSummary
    from graph.repositories.products import Products

AWAITED_S = 60.0  # slow answers are better than none; a loaded machine takes up to 54 s
_TRIES = 3  # to plan may take longer than a query is given; the next try finds it further on
_AGAIN_AFTER_S = 1.0  # while there is no graph to ask
_LOOK_EVERY_S = 0.1  # no thread waits: a server that stops would wait for it

WarmthState = Literal["over", "awaited", "late"]

T = TypeVar("T")

_log = structlog.get_logger("warming")


async def _unknown() -> object:
    return object()  # equals no other one


class Warming:
    """One warming up beside the event loop, and how it stands.

    Args:
        work: what is done once, and again for each time that the database was lost.
        reached: returns when there is a graph that can be asked.
        lost: how often the connection to it broke, or none was to be had.
        started: when it was started; one that runs on has all that it was asked before at hand.
        awaited_s: so long at most it is waited for by whoever asks how it stands,
        missing: unless that is still loaded without which hardly anything can be answered.
    """

    def __init__(
        self,
        work: Callable[[], Coroutine[Any, Any, None]],
        *,
        reached: Callable[[], Coroutine[Any, Any, object]] = lambda: asyncio.sleep(0),
        lost: Callable[[], int] = lambda: 0,
        started: Callable[[], Coroutine[Any, Any, object]] = _unknown,
        clock: Callable[[], float] = time.monotonic,
        awaited_s: float = AWAITED_S,
        missing: Callable[[], bool] = lambda: False,
    ) -> None:
        self._work = work
        self._reached = reached
        self._lost = lost
        self._lost_before = 0
        self._started = started
        self._started_before: object = None
        self._clock = clock
        self._awaited_s = awaited_s
        self._missing = missing
        self._task: asyncio.Task[None] | None = None
        self._asked_at: float | None = None

    def begin(self) -> None:
        self._asked_at = None
        self._task = asyncio.create_task(self._warmed())

    async def end(self) -> None:
        """Leave it where it is."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def state(self) -> WarmthState:
        """`over` also where it never began. Asked for the first time when all else is ready.

        It begins again here, because a database that was lost is back when all else is ready.
        """
        if self._task is None or (self._task.done() and await self._is_warm()):
            return "over"
        if self._task.done():  # or another probe was faster
            self.begin()
        now = self._clock()
        if self._asked_at is None:
            self._asked_at = now
        is_early = now - self._asked_at < self._awaited_s
        return "awaited" if is_early or self._missing() else "late"

    async def _is_warm(self) -> bool:
        lost = self._lost()
        if lost == self._lost_before:
            return True
        if await self._start() != self._started_before:
            return False
        self._lost_before = lost
        return True

    async def _start(self) -> object:
        try:
            return await self._started()
        except GraphError:
            return await _unknown()

    async def _warmed(self) -> None:
        await self._reached()
        self._lost_before = self._lost()  # what failed until then was one absence
        self._started_before = await self._start()
        await self._work()


async def until_asked(browsing: Browsing) -> ListPage[ItemSummary]:
    """One product, or none, as soon as there is a graph that can be asked."""
    listed = partial(browsing.list_products, ProductQuery(), limit=1, cursor=None)
    while (page := await _answered(listed)) is None:
        await asyncio.sleep(_AGAIN_AFTER_S)
    return page


async def warm_up(
    browsing: Browsing,
    products: Products,
    similarity: Similarity,
    searching: Searching,
    *,
    kept: Sequence[Renewed[Any]],
    models: Sequence[Serving[Any]],
) -> None:
    """List, read, compare and search one product, with all that is loaded for it.

    Waits for a graph that can be asked; of what fails then nobody hears but the log.
    """
    page = await until_asked(browsing)
    started_s = perf_counter()
    for renewed in kept:
        renewed.begin()
    for model in models:
        model.predictor()
    await _loaded(lambda: any(model.view().loading for model in models))
    for item in page.items:
        await _answered(partial(products.get, item.id))
        for _ in range(2):  # the first answer tells the second how to be one round trip
            await _answered(partial(similarity.to_stored, item.id, Wanted()))
        await _answered(partial(searching.search, SearchQuery(q=item.title), limit=10, cursor=None))
    await _loaded(lambda: any(renewed.is_loading() for renewed in kept))
    _log.info("warmed_up", seconds=round(perf_counter() - started_s, 1))


async def _loaded(loading: Callable[[], bool]) -> None:
    while loading():
        await asyncio.sleep(_LOOK_EVERY_S)


async def _answered(ask: Callable[[], Awaitable[T]]) -> T | None:
    """None: the graph or the item is not there, or it takes too long."""
    for _ in range(_TRIES):
        try:
            return await ask()
        except QueryTimedOut:
            continue
        except (GraphError, AppError) as error:
            _log.debug("not_warmed_up", reason=str(error))
            return None
    return None
