"""A query that no limit stops: its Neo4j is ended and comes back, and so does its key."""

import asyncio
import time
from functools import partial

import pytest

from app.errors import TooManyQueries
from app.services.querying import Querying, QueryLimits, Question
from graph.client import AsyncDatabase, Connection
from graph.errors import DatabaseError, QueryTimedOut
from graph.server import EmbeddedServer, ServerOptions, end_server, server_status
from tests.hostile_cypher import RUNAWAY

pytestmark = pytest.mark.neo4j


@pytest.mark.anyio
@pytest.mark.long
async def test_a_query_that_obeys_no_limit_costs_its_server_and_the_server_comes_back(tmp_path):
    options = ServerOptions(
        bolt_port=0, http_port=0, heap_mib=256, page_cache_mib=64, prepare_archive=False
    )
    with EmbeddedServer(tmp_path, options) as server:
        endpoint = server.endpoint
        connection = Connection(endpoint.uri, endpoint.username, endpoint.password, "neo4j")
        async with AsyncDatabase(connection) as database:
            querying = Querying(
                database,
                QueryLimits(per_key=1, runaway_s=1.0, watch_s=0.2),
                end_server=partial(end_server, tmp_path, endpoint.uri),
            )
            # A server that has just come up needs its time to plan.
            runaway = Question(RUNAWAY, {"n": 10**11}, 10, 10.0, "json")

            with pytest.raises(QueryTimedOut):
                await querying.ask("a", runaway)
            again = await answered(querying, "a")
            await querying.close()
        restarts = server_status(tmp_path).restarts

    assert again.rows == 1
    assert restarts == 1


async def answered(querying, key, patience_s=120.0):
    """The first answer that `key` gets again."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            return await querying.ask(key, Question("RETURN 1 AS x", {}, 10, 60.0, "json"))
        except (DatabaseError, TooManyQueries) as error:
            if time.monotonic() > deadline:
                raise error
        await asyncio.sleep(0.2)


def test_a_server_that_is_not_ours_is_not_ended(tmp_path):
    assert not end_server(tmp_path, "bolt://127.0.0.1:7687")
