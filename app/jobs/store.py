"""Jobs as rows: made, begun, ended, each by one guarded statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.errors import JobNotFound
from app.jobs.records import EndState, Job, JobState, NewJob
from app.jobs.tables import JOBS, Instant, create_tables, reaching

InTransaction = Callable[[sa.Connection], None]
AtTheEnd = Callable[[sa.Connection, Job], None]

_COLUMNS = tuple(JOBS.c[name] for name in Job.__struct_fields__)


class JobStore:
    """The table of jobs. Every method may raise `JobsUnavailable`."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    def create_tables(self) -> None:
        with reaching(self.engine, opening=True):
            create_tables(self.engine)

    def add(self, new: NewJob, *, queue: str, then: InTransaction) -> tuple[Job, bool]:
        """Make a job, and whatever `then` makes, in one transaction.

        False, and the job that is there, when its id or its idempotency key exists already.
        """
        values = {name: getattr(new, name) for name in NewJob.__struct_fields__}
        making = sa.insert(JOBS).values(**values, state="queued", queue=queue)
        try:
            with self._transaction() as connection:
                row = connection.execute(making.returning(*_COLUMNS)).one()
                then(connection)
                return _job(row), True
        except IntegrityError:
            return self._existing(new), False

    def get(self, id: str) -> Job:
        """Raises `JobNotFound`."""
        found = self._select(JOBS.c.id == id)
        if not found:
            raise JobNotFound(id=id)
        return found[0]

    def find_by_key(self, idempotency_key: str) -> Job | None:
        found = self._select(JOBS.c.idempotency_key == idempotency_key)
        return found[0] if found else None

    def ids_beginning(self, start: str, *, limit: int) -> list[str]:
        query = sa.select(JOBS.c.id).where(JOBS.c.id.startswith(start, autoescape=True))
        with self._transaction() as connection:
            return list(connection.scalars(query.order_by(JOBS.c.id).limit(limit)))

    def page(
        self,
        *,
        state: JobState | None,
        kind: str | None,
        source: str | None,
        limit: int,
        after: tuple[datetime, str] | None,
    ) -> list[Job]:
        """Newest first; `after` is the key of the last job of the page before."""
        wanted = {"state": state, "kind": kind, "source": source}
        conditions = [JOBS.c[name] == value for name, value in wanted.items() if value is not None]
        if after is not None:
            at, id = after
            older = JOBS.c.created_at < at
            conditions.append(older | ((JOBS.c.created_at == at) & (JOBS.c.id < id)))
        return self._select(*conditions, limit=limit)

    def begin(self, id: str, *, worker: str, now: datetime) -> Job | None:
        """An attempt of a job that has not ended; None when it has."""
        return self._change(
            JOBS.c.id == id,
            JOBS.c.state.in_(("queued", "running")),
            state="running",
            worker=worker,
            attempts=JOBS.c.attempts + 1,
            fruitless=JOBS.c.fruitless + 1,
            attempt_at=now,
            started_at=sa.func.coalesce(JOBS.c.started_at, sa.literal(now, Instant())),
        )

    def report(
        self,
        job: Job,
        progress: dict[str, Any],
        *,
        done: int,
        attempt_rows: int,
        now: datetime,
    ) -> Job | None:
        """Write progress; None when the attempt is no longer the present one."""
        further = JOBS.c.furthest < done
        return self._change(
            *_attempt(job),
            progress=progress,
            progress_at=now,
            attempt_rows=attempt_rows,
            fruitless=sa.case((further, 0), else_=JOBS.c.fruitless),
            furthest=sa.case((further, done), else_=JOBS.c.furthest),
        )

    def give_back(self, job: Job) -> Job | None:
        """A worker that stops leaves the job to the next one; that is nobody's failure."""
        fewer = sa.case((JOBS.c.fruitless > 0, JOBS.c.fruitless - 1), else_=0)
        return self._change(*_attempt(job), state="queued", worker=None, fruitless=fewer)

    def take_from(self, workers: Sequence[str]) -> int:
        """The jobs of workers that are gone wait again; how many they were."""
        taking = sa.update(JOBS).where(JOBS.c.state == "running", JOBS.c.worker.in_(workers))
        with self._transaction() as connection:
            return connection.execute(taking.values(state="queued", worker=None)).rowcount

    def end(
        self,
        job: Job,
        state: EndState,
        *,
        now: datetime,
        result: dict[str, Any] | None = None,
        error: dict[str, str] | None = None,
        progress: dict[str, Any] | None = None,
        then: AtTheEnd,
    ) -> Job | None:
        """The end of an attempt and of its job; None when the attempt is not the present one."""
        outcome: dict[str, Any] = {"result": result, "error": error}
        if progress is not None:
            outcome |= {"progress": progress, "progress_at": now}
        ending = {"state": state, "finished_at": now, "worker": None, **outcome}
        return self._change(*_attempt(job), then=then, **ending)

    def cancel_queued(self, id: str, *, now: datetime, then: AtTheEnd) -> Job | None:
        return self._change(
            JOBS.c.id == id,
            JOBS.c.state == "queued",
            then=then,
            state="cancelled",
            cancel_requested=True,
            finished_at=now,
        )

    def request_cancel(self, id: str) -> Job | None:
        """Its worker sees it with its next report."""
        return self._change(JOBS.c.id == id, JOBS.c.state == "running", cancel_requested=True)

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        with reaching(self.engine), self.engine.begin() as connection:
            yield connection

    def _select(self, *conditions: sa.ColumnElement[bool], limit: int | None = None) -> list[Job]:
        newest = (JOBS.c.created_at.desc(), JOBS.c.id.desc())
        query = sa.select(*_COLUMNS).where(*conditions).order_by(*newest).limit(limit)
        with self._transaction() as connection:
            return [_job(row) for row in connection.execute(query)]

    def _change(
        self,
        *conditions: sa.ColumnElement[bool],
        then: AtTheEnd | None = None,
        **values: Any,  # noqa: ANN401 - of columns
    ) -> Job | None:
        """The one row that meets the conditions, changed; None when none does."""
        changing = sa.update(JOBS).where(*conditions).values(**values).returning(*_COLUMNS)
        with self._transaction() as connection:
            row = connection.execute(changing).one_or_none()
            if row is None:
                return None
            job = _job(row)
            if then is not None:
                then(connection, job)
            return job

    def _existing(self, new: NewJob) -> Job:
        by_key = self.find_by_key(new.idempotency_key) if new.idempotency_key else None
        return by_key or self.get(new.id)


def _attempt(job: Job) -> tuple[sa.ColumnElement[bool], ...]:
    """A worker that was taken for dead may still be writing; its attempt is not the last one."""
    return (
        JOBS.c.id == job.id,
        JOBS.c.state == "running",
        JOBS.c.attempts == job.attempts,
    )


def _job(row: sa.Row[Any]) -> Job:
    return Job(**row._mapping)
