"""A deadline of our own for calls that the server should have ended."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar, cast

from graph.errors import QueryTimedOut

T = TypeVar("T")

# The server stops a query at its limit; we wait this much longer before we stop trusting it.
GRACE_S = 1.0


def within(limit_s: float, work: Callable[[], T]) -> T:
    """Wait for `work` little longer than `limit_s`; planners and comprehensions obey no limit.

    The thread is left behind, and its connection with it: nothing else ends such a query.
    """
    outcome: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcome.put((work(), None))
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            outcome.put((None, error))

    threading.Thread(target=run, name="query", daemon=True).start()
    try:
        result, error = outcome.get(timeout=limit_s + GRACE_S)
    except queue.Empty:
        raise QueryTimedOut(timeout_s=limit_s) from None
    if error is not None:
        raise error
    return cast(T, result)
