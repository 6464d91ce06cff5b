"""Queries that data scientists write: bounded in number, time and size, watched to their end."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

from app.errors import TooManyQueries
from app.services.answering import Answer, AnswerFormat, Collector, Cut, collector_of, notice_of
from graph.errors import CypherRefused, DatabaseError, QueryTimedOut

_log = logging.getLogger(__name__)

Columns = tuple[str, ...]
Rows = AsyncIterator[tuple[object, ...]]
Hints = tuple[str, ...]  # names of the query that the graph does not have


class Askable(Protocol):
    """The database, as far as it is asked here; `graph.client.AsyncDatabase` is one."""

    def asking(
        self,
        query: str,
        parameters: Mapping[str, object],
        /,
        *,
        timeout_s: float,
        limit: int,
        mark: str,
    ) -> AbstractAsyncContextManager[tuple[Columns, Rows, Hints]]: ...

    async def is_running(self, mark: str) -> bool: ...


@dataclass(frozen=True)
class QueryLimits:
    """What one key may ask of the database."""

    per_key: int = 4  # at the same time
    answer_bytes: int = 16 * 2**20
    grace_s: float = 1.0  # the server stops a query at its limit; then we stop waiting for it
    # Some work inside of one expression obeys no limit: after so long only the server's end helps.
    runaway_s: float = 30.0
    watch_s: float = 1.0  # between two looks at a query that should have ended


@dataclass(frozen=True)
class Question:
    cypher: str
    parameters: Mapping[str, object]
    limit: int
    timeout_s: float
    format: AnswerFormat


class Querying:
    """Asks, and keeps a key's place taken until the server has really ended what it asked.

    `end_server` ends the process of an embedded server, whose supervisor starts it anew; False
    where the server is not ours to end.
    """

    def __init__(
        self,
        database: Askable,
        limits: QueryLimits | None = None,
        *,
        end_server: Callable[[], bool] = bool,
    ) -> None:
        self._database = database
        self._limits = limits or QueryLimits()
        self._end_server = end_server
        self._asked: Counter[str] = Counter()
        self._watching: set[asyncio.Task[None]] = set()

    async def ask(self, key: str, question: Question) -> Answer:
        """The answer, of at most `question.limit` rows and `QueryLimits.answer_bytes` bytes.

        Raises:
            TooManyQueries: the key asks as much already as it may.
            CypherRefused: the query is wrong, does more than read, or nothing could stop it.
            QueryTimedOut: also where the server does not keep its limit.
        """
        if self._asked[key] >= self._limits.per_key:
            raise TooManyQueries(most=self._limits.per_key)
        self._asked[key] += 1
        mark = uuid4().hex
        ended = False
        try:
            answer = await self._answer(question, mark)
            ended = True
        except CypherRefused:
            ended = True  # the server said so itself, or it was never asked
            raise
        finally:
            if ended:
                self._release(key)
            else:
                self._watch(key, mark)
        return answer

    async def close(self) -> None:
        """Stop watching; what still runs is ended by its connection's end."""
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)

    async def _answer(self, question: Question, mark: str) -> Answer:
        started = time.monotonic()
        try:
            async with (
                asyncio.timeout(question.timeout_s + self._limits.grace_s),
                self._database.asking(
                    question.cypher,
                    question.parameters,
                    timeout_s=question.timeout_s,
                    limit=question.limit,
                    mark=mark,
                ) as (columns, rows, hints),
            ):
                collector = collector_of(question.format, columns)
                cut = await self._collect(rows, collector, question.limit)
        except TimeoutError:
            raise QueryTimedOut(timeout_s=question.timeout_s) from None
        notice = notice_of(cut, collector.rows, hints)
        seconds = time.monotonic() - started
        return collector.answer(truncated_by=cut, notice=notice, seconds=seconds)

    async def _collect(self, rows: Rows, collector: Collector, limit: int) -> Cut | None:
        """What cut the answer short, if anything did."""
        async for row in rows:
            if collector.rows >= limit:
                return "rows"
            if not collector.add(row, self._limits.answer_bytes):
                return "bytes"
        return None

    # Queries whose end nobody has seen

    def _release(self, key: str) -> None:
        self._asked[key] -= 1
        if not self._asked[key]:
            del self._asked[key]

    def _watch(self, key: str, mark: str) -> None:
        task = asyncio.create_task(self._await_end(key, mark))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)

    async def _await_end(self, key: str, mark: str) -> None:
        deadline = time.monotonic() + self._limits.runaway_s
        try:
            while await self._is_running(mark):
                if time.monotonic() > deadline and await asyncio.to_thread(self._end_server):
                    _log.error("a query of key %s obeyed no limit: its Neo4j starts anew", key)
                    return
                await asyncio.sleep(self._limits.watch_s)
        except DatabaseError as error:  # a server that is gone has taken its queries along
            _log.info("nothing is known of a query of key %s: %s", key, error.code)
        finally:
            self._release(key)

    async def _is_running(self, mark: str) -> bool:
        try:
            return await self._database.is_running(mark)
        except QueryTimedOut:
            return True  # for all we know: it may be what keeps the server busy
