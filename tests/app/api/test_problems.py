"""Whatever a client sends, the answer is a problem that says what to do, and never a 500."""

import gzip

import pytest

from app.api.models import Product, ProductPage
from app.api.problems import MEDIA_TYPE, Problem
from app.errors import NotReady
from app.main import create_app
from tests.app.parts import memory_wiring, serving, serving_wiring

pytestmark = pytest.mark.anyio

JSON = {"Content-Type": "application/json"}


def problem(answer, status, code):
    """The answer is a whole problem; returns it."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, MEDIA_TYPE), answer.text
    found = Problem.model_validate_json(answer.content)
    assert (found.status, found.code) == (status, code)
    assert found.type == f"urn:catalograph:problem:{code}"
    assert found.request_id == answer.headers["X-Request-ID"]
    return found


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v2/products", "/v1/brands/", "/favicon.ico", "//", "/%00"]
)
async def test_an_unknown_address_is_a_problem(client, path):
    problem(await client.get(path), 404, "route_not_found")


async def test_a_method_that_is_not_taken_names_those_that_are(client):
    answer = await client.post("/livez")

    problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET"


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/v1/products", "GET, POST"), ("/v1/products/acme:1", "DELETE, GET, PUT")],
)
async def test_methods_of_all_routes_of_an_address_are_named(client, path, methods):
    answer = await client.patch(path)

    problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == methods


@pytest.mark.parametrize("probe", ["/livez", "/readyz"])
async def test_load_balancers_may_ask_with_head(client, probe):
    answer = await client.head(probe)

    assert answer.status_code == (await client.get(probe)).status_code
    assert (await client.head("/v1/products")).status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        b'{"title": ',
        b'{"title": "\xff"}',
        b'{"title": "\\ud800"}',
        b'{"title": "x", "price": NaN}',
        b'{"title": "x", "price": Infinity}',
        b'{"title": "x", "price": 1e999}',
        b'{"title": "x", "price": ' + b"9" * 5_000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"\xef\xbb\xbf{}",
        b'{"title": "x"} {}',
        b"\x00",
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/v1/products/acme:1"), ("POST", "/v1/products")]
)
async def test_a_body_that_is_no_json_is_a_problem(client, method, path, body):
    answer = await client.request(method, path, content=body, headers=JSON)

    problem(answer, 400, "body_malformed")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"price": 1,}', "byte 12 (line 1, column 13)"),
        ('{"title": "Würth 螺", "price": tru}'.encode(), "byte 33 (line 1, column 31)"),
        (b'{\n  "title": "x"\n  "price": 1\n}', "byte 19 (line 3, column 3)"),
        (b'{"title": "x"} // lamp', "byte 15 (line 1, column 16)"),
        (b'{"title": "W\xfcrth"}', "byte 12 is not UTF-8"),
        (b'{"price": NaN}', "NaN is no number of JSON; write null"),
        (b'{"price": -Infinity}', "-Infinity is no number of JSON; write null"),
        (b'{"title": "\\ud800"}', "half of a surrogate pair"),
        (b'{"price": 1e999}', "number out of range"),
        (b'{"title": "lamp', "truncated"),
        (b'\xef\xbb\xbf{"title": "x"}', "byte order mark"),
        (b'{"a":' * 50_000, "nested too deeply"),
    ],
)
async def test_a_body_that_is_no_json_is_told_where_it_stops_being_it(client, body, says):
    answer = await client.put("/v1/products/acme:1", content=body, headers=JSON)

    found = problem(answer, 400, "body_malformed")
    assert says in found.detail
    assert says in found.errors[0].detail
    assert "$[...]" not in found.detail


async def test_a_compressed_body_is_refused_by_its_header(client):
    answer = await client.put(
        "/v1/products/acme:1",
        content=gzip.compress(b'{"title": "x"}'),
        headers={**JSON, "Content-Encoding": "gzip"},
    )

    assert "without Content-Encoding" in problem(answer, 415, "body_encoded").detail


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match", "If-Unmodified-Since"])
async def test_a_condition_on_what_is_written_is_refused_and_not_ignored(client, header):
    await client.put("/v1/products/acme:1", json={"title": "x"})

    answer = await client.put("/v1/products/acme:1", json={"title": "y"}, headers={header: "*"})
    deleted = await client.delete("/v1/products/acme:1", headers={header: "*"})

    for refused in (answer, deleted):
        fault = problem(refused, 422, "request_invalid").errors[0]
        assert (fault.pointer, fault.code) == (f"/{header}", "precondition_unsupported")
    assert (await client.get("/v1/products/acme:1")).json()["title"] == "x"


CSV = {"Content-Type": "text/csv"}


@pytest.mark.parametrize(
    ("path", "content", "headers", "place"),
    [
        ("/v1/imports?source=acme", b"sku\n1\n", CSV, ("query", "/mapping")),
        ("/v1/imports?source=acme&mapping=none", b"sku\n1\n", CSV, ("query", "/mapping")),
        ("/v1/imports?source=acme", b"x", {"Content-Type": "x/y"}, ("header", "/Content-Type")),
        (
            "/v1/imports?source=acme",
            b"x",
            {**CSV, "Content-Encoding": "br"},
            ("header", "/Content-Encoding"),
        ),
        ("/v1/graph-builds?webhook=http://10.0.0.1/", b"{}", JSON, ("query", "/webhook")),
        ("/v1/ask", b'{"question": "Why?", "session": "x"}', JSON, ("body", "/session")),
        ("/v1/extract", b"{}", {"Content-Type": "text/plain"}, ("header", "/Content-Type")),
        ("/v1/extract", b"{}", {**JSON, "Content-Encoding": "br"}, ("header", "/Content-Encoding")),
    ],
)
async def test_what_one_part_of_a_request_is_refused_for_names_that_part(
    client, path, content, headers, place
):
    answer = await client.post(path, content=content, headers=headers)

    found = Problem.model_validate_json(answer.content).errors
    assert [(one.place, one.pointer) for one in found] == [place], answer.text


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer", "says"),
    [
        ("PUT", "/v1/products/acme:1", {"titel": "x"}, "/titel", "did you mean title?"),
        (
            "PUT",
            "/v1/products/acme:1",
            {"title": "x", "facts": [{"parameter": "Colour", "vaule": "red"}]},
            "/facts/0/vaule",
            "did you mean value?",
        ),
        ("POST", "/v1/recommend", {"contxt": {}}, "/contxt", "did you mean context?"),
        (
            "POST",
            "/v1/recommend",
            {"context": {"in_stok": True}},
            "/context/in_stok",
            "did you mean in_stock?",
        ),
        ("POST", "/v1/categorize", {"zzz": 1}, "/zzz", "there are "),
    ],
)
async def test_a_field_that_a_body_does_not_have_is_told_with_what_is_meant(
    client, method, path, body, pointer, says
):
    answer = await client.request(method, path, json=body)

    [fault] = [
        one for one in problem(answer, 422, "request_invalid").errors if one.pointer == pointer
    ]
    assert fault.code == "extra_forbidden"
    assert fault.detail.startswith(f"no such field; {says}")


async def test_a_row_of_a_batch_is_told_what_its_field_may_mean(client):
    answer = await client.post("/v1/products", json={"items": [{"id": "acme:1", "titel": "x"}]})

    faults = answer.json()["results"][0]["errors"]
    assert "no such field; did you mean title?" in [one["detail"] for one in faults]


@pytest.mark.parametrize("body", [b"[]", b"7", b'"x"', b"null", b"{}", b""])
async def test_a_body_of_another_shape_is_a_problem(client, body):
    answer = await client.put("/v1/products/acme:1", content=body, headers=JSON)

    found = problem(answer, 422, "request_invalid")
    assert found.errors[0].place == "body"


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "multipart/form-data", "", "application/jsonx"],
)
async def test_another_content_type_is_a_problem(client, content_type):
    answer = await client.put(
        "/v1/products/acme:1", content=b'{"title": "x"}', headers={"Content-Type": content_type}
    )

    problem(answer, 415, "body_not_json")


@pytest.mark.parametrize(
    "content_type",
    ["application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.shop+json"],
)
async def test_json_may_be_called_by_its_other_names(client, content_type):
    answer = await client.put(
        "/v1/products/acme:1", content=b'{"title": "x"}', headers={"Content-Type": content_type}
    )

    assert answer.status_code == 201


async def test_a_body_that_says_it_is_too_large_is_a_problem(tmp_path):
    async with serving_wiring(memory_wiring(tmp_path, max_body_bytes=1_024)) as client:
        answer = await client.put("/v1/products/acme:1", content=b"x" * 1_025, headers=JSON)

    assert "1024" in problem(answer, 413, "body_too_large").detail


async def test_a_body_that_turns_out_to_be_too_large_is_a_problem(tmp_path):
    async def body():
        for _ in range(100):
            yield b"x" * 100

    async with serving_wiring(memory_wiring(tmp_path, max_body_bytes=1_024)) as client:
        answer = await client.put("/v1/products/acme:1", content=body(), headers=JSON)

    problem(answer, 413, "body_too_large")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1001",
        "limit=x",
        "limit=" + "9" * 5_000,
        "limit=1e3",
        "limit=NaN",
        "kind=shop",
        "brand=",
        "filter=" + "x" * 2_001,
        "cursor=" + "x" * 4_097,
    ],
)
async def test_a_query_that_breaks_a_rule_is_a_problem(client, query):
    found = problem(await client.get(f"/v1/products?{query}"), 422, "request_invalid")

    assert found.errors[0].place == "query"
    assert found.errors[0].pointer == f"/{query.partition('=')[0]}"


@pytest.mark.parametrize(
    "query",
    ["filter=%ff", "filter=%00", "filter=%ED%A0%80", "filter='})//", "cursor=%ff", "cursor=%00"],
)
async def test_a_query_that_cannot_be_decoded_is_a_problem(client, query):
    answer = await client.get(f"/v1/products?{query}")

    assert answer.status_code == 400


@pytest.mark.parametrize("id", ["%ff", "%00", "%ED%A0%80", "%", "%zz", "x" * 513, "%20"])
async def test_an_id_that_cannot_be_decoded_is_a_problem(client, id):
    answer = await client.get(f"/v1/products/{id}")

    assert answer.status_code in (404, 422)
    assert answer.headers["Content-Type"] == MEDIA_TYPE


async def test_what_the_client_sent_is_not_sent_back(client):
    answer = await client.put("/v1/products/acme:1", json={"title": "x", "price": "s3cret"})

    assert "s3cret" not in answer.text


async def test_a_defect_says_nothing_of_itself_and_is_logged(client, wiring, capsys):
    wiring.products.error = RuntimeError("password is hunter2")

    answer = await client.get("/v1/products/acme:1")

    problem(answer, 500, "internal_error")
    assert "hunter2" not in answer.text
    assert "hunter2" in capsys.readouterr().out  # with its traceback


@pytest.mark.parametrize("sent", ["abc-1.2_3", "a" * 64])
async def test_a_harmless_request_id_is_kept(client, sent):
    answer = await client.get("/livez", headers={"X-Request-ID": sent})

    assert answer.headers["X-Request-ID"] == sent


@pytest.mark.parametrize("sent", ["", "a b", "a" * 65, "<script>", "a\tb"])
async def test_another_request_id_is_replaced(client, sent):
    answer = await client.get("/livez", headers={"X-Request-ID": sent})

    assert answer.headers["X-Request-ID"] != sent
    assert len(answer.headers["X-Request-ID"]) == 32


async def test_readiness_names_what_is_not_ready(wiring):
    wiring.readiness.error = NotReady({"migrations": "0002 not applied; run `catalograph migrate`"})

    async with serving(create_app(wiring=wiring)) as stranger:
        answer = await stranger.get("/readyz")

    assert "catalograph migrate" in problem(answer, 503, "not_ready").detail
    assert answer.headers["Retry-After"]


async def test_answers_are_as_openapi_declares_them(client):
    created = await client.put(
        "/v1/products/acme:1",
        json={
            "title": "x",
            "brand": "Acme",
            "category": "A > B",
            "model": "L",
            "facts": [{"parameter": "Display", "value": 6}],
        },
    )
    listed = await client.get("/v1/products")

    assert Product.model_validate_json(created.content).brand is not None
    assert ProductPage.model_validate_json(listed.content).items[0].id == "acme:1"
