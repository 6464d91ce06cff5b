"""Products over HTTP: what a storefront sends and gets."""

from urllib.parse import quote

import pytest

from graph.errors import DatabaseUnavailable, QueryTimedOut
from tests.app.parts import memory_wiring, serving_wiring

pytestmark = pytest.mark.anyio

LANTERN = {
    "title": "Acme Lantern 6",
    "brand": "Acme",
    "category": "Electronics > Phones",
    "price": 249.0,
    "currency": "EUR",
    "facts": [{"parameter": "Display", "value": 6.1, "unit": "in"}],
}


async def put(client, id, body=LANTERN):
    return await client.put(f"/v1/products/{quote(id, safe='')}", json=body)


async def test_a_product_is_stored_and_read_back(client):
    created = await put(client, "acme:1")
    read = await client.get("/v1/products/acme:1")

    assert created.status_code == 201
    assert read.status_code == 200
    assert read.json() == created.json()
    assert read.json()["facts"][0]["number"] == 6.1


async def test_storing_it_again_is_not_creating_it(client):
    await put(client, "acme:1")

    again = await put(client, "acme:1")

    assert again.status_code == 200


async def test_the_facts_name_the_request_that_wrote_them(client, wiring):
    answer = await client.put(
        "/v1/products/acme:1", json=LANTERN, headers={"X-Request-ID": "import-7"}
    )

    assert answer.headers["X-Request-ID"] == "import-7"
    assert wiring.store.calls[0][2] == "rest:import-7"


@pytest.mark.parametrize(
    "id",
    [
        "acme:A/7",
        "acme:a'\"b`",
        "acme:'}) DETACH DELETE n //",
        "acme:a:b:c",
        "acme:手机 12",
        "acme:50%25",
        "acme:a?b#c",
        "acme:..",
        "acme:x/neighbourhood",
        "acme:/neighbourhood/",
        "acme:x/history",
        "acme:/history/neighbourhood",
        "acme:\U0001f4f1",
    ],
)
async def test_an_id_may_have_any_visible_signs(client, id):
    created = await put(client, id)
    read = await client.get(f"/v1/products/{quote(id, safe='')}")
    around = await client.get(f"/v1/products/{quote(id, safe='')}/neighbourhood")
    history = await client.get(f"/v1/products/{quote(id, safe='')}/history")
    deleted = await client.delete(f"/v1/products/{quote(id, safe='')}")

    assert created.status_code == 201
    assert read.json()["id"] == id
    assert around.json()["nodes"][0]["id"] == id
    assert history.json()["items"][0]["fact"]["value"] == "display=6.1in"
    assert deleted.status_code == 204


@pytest.mark.parametrize(
    "id",
    ["acme", ":1", "acme:", "Acme:1", "acme: 1", "acme:a\x00b", "acme:" + "x" * 508],
)
async def test_an_id_that_cannot_be_one_is_refused(client, id):
    answer = await put(client, id)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["place"] == "path"
    assert answer.json()["errors"][0]["pointer"] == "/id"


async def test_an_id_with_plain_slashes_is_understood(client):
    await put(client, "acme:A/7")

    answer = await client.get("/v1/products/acme:A/7")

    assert answer.json()["id"] == "acme:A/7"


@pytest.mark.parametrize("part", ["neighbourhood", "history"])
async def test_nothing_is_put_at_the_address_of_a_part(client, part):
    answer = await client.put(f"/v1/products/acme:1/{part}", json=LANTERN)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET"


@pytest.mark.parametrize("path", ["", "/neighbourhood", "/history"])
async def test_a_product_that_is_not_there_is_not_found(client, path):
    answer = await client.get(f"/v1/products/acme:1{path}")

    assert answer.status_code == 404
    assert answer.json()["code"] == "item_not_found"
    assert "acme:1" in answer.json()["detail"]


async def test_what_the_client_has_is_not_sent_again(client):
    await put(client, "acme:1")
    first = await client.get("/v1/products/acme:1")

    second = await client.get(
        "/v1/products/acme:1", headers={"If-None-Match": first.headers["ETag"]}
    )

    assert second.status_code == 304
    assert second.content == b""


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": ""}, "/title"),
        ({"title": 7}, "/title"),
        ({"title": None}, "/title"),
        ({"price": "12,-"}, "/price"),
        ({"price": -1}, "/price"),
        ({"price": True}, "/price"),
        ({"currency": "euro"}, "/currency"),
        ({"gtin": "12"}, "/gtin"),
        ({"url": "javascript:alert(1)"}, "/url"),
        ({"colour": "red"}, "/colour"),
        ({"facts": [{"parameter": "Display"}]}, "/facts/0/value"),
        ({"facts": [{"parameter": "Display", "value": []}]}, "/facts/0/value"),
        ({"facts": [{"parameter": "Display", "value": 10**400}]}, "/facts/0/value"),
        ({"facts": [{"parameter": "Display", "value": "12,-"}]}, "/facts/0/value"),
        ({"facts": [{"parameter": "Display", "value": 6, "unit": "kg"}]}, "/facts/0/value"),
        ({"a/b~c": 1}, "/a~1b~0c"),
    ],
)
async def test_a_field_that_breaks_a_rule_is_pointed_at(client, change, pointer):
    answer = await put(client, "acme:1", {**LANTERN, **change})

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert answer.json()["errors"][0]["place"] == "body"


