"""A worker beside the API: a process of its own, started again when it dies."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from app.cli.output import err
from app.settings import Settings, child_environment

STOP_GRACE_S = 25.0  # a little more than the worker gives its jobs
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
STABLE_S = 60.0  # after this long a death is an accident, not one of a row


@contextmanager
def worker_beside(settings: Settings) -> Iterator[None]:
    """Imports would slow the API if they ran in its process."""
    keeper = _Keeper(settings)
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


class _Keeper:
    """Keeps one worker running."""

    def __init__(self, settings: Settings) -> None:
        self._environment = child_environment(
            home=settings.home, log_format=settings.log_format, log_level=settings.log_level
        )
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._guard:
            self._stopping.set()
            process = self._process
        if process is not None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
        self._thread.join()

    def _keep(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            with self._guard:
                if self._stopping.is_set():
                    return
                process = self._process = self._spawn()
            started = time.monotonic()
            code = process.wait()
            if self._stopping.is_set():
                return
            if time.monotonic() - started > STABLE_S:
                pause_s = FIRST_PAUSE_S
            err.print(
                f"the worker has ended with {code}; it is started again in {pause_s:g} s",
                highlight=False,
            )
            self._stopping.wait(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def _spawn(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli.main", "worker", "--with-parent"],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),
            # A Ctrl-C at the terminal reaches us alone: the order of the end is ours.
            start_new_session=True,
        )
