"""Something that is costly to load, kept in memory and renewed while requests go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

from graph.errors import GraphError

RENEW_AFTER_S = 60.0
_SOONEST_S = 1.0  # the question whether there is anything new is not free either
_MOST = 0.1  # of all time, for what takes so long that it would be more
_WAITED_S = 1.0  # for what loads quickly, so that who has just written finds it

T = TypeVar("T")

_log = structlog.get_logger("renewed")


class Renewed(Generic[T]):
    """Gives what was loaded a short while ago; safe from any thread.

    `load` is given what there is, and may give it back where nothing has changed. The first call
    waits for it; later ones do not, and if it fails then, the old one goes on.

    Args:
        load: makes it; raises GraphError where the graph cannot be read.
        outdated: asked at every call, cheaply, whether what is older than `renew_after_s` has to
            be loaded again; by default its age is enough.
        share: of all time, that may be spent on loading: what loads more quickly is renewed sooner
            than after `renew_after_s`, and if it takes a second at most, who asks waits for
            it. None: no sooner, and nobody waits. What takes longer than a tenth of
            `renew_after_s` is renewed after ten times as long.
    """

    def __init__(
        self,
        load: Callable[[T | None], T],
        *,
        outdated: Callable[[T], bool] = lambda _: True,
        clock: Callable[[], float] = time.monotonic,
        renew_after_s: float = RENEW_AFTER_S,
        share: float | None = None,
    ) -> None:
        self._load = load
        self._outdated = outdated
        self._clock = clock
        self._renew_after_s = renew_after_s
        self._share = share
        # When it was last made anew. The first time does not count: then all is cold, and slow.
        self._took_s = 0.0
        self._loading = threading.Lock()
        self._current: T | None = None
        self._loaded_at = -renew_after_s
        self._renewal: threading.Thread | None = None

    def __call__(self) -> T:
        """Raises what `load` raises, as long as nothing was loaded."""
        current = self._current
        if current is None:
            with self._loading:
                return self._current or self._renew()
        if self._is_old(current) and self._loading.acquire(blocking=False):
            self._renewal = threading.Thread(
                target=self._renew_and_release, args=(current,), name="renewed", daemon=True
            )
            self._renewal.start()
            if self._share is not None and self._took_s <= _WAITED_S:
                self._renewal.join(_WAITED_S)
                return self._current or current
        return current

    def at_hand(self) -> T | None:
        """The same without waiting, given that there is no `share`.

        None as long as nothing was loaded, which then begins.
        """
        if self._current is not None:
            return self()
        if not self.is_loading():
            self.begin()
        return None

    def begin(self) -> None:
        """Loads it in a thread, so that whoever asks first waits for less; failing is no harm."""
        self._renewal = threading.Thread(target=self._begun, name="renewed", daemon=True)
        self._renewal.start()

    def is_missing(self) -> bool:
        """Whether it is loaded for the first time: whoever asks waits for that."""
        return self._current is None and self.is_loading()

    def is_loading(self) -> bool:
        return self._renewal is not None and self._renewal.is_alive()

    def settle(self) -> None:
        """Returns when no renewal is under way."""
        if self._renewal is not None:
            self._renewal.join()

    def _begun(self) -> None:
        try:
            self()
        except GraphError as error:  # whoever asks tries again, and is told
            _log.info("not_begun", reason=str(error))

    def _is_old(self, current: T) -> bool:
        return self._clock() - self._loaded_at >= self._interval_s() and self._outdated(current)

    def _interval_s(self) -> float:
        longest_s = max(self._renew_after_s, self._took_s / _MOST)
        if self._share is None:
            return longest_s
        return min(longest_s, max(_SOONEST_S, self._took_s / self._share))

    def _renew(self) -> T:
        began, before = self._clock(), self._current
        loaded = self._current = self._load(before)
        self._loaded_at = self._clock()
        if before is not None and loaded is not before:
            self._took_s = self._loaded_at - began
        return loaded

    def _renew_and_release(self, seen: T) -> None:
        try:
            if self._is_old(seen):  # or somebody was faster
                self._renew()
        except GraphError as error:
            self._loaded_at = self._clock()  # not at every request
            _log.warning("not_renewed", exc_info=error)
        finally:
            self._loading.release()
