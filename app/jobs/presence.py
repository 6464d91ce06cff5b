"""Which workers are there: registered, heard from, or gone."""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path

import psutil
import sqlalchemy as sa

from app.jobs.records import Worker
from app.jobs.tables import WORKERS, now_s, reaching

_SAME_START_S = 1.0  # two readings of one process's start differ by a clock tick


def this_worker() -> Worker:
    """This process under a new name; one name is never used twice."""
    host, pid = _host(), os.getpid()
    return Worker(
        executor_id=f"{socket.gethostname()}-{pid}-{secrets.token_hex(4)}",
        host=host,
        pid=pid,
        process_started=psutil.Process(pid).create_time(),
    )


class Presence:
    """The table of workers. Every method may raise `JobsUnavailable`."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._host = _host()

    def register(self, worker: Worker) -> None:
        row = {"heartbeat_at": now_s(self._engine), "stopping": False}
        fields = ("executor_id", "host", "pid", "process_started")
        values = {name: getattr(worker, name) for name in fields}
        self._execute(sa.insert(WORKERS).values(**values, **row))

    def beat(self, worker: Worker) -> bool:
        """False: others have taken this worker for dead, and its row is gone."""
        beating = sa.update(WORKERS).values(heartbeat_at=now_s(self._engine))
        return self._execute(_of(beating, worker.executor_id)) > 0

    def leave(self, worker: Worker) -> None:
        """Nothing of this worker runs any more: whoever looks next takes over its jobs."""
        self._execute(_of(sa.update(WORKERS).values(stopping=True), worker.executor_id))

    def forget(self, executor_ids: list[str]) -> None:
        self._execute(sa.delete(WORKERS).where(WORKERS.c.executor_id.in_(executor_ids)))

    def all(self) -> list[Worker]:
        silent = (now_s(self._engine) - WORKERS.c.heartbeat_at).label("silent_s")
        names = [name for name in Worker.__struct_fields__ if name != "silent_s"]
        query = sa.select(*(WORKERS.c[name] for name in names), silent)
        with reaching(self._engine), self._engine.connect() as connection:
            return [Worker(**row._mapping) for row in connection.execute(query)]

    def is_gone(self, worker: Worker, *, dead_after_s: float) -> bool:
        if worker.stopping or worker.silent_s > dead_after_s:
            return True
        return worker.host == self._host and not _runs(worker)

    def _execute(self, statement: sa.Insert | sa.Update | sa.Delete) -> int:
        with reaching(self._engine), self._engine.begin() as connection:
            return connection.execute(statement).rowcount


def _of(change: sa.Update, executor_id: str) -> sa.Update:
    return change.where(WORKERS.c.executor_id == executor_id)


def _runs(worker: Worker) -> bool:
    try:
        process = psutil.Process(worker.pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return abs(process.create_time() - worker.process_started) < _SAME_START_S
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True  # somebody's; its heartbeat will tell


def _host() -> str:
    """Equal for processes that see each other's pids: containers may share a host's name."""
    parts = [socket.gethostname()]
    with suppress(OSError):  # not Linux, or a sandbox without them
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
    return " ".join(parts)
