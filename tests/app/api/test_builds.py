"""Reading the texts of products becomes a job."""

import msgspec
import pytest

from app.services.builds import BUILD, BuildSpec

pytestmark = pytest.mark.anyio

COVERAGE = {"items": 4, "items_with_facts": 1, "facts": {}, "items_with_category": 2}


async def test_a_build_is_a_job_with_its_settings(client, wiring):
    answer = await client.post("/v1/graph-builds", json={"source": "acme", "accept": 0.9})

    job = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/jobs/{job['id']}"
    assert (job["kind"], job["state"], job["source"]) == (BUILD, "queued", "acme")
    assert wiring.jobs.get(job["id"]).spec == msgspec.to_builtins(
        BuildSpec(source="acme", accept=0.9)
    )


async def test_its_progress_is_in_products_and_its_end_says_what_is_known_now(client, wiring):
    job = (await client.post("/v1/graph-builds", json={})).json()
    running = {"rows_read": 2, "total": 4, "facts": 3}
    wiring.jobs.change(job["id"], state="running", progress=running)

    half = (await client.get(f"/v1/jobs/{job['id']}")).json()
    wiring.jobs.change(
        job["id"],
        state="succeeded",
        result={
            "items": 4,
            "items_with_facts": 3,
            "facts": {"written": 6},
            "links": {"MADE_BY": 1},
            "before": COVERAGE,
            "after": {**COVERAGE, "items_with_facts": 4, "items_with_category": 3},
            "model": "rules",
        },
    )
    whole = (await client.get(f"/v1/jobs/{job['id']}")).json()

    assert half["percent"] == 50.0
    assert half["building"]["facts"] == {"written": 3}
    assert whole["building"] == {
        "items": 4,
        "total": 4,
        "facts": {"written": 6},
        "links": {"MADE_BY": 1},
        "covered_before": 0.25,
        "covered_after": 1.0,
        "categorized_before": 0.5,
        "categorized_after": 0.75,
        "model": "rules",
    }


async def test_settings_that_make_no_sense_are_refused_by_name(client):
    answer = await client.post("/v1/graph-builds", json={"accept": 0.2, "propose": 0.4})

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "build_invalid")
    assert problem["errors"][0]["pointer"] == "/propose"


async def test_a_key_makes_one_build_and_belongs_to_its_request(client):
    key = {"Idempotency-Key": "night"}

    one, two, other = [
        await client.post("/v1/graph-builds", json={"source": source}, headers=key)
        for source in ("acme", "acme", "north")
    ]

    assert one.json()["id"] == two.json()["id"]
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_reader_may_not_build(reader):
    answer = await reader.post("/v1/graph-builds", json={})

    assert answer.status_code == 403
