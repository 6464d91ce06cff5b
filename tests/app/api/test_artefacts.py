"""Models over REST: what there is, and which of it serves."""

import pytest

from app.services.models import Models
from app.services.serving import Serving
from ml.artefact import WEIGHTS, Measure
from tests.artefacts import draft

pytestmark = pytest.mark.anyio


@pytest.fixture
def registry(wiring, tmp_path):
    """Three versions of one model."""
    registry = wiring.models.registry
    for seed in range(3):
        registry.register("lamps", draft(tmp_path, seed=seed))
    return registry


async def promote(client, version, name="lamps", **more):
    return await client.post(f"/v1/models/{name}/promote", json={"version": version, **more})


async def test_before_the_first_one_the_list_is_empty(client):
    answer = await client.get("/v1/models")

    assert (answer.status_code, answer.json()) == (200, {"items": []})


async def test_the_list_names_versions_and_aliases(client, registry):
    registry.promote("lamps", "2")

    answer = await client.get("/v1/models")

    assert answer.json()["items"] == [
        {
            "name": "lamps",
            "champion": "2",
            "candidate": None,
            "versions": ["1", "2", "3"],
            "serving": None,
        }
    ]


async def test_a_model_tells_all_of_its_versions_newest_first(client, registry, tmp_path):
    registry.register("lamps", draft(tmp_path, metrics={"mrr": Measure(0.5)}, parent="lamps/1"))
    registry.promote("lamps", "4", "candidate")

    answer = await client.get("/v1/models/lamps")

    versions = answer.json()["versions"]
    assert [one["version"] for one in versions] == ["4", "3", "2", "1"]
    assert versions[0]["aliases"] == ["candidate"]
    assert versions[0]["metrics"] == {"mrr": {"value": 0.5, "low": None, "high": None}}
    assert versions[0]["parent"] == "lamps/1"
    assert versions[0]["created_at"] == "2025-03-01T09:30:00Z"
    assert versions[0]["config"] == {"layers": 2, "optimiser": {"rate": 0.01}}


async def test_a_damaged_version_is_told_beside_the_others(client, registry):
    (registry.folder / "lamps" / "2" / "manifest.json").write_text("{")

    model = (await client.get("/v1/models/lamps")).json()

    assert [one["version"] for one in model["versions"]] == ["3", "1"]
    assert model["damaged"][0]["reference"] == "lamps/2"


async def test_promotion_moves_an_alias_and_says_what_was_before(client, registry):
    first = await promote(client, "2")
    then = await promote(client, "3", alias="candidate")
    last = await promote(client, "candidate")

    pointing = {"name": "lamps", "alias": "champion", "job": None, "used_by": None}
    assert first.json() == {**pointing, "version": "2", "previous": None}
    assert then.json()["alias"] == "candidate"
    assert last.json() == {**pointing, "version": "3", "previous": "2"}
    assert registry.aliases("lamps") == {"champion": "3", "candidate": "3"}


async def test_a_promotion_swaps_what_serves_in_this_process(client, registry, wiring):
    serving = Serving(registry, "lamps", lambda artefact: artefact.version)
    wiring.models = Models(registry, [serving])
    await promote(client, "2")
    serving.settle()

    before = (await client.get("/v1/models")).json()["items"][0]["serving"]
    await promote(client, "3")
    serving.settle()
    after = (await client.get("/v1/models/lamps")).json()["serving"]

    assert before == {"version": "2", "wanted": "2", "loading": False, "error": None}
    assert after == {"version": "3", "wanted": "3", "loading": False, "error": None}
    serving.close()


async def test_a_demotion_leaves_what_answered_before_any_promotion(client, registry, wiring):
    serving = Serving(registry, "lamps", lambda artefact: artefact.version)
    wiring.models = Models(registry, [serving])
    await promote(client, "2")
    serving.settle()

    demoted = await client.post("/v1/models/lamps/demote", json={})
    answering = serving.settle()
    again = await client.post("/v1/models/lamps/demote", json={})

    assert demoted.json() == {"name": "lamps", "alias": "champion", "previous": "2"}
    assert answering is None
    assert (again.status_code, again.json()["code"]) == (404, "artefact_not_found")
    serving.close()


async def test_only_admins_promote(reader, registry):
    assert (await reader.get("/v1/models")).status_code == 200

    refused = await promote(reader, "2")

    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert registry.aliases("lamps") == {}
    registry.promote("lamps", "2")
    assert (await reader.post("/v1/models/lamps/demote", json={})).status_code == 403
    assert registry.aliases("lamps") == {"champion": "2"}


@pytest.mark.parametrize(
    ("name", "version", "status", "code"),
    [
        ("lamps", "9", 404, "artefact_not_found"),
        ("lamps", "champion", 404, "artefact_not_found"),
        ("desks", "1", 404, "artefact_not_found"),
        ("lamps", "latest", 422, "request_invalid"),
        ("lamps", "../1", 422, "request_invalid"),
        ("lamps", 3, 422, "request_invalid"),
        ("LAMPS", "1", 422, "request_invalid"),
        ("..%2Flamps", "1", 404, "route_not_found"),
    ],
)
async def test_what_cannot_be_promoted_is_a_problem(client, registry, name, version, status, code):
    answer = await promote(client, version, name)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_spoilt_version_is_not_promoted(client, registry):
    (registry.folder / "lamps" / "2" / WEIGHTS).write_bytes(b"spoilt")

    answer = await promote(client, "2")

    assert (answer.status_code, answer.json()["code"]) == (409, "artefact_corrupted")
    assert WEIGHTS in answer.json()["detail"]
    assert str(registry.folder) not in answer.text
    assert registry.aliases("lamps") == {}


async def test_an_unknown_model_is_not_found(client, registry):
    answer = await client.get("/v1/models/desks")

    assert (answer.status_code, answer.json()["code"]) == (404, "artefact_not_found")
    assert "lamps" in answer.json()["detail"]


async def test_a_registry_that_cannot_be_read_is_a_503_that_names_no_path(client, wiring):
    wiring.models.registry.folder.write_text("no folder")

    answer = await client.get("/v1/models")

    assert (answer.status_code, answer.json()["code"]) == (503, "registry_unavailable")
    assert str(wiring.settings.home) not in answer.text


async def test_the_vectors_of_a_new_champion_are_written_by_a_job(client, wiring, tmp_path):
    wiring.models.registry.register("products", draft(tmp_path))

    candidate = await promote(client, "1", name="products", alias="candidate")
    champion = await promote(client, "candidate", name="products")

    assert candidate.json()["job"] is None
    assert wiring.jobs.get(champion.json()["job"]).kind == "embed"
