"""Graphs that are asked in plain words, in a real Neo4j."""

from contextlib import asynccontextmanager

from app.services.asking import Asking
from app.services.threads import Threads
from graph.client import AsyncDatabase
from graph.repositories.answers import Answers
from graph.repositories.items import ItemWriter
from tests.conftest import empty
from tests.fakes import NOW, RUN


def filled(shared_database, *batches, parameters):
    """The database with these items and nothing else, to be read only."""
    database, token = shared_database
    empty(database, token)
    writer = ItemWriter(database)
    for items in batches:
        writer.write(list(items), parameters=parameters, run=RUN, now=NOW)
    return database


@asynccontextmanager
async def asking_over(database, lexicon):
    async with AsyncDatabase(database.connection) as reading:
        yield Asking(Answers(reading), lambda: lexicon, Threads(1))
