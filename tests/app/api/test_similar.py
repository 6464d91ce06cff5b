"""Similar products over HTTP: what a storefront asks, gets, and is refused."""

from urllib.parse import quote

import pytest

from app.keys import Scope
from tests.app.parts import serving_wiring

pytestmark = pytest.mark.anyio

LAMP = {"title": "Bright lamp", "brand": "Acme", "facts": [{"parameter": "NFC", "value": True}]}


@pytest.fixture
async def stocked(client):
    for number, title in enumerate(("Bright lamp", "Bright lamp red", "Chair", "Table")):
        brand = "Acme" if number < 2 else "Bolt"
        body = {**LAMP, "title": title, "brand": brand, "in_stock": number != 1}
        await client.put(f"/v1/products/acme:{number}", json=body)
    return client


def ids(answer):
    return [one["item"]["id"] for one in answer.json()["items"]]


async def test_similar_products_come_with_score_reasons_and_model(stocked):
    answer = await stocked.get("/v1/products/acme:0/similar?limit=2")

    found = answer.json()
    assert answer.status_code == 200
    assert (found["method"], found["notice"]) == ("vectors", None)
    assert found["model"] == {"name": "words", "version": "1", "width": 16}
    assert found["items"][0]["item"]["id"] == "acme:1"
    assert 0 < found["items"][0]["score"] <= 1
    assert found["items"][0]["reasons"] == {
        "same_brand": True,
        "same_category": False,
        "same_model": False,
        "facts": [{"parameter": "nfc", "name": "NFC", "value": "nfc=yes", "text": "yes"}],
    }


async def test_without_a_model_the_answer_says_so(stocked, wiring):
    wiring.similar.predictor = None

    answer = await stocked.get("/v1/products/acme:0/similar")

    assert (answer.json()["method"], answer.json()["model"]) == ("shared_facts", None)
    assert answer.json()["notice"] == "no model has written vectors yet"
    assert ids(answer)[0] == "acme:1"


async def test_a_filter_that_names_nothing_is_told_as_such(stocked):
    asked = "similar?filter=brand:acmee"

    stored = await stocked.get(f"/v1/products/acme:0/{asked}")
    other = await stocked.post(f"/v1/{asked}", json={"text": "lamp"})

    for answer in (stored, other):
        assert ids(answer) == []
        assert answer.json()["notice"] == (
            "nothing is called 'acmee' as brand of `filter`; did you mean Acme?"
        )


async def test_every_option_holds(stocked):
    async def asked(**options):
        return ids(await stocked.get("/v1/products/acme:0/similar", params=options))

    assert await asked(filter="brand:bolt") == await asked(filter="-brand:acme")
    assert set(await asked(filter="brand:bolt")) == {"acme:2", "acme:3"}
    assert await asked(in_stock="false") == ["acme:1"]
    assert len(await asked(limit=1)) == 1
    assert await asked(threshold=1) == []
    assert len(await asked(diversify_by="brand", per_group=1)) == 2


async def test_a_closed_product_is_never_shown(stocked, wiring):
    wiring.store.changes.closed["product", "acme:1"] = "2025-04-01T02:00:00Z"

    assert "acme:1" not in ids(await stocked.get("/v1/products/acme:0/similar"))
    assert ids(await stocked.get("/v1/products/acme:0/similar?filter=closed:yes")) == []


async def test_an_id_may_have_slashes_and_end_like_the_route(client):
    for id in ("acme:A/similar", "acme:A"):
        await client.put(f"/v1/products/{quote(id, safe='')}", json=LAMP)

    of_the_id = await client.get(f"/v1/products/{quote('acme:A/similar', safe='')}/similar")
    itself = await client.get(f"/v1/products/{quote('acme:A/similar', safe='')}")

    assert ids(of_the_id) == ["acme:A"]
    assert itself.json()["id"] == "acme:A/similar"


