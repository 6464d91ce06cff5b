"""Filling gaps becomes a job."""

import msgspec
import pytest

from app.services.fills import FILL, FillSpec

pytestmark = pytest.mark.anyio


async def test_a_fill_is_a_job_with_its_settings(client, wiring):
    answer = await client.post("/v1/graph-fills", json={"source": "acme", "precision": 0.95})

    job = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/jobs/{job['id']}"
    assert (job["kind"], job["state"], job["source"]) == (FILL, "queued", "acme")
    spec = wiring.jobs.get(job["id"]).spec
    assert spec == msgspec.to_builtins(FillSpec(source="acme", precision=0.95))


async def test_its_progress_is_in_items_and_its_end_says_what_was_filled_in(client, wiring):
    job = (await client.post("/v1/graph-fills", json={})).json()
    running = {"rows_read": 2, "total": 4, "facts": 3}
    wiring.jobs.change(job["id"], state="running", progress=running)

    half = (await client.get(f"/v1/jobs/{job['id']}")).json()
    result = {
        "items": 4,
        "facts": {"accepted": 5, "written": 5},
        "parameters": {"power": 5},
        "thresholds": {"power": 0.93},
        "model": "filling@1",
        "dry_run": False,
    }
    wiring.jobs.change(job["id"], state="succeeded", result=result)
    whole = (await client.get(f"/v1/jobs/{job['id']}")).json()

    assert (half["percent"], half["building"]["items"]) == (50.0, 2)
    assert whole["building"]["facts"] == {"accepted": 5, "written": 5}
    assert (whole["building"]["items"], whole["building"]["model"]) == (4, "filling@1")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"remove": True, "propose": 0.5}, "fill_invalid", "/propose"),
        ({"source": "a b"}, "fill_invalid", "/source"),
        ({"precision": 1}, "request_invalid", "/precision"),
        ({"sources": "acme"}, "request_invalid", "/sources"),
    ],
)
async def test_settings_that_make_no_sense_are_refused_by_name(client, body, code, pointer):
    answer = await client.post("/v1/graph-fills", json=body)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, code)
    assert problem["errors"][0]["pointer"] == pointer


async def test_a_reader_may_not_fill(reader):
    answer = await reader.post("/v1/graph-fills", json={})

    assert answer.status_code == 403