async def test_a_batch_answers_for_each_row(client):
    await put(client, "acme:2", {"title": "Two"})
    rows = [
        {"id": "acme:1", **LANTERN},
        {"id": "acme:2", "title": "Two"},
        {"id": "acme:1", "title": "again"},
        {"id": "acme:3", "title": "Three", "price": "free"},
        {"title": "no id"},
        {"id": "Bad Source:1", "title": "x"},
        {"id": "acme:4", "title": "x", "facts": [{"parameter": "Display", "value": "?"}]},
    ]

    answer = (await client.post("/v1/products", json={"items": rows})).json()

    assert [row["status"] for row in answer["results"]] == ["created", "unchanged"] + [
        "rejected"
    ] * 5
    assert [row["id"] for row in answer["results"]] == [row.get("id") for row in rows]
    assert (answer["created"], answer["unchanged"], answer["rejected"]) == (1, 1, 5)
    assert [row["errors"][0]["pointer"] for row in answer["results"][2:]] == [
        "/items/2/id",
        "/items/3/price",
        "/items/4/id",
        "/items/5/id",
        "/items/6/facts/0/value",
    ]


@pytest.mark.parametrize("rows", [[], [{}] * 1_001, [7], "x", None])
async def test_a_batch_has_1_to_1000_objects(client, rows):
    answer = await client.post("/v1/products", json={"items": rows})

    assert answer.status_code == 422


async def test_a_list_is_read_page_by_page(client):
    for number in range(5):
        await put(client, f"acme:{number}", {"title": f"Product {number}"})

    ids, address = [], "/v1/products?limit=2"
    while address:
        answer = await client.get(address)
        ids += [item["id"] for item in answer.json()["items"]]
        address = answer.links.get("next", {}).get("url") and str(
            answer.url.join(answer.links["next"]["url"])
        )

    assert ids == [f"acme:{number}" for number in range(5)]
    assert answer.json()["next_cursor"] is None


async def test_all_that_is_asked_for_has_to_hold(client, wiring):
    await client.get(
        "/v1/products",
        params={
            "filter": "display>=6.5in",
            "brand": 'So "ny',
            "category": "phones",
            "kind": "model",
        },
    )

    assert wiring.products.asked.kind == "model"
    assert "display>=" in wiring.products.asked.filter
    assert "brand:" in wiring.products.asked.filter
    assert "category:phones" in wiring.products.asked.filter


async def test_a_cursor_of_another_filter_is_refused(client):
    for number in range(3):
        await put(client, f"acme:{number}", {"title": "x", "brand": "Acme"})
    first = (await client.get("/v1/products?limit=1&brand=acme")).json()

    answer = await client.get(f"/v1/products?limit=1&brand=bolt&cursor={first['next_cursor']}")

    assert answer.status_code == 400
    assert answer.json()["code"] == "cursor_invalid"


async def test_a_filter_that_cannot_be_understood_points_at_the_character(client):
    answer = await client.get("/v1/products", params={"filter": "price:100..300 brand"})

    assert answer.status_code == 400
    assert answer.json()["code"] == "filter_invalid"
    assert "character 21" in answer.json()["detail"]
    assert answer.json()["errors"][0]["pointer"] == "/filter"


async def test_a_smaller_page_than_asked_for_is_allowed(tmp_path):
    wiring = memory_wiring(tmp_path, page_items_max=1)
    async with serving_wiring(wiring) as client:
        await client.get("/v1/products?limit=50")

    assert wiring.products.asked.limit == 1


async def test_what_is_closed_is_found_and_listed_when_asked_for(client, wiring):
    await put(client, "acme:1")
    wiring.store.changes.closed["product", "acme:1"] = "2025-04-01T02:00:00Z"

    one = await client.get("/v1/products/acme:1")
    some = await client.get("/v1/products")
    closed = await client.get("/v1/products", params={"filter": "closed:yes"})

    assert one.json()["closed_at"] == "2025-04-01T02:00:00Z"
    assert some.json()["items"] == []
    assert [item["closed_at"] for item in closed.json()["items"]] == ["2025-04-01T02:00:00Z"]


@pytest.mark.parametrize("family", ["brands", "categories", "parameters"])
async def test_the_vocabulary_is_listed(client, family):
    await put(client, "acme:1")

    answer = await client.get(f"/v1/{family}")

    assert answer.status_code == 200
    assert answer.json()["items"]
    assert answer.json()["next_cursor"] is None


async def test_the_vocabulary_goes_on_page_by_page(client):
    for brand in ("Acme", "Bolt", "Zenith"):
        await put(client, f"shop:{brand}", {"title": "x", "brand": brand})
    first = (await client.get("/v1/brands?limit=2")).json()

    second = (await client.get(f"/v1/brands?limit=2&cursor={first['next_cursor']}")).json()
    other = await client.get(f"/v1/categories?cursor={first['next_cursor']}")

    assert [brand["id"] for brand in first["items"]] == ["acme", "bolt"]
    assert [brand["id"] for brand in second["items"]] == ["zenith"]
    assert other.status_code == 400


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DatabaseUnavailable(uri="bolt://secret-host:7687", reason="x"), 503),
        (QueryTimedOut(timeout_s=10), 504),
    ],
)
async def test_a_database_that_fails_is_said_without_its_address(client, wiring, error, status):
    wiring.products.error = error

    answer = await client.get("/v1/products/acme:1")

    assert answer.status_code == status
    assert answer.json()["code"] == error.code
    assert "secret-host" not in answer.text
    assert ("Retry-After" in answer.headers) is (status == 503)
