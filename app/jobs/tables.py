"""The tables of jobs and workers, on SQLite or PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.types import TypeDecorator

from app.errors import JobsUnavailable

LOCK_WAIT_MS = 30_000  # a writer holds SQLite's only write lock for milliseconds; disks hang longer
CONNECT_TIMEOUT_S = 5
_SCHEMA_LOCK = 0x6A6F6273  # any number, the same for every process that makes our tables
_WAL_PATIENCE_S = 30.0
_OURS = (DataError, IntegrityError, ProgrammingError)


class Instant(TypeDecorator[datetime]):
    """An aware time as text of one width, which sorts alike on every database."""

    impl = sa.String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> str | None:
        return value.astimezone(UTC).isoformat(timespec="microseconds") if value else None

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> datetime | None:
        return datetime.fromisoformat(value) if value else None


METADATA = sa.MetaData()

JOBS = sa.Table(
    "catalograph_jobs",
    METADATA,
    sa.Column("id", sa.String(128), primary_key=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("queue", sa.String(64), nullable=False),
    sa.Column("source", sa.String(256)),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("finished_at", Instant),
    sa.Column("spec", sa.JSON, nullable=False),
    sa.Column("progress", sa.JSON, nullable=False, default=dict),
    sa.Column("progress_at", Instant),
    sa.Column("result", sa.JSON(none_as_null=True)),
    sa.Column("error", sa.JSON(none_as_null=True)),
    sa.Column("cancel_requested", sa.Boolean, nullable=False, default=False),
    sa.Column("retry_of", sa.String(128)),
    sa.Column("webhook", sa.Text),
    sa.Column("idempotency_key", sa.String(512), unique=True),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("attempt_at", Instant),
    sa.Column("attempt_rows", sa.BigInteger, nullable=False, default=0),
    sa.Column("worker", sa.String(128)),
    # How far any attempt has come, and how many since came no further.
    sa.Column("furthest", sa.BigInteger, nullable=False, default=0),
    sa.Column("fruitless", sa.Integer, nullable=False, default=0),
    sa.Index("catalograph_jobs_newest", "created_at", "id"),
    sa.Index("catalograph_jobs_state", "state", "created_at", "id"),
    sa.Index("catalograph_jobs_source", "source", "created_at", "id"),
)

WORKERS = sa.Table(
    "catalograph_workers",
    METADATA,
    sa.Column("executor_id", sa.String(128), primary_key=True),
    sa.Column("host", sa.String(512), nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("process_started", sa.Double, nullable=False),
    sa.Column("heartbeat_at", sa.Double, nullable=False),  # seconds, by the database's clock
    sa.Column("stopping", sa.Boolean, nullable=False, default=False),
)


def open_engine(url: str) -> sa.Engine:
    """An engine for our tables and for DBOS's, which need the same settings."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            connect_args={"connect_timeout": CONNECT_TIMEOUT_S},
        )
    engine = sa.create_engine(parsed)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def create_tables(engine: sa.Engine) -> None:
    """Make what is not there yet; any number of processes may do it at once."""
    if engine.dialect.name == "sqlite":
        Path(str(engine.url.database)).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _use_wal(engine)
    if _complete(engine):  # without a lock: a list of jobs should not wait for a writer
        return
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SCHEMA_LOCK)))
        METADATA.create_all(connection)


def now_s(engine: sa.Engine) -> sa.ColumnElement[Any]:
    """The clock of the database, which all workers share."""
    if engine.dialect.name == "sqlite":
        return (sa.func.julianday("now") - 2_440_587.5) * 86_400.0
    return sa.cast(sa.func.extract("epoch", sa.func.clock_timestamp()), sa.Double)


@contextmanager
def reaching(engine: sa.Engine, *, opening: bool = False) -> Iterator[None]:
    """A database that is away, full, or locked for too long, as `JobsUnavailable`.

    A statement that the database will not have is our mistake and goes through, unless tables are
    being made: then it is a database that is not ours to use.
    """
    try:
        yield
    except PoolTimeout as error:
        raise _unavailable(engine, error) from error
    except DBAPIError as error:
        if isinstance(error, _OURS) and not (opening or error.connection_invalidated):
            raise
        raise _unavailable(engine, error) from error


def _unavailable(engine: sa.Engine, error: Exception) -> JobsUnavailable:
    said = str(error.orig if isinstance(error, DBAPIError) and error.orig else error)
    reason = (said.strip().splitlines() or [type(error).__name__])[0]
    return JobsUnavailable(place=engine.url.render_as_string(hide_password=True), reason=reason)


def _complete(engine: sa.Engine) -> bool:
    found = set(sa.inspect(engine).get_table_names())
    return METADATA.tables.keys() <= found


def _prepare_sqlite(connection: Any, _: object) -> None:  # noqa: ANN401 - of the driver
    # A transaction takes the write lock when it begins: one that reads first and then writes
    # would be refused at once when another has written in between.
    connection.isolation_level = "IMMEDIATE"
    connection.execute(f"PRAGMA busy_timeout={LOCK_WAIT_MS}")
    connection.execute("PRAGMA foreign_keys=ON")


def _use_wal(engine: sa.Engine) -> None:
    """Readers and the writer do not wait for each other. The mode stays with the file."""
    deadline = time.monotonic() + _WAL_PATIENCE_S
    while True:
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                return
        except OperationalError as error:
            # Changing the mode does not wait for locks, as everything else does.
            if "locked" not in str(error.orig) or time.monotonic() > deadline:
                raise
        time.sleep(0.05)
