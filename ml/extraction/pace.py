"""How far learning is that takes several networks, and how long the rest may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Pace:
    """Counts texts, each as often as a network passes over it.

    Attributes:
        texts: of all networks and epochs together.
        clock: in seconds.
    """

    texts: int
    clock: Callable[[], float] = time.monotonic
    _began_s: float = field(init=False)
    _done: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._began_s = self.clock()

    def after(self, texts: int) -> str:
        """What is said once so many more were learnt from."""
        self._done += texts
        left_s = (self.clock() - self._began_s) * (self.texts / self._done - 1.0)
        minutes, seconds = divmod(round(left_s), 60)
        return f"{self._done / self.texts:.0%} of what networks learn, {minutes}:{seconds:02} left"
