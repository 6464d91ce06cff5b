"""Python's garbage collector while a service runs: what stays in memory is looked at rarely."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

OLDEST = 2  # the generation whose collection looks at everything
THOROUGH_EVERY_S = 600.0  # cycles among what was kept are found at most this much later


@contextmanager
def keeping_what_stays(
    *,
    clock: Callable[[], float] = time.monotonic,
    thorough_every_s: float = THOROUGH_EVERY_S,
) -> Iterator[None]:
    """Until the end of the block what survives a full collection is left out of the next ones.

    Words of the graph and models are hundreds of thousands of objects that stay: looking at all of
    them stopped every request for 100 ms, every few seconds. Now and then everything is looked at
    all the same, so that nothing leaks.
    """
    thorough_at = clock() + thorough_every_s

    def collecting(phase: str, about: Mapping[str, int]) -> None:
        nonlocal thorough_at
        if about["generation"] != OLDEST:
            return
        if phase == "stop":
            gc.freeze()
        elif clock() >= thorough_at:
            gc.unfreeze()
            thorough_at = clock() + thorough_every_s

    gc.callbacks.append(collecting)
    try:
        yield
    finally:
        gc.callbacks.remove(collecting)
        gc.unfreeze()
