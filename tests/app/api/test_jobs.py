"""/v1/jobs: what is going on, as it happens; stopping it, doing it over, and what was rejected."""

import json
from datetime import timedelta

import anyio
import anyio.from_thread
import pytest

from app.api import job_events
from app.api.job_models import Job, JobPage
from app.errors import JobsUnavailable
from app.keys import Scope
from app.main import create_app
from tests.app.api.test_problems import problem
from tests.app.fake_jobs import StoredJobs
from tests.app.parts import (
    MAPPING,
    NOW,
    make_job,
    make_mapping,
    memory_wiring,
    serving,
    serving_wiring,
)

pytestmark = pytest.mark.anyio

over_both = pytest.mark.parametrize("wiring", ["memory", "SQLite"], indirect=True)

ID = "import-20250301T093000-9f3a2b1c"
REJECT = (
    b'{"source":"lamps.csv","line":2,"field":"price","value":"12,-","code":"value_invalid",'
    b'"message":"is not a number","row":{"sku":"1","price":"12,-"}}\n'
)
NDJSON = {"Content-Type": "application/x-ndjson"}
PROGRESS = {
    "rows_read": 500,
    "created": 300,
    "updated": 50,
    "unchanged": 100,
    "rejected": 40,
    "duplicates": 10,
    "closed": 0,
    "bytes_read": 250,
    "bytes_total": 1_000,
}
OPERATIONS = [
    ("GET", ""),
    ("GET", "/events"),
    ("GET", "/rejects"),
    ("POST", "/cancel"),
    ("POST", "/retry"),
]


@pytest.fixture
def wiring(request, tmp_path):
    own = {"jobs_of": StoredJobs} if getattr(request, "param", "memory") == "SQLite" else {}
    wiring = memory_wiring(tmp_path, max_upload_bytes=10_000, **own)
    yield wiring
    wiring.jobs.close()


@pytest.fixture
def quick(monkeypatch):
    """Events without waiting."""
    monkeypatch.setattr(job_events, "POLL_S", 0.01)


def at(id, what=""):
    return f"/v1/jobs/{id}{what}"


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


# Events


def events_of(text):
    """Name and job of each event; comments are left out."""
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line[0] != ":")
        if fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


@over_both
async def test_events_of_a_job_that_has_ended_are_its_end(client, wiring):
    make_job(wiring, ID, state="succeeded")

    answer = await client.get(at(ID, "/events"), headers={"Last-Event-ID": "7"})
    shown = await client.get(at(ID))

    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.headers["Cache-Control"] == "no-store"
    assert events_of(answer.text) == [("end", shown.json())]


@over_both
async def test_events_follow_a_job_to_its_end(wiring, quick):
    job = make_job(wiring, ID, state="queued")
    stream = aiter(job_events.job_events(wiring, job).body_iterator)
    events = [await anext(stream)]

    for change in ({"state": "running"}, {"progress": PROGRESS}):
        wiring.jobs.change(ID, **change)
        events.append(await anext(stream))
    wiring.jobs.change(ID, progress=PROGRESS)  # as it was: nothing to tell
    wiring.jobs.change(ID, state="succeeded")
    events += [event async for event in stream]

    told = [event for one in events for event in events_of(one.encode().decode())]
    assert [name for name, _ in told] == ["progress", "progress", "progress", "end"]
    assert [job["state"] for _, job in told] == ["queued", "running", "running", "succeeded"]
    assert told[2][1]["rows"]["read"] == 500


async def test_events_outlive_a_jobs_database_that_is_away(wiring, quick):
    job = make_job(wiring, ID, state="running")
    stream = aiter(job_events.job_events(wiring, job).body_iterator)
    await anext(stream)

    wiring.jobs.error = JobsUnavailable(place="x", reason="y")
    events = []
    async with anyio.create_task_group() as tasks:

        async def watch():
            events.extend([event.event async for event in stream])

        tasks.start_soon(watch)
        await anyio.sleep(0.1)  # some polls that fail
        wiring.jobs.error = None
        wiring.jobs.change(ID, state="failed")

    assert events == ["end"]


async def test_events_end_when_the_job_is_gone(wiring, quick):
    job = make_job(wiring, ID, state="running")
    stream = aiter(job_events.job_events(wiring, job).body_iterator)
    await anext(stream)

    del wiring.jobs.all[ID]

    assert [event async for event in stream] == []


async def test_nobody_is_asked_for_events_when_the_client_is_gone(wiring, quick):
    stream = job_events.job_events(wiring, make_job(wiring, ID, state="running"))
    asked = []
    enough, gone = anyio.Event(), anyio.Event()

    def get(id):
        asked.append(id)
        if len(asked) == 3:
            anyio.from_thread.run_sync(enough.set)
        return wiring.jobs.all[id]

    async def receive():
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        pass

    wiring.jobs.get = get
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stream, {"type": "http", "method": "GET"}, receive, send)
        await enough.wait()
        gone.set()
    before = len(asked)
    await anyio.sleep(0.1)

    assert len(asked) == before


