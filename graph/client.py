"""The one door to Neo4j: connections, sessions, retries, and errors in our own words.

Nothing else imports `neo4j`. Every session carries the configured database name, and the server's
element ids are dropped before a row is handed out (`plain`).
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Literal, Self, TypeVar, cast

import neo4j
from neo4j import exceptions as driver_errors
from neo4j.graph import Node, Path, Relationship

from graph import errors
from graph.connection import SERVER, Connection, ServerInfo, Table, refuse_old, server_info
from graph.deadline import GRACE_S, within
from graph.guard import refuse_parameters, refuse_text
from graph.inspection import (
    EXPLAIN,
    FETCH_ROWS,
    MARK,
    MARKED,
    Inspected,
    cypher_refusal,
    hints_of,
    refuse_plan,
)
from graph.space import require_space

__all__ = ["AsyncDatabase", "Connection", "Database", "ServerInfo", "Table", "Transaction", "plain"]

T = TypeVar("T")
Row = dict[str, Any]
Parameters = Mapping[str, object]

_GRACE_S = GRACE_S
# A dead pooled connection fails at once. What took longer was a connect or a query, and doing that
# twice would only make the caller wait twice.
_RECONNECT_WITHIN_S = 1.0
_FIRST_PAUSE_S = 0.05  # deadlocks pass in milliseconds; the driver would wait a whole second
_LONGEST_PAUSE_S = 2.0
# A query that ran out of memory once may have had bad company; twice, and it is too large.
_MEMORY_ATTEMPTS = 2

# The last word of the server's status codes, `Neo.ClientError.Transaction.TransactionTimedOut`.
_MEMORY = ("OutOfMemoryError", "StackOverFlowError")  # endings
_TIMEOUT = {
    "LockAcquisitionTimeout",
    "TransactionTimedOut",
    "TransactionTimedOutClientConfiguration",
}
_LOGIN = {"AuthenticationRateLimit", "CredentialsExpired", "TokenExpired", "Unauthorized"}
_NO_DATABASE = {"DatabaseNotFound", "HomeDatabaseNotFound"}
# Of a database that gave up on what failed below it, as on a full disk, until it is started anew.
_GIVEN_UP = {"TransactionCommitFailed", "TransactionLogError", "TransactionStartFailed"}
_UNREACHABLE = (
    driver_errors.ServiceUnavailable,
    driver_errors.SessionExpired,
    driver_errors.ConnectionPoolError,
    driver_errors.ConfigurationError,
    driver_errors.TransientError,
)
# What the driver raises for a parameter that Bolt cannot carry, before anything is sent.
_UNSENDABLE = (OverflowError, UnicodeError)
_FAILURES = (driver_errors.Neo4jError, driver_errors.DriverError, *_UNSENDABLE)


def plain(value: object) -> object:
    """A Neo4j value as JSON would have it; nodes and relationships lose their element ids."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Node():
            return {"labels": sorted(value.labels), **_plain_items(value)}
        case Relationship():
            return {"type": value.type, **_plain_items(value)}
        case Path():
            return [plain(part) for part in _steps(value)]
        case Mapping():
            return _plain_items(value)
        case bytes() | bytearray():
            return value.hex()
        case _ if hasattr(value, "srid"):  # a point, which is a tuple as well
            return {"srid": value.srid, "coordinates": list(cast("tuple[float, ...]", value))}
        case _ if hasattr(value, "iso_format"):  # dates and times; durations are tuples as well
            return value.iso_format()
        case list() | tuple() | set():
            return [plain(part) for part in value]
        case _:
            return str(value)


def _plain_items(mapping: Mapping[str, Any]) -> Row:
    return {key: plain(part) for key, part in mapping.items()}


def _steps(path: Path) -> Iterator[Node | Relationship]:
    yield path.nodes[0]
    for relationship, node in zip(path.relationships, path.nodes[1:], strict=True):
        yield relationship
        yield node


class Transaction:
    """One write transaction in progress."""

    __slots__ = ("_transaction",)

    def __init__(self, transaction: neo4j.Transaction) -> None:
        self._transaction = transaction

    def run(self, query: str, parameters: Parameters | None = None, /, **more: object) -> list[Row]:
        return _rows(self._transaction.run(query, {**(parameters or {}), **more}))


