"""Blocking calls out of the event loop, in a bounded number of threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread

T = TypeVar("T")


class Threads:
    """So many calls run at the same time; the rest wait."""

    def __init__(self, count: int) -> None:
        self._limiter = anyio.CapacityLimiter(count)

    async def run(self, call: Callable[[], T]) -> T:
        """What `call` returns or raises; it runs to its end even if nobody waits any more."""
        return await anyio.to_thread.run_sync(call, limiter=self._limiter)
