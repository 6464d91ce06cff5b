"""GET /v1/jobs/{id}/rejects: what was rejected, as it was written."""

import json

import pytest

from tests.app.api.jobs.asking import ID, REJECT, at
from tests.app.fake_jobs import over_both
from tests.app.parts import make_job

pytestmark = pytest.mark.anyio


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
