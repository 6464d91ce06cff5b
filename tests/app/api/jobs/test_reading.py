"""GET /v1/jobs: what is going on, how far it is, and who may know."""

from datetime import timedelta

import pytest

from app.api.job_models import Job, JobPage
from app.errors import JobsUnavailable
from app.keys import Scope
from app.main import create_app
from tests.app.api.jobs.asking import ID, OPERATIONS, PROGRESS, REJECT, at
from tests.app.api.test_problems import problem
from tests.app.fake_jobs import over_both
from tests.app.parts import NOW, make_job, serving, serving_wiring

pytestmark = pytest.mark.anyio


@over_both
async def test_a_job_says_how_far_it_is_and_how_long_it_will_take(client, wiring):
    make_job(
        wiring,
        ID,
        state="running",
        created_at=NOW,
        started_at=NOW,
        attempt_at=NOW,
        attempts=1,
        progress=PROGRESS,
        progress_at=NOW + timedelta(seconds=10),
    )

    answer = await client.get(at(ID))

    job = Job.model_validate_json(answer.content)
    assert (job.rows.read, job.rows.written, job.rows.rejected) == (500, 350, 40)
    assert (job.bytes.read, job.bytes.total, job.percent) == (250, 1_000, 25.0)
    assert (job.rows_per_s, job.seconds_left) == (50.0, 30.0)
    assert (job.state, job.attempts, job.error, job.retry_of) == ("running", 1, None, None)
    assert job.links.itself == at(ID)


@over_both
@pytest.mark.parametrize("state", ["queued", "running", "succeeded", "failed", "cancelled"])
async def test_every_field_of_a_job_is_always_there(client, wiring, state):
    error = {"code": "import_failed", "message": "lamps.csv: line 1: the file is empty"}
    make_job(wiring, ID, state=state, error=error if state == "failed" else None)

    shown = (await client.get(at(ID))).json()

    declared = {field.alias or name for name, field in Job.model_fields.items()}
    assert set(shown) == declared
    assert shown["error"] == (error if state == "failed" else None)
    assert shown["links"] == {
        "self": at(ID),
        "events": at(ID, "/events"),
        "rejects": at(ID, "/rejects"),
    }


@pytest.mark.parametrize(("method", "what"), OPERATIONS)
@pytest.mark.parametrize(
    "id",
    [
        "import-20250301T093000-00000000",
        "x",
        "%00",
        "%ff",
        "%0a",
        "a%20b",
        "'--",
        "手机",
        "*",
        "x" * 200,
    ],
)
async def test_a_job_that_does_not_exist_is_a_problem(client, wiring, method, what, id):
    problem(await client.request(method, at(id, what)), 404, "job_not_found")


@over_both
@pytest.mark.parametrize(("method", "what"), OPERATIONS)
async def test_a_job_that_does_not_exist_is_not_in_the_database_either(
    client, wiring, method, what
):
    problem(await client.request(method, at(ID, what)), 404, "job_not_found")


async def test_an_id_that_is_too_long_for_any_is_a_problem(client):
    problem(await client.get(at("x" * 201)), 422, "request_invalid")


@over_both
async def test_jobs_are_listed_page_by_page_the_newest_first(client, wiring):
    ids = [f"import-{number}" for number in range(5)]
    for number, id in enumerate(ids):
        # Two of the same moment: the id decides.
        make_job(wiring, id, created_at=NOW + timedelta(seconds=number // 2))

    seen, answer = [], await client.get("/v1/jobs?limit=2")
    seen += [job["id"] for job in answer.json()["items"]]
    while "next" in answer.links:
        answer = await client.get("/v1/jobs" + answer.links["next"]["url"])
        seen += [job["id"] for job in answer.json()["items"]]

    assert seen == ids[::-1]
    assert JobPage.model_validate_json(answer.content).next_cursor is None


@over_both
async def test_jobs_are_found_by_state_kind_and_source(client, wiring):
    make_job(wiring, "a", source="acme", state="failed")
    make_job(wiring, "b", source="bolt", state="failed")
    make_job(wiring, "c", source="acme", state="succeeded")

    async def ids(**asked):
        answer = await client.get("/v1/jobs", params=asked)
        return sorted(job["id"] for job in answer.json()["items"])

    assert await ids(source="acme") == ["a", "c"]
    assert await ids(state="failed") == ["a", "b"]
    assert await ids(state="failed", source="bolt", kind="import") == ["b"]
    assert await ids(kind="training") == []


async def test_a_cursor_of_another_list_is_refused(client, wiring):
    for id in ("a", "b"):
        make_job(wiring, id)
    cursor = (await client.get("/v1/jobs?limit=1")).json()["next_cursor"]

    answer = await client.get(f"/v1/jobs?limit=1&state=queued&cursor={cursor}")

    problem(answer, 400, "cursor_invalid")


@pytest.mark.parametrize("query", ["state=done", "kind=", "source=%00", "limit=0", "kind=%ff"])
async def test_a_query_that_breaks_a_rule_is_a_problem(client, query):
    problem(await client.get(f"/v1/jobs?{query}"), 422, "request_invalid")


async def test_without_their_database_jobs_are_unavailable(client, wiring):
    wiring.jobs.error = JobsUnavailable(place="postgresql://secret-host/jobs", reason="refused")

    for path in ("/v1/jobs", at(ID), at(ID, "/events"), at(ID, "/rejects")):
        answer = await client.get(path)
        problem(answer, 503, "jobs_unavailable")
        assert "secret-host" not in answer.text


@pytest.mark.parametrize(("method", "what"), OPERATIONS)
async def test_a_key_for_reading_watches_and_changes_nothing(wiring, method, what):
    make_job(wiring, ID, state="failed", rejects=REJECT)

    async with serving_wiring(wiring, Scope.READ) as reader:
        answer = await reader.request(method, at(ID, what))

    assert answer.status_code == (200 if method == "GET" else 403)
    assert wiring.jobs.count() == 1


async def test_a_stranger_is_not_told_whether_a_job_exists(wiring):
    make_job(wiring, ID)

    async with serving(create_app(wiring=wiring)) as stranger:
        there = await stranger.get(at(ID))
        missing = await stranger.get(at("x"))

    assert {there.status_code, missing.status_code} == {401}
