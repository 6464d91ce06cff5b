"""A job that reads texts, in a real Neo4j: what it shows while that is away."""

import threading
from datetime import UTC, datetime
from functools import partial

import anyio
import anyio.from_thread
import anyio.to_thread
import pytest

from app.jobs import building
from app.jobs.building import build_body
from app.jobs.execution import JobRunner
from app.jobs.options import WorkerOptions
from app.services.builds import BuildSpec
from app.services.jobs import Jobs
from app.services.readers import grounder_of
from app.settings import Settings
from graph.records import Item
from graph.repositories.items import ItemWriter
from tests.graph.proxy import Wire

pytestmark = pytest.mark.anyio


async def test_a_build_says_that_it_waits_for_the_database_and_goes_on(
    board, database, monkeypatch
):
    now = datetime.now(UTC)
    lamp = Item("product", "shop:1", "A lamp, 30 cm", "shop", "hash")
    ItemWriter(database).write([lamp], parameters={}, run="import-1", now=now)
    where = database.connection
    async with Wire(where.uri) as wire:
        settings = Settings(
            home=board.home,
            neo4j_uri=wire.uri,
            neo4j_username=where.username,
            neo4j_password=where.password,
        )

        def lose_it(settings, opened):
            grounder = grounder_of(settings, opened)
            anyio.from_thread.run(wire.stop)
            return grounder

        with monkeypatch.context() as patch, Jobs(settings) as jobs:
            patch.setattr(building, "grounder_of", lose_it)
            job, _ = jobs.submit(BuildSpec(source="shop"))
            runner = JobRunner(
                board.store,
                board.queue,
                {"build": build_body(settings)},
                worker="me",
                stop=threading.Event(),
                options=WorkerOptions(),
                folder_of=jobs.folder,
                clock=partial(datetime.now, UTC),
            )
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(anyio.to_thread.run_sync, runner.run, job.id)
                says = partial(board.wait, job.id, lambda job: "waiting_for" in job.progress, 15.0)
                waiting = await anyio.to_thread.run_sync(says)
                await wire.start()
            done = board.store.get(job.id)

    assert (waiting.state, waiting.progress["waiting_for"]) == ("running", "database")
    assert (done.state, done.attempts, done.result["items"]) == ("succeeded", 1, 1)
