"""POST /v1/jobs/{id}/retry: doing a job over, or what was rejected in it."""

import pytest

from tests.app.api.jobs.asking import ID, NDJSON, REJECT, at
from tests.app.api.test_problems import problem
from tests.app.fake_jobs import over_both
from tests.app.parts import MAPPING, make_job, make_mapping

pytestmark = pytest.mark.anyio


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
async def test_of_a_job_all_of_whose_rows_were_rejected_the_corrected_ones_are_loaded(
    client, wiring
):
    error = {"code": "nothing_loaded", "message": "all rows"}
    make_job(wiring, ID, state="failed", rejects=REJECT, error=error)

    corrected = await client.post(at(ID, "/retry"), content=REJECT, headers=NDJSON)
    whole = await client.post(at(ID, "/retry"))

    assert wiring.jobs.get(corrected.json()["id"]).spec["rejects_of"] == ID
    assert wiring.jobs.get(whole.json()["id"]).spec["rejects_of"] is None


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