class Database:
    """Neo4j for jobs, imports and the command line; safe to share between threads.

    What writes raises `DiskFull` first, where the disk of a server that is ours has no space left.

    Args:
        away: told True before each pause of a retry because no server answers, and False when one
            does again. What it raises ends the retries.
    """

    def __init__(
        self, connection: Connection, *, away: Callable[[bool], None] = lambda _: None
    ) -> None:
        self.connection = connection
        self._away = away
        with _translating(connection):
            self._driver = neo4j.GraphDatabase.driver(
                connection.uri, **_driver_settings(connection)
            )

    def read(
        self, query: str, parameters: Parameters | None = None, /, **more: object
    ) -> list[Row]:
        """Run a reading query, again if the connection or a lock was lost."""
        return self._attempt(
            neo4j.READ_ACCESS, lambda transaction: transaction.run(query, parameters, **more)
        )

    def write(
        self, query: str, parameters: Parameters | None = None, /, **more: object
    ) -> list[Row]:
        """Run one writing query in a transaction of its own. It must be idempotent."""
        return self.transact(lambda transaction: transaction.run(query, parameters, **more))

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one write transaction, whole or not at all.

        It may run several times, also after a commit whose outcome is unknown: it must be
        idempotent and change nothing but the graph.
        """
        return self._attempt(neo4j.WRITE_ACCESS, work)

    def run(self, query: str, parameters: Parameters | None = None, /, **more: object) -> list[Row]:
        """Run a statement that commits by itself, once: changes of the schema."""
        require_space(self.connection.data)
        with _translating(self.connection), self._session(neo4j.WRITE_ACCESS) as session:
            return _rows(session.run(query, {**(parameters or {}), **more}))

    def stream(
        self, query: str, parameters: Parameters | None = None, /, **more: object
    ) -> Iterator[Row]:
        """Rows as they arrive. Not retried; close the iterator to stop the query early."""
        with _translating(self.connection), self._session(neo4j.READ_ACCESS) as session:
            result = session.run(query, {**(parameters or {}), **more})
            keys = result.keys()
            for record in result:
                yield dict(zip(keys, record, strict=True))

    def table(
        self,
        query: str,
        parameters: Parameters | None = None,
        /,
        *,
        timeout_s: float,
        limit: int,
    ) -> Table:
        """What a person asked for: any reading query, at most `limit` rows of plain values.

        Raises:
            CypherRefused: it is wrong, does more than read, or nothing could stop it.
            QueryTimedOut: also where the server does not keep its own limit.
        """
        refuse_text(query)
        refuse_parameters(parameters or {})
        return within(timeout_s, lambda: self._table(query, parameters, timeout_s, limit))

    def _table(
        self, query: str, parameters: Parameters | None, timeout_s: float, limit: int
    ) -> Table:
        with (
            _translating_question(self.connection, timeout_s),
            self._session(neo4j.READ_ACCESS, fetch_size=limit + 1, told="WARNING") as session,
        ):
            planned = session.run(neo4j.Query(EXPLAIN + query, timeout=timeout_s)).consume()
            _refuse_planned(planned, self.connection)
            result = session.run(neo4j.Query(query, timeout=timeout_s), dict(parameters or {}))
            records = result.fetch(limit + 1)
            rows = tuple(tuple(plain(value) for value in record) for record in records[:limit])
            hints = hints_of(planned.gql_status_objects)
            return Table(tuple(result.keys()), rows, truncated=len(records) > limit, hints=hints)

    def server_info(self) -> ServerInfo:
        # Once: who asks for this wants to know now, not when a server has come back.
        rows = self._once(neo4j.READ_ACCESS, lambda transaction: transaction.run(SERVER))
        return server_info(self.connection, rows)

    def verify(self) -> None:
        """Raise what stands between us and the database: address, login, version or name."""
        refuse_old(self.server_info())

    def close(self) -> None:
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def _session(
        self, access: str, fetch_size: int = 1_000, told: Literal["OFF", "WARNING"] = "OFF"
    ) -> neo4j.Session:
        return self._driver.session(
            database=self.connection.database,
            default_access_mode=access,
            fetch_size=fetch_size,
            notifications_min_severity=told,
        )

    def _once(self, access: str, work: Callable[[Transaction], T]) -> T:
        if access == neo4j.WRITE_ACCESS:
            require_space(self.connection.data)
        with (
            _translating(self.connection),
            self._session(access) as session,
            session.begin_transaction() as transaction,
        ):
            outcome = work(Transaction(transaction))
            transaction.commit()
            return outcome

    def _attempt(self, access: str, work: Callable[[Transaction], T]) -> T:
        # Not the driver's managed transactions: those take a heap error for a passing one and send
        # the query that caused it again for half a minute.
        deadline = time.monotonic() + self.connection.retry_s
        attempt, away = 1, False
        while True:
            try:
                outcome = self._once(access, work)
            except errors.DatabaseError as error:
                if not _worth_another(error.__cause__, attempt) or time.monotonic() > deadline:
                    raise
                # At first it may be a connection of the pool alone that is dead.
                if attempt > 1 and isinstance(error.__cause__, driver_errors.DriverError):
                    away = True
                    self._away(away)
            else:
                if away:
                    self._away(False)
                return outcome
            time.sleep(_pause_s(attempt))
            attempt += 1


class AsyncDatabase:
    """Neo4j for HTTP: reads only, each in a session of its own, so that tasks may share it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        with _translating(connection):
            self._driver = neo4j.AsyncGraphDatabase.driver(
                connection.uri,
                # `read` has a deadline of its own; each one inside it would cost a task.
                connection_write_timeout=math.inf,
                **_driver_settings(connection),
            )
        self._inspected = Inspected()
        self.lost = 0  # how often a connection was found dead, or none was to be had

    async def read(
        self,
        query: str,
        parameters: Parameters | None = None,
        /,
        *,
        timeout_s: float | None = None,
        **more: object,
    ) -> list[Row]:
        """Run a reading query that commits by itself: one round trip, stopped after `timeout_s`."""
        limit_s = self.connection.query_timeout_s if timeout_s is None else timeout_s
        statement = neo4j.Query(query, timeout=limit_s)
        if more:
            parameters = {**(parameters or {}), **more}
        started = time.monotonic()
        try:
            async with asyncio.timeout(limit_s + _GRACE_S):
                try:
                    return await self._once(statement, parameters)
                except (driver_errors.ServiceUnavailable, driver_errors.SessionExpired):
                    self.lost += 1
                    if time.monotonic() - started > _RECONNECT_WITHIN_S:
                        raise
                    # The connection died in the pool; the failure emptied the pool.
                    return await self._once(statement, parameters)
        except TimeoutError as error:
            raise errors.QueryTimedOut(timeout_s=limit_s) from error
        except _FAILURES as error:
            raise _translated(error, self.connection, limit_s) from error

    @asynccontextmanager
    async def asking(
        self, query: str, parameters: Parameters, /, *, timeout_s: float, limit: int, mark: str
    ) -> AsyncIterator[tuple[tuple[str, ...], AsyncIterator[tuple[object, ...]], tuple[str, ...]]]:
        """What a person asked for: columns, rows of plain values as they come, and hints.

        The query only reads, and is sent once. Who leaves early, or is cancelled, ends it; should
        the server go on all the same, `is_running` finds it by `mark`.

        Raises:
            CypherRefused: it is wrong, does more than read, or nothing could stop it.
            QueryTimedOut: the server kept the limit; whoever calls this has a deadline as well.
        """
        refuse_text(query)
        refuse_parameters(parameters)
        with _translating_question(self.connection, timeout_s):
            async with self._driver.session(
                database=self.connection.database,
                default_access_mode=neo4j.READ_ACCESS,
                fetch_size=min(limit + 1, FETCH_ROWS),
                notifications_min_severity="WARNING",
            ) as session:
                metadata = {MARK: mark}
                hints = self._inspected.hints(query)
                # A name that is unknown today may be there tomorrow: such a query is planned again.
                if hints is None or hints:
                    explain = neo4j.Query(EXPLAIN + query, metadata, timeout_s)
                    planned = await (await session.run(explain)).consume()
                    _refuse_planned(planned, self.connection)
                    hints = hints_of(planned.gql_status_objects)
                    self._inspected.add(query, hints)
                result = await session.run(neo4j.Query(query, metadata, timeout_s), {**parameters})
                yield tuple(result.keys()), _plain_rows(result), hints

    async def is_running(self, mark: str) -> bool:
        """Whether the server still works on what was asked under `mark`."""
        return bool(await self.read(MARKED, mark=mark))

    async def server_info(self) -> ServerInfo:
        return server_info(self.connection, await self.read(SERVER))

    async def verify(self) -> None:
        """Raise what stands between us and the database: address, login, version or name."""
        refuse_old(await self.server_info())

    async def close(self) -> None:
        await self._driver.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.close()

    async def _once(self, statement: neo4j.Query, parameters: Parameters | None) -> list[Row]:
        async with self._driver.session(
            database=self.connection.database, default_access_mode=neo4j.READ_ACCESS
        ) as session:
            result = await session.run(statement, cast("dict[str, Any]", parameters))
            keys = result.keys()
            return [dict(zip(keys, record, strict=True)) async for record in result]


