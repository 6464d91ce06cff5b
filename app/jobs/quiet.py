"""A log in which one complaint is not repeated with every poll."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

AGAIN_AFTER_S = 30.0


class OnceInAWhile(logging.Filter):
    """Lets what one place of the code has to say pass, and then not for a while.

    DBOS looks into its queues several times a second, and complains each time its database is away.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._said_at: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        place, now = (record.pathname, record.lineno), self._clock()
        if now - self._said_at.get(place, float("-inf")) < AGAIN_AFTER_S:
            return False
        self._said_at[place] = now
        return True
