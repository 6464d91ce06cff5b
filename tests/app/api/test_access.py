"""Who may call what: keys, scopes, and dev mode on this machine only."""

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Route

from app.api.access import declared_scopes
from app.keys import Scope
from app.main import create_app
from tests.app.parts import NOW, memory_wiring, serving

pytestmark = pytest.mark.anyio

OPEN = {"/livez", "/readyz", "/docs", "/openapi.json"}


def test_every_route_but_health_and_documentation_declares_a_scope(wiring):
    routes = create_app(wiring=wiring).routes

    undeclared = [
        route.path for route in routes if isinstance(route, Route) and not scopes_of(route)
    ]

    assert set(undeclared) == OPEN
    # Nothing is mounted that could answer without a scope, but the scripts of /docs.
    assert [r.path for r in routes if not isinstance(r, Route)] == ["/docs/static"]


def scopes_of(route):
    return declared_scopes(route.dependant) if isinstance(route, APIRoute) else None


# A question may be too long for an address.
ASKED_BY_POST = {
    "/v1/similar",
    "/v1/embed",
    "/v1/extract",
    "/v1/match",
    "/v1/recommend",
    "/v1/ask",
    "/v1/categorize",
}
# What asks more of the database than its repositories do.
QUERIED = {"/v1/query"}
# What decides which model serves.
ADMINISTERED = {
    "/v1/models/{name}/promote",
    "/v1/models/{name}/demote",
    "/v1/training-runs",
    "/v1/training-runs/labels",
}


def test_what_changes_the_graph_needs_the_scope_write(wiring):
    for route in create_app(wiring=wiring).routes:
        if isinstance(route, APIRoute) and route.path not in OPEN:
            changes = route.methods & {"PUT", "POST", "PATCH", "DELETE"}
            changes = changes if route.path not in ASKED_BY_POST else set()
            write = "admin" if route.path in ADMINISTERED else "write"
            write = "query" if route.path in QUERIED else write
            assert scopes_of(route) == ([write] if changes else ["read"]), route.path


@pytest.mark.parametrize("path", sorted(OPEN))
async def test_health_and_documentation_are_open(wiring, path):
    async with serving(create_app(wiring=wiring)) as stranger:
        answer = await stranger.get(path)

    assert answer.status_code == 200


async def test_without_a_key_every_operation_answers_401(wiring):
    app = create_app(wiring=wiring)

    async with serving(app) as stranger:
        for path, operations in app.openapi()["paths"].items():
            for method in operations if path not in OPEN else ():
                answer = await stranger.request(method, path.replace("{id}", "acme:1"))
                assert answer.status_code == 401, (method, path)
                assert answer.headers["WWW-Authenticate"] == 'Bearer realm="catalograph"'
                assert answer.json()["code"] == "key_missing"


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer cg_00000000_" + "0" * 64},
        {"X-API-Key": "cg_00000000_" + "0" * 64},
        {"Authorization": "Bearer x"},
        {"X-API-Key": "x" * 5_000},
    ],
)
async def test_an_unknown_key_answers_401(wiring, headers):
    async with serving(create_app(wiring=wiring), headers=headers) as stranger:
        answer = await stranger.get("/v1/stats")

    assert answer.status_code == 401
    assert answer.json()["code"] == "key_unknown"
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
async def test_a_key_is_taken_from_either_header(wiring, header):
    _, token = wiring.keys.create("shop", Scope.READ, now=NOW)
    value = f"bearer {token}" if header == "Authorization" else token

    async with serving(create_app(wiring=wiring), headers={header: value}) as client:
        answer = await client.get("/v1/stats")

    assert answer.status_code == 200


async def test_a_key_for_reading_may_not_write(reader):
    answer = await reader.put("/v1/products/acme:1", json={"title": "x"})

    assert answer.status_code == 403
    assert answer.json()["code"] == "scope_missing"


async def test_a_stranger_cannot_make_us_read_a_body(wiring):
    read = []

    async def body():
        for _ in range(100):
            read.append(1)
            yield b"x" * 10_000

    async with serving(create_app(wiring=wiring)) as stranger:
        answer = await stranger.put("/v1/products/acme:1", content=body())

    assert answer.status_code == 401


async def test_a_damaged_key_file_lets_nobody_in(client, wiring):
    wiring.keys.path.write_text("{")

    async with serving(create_app(wiring=wiring)) as other:
        answer = await other.get("/v1/stats", headers={"X-API-Key": "cg_00000000_" + "0" * 64})

    assert answer.status_code == 503
    assert answer.json()["code"] == "key_file_invalid"
    assert str(wiring.keys.path) not in answer.text


@pytest.fixture
async def developer(tmp_path):
    wiring = memory_wiring(tmp_path, dev=True)
    async with serving(create_app(wiring=wiring)) as client:
        yield client


async def test_in_dev_mode_no_key_is_needed(developer):
    answer = await developer.put("/v1/products/acme:1", json={"title": "x"})

    assert answer.status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.test"},
        {"Host": "evil.test:8000"},
        {"Host": "127.0.0.1.evil.test"},
        {"Host": "["},
        {"Host": ""},
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://[evil"},
    ],
)
async def test_in_dev_mode_no_web_page_gets_in(developer, headers):
    answer = await developer.get("/v1/stats", headers=headers)

    assert answer.status_code == 403
    assert answer.json()["code"] == "host_refused"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "localhost:8000", "[::1]:8000"])
async def test_in_dev_mode_this_machine_may_be_called_by_any_of_its_names(developer, host):
    answer = await developer.get("/v1/stats", headers={"Host": host, "Origin": f"http://{host}"})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("/v1/products?filters=brand:acme", "did you mean filter?"),
        ("/v1/search?q=lamp&sorted=price", "did you mean sort?"),
        ("/v1/stats?verbose=1", "there are none"),
        ("/v1/products/acme:1?limit=3&x=", "no such parameter"),
    ],
)
async def test_a_parameter_that_a_route_lacks_is_refused(client, address, meant):
    answer = await client.get(address)

    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
    assert meant in answer.json()["errors"][0]["detail"]
