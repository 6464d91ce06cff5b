"""The predictor of a model's champion, exchanged while requests go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Generic, TypeVar

import structlog

from graph.records import Record
from ml.errors import LearningError, RegistryUnavailable, packages_told

if TYPE_CHECKING:
    from ml.artefact import Artefact
    from ml.registry import Registry, Stamp

LOOK_EVERY_S = 1.0  # a promotion is noticed at most this much later, by the next request

PredictorT = TypeVar("PredictorT")

_log = structlog.get_logger("models")


class ServingView(Record, frozen=True):
    """What answers in this process, and why it is not what was promoted."""

    version: str | None
    wanted: str | None
    loading: bool
    error: str | None


class Serving(Generic[PredictorT]):
    """Holds the champion of one name; safe to ask from any thread.

    The old predictor answers until the new one is loaded whole. One that cannot be loaded is
    logged, and tried again when something is promoted.
    """

    def __init__(
        self,
        registry: Registry,
        name: str,
        load: Callable[[Artefact], PredictorT],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._registry = registry
        self._load = load
        self._clock = clock
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=f"load-{name}")
        self._lock = threading.Lock()
        self._looked_at = -LOOK_EVERY_S
        self._stamp: Stamp | None = None
        self._loading: Future[tuple[str, PredictorT] | None] | None = None
        self._current: tuple[str, PredictorT] | None = None
        self._wanted: str | None = None
        self._error: str | None = None

    def predictor(self) -> PredictorT | None:
        """What answers now, at once; None while nothing has been promoted and loaded."""
        with self._lock:
            self._step(self._clock())
            return self._current[1] if self._current else None

    def view(self) -> ServingView:
        """What answers now, and what should."""
        with self._lock:
            self._step(self._clock())
            return ServingView(
                version=self._current[0] if self._current else None,
                wanted=self._wanted,
                loading=self._loading is not None,
                error=self._error,
            )

    def settle(self) -> PredictorT | None:
        """The same as `predictor`, after what was promoted last is loaded or has failed."""
        while True:
            with self._lock:
                self._step(self._looked_at + LOOK_EVERY_S)
                if self._loading is None:
                    return self._current[1] if self._current else None
                loading = self._loading
            wait([loading])

    def close(self) -> None:
        """Load nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _step(self, now: float) -> None:
        if self._loading is not None and self._loading.done():
            self._take_over(self._loading)
            self._loading = None
        if self._loading is None and now - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = now
            self._look()

    def _look(self) -> None:
        try:
            stamp = self._registry.stamp(self.name)
        except RegistryUnavailable as error:
            self._stamp = None  # look again at everything when it is back
            self._keep_old(error)
            return
        if stamp != self._stamp:
            self._stamp = stamp
            self._loading = self._pool.submit(self._load_champion, stamp)

    def _load_champion(self, stamp: Stamp | None) -> tuple[str, PredictorT] | None:
        """In the thread; what is to answer, which may be what does."""
        wanted = self._wanted = self._registry.aliases(self.name).get("champion")
        if wanted is None:
            # A folder that is gone says nothing about who should serve.
            return None if stamp else self._current
        if self._current and self._current[0] == wanted:
            return self._current
        with packages_told():
            return wanted, self._load(self._registry.get(self.name, wanted))

    def _take_over(self, loaded: Future[tuple[str, PredictorT] | None]) -> None:
        error = loaded.exception()
        if error is not None:
            self._keep_old(error)
            return
        self._error = None
        old, self._current = self._current, loaded.result()
        if self._current is None:
            if old:
                _log.info("model_demoted", model=self.name, version=old[0])
        elif self._current is not old:
            _log.info("model_loaded", model=self.name, version=self._current[0])

    def _keep_old(self, error: BaseException) -> None:
        # What a reader may know: errors of other packages name files and addresses.
        known = isinstance(error, LearningError) and not isinstance(error, RegistryUnavailable)
        said = str(error) if known else f"{type(error).__name__}; the log says why"
        if said != self._error:
            old = self._current[0] if self._current else None
            # Our own errors say all there is to know; of others the way to them is needed.
            why = (
                {"reason": str(error)} if isinstance(error, LearningError) else {"exc_info": error}
            )
            _log.warning(
                "model_not_loaded", model=self.name, version=self._wanted, serving=old, **why
            )
        self._error = said