def _driver_settings(connection: Connection) -> dict[str, Any]:
    # Hints, and connections that break for good, are told to whoever asked, and not to the log.
    logging.getLogger("neo4j.notifications").setLevel(logging.ERROR)
    logging.getLogger("neo4j.io").setLevel(logging.CRITICAL)
    if connection.uri.startswith("http"):  # a preview of the driver's, without transactions
        raise driver_errors.ConfigurationError("the address must start with bolt:// or neo4j://")
    return {
        "auth": (connection.username, connection.password),
        "connection_timeout": connection.connect_timeout_s,
        "connection_acquisition_timeout": connection.acquire_timeout_s,
        "max_connection_pool_size": connection.pool_size,
        # Firewalls forget idle connections without telling either end.
        "liveness_check_timeout": 60.0,
        # Hints for who writes Cypher by hand; ours is tested, and they cost bytes per answer.
        "notifications_min_severity": "OFF",
        "warn_notification_severity": "OFF",
        "telemetry_disabled": True,
        "user_agent": "catalograph",
    }


async def _plain_rows(result: neo4j.AsyncResult) -> AsyncIterator[tuple[object, ...]]:
    async for record in result:
        yield tuple(plain(value) for value in record)


def _rows(result: neo4j.Result) -> list[Row]:
    keys = result.keys()
    return [dict(zip(keys, record, strict=True)) for record in result]


