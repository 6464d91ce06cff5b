"""One training in several processes of this machine, which another one starts and watches.

The processes train and do nothing else. What they come to is the checkpoint that the first of them
leaves behind, and whoever started them goes on from it alone: what must happen once happens once,
and nobody waits at a barrier while a graph is exported or vectors are written.
"""

from __future__ import annotations

import math
import multiprocessing
import pickle
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import NamedTuple

import torch

from ml.errors import LearningError, TrainingProcessFailed
from ml.tasks.base import Shard
from ml.training.distributed import local_group
from ml.training.loop import TrainingProgress

Report = Callable[[TrainingProgress], None]
Work = Callable[[Shard, Report], object]

STOP_GRACE_S = 60.0  # for the step at hand, and its checkpoint on a slow disk
FOLLOW_S = 2.0  # in which the others notice that one has failed; they are heard, the first is told


class _Stopped(BaseException):
    """Whoever started this process wants it to end, or has ended."""


class _Failure(NamedTuple):
    at: float  # of the machine's monotonic clock, the same in all processes
    error: LearningError


class _Started(NamedTuple):
    process: SpawnProcess
    connection: Connection


def together(work: Work, processes: int, report: Report, *, gpus: int = 0) -> None:
    """Carry out `work` in each of `processes`, in step, until all are done.

    Args:
        work: is given its share and where to report; a function of a module, or a `partial` of one,
            because it travels to the processes.
        processes: how many; nccl joins them where each of them has one of `gpus`, and gloo
            otherwise.
        report: hears, here, of the steps of the first process. It may raise to stop them all: the
            first one still ends its step and is heard out, so that `train` writes its checkpoint.

    Raises:
        LearningError: of the process that failed first.
        TrainingProcessFailed: it was killed, or failed in a way that nobody foresaw.
    """
    threads = max(1, torch.get_num_threads() // processes)
    with tempfile.TemporaryDirectory(prefix="catalograph-") as folder:
        group = partial(local_group, meeting=Path(folder) / "meeting", gpu=gpus >= processes)
        with _started(partial(_Child, pickle.dumps(work), group, threads), processes) as started:
            _watch(started, report)


def _watch(started: list[_Started], report: Report) -> None:
    """Until all have ended, or one has failed."""
    listening = {one.connection: rank for rank, one in enumerate(started)}
    failures: list[_Failure] = []
    while listening:
        ready = wait(list(listening), FOLLOW_S if failures else None)
        if not ready:
            break
        for connection in ready:
            assert isinstance(connection, Connection)
            rank = listening[connection]
            try:
                said = connection.recv()
            except (EOFError, OSError):
                del listening[connection]
                failures += _ending(started[rank].process, rank, len(started))
                continue
            if isinstance(said, _Failure):
                failures.append(said)
            elif not failures:
                report(said)
    if failures:
        raise min(failures, key=lambda failure: failure.at).error


def _ending(process: SpawnProcess, rank: int, processes: int) -> list[_Failure]:
    """Of a process that says nothing more; empty where it was done."""
    process.join()
    code = process.exitcode or 0
    if code == 0:
        return []
    # Killed: before any other noticed. By itself: it has said so, unless it had not even begun.
    at, reason = (
        (0.0, f"signal {signal.Signals(-code).name}")
        if code < 0
        else (math.inf, f"exit code {code} before it began; it printed why")
    )
    error = TrainingProcessFailed(rank=rank, processes=processes, reason=reason)
    return [_Failure(at, error)]


@contextmanager
def _started(child: Callable[[Shard, Connection], _Child], count: int) -> Iterator[list[_Started]]:
    # Spawned, not forked: neither threads nor CUDA outlive a fork.
    context = multiprocessing.get_context("spawn")
    started: list[_Started] = []
    try:
        for rank in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(
                target=child(Shard(rank, count), theirs), name=f"training-{rank}", daemon=True
            )
            process.start()
            theirs.close()
            started.append(_Started(process, ours))
        yield started
    finally:
        _end(started)


def _end(started: list[_Started]) -> None:
    """The first one when it has come to the end of its step; the others wait for it meanwhile."""
    if started:
        with suppress(OSError, EOFError):
            first = started[0].connection
            first.send(None)
            while first.poll(STOP_GRACE_S) and isinstance(first.recv(), TrainingProgress):
                pass
    for process, _ in reversed(started):  # all at once: none notices that another has left
        process.kill()
    for process, connection in started:
        process.join()
        connection.close()


@dataclass(frozen=True)
class _Child:
    """What one process does; it travels there."""

    work: bytes  # a pickle: what it imports is imported when the process is ready for it
    group: Callable[[Shard], AbstractContextManager[None]]
    threads: int
    shard: Shard
    connection: Connection

    def __call__(self) -> None:
        # Ctrl-C and the end of a service reach whoever started this; it says when to end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # PyG compiles with torch.jit when it is imported: said once is enough.
        warnings.filterwarnings("ignore", "`torch.jit")
        torch.set_num_threads(self.threads)
        try:
            with self.group(self.shard):
                self._work()
        except LearningError:
            sys.exit(1)  # it was told where it belongs

    def _work(self) -> None:
        try:
            pickle.loads(self.work)(self.shard, self._report)
        except _Stopped:
            with suppress(OSError, EOFError):
                self.connection.send(None)
                self.connection.recv()  # nothing more comes but the end
        except LearningError as error:  # before the others notice that this one has left
            self._say(error)
            raise
        except Exception as error:  # whatever it was, the others must not wait; it is raised on
            reason = f"{type(error).__name__}: {error}"
            self._say(
                TrainingProcessFailed(rank=self.shard.rank, processes=self.shard.of, reason=reason)
            )
            raise

    def _say(self, error: LearningError) -> None:
        with suppress(OSError):
            self.connection.send(_Failure(time.monotonic(), error))

    def _report(self, progress: TrainingProgress) -> None:
        if self.shard.rank != 0:
            return
        if self.connection.poll():
            raise _Stopped
        try:
            self.connection.send(progress)
        except OSError:
            raise _Stopped from None
