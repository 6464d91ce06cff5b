"""POST /v1/imports with an Idempotency-Key: once, however often it is sent."""

import httpx
import pytest
from fastapi.routing import APIRoute

from app.keys import Scope
from app.main import create_app
from tests.app.api.imports.sending import ASKED, CSV, FILE, HEADERS, kept, post
from tests.app.api.test_problems import problem
from tests.app.fake_jobs import over_both
from tests.app.parts import MAPPING, NOW, make_mapping

pytestmark = pytest.mark.anyio


# Idempotency-Key


KEYED = {**HEADERS, "Idempotency-Key": "acme-2025-03-01"}


async def test_what_writes_keeps_a_key_or_refuses_it(client, wiring):
    kept, refused = set(), set()
    for route in create_app(wiring=wiring).routes:
        if not isinstance(route, APIRoute) or "POST" not in route.methods:
            continue
        if any(header.alias == "Idempotency-Key" for header in route.dependant.header_params):
            kept.add(route.path)
            continue
        answer = await client.post(route.path, headers={"Idempotency-Key": "night"})
        if "idempotency_key_unsupported" in answer.text:
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["pointer"] == "/Idempotency-Key"
            refused.add(route.path)

    assert kept == {
        "/v1/imports",
        "/v1/graph-builds",
        "/v1/graph-fills",
        "/v1/training-runs",
        "/v1/training-runs/labels",
    }
    assert refused == {
        "/v1/products",
        "/v1/events",
        "/v1/review/{id}",
        "/v1/models/{name}/promote",
        "/v1/models/{name}/demote",
        "/v1/jobs/{id}/cancel",
        "/v1/jobs/{id}/retry",
    }  # what only asks may be asked again


@over_both
async def test_the_same_key_answers_the_first_job_without_reading_the_body(client, wiring):
    read = []

    async def body():
        read.append(1)
        yield CSV

    first = await post(client, headers=KEYED)
    again = await post(client, body(), headers=KEYED)

    assert again.status_code == 202
    assert again.json()["id"] == first.json()["id"]
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert read == []
    assert wiring.jobs.count() == 1
    assert len(kept(wiring)) == 1


@over_both
@pytest.mark.parametrize(
    "other",
    [
        {"source": "bolt"},
        {"mode": "replace"},
        {"on_error": "abort"},
        {"dry_run": "true"},
        {"format": "csv"},
        {"mapping": "tablets"},
        {"path": "{dumps}/today.csv"},
    ],
)
async def test_the_same_key_with_other_parameters_is_refused(client, wiring, dumps, other):
    make_mapping(wiring, "tablets")
    first = await post(client, headers=KEYED)
    asked = {name: value.format(dumps=dumps) for name, value in other.items()}

    answer = await post(client, b"", params={**ASKED, **asked}, headers=KEYED)

    found = problem(answer, 422, "idempotency_key_reused")
    assert first.json()["id"] in found.detail
    assert repr(next(iter(other))) in found.detail


@over_both
async def test_a_key_made_with_a_form_or_a_path_is_known_again(client, wiring, dumps):
    async def twice(key, send):
        headers = {"Idempotency-Key": key}
        return [await send(headers) for _ in range(2)]

    forms = await twice(
        "form",
        lambda headers: client.post(
            "/v1/imports",
            files=[FILE, ("mapping", (None, MAPPING))],
            params={"source": "acme"},
            headers=headers,
        ),
    )
    asked = {**ASKED, "path": f"{dumps}/today.csv"}
    paths = await twice("path", lambda headers: post(client, b"", params=asked, headers=headers))

    for first, again in (forms, paths):
        assert first.json()["id"] == again.json()["id"]
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"


@over_both
async def test_a_key_belongs_to_one_caller(client, wiring):
    _, token = wiring.keys.create("other", Scope.WRITE, now=NOW)

    first = await post(client, headers=KEYED)
    other = await post(client, headers={**KEYED, "Authorization": f"Bearer {token}"})

    assert other.status_code == 202
    assert other.json()["id"] != first.json()["id"]


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "\x7f"])
async def test_a_key_that_is_none_is_refused(client, key):
    answer = await post(client, headers={**HEADERS, "Idempotency-Key": key})

    found = problem(answer, 422, "request_invalid")
    assert found.errors[0].place == "header"


@over_both
async def test_of_two_requests_with_one_key_the_slower_one_answers_the_faster_ones_job(
    client, wiring
):
    async def slow_body():
        nonlocal faster
        yield CSV
        faster = await post(client, headers=KEYED)

    faster = None
    slower = await post(client, slow_body(), headers=KEYED)

    assert isinstance(faster, httpx.Response)
    assert slower.json()["id"] == faster.json()["id"]
    assert slower.headers["Idempotent-Replayed"] == "true"
    assert len(kept(wiring)) == 1
