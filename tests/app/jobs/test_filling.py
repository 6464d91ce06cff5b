"""A job that fills gaps, carried out by a worker over a real Neo4j."""

import threading
from datetime import UTC, datetime
from functools import partial

import pytest

from app.jobs.building import fill_body
from app.jobs.execution import JobRunner
from app.jobs.options import WorkerOptions
from app.services.fills import FILL, FillSpec
from app.services.jobs import Jobs
from graph.records import Item
from graph.repositories.items import ItemWriter
from tests.app.jobs.parts import settings_over

pytestmark = pytest.mark.neo4j


@pytest.fixture
def carried_out(board, database):
    """Submits a job of a kind of run, carries it out, and returns how it ended."""
    settings = settings_over(database, board.home)

    def carried_out(spec, again=False):
        with Jobs(settings) as jobs:
            job, _ = jobs.submit(spec)
            runner = JobRunner(
                board.store,
                board.queue,
                {FILL: fill_body(settings)},
                worker="me",
                stop=threading.Event(),
                options=WorkerOptions(),
                folder_of=jobs.folder,
                clock=partial(datetime.now, UTC),
            )
            runner.run(job.id)
            if again:
                return jobs.retry(job.id)
            return board.store.get(job.id)

    return carried_out


def test_it_counts_the_items_and_takes_back_what_was_filled_in(database, carried_out):
    lamp = Item("product", "shop:1", "A lamp", "shop", "hash")
    ItemWriter(database).write([lamp], parameters={}, run="import-1", now=datetime.now(UTC))

    done = carried_out(FillSpec(source="shop", remove=True))

    assert (done.state, done.result["items"], done.result["facts"]["ended"]) == ("succeeded", 1, 0)


def test_without_a_model_it_fails_and_says_what_to_do_and_can_be_asked_for_again(carried_out):
    done = carried_out(FillSpec())
    again = carried_out(FillSpec(source="shop"), again=True)

    assert (done.state, done.error["code"]) == ("failed", "filler_missing")
    assert "finetune filling" in done.error["message"]
    assert (again.kind, again.spec["source"]) == (FILL, "shop")