def _refuse_planned(summary: neo4j.ResultSummary, connection: Connection) -> None:
    refuse_plan(summary.plan, kind=summary.query_type, database=connection.database)


def _pause_s(attempt: int) -> float:
    longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0**attempt)
    return random.uniform(longest / 2, longest)  # spread out, so that two writers part


def _worth_another(error: BaseException | None, attempt: int) -> bool:
    if isinstance(error, driver_errors.IncompleteCommit):
        return True  # the driver will not, because it cannot know that our writes are idempotent
    if not isinstance(error, driver_errors.Neo4jError | driver_errors.DriverError):
        return False
    if isinstance(error, driver_errors.Neo4jError) and _title(error).endswith(_MEMORY):
        return attempt < _MEMORY_ATTEMPTS
    return error.is_retryable()


@contextmanager
def _translating(connection: Connection, timeout_s: float | None = None) -> Iterator[None]:
    try:
        yield
    except _FAILURES as error:
        raise _translated(error, connection, timeout_s) from _root(error)


@contextmanager
def _translating_question(connection: Connection, timeout_s: float) -> Iterator[None]:
    """The same, where a person wrote the query: what is wrong with it is theirs to mend."""
    try:
        yield
    except RecursionError:
        reason = "a value of the answer is nested too deeply; return its parts"
        raise errors.CypherInvalid(reason=reason) from None
    except _FAILURES as failure:
        error = _root(failure)
        translated = _translated(failure, connection, timeout_s)
        theirs = isinstance(error, (driver_errors.Neo4jError, *_UNSENDABLE))
        raise cypher_refusal(translated) if theirs else translated from error


def _root(error: Exception) -> BaseException:
    """The failure itself, where the driver wraps what broke a result half-way."""
    if isinstance(error, driver_errors.ResultFailedError) and error.__cause__ is not None:
        return error.__cause__
    return error


def _title(error: driver_errors.Neo4jError) -> str:
    return str(error.code).rpartition(".")[2]


def _translated(
    failure: Exception, connection: Connection, timeout_s: float | None
) -> errors.DatabaseError:
    error = _root(failure)
    if isinstance(error, driver_errors.Neo4jError):
        return _translated_answer(error, connection, timeout_s)
    if isinstance(error, _UNREACHABLE):
        return errors.DatabaseUnavailable(uri=connection.uri, reason=" ".join(str(error).split()))
    if isinstance(error, _UNSENDABLE):
        return errors.QueryRefused(reason=f"a parameter cannot be sent to Neo4j: {error}")
    return errors.DatabaseError(str(error))


def _translated_answer(
    error: driver_errors.Neo4jError, connection: Connection, timeout_s: float | None
) -> errors.DatabaseError:
    title, reason = _title(error), error.message or str(error)
    if title in _TIMEOUT:
        return errors.QueryTimedOut(timeout_s=timeout_s or connection.query_timeout_s)
    if title in _LOGIN:
        return errors.DatabaseRefusedLogin(uri=connection.uri, username=connection.username)
    if title in _NO_DATABASE:
        return errors.DatabaseNotFound(uri=connection.uri, database=connection.database or "home")
    if title.endswith(_MEMORY):
        return errors.QueryTooLarge(reason=f"the query needs more memory than there is: {reason}")
    if isinstance(error, driver_errors.ClientError):
        return errors.QueryRefused(reason=reason)
    if isinstance(error, driver_errors.TransientError) or title in _GIVEN_UP:
        return errors.DatabaseUnavailable(uri=connection.uri, reason=reason)
    return errors.DatabaseError(reason)
