"""GET /v1/jobs/{id}/events: a job as it happens."""

import json

import anyio
import anyio.from_thread
import pytest

from app.api import job_events
from app.errors import JobsUnavailable
from tests.app.api.jobs.asking import ID, PROGRESS, at
from tests.app.fake_jobs import over_both
from tests.app.parts import make_job

pytestmark = pytest.mark.anyio


@pytest.fixture
def quick(monkeypatch):
    """Events without waiting."""
    monkeypatch.setattr(job_events, "POLL_S", 0.01)


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
