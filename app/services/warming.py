"""A server asks itself what storefronts will ask, so that nobody waits for being the first.

A Neo4j that has just started takes seconds to plan a query that it meets for the first time, and
more where the machine has other work.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from time import perf_counter
from typing import TypeVar

import structlog

from app.errors import AppError
from app.services.browsing import Browsing, ProductQuery
from app.services.searching import Searching, SearchQuery
from app.services.similarity import Similarity, Wanted
from graph.errors import GraphError, QueryTimedOut

_TRIES = 3  # to plan may take longer than a query is given; the next try finds it further on

T = TypeVar("T")

_log = structlog.get_logger("warming")


async def warm_up(browsing: Browsing, similarity: Similarity, searching: Searching) -> None:
    """List, compare and search one product; of what fails nobody hears but the log."""
    started_s = perf_counter()
    page = await _answered(partial(browsing.list_products, ProductQuery(), limit=1, cursor=None))
    if page is None or not page.items:
        return
    item = page.items[0]
    for _ in range(2):  # the first answer tells the second how to be one round trip
        await _answered(partial(similarity.to_stored, item.id, Wanted()))
    search = partial(searching.search, SearchQuery(q=item.title), limit=10, cursor=None)
    for facets in (True, False):
        await _answered(partial(search, facets=facets))
    _log.debug("warmed_up", seconds=round(perf_counter() - started_s, 1))


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
