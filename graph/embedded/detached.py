"""A supervisor as a process of its own: started in the background, found again, stopped."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TextIO

import psutil
from filelock import FileLock, Timeout

from graph.embedded.configuration import ServerOptions
from graph.embedded.layout import Layout
from graph.embedded.processes import end_orphans, find_servers
from graph.embedded.state import Endpoint, Phase, State, read_endpoint, unpack_error
from graph.errors import ServerBusy, ServerStartFailed

_SUPERVISE = (sys.executable, "-m", "graph.server", "supervise")
_POLL_S = 0.05
_SPAWN_TIMEOUT_S = 30.0  # for an interpreter to come up and take the lock
_TAIL_BYTES = 2000


@dataclass(frozen=True)
class ServerStatus:
    """`endpoint` is there while the server runs; `error` says why it gave up."""

    phase: Phase
    endpoint: Endpoint | None = None
    supervisor_pid: int | None = None
    detached: bool = False
    restarts: int = 0
    error: str = ""


def read_status(layout: Layout) -> ServerStatus:
    """From the state file, believed only as far as its processes still run."""
    state = State.read(layout)
    if state is None:
        return ServerStatus(phase="stopped")
    owner = state.owner
    error = str(unpack_error(state.error, layout)) if state.error else ""
    if owner is None:
        phase: Phase = "failed" if state.phase == "failed" else "stopped"
        return ServerStatus(phase=phase, restarts=state.restarts, error=error)
    running = state.phase == "running" and state.server is not None
    return ServerStatus(
        phase=state.phase,
        endpoint=read_endpoint(layout, state, attached=True) if running else None,
        supervisor_pid=owner.pid,
        detached=state.detached,
        restarts=state.restarts,
        error=error,
    )


def await_owner(layout: Layout) -> Endpoint | None:
    """Wait for the server that another process is starting; None when that process is gone."""
    while True:
        state = State.read(layout)
        if state is None or state.owner is None or state.phase == "stopped":
            time.sleep(_POLL_S)
            return None
        if state.phase == "running":
            return read_endpoint(layout, state, attached=True)
        if state.phase == "failed":
            raise unpack_error(state.error, layout)
        time.sleep(_POLL_S)


def spawn_supervisor(layout: Layout, options: ServerOptions) -> Endpoint:
    """Start a supervisor that outlives this process, and wait until its server answers."""
    layout.create()
    with layout.supervisor_log.open("ab") as log:
        mark = log.tell()
        process = subprocess.Popen(
            [*_SUPERVISE, "--home", str(layout.home.resolve()), "--options", options.to_json()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=Path(__file__).parents[2],  # where `graph` is found, installed or not
            start_new_session=True,
        )
    # Should it end while we live, somebody has to collect it.
    threading.Thread(target=process.wait, name="neo4j-reaper", daemon=True).start()
    deadline = time.monotonic() + _SPAWN_TIMEOUT_S
    while True:
        endpoint = await_owner(layout)
        if endpoint is not None:
            return endpoint
        if process.poll() is not None or time.monotonic() > deadline:
            raise _spawn_failure(layout, mark)


def stop_server(layout: Layout, grace_s: float) -> bool:
    """Stop the detached server of this home; False when there was nothing to stop.

    Raises `ServerBusy` when a process that does more than supervise owns it: to end that one is
    not for us to decide.
    """
    state = State.read(layout)
    owner = state.owner if state else None
    if state is None or owner is None:
        return _stop_orphans(layout, grace_s)
    if not state.detached:
        raise ServerBusy(home=str(layout.home), process=owner.pid)
    with suppress(psutil.NoSuchProcess):
        owner.terminate()
    # The supervisor kills its server itself when the grace is over.
    _, alive = psutil.wait_procs([owner], timeout=grace_s + _SPAWN_TIMEOUT_S)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    if alive:
        _stop_orphans(layout, grace_s)
    return True


@contextmanager
def until_signalled() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set, so that the end is taken in order and once."""
    called = threading.Event()

    def call(_number: int, _frame: FrameType | None) -> None:
        called.set()

    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = [signal.signal(number, call) for number in numbers]
    try:
        yield called
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


class Follower:
    """Hands on what is appended to a log, over the turns that the file takes."""

    def __init__(self, file: Path, write: Callable[[str], object]) -> None:
        self._file, self._write = file, write
        self._inode, self._offset = self._place()

    def step(self) -> None:
        inode, size = self._place()
        if inode != self._inode or size < self._offset:
            self._inode, self._offset = inode, 0
        if size > self._offset:
            with self._file.open("rb") as stream:
                stream.seek(self._offset)
                text = stream.read()
            self._offset += len(text)
            self._write(text.decode("utf-8", errors="replace"))

    def _place(self) -> tuple[int, int]:
        try:
            facts = self._file.stat()
        except OSError:
            return 0, 0
        return facts.st_ino, facts.st_size


def _stop_orphans(layout: Layout, grace_s: float) -> bool:
    if not layout.run.is_dir() or not find_servers(layout):
        return False
    try:
        with FileLock(layout.lock_file, timeout=0, thread_local=False, fallback_to_soft=False):
            return end_orphans(layout, grace_s) > 0
    except Timeout:  # somebody starts it this very moment
        state = State.read(layout)
        owner = state.supervisor.pid if state and state.supervisor else 0
        raise ServerBusy(home=str(layout.home), process=owner) from None


def _spawn_failure(layout: Layout, mark: int) -> ServerStartFailed:
    with layout.supervisor_log.open("rb") as log:
        log.seek(mark)
        said = log.read()[-_TAIL_BYTES:].decode("utf-8", errors="replace")
    return ServerStartFailed(
        home=str(layout.home), reason="its supervisor ended before it", log_tail=said.strip()
    )


def write_to(stream: TextIO) -> Callable[[str], object]:
    def write(text: str) -> None:
        stream.write(text)
        stream.flush()

    return write
