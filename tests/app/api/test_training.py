"""Training runs over REST: asked for, refused, listed."""

import pytest

from tests.app.parts import serving_wiring

pytestmark = pytest.mark.anyio


async def start(client, **more):
    return await client.post("/v1/training-runs", json={"recipe": "quick", **more})


async def test_a_run_becomes_a_job(client, wiring):
    answer = await start(client, overrides={"training.steps": 9}, filter="price>1")

    job = answer.json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/v1/jobs/{job['id']}"
    assert (job["kind"], job["state"]) == ("pretrain", "queued")
    assert job["learning"]["recipe"] == "quick"
    assert wiring.jobs.get(job["id"]).spec["overrides"] == {"training.steps": 9}


async def test_a_running_run_tells_how_far_it_is(client, wiring):
    job = (await start(client)).json()
    progress = {"phase": "training", "done": 30, "total": 120, "loss": 1.5, "rate": 3.0}
    wiring.jobs.change(job["id"], state="running", progress={**progress, "left_s": 30.0})

    seen = (await client.get(f"/v1/jobs/{job['id']}")).json()

    assert (seen["phase"], seen["percent"], seen["seconds_left"]) == ("training", 25.0, 30.0)
    assert seen["learning"]["done"] == 30
    assert seen["learning"]["loss"] == 1.5


async def test_an_import_has_learnt_nothing(client, wiring):
    from tests.app.parts import make_job

    make_job(wiring, "import-1")

    assert (await client.get("/v1/jobs/import-1")).json()["learning"] is None


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"recipe": "fast"}, 422, "recipe_invalid"),
        ({"overrides": {"training.steps": 0}}, 422, "recipe_invalid"),
        ({"name": "My Model"}, 422, "recipe_invalid"),
        ({"filter": "price>>1"}, 400, "filter_invalid"),
        ({"promote": "perhaps"}, 422, "request_invalid"),
        ({"epochs": 3}, 422, "request_invalid"),
    ],
)
async def test_what_cannot_run_is_refused_at_once(client, wiring, asked, status, code):
    answer = await start(client, **asked)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert wiring.jobs.all == {}


async def test_a_filter_that_is_refused_is_told_by_its_place_in_the_body(client):
    [told] = (await start(client, filter="price>>1")).json()["errors"]

    assert (told["place"], told["pointer"]) == ("body", "/filter")


async def test_the_same_key_makes_one_run(client):
    key = {"Idempotency-Key": "night"}

    one, two = [
        await client.post("/v1/training-runs", json={"recipe": "quick"}, headers=key)
        for _ in range(2)
    ]

    assert one.json()["id"] == two.json()["id"]
    assert two.headers["Idempotent-Replayed"] == "true"


async def test_the_same_key_of_two_callers_makes_two_runs(client, wiring):
    key = {"Idempotency-Key": "night"}
    own = await client.post("/v1/training-runs", json={"recipe": "quick"}, headers=key)

    async with serving_wiring(wiring) as another:
        others = await another.post("/v1/training-runs", json={"recipe": "standard"}, headers=key)
    again = await client.post("/v1/training-runs", json={"recipe": "quick"}, headers=key)

    assert others.status_code == 202
    assert "Idempotent-Replayed" not in others.headers
    assert own.json()["id"] == again.json()["id"] != others.json()["id"]


async def test_recipes_tell_all_their_settings(client):
    recipes = (await client.get("/v1/training-runs/recipes")).json()["items"]

    assert [recipe["name"] for recipe in recipes] == ["quick", "standard"]
    assert recipes[0]["settings"]["training"]["steps"] > 0