async def test_an_unknown_product_is_not_found(client):
    answer = await client.get("/v1/products/acme:none/similar")

    assert answer.status_code == 404
    assert answer.json()["code"] == "item_not_found"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "threshold=-0.1",
        "threshold=1.5",
        "threshold=nan",
        "per_group=0",
        "per_group=1",  # of what?
        "diversify_by=colour",
        "in_stock=maybe",
    ],
)
async def test_options_have_bounds(stocked, query):
    name = query.partition("=")[0]
    for method, path in (("GET", "/v1/products/acme:0/similar"), ("POST", "/v1/similar")):
        body = {"json": {"text": "x"}} if method == "POST" else {}

        answer = await stocked.request(method, f"{path}?{query}", **body)

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"/{name}"


async def test_a_filter_that_cannot_be_understood_points_at_the_character(stocked):
    answer = await stocked.get("/v1/products/acme:0/similar", params={"filter": "nfc:yes brand"})

    assert answer.status_code == 400
    assert answer.json()["code"] == "filter_invalid"
    assert "character 14" in answer.json()["detail"]
    assert answer.json()["errors"][0]["pointer"] == "/filter"


async def test_a_text_and_a_product_that_is_not_stored_are_compared(stocked):
    by_text = await stocked.post("/v1/similar?limit=1", json={"text": "bright lamp red"})
    by_product = await stocked.post("/v1/similar?limit=1", json={"product": LAMP})

    assert ids(by_text) == ["acme:1"]
    assert ids(by_product) == ["acme:0"]
    assert by_product.json()["items"][0]["reasons"]["facts"][0]["value"] == "nfc=yes"


async def test_a_text_without_a_model_is_refused_and_a_product_is_not(stocked, wiring):
    wiring.similar.predictor = None

    by_text = await stocked.post("/v1/similar", json={"text": "bright lamp"})
    by_product = await stocked.post("/v1/similar", json={"product": LAMP})

    assert by_text.status_code == 409
    assert by_text.json()["code"] == "encoder_missing"
    assert by_product.json()["method"] == "shared_facts"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"text": "x", "product": LAMP}, ""),
        ({"text": ""}, "/text"),
        ({"text": "   "}, "/text"),
        ({"text": 7}, "/text"),
        ({"product": {"brand": "Acme"}}, "/product/title"),
        ({"product": LAMP, "more": 1}, "/more"),
    ],
)
async def test_a_body_has_one_text_or_one_product(stocked, body, pointer):
    answer = await stocked.post("/v1/similar", json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_value_that_means_nothing_is_refused_at_its_place(stocked):
    facts = [{"parameter": "Display", "value": "?"}]

    product = {"title": "x", "facts": facts}

    one = await stocked.post("/v1/similar", json={"product": product})
    several = await stocked.post(
        "/v1/embed", json={"inputs": [{"text": "x"}, {"product": product}]}
    )

    assert (one.status_code, several.status_code) == (422, 422)
    assert one.json()["errors"][0]["pointer"] == "/product/facts/0/value"
    assert several.json()["errors"][0]["pointer"] == "/inputs/1/product/facts/0/value"


async def test_vectors_of_several_inputs(stocked):
    answer = await stocked.post("/v1/embed", json={"inputs": [{"text": "lamp"}, {"product": LAMP}]})

    assert answer.status_code == 200
    assert [len(vector) for vector in answer.json()["vectors"]] == [16, 16]
    assert answer.json()["model"]["version"] == "1"


@pytest.mark.parametrize("inputs", [[], [{}], [{"text": "x"}] * 101, "x"])
async def test_one_to_a_hundred_inputs_are_taken(client, inputs):
    answer = await client.post("/v1/embed", json={"inputs": inputs})

    assert answer.status_code == 422


async def test_a_key_for_reading_is_enough(wiring):
    async with serving_wiring(wiring, Scope.READ) as reader:
        answer = await reader.post("/v1/similar", json={"text": "lamp"})

    assert answer.status_code == 200


async def test_what_was_stored_is_embedded_and_what_was_not_changed_is_not(client, wiring):
    rows = [{"id": "acme:1", **LAMP}, {"id": "acme:2", **LAMP, "title": "New"}, {"id": "x"}]

    await client.put("/v1/products/acme:1", json=LAMP)
    await client.put("/v1/products/acme:1", json=LAMP)
    await client.post("/v1/products", json={"items": rows})

    assert wiring.upkeep.written == [["acme:1"], ["acme:2"]]