# Cancel


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


# Retry


@over_both
async def test_a_job_that_failed_is_done_over_as_a_whole(client, wiring):
    make_job(wiring, ID, state="failed")

    answer = await client.post(at(ID, "/retry"))

    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == at(answer.json()["id"])
    assert answer.json()["retry_of"] == ID
    assert wiring.jobs.get(answer.json()["id"]).spec["rejects_of"] is None


@over_both
async def test_of_a_job_that_succeeded_only_the_rejects_are_done_over(client, wiring):
    make_job(wiring, ID, state="succeeded", rejects=REJECT)

    answer = await client.post(at(ID, "/retry"))

    spec = wiring.jobs.get(answer.json()["id"]).spec
    assert answer.status_code == 202, answer.text
    assert spec["rejects_of"] == ID


@over_both
@pytest.mark.parametrize("packed", [False, True])
async def test_corrected_rejects_are_what_is_loaded(client, wiring, packed):
    make_job(wiring, ID, state="succeeded", rejects=REJECT)
    mended = REJECT.replace(b"12,-", b"12")

    async def body():
        yield mended

    answer = await client.post(
        at(ID, "/retry"), content=body() if packed else mended, headers=NDJSON
    )

    new = answer.json()["id"]
    (file,) = wiring.jobs.folder(new).iterdir()
    spec = wiring.jobs.get(new).spec
    assert (spec["rejects_of"], spec["path"]) == (ID, str(file))
    assert file.read_bytes() == mended
    assert list((wiring.settings.home / "uploads").iterdir()) == []


@over_both
async def test_rejects_may_be_done_over_with_another_mapping(client, wiring):
    make_job(wiring, ID, state="succeeded", rejects=REJECT)
    mended = MAPPING + "# mended\n"
    make_mapping(wiring, "mended", mended)

    answer = await client.post(at(ID, "/retry?mapping=mended"))

    assert answer.json()["mapping"] == "mended"
    assert wiring.jobs.get(answer.json()["id"]).spec["mapping"] == mended


async def test_a_body_of_unknown_length_may_turn_out_to_be_none(client, wiring):
    make_job(wiring, ID, state="failed")

    async def body():
        return
        yield

    answer = await client.post(at(ID, "/retry"), content=body())

    problem(answer, 415, "media_type_unsupported")
    assert (await client.post(at(ID, "/retry"), content=body(), headers=NDJSON)).is_success


@over_both
@pytest.mark.parametrize("state", ["queued", "running", "succeeded"])
async def test_what_has_nothing_to_do_over_says_so(client, wiring, state):
    make_job(wiring, ID, state=state)

    problem(await client.post(at(ID, "/retry")), 409, "job_not_retryable")


@pytest.mark.parametrize(
    ("query", "content", "headers", "status", "code"),
    [
        ("?mapping=lamp", b"", {}, 422, "mapping_unknown"),
        ("?mapping=", b"", {}, 422, "mapping_unknown"),
        ("?mapping=" + "x" * 65, b"", {}, 422, "request_invalid"),
        ("", REJECT, {"Content-Type": "text/csv"}, 415, "media_type_unsupported"),
        ("", REJECT * 1_000, NDJSON, 413, "body_too_large"),
    ],
)
async def test_a_retry_that_cannot_be_is_a_problem(
    client, wiring, query, content, headers, status, code
):
    make_job(wiring, ID, state="succeeded", rejects=REJECT)

    answer = await client.post(at(ID, "/retry") + query, content=content, headers=headers)

    problem(answer, status, code)
    assert wiring.jobs.count() == 1


async def test_rejects_that_nobody_takes_are_not_kept(client, wiring):
    make_job(wiring, ID, state="failed")

    answer = await client.post(at(ID, "/retry"), content=REJECT, headers=NDJSON)

    problem(answer, 409, "job_not_retryable")
    assert list((wiring.settings.home / "uploads").iterdir()) == []


# Rejects


@over_both
async def test_rejects_are_answered_as_they_were_written(client, wiring):
    make_job(wiring, ID, state="succeeded", rejects=REJECT * 3)

    answer = await client.get(at(ID, "/rejects"))

    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert answer.content == REJECT * 3
    first = json.loads(answer.text.splitlines()[0])
    assert set(first) == {"source", "line", "field", "value", "code", "message", "row"}


@over_both
async def test_without_rejects_there_is_nothing_to_answer(client, wiring):
    make_job(wiring, ID, state="succeeded")

    answer = await client.get(at(ID, "/rejects"))

    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("rest", [b'{"source":', b"x" * 1_000_000])
async def test_a_reject_that_is_still_being_written_is_left_out(client, wiring, rest):
    long = b'{"value":"' + b"y" * 900_000 + b'"}\n'
    make_job(wiring, ID, state="running", rejects=REJECT + long + REJECT + rest)

    answer = await client.get(at(ID, "/rejects"))

    assert answer.content == REJECT + long + REJECT


# Scopes


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
