"""Raw queries: how many a key may have, how long, how much, and who sees to their end."""

import asyncio

import pytest

from app.errors import TooManyQueries
from app.services.querying import Querying, QueryLimits, Question
from graph.errors import CypherInvalid, DatabaseUnavailable, QueryTimedOut
from tests.app.fake_questions import FakeAskable

pytestmark = pytest.mark.anyio

QUICK = {"grace_s": 0.0, "watch_s": 0.0, "runaway_s": 0.0}


def question(*, limit=10, timeout_s=5.0, format="json"):
    return Question("RETURN 1 AS x", {}, limit, timeout_s, format)


async def settle():
    for _ in range(20):
        await asyncio.sleep(0.005)


async def test_a_key_has_so_many_at_once_and_others_have_theirs():
    database = FakeAskable()
    database.hang = True
    querying = Querying(database, QueryLimits(per_key=2))
    waiting = [asyncio.create_task(querying.ask("a", question())) for _ in range(2)]
    await settle()

    with pytest.raises(TooManyQueries):
        await querying.ask("a", question())
    database.hang = False
    assert (await querying.ask("b", question())).rows == 1

    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    await settle()
    assert (await querying.ask("a", question())).rows == 1


async def test_our_deadline_does_not_trust_that_of_the_server():
    database = FakeAskable()
    database.hang = True

    with pytest.raises(QueryTimedOut):
        await Querying(database, QueryLimits(**QUICK)).ask("a", question(timeout_s=0.01))

    assert database.ended == 1


async def test_what_lingers_keeps_its_place_until_it_has_ended():
    database = FakeAskable()
    database.hang = database.lingering = True
    querying = Querying(database, QueryLimits(per_key=1, grace_s=0.0, watch_s=0.001))
    with pytest.raises(QueryTimedOut):
        await querying.ask("a", question(timeout_s=0.01))
    database.hang = False

    with pytest.raises(TooManyQueries):
        await querying.ask("a", question())
    database.lingering = False
    await settle()

    assert (await querying.ask("a", question())).rows == 1


@pytest.mark.parametrize("ours", [True, False])
async def test_what_lingers_too_long_costs_an_embedded_server_its_process(ours):
    database, ends = FakeAskable(), []
    database.hang = database.lingering = True
    querying = Querying(
        database, QueryLimits(per_key=1, **QUICK), end_server=lambda: ends.append(1) or ours
    )
    with pytest.raises(QueryTimedOut):
        await querying.ask("a", question(timeout_s=0.01))
    await settle()
    database.hang = False

    assert ends
    if ours:
        assert (await querying.ask("a", question())).rows == 1
    else:
        with pytest.raises(TooManyQueries):
            await querying.ask("a", question())
    await querying.close()


async def test_a_client_that_goes_away_frees_its_place():
    database = FakeAskable()
    database.hang = True
    querying = Querying(database, QueryLimits(per_key=1))
    asked = asyncio.create_task(querying.ask("a", question()))
    await settle()

    asked.cancel()
    await settle()

    database.hang = False
    assert (await querying.ask("a", question())).rows == 1


@pytest.mark.parametrize(
    "error", [CypherInvalid(reason="no"), DatabaseUnavailable(uri="bolt://x", reason="gone")]
)
async def test_an_error_is_not_retried_and_frees_its_place(error):
    database = FakeAskable()
    database.error = error
    querying = Querying(database, QueryLimits(per_key=1, **QUICK))

    with pytest.raises(type(error)):
        await querying.ask("a", question())
    await settle()

    assert len(database.marks) == 1
    database.error = None
    assert (await querying.ask("a", question())).rows == 1


@pytest.mark.parametrize("format", ["json", "csv", "arrow"])
async def test_one_row_that_is_too_large_leaves_an_empty_answer(format):
    database = FakeAskable(rows=(("y" * 5_000,), ("z",)))

    answer = await Querying(database, QueryLimits(answer_bytes=1_000)).ask(
        "a", question(format=format)
    )

    assert (answer.rows, answer.truncated_by) == (0, "bytes")
