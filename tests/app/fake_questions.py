"""A database that is asked raw Cypher, in memory: it answers, hangs and lingers as it is told."""

import asyncio
from contextlib import asynccontextmanager


class FakeAskable:
    """Answers any query with `rows`; `lingers` are the marks that it still works on."""

    def __init__(self, columns=("x",), rows=((1,),)):
        self.columns = columns
        self.rows = rows
        self.hints = ()
        self.hang = False
        self.error = None
        self.lingering = False
        self.marks = []
        self.ended = 0

    @asynccontextmanager
    async def asking(self, query, parameters, /, *, timeout_s, limit, mark):
        self.marks.append(mark)
        if self.error:
            raise self.error
        try:
            yield self.columns, self._rows(), self.hints
        finally:
            self.ended += 1

    async def _rows(self):
        for row in self.rows:
            yield row
        if self.hang:
            await asyncio.Event().wait()

    async def is_running(self, mark):
        assert mark in self.marks
        return self.lingering
