"""POST /v1/jobs/{id}/cancel: stopping a job."""

import pytest

from tests.app.api.jobs.asking import ID, at
from tests.app.api.test_problems import problem
from tests.app.fake_jobs import over_both
from tests.app.parts import make_job

pytestmark = pytest.mark.anyio


@over_both
async def test_a_job_that_waits_is_cancelled_at_once_and_only_once(client, wiring):
    make_job(wiring, ID, state="queued")

    first = await client.post(at(ID, "/cancel"))
    again = await client.post(at(ID, "/cancel"))

    assert first.status_code == again.status_code == 200
    assert first.json()["state"] == again.json()["state"] == "cancelled"


@over_both
async def test_a_job_that_runs_is_asked_to_stop(client, wiring):
    make_job(wiring, ID, state="running")

    answer = await client.post(at(ID, "/cancel"))

    assert (answer.json()["state"], answer.json()["cancel_requested"]) == ("running", True)


@over_both
@pytest.mark.parametrize("state", ["succeeded", "failed"])
async def test_a_job_that_has_ended_cannot_be_cancelled(client, wiring, state):
    make_job(wiring, ID, state=state)

    problem(await client.post(at(ID, "/cancel")), 409, "job_finished")
