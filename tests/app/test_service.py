"""The whole service over a real Neo4j: HTTP in, graph, HTTP out."""

import asyncio
import dataclasses
from urllib.parse import quote

import anyio
import pytest

from app.api.conflicts import ConflictPage
from app.api.history import HistoryPage
from app.api.models import Product, ProductPage
from app.api.products import Neighbourhood
from app.api.stats import GraphStats
from app.api.vocabulary import NamePage, ParameterPage
from app.keys import Scope
from app.main import create_app
from app.services.models import registry_of
from app.services.training_runs import MODEL_NAME
from app.settings import Settings
from app.wiring import assemble
from graph.client import AsyncDatabase, Database
from tests.app.parts import NOW, serving
from tests.artefacts import draft

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

LANTERN = {
    "title": "Acme Lantern 6 128GB black",
    "brand": "Acme",
    "category": "Electronics > Phones",
    "model": "Lantern 6",
    "price": 249.0,
    "currency": "EUR",
    "in_stock": True,
    "facts": [
        {"parameter": "Display", "value": "6.1 inches"},
        {"parameter": "Storage", "value": 128, "unit": "GB"},
        {"parameter": "NFC", "value": True},
        {"parameter": "Colour", "value": "black"},
    ],
}


@pytest.fixture
async def client(database, tmp_path):
    async with (
        AsyncDatabase(database.connection) as reading,
        served(reading, database, tmp_path) as client,
    ):
        yield client


def served(reading, writing, home):
    """A client with a key for everything."""
    settings = Settings(home=home, access_log=False)
    wiring = assemble(settings, reading, writing)
    _, token = wiring.keys.create("test", Scope.ADMIN, now=NOW)
    return serving(create_app(wiring=wiring), headers={"X-API-Key": token})


def at(id):
    return f"/v1/products/{quote(id, safe='')}"


async def test_neo4j_gives_back_what_was_put(client):
    created = await client.put(at("service:1"), json=LANTERN)
    read = await client.get(at("service:1"))

    assert created.status_code == 201, created.text
    product = Product.model_validate_json(read.content)
    assert created.json() == read.json()
    assert product.brand.name == "Acme"
    assert [one.name for one in product.category] == ["Electronics", "Phones"]
    assert {fact.text for fact in product.facts} >= {"black"}
    assert all(fact.run == f"rest:{created.headers['X-Request-ID']}" for fact in product.facts)
    assert {fact.source for fact in product.facts} == {"service"}


async def test_neo4j_is_not_changed_by_the_same_product(client):
    await client.put(at("service:2"), json=LANTERN)
    before = await client.get(at("service:2"))

    again = await client.put(at("service:2"), json=LANTERN)

    assert again.status_code == 200
    assert again.json() == before.json()


async def test_neo4j_forgets_a_fact_that_is_no_longer_stated(client):
    await client.put(at("service:3"), json=LANTERN)

    await client.put(at("service:3"), json={"title": "Acme Lantern 6"})

    assert (await client.get(at("service:3"))).json()["facts"] == []


async def test_neo4j_finds_products_by_brand_category_and_range(client):
    await client.put(at("service:4"), json={**LANTERN, "brand": "Zenith Lamps", "price": 77.5})
    asked = {
        "brand": "Zenith Lamps",
        "category": "Electronics/Phones",
        "filter": "price:70..80 storage>=64GB",
    }

    page = await client.get("/v1/products", params=asked)
    none = await client.get("/v1/products", params={**asked, "filter": "price:80..90"})

    found = ProductPage.model_validate_json(page.content)
    assert [item.id for item in found.items] == ["service:4"]
    assert none.json() == {"items": [], "next_cursor": None, "notice": None}


async def test_neo4j_pages_show_everything_once(client):
    rows = [{"id": f"pages:{number:03}", "title": f"Page {number}"} for number in range(25)]
    await client.post("/v1/products", json={"items": rows})

    ids, cursor = [], ""
    while cursor is not None:
        asked = {"filter": "source:pages", "limit": 10, "cursor": cursor}
        page = (await client.get("/v1/products", params=asked)).json()
        ids += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert ids == [row["id"] for row in rows]


async def test_neo4j_shows_what_is_around_a_product(client):
    await client.put(at("service:5"), json=LANTERN)

    near = await client.get(f"{at('service:5')}/neighbourhood")
    cut = await client.get(f"{at('service:5')}/neighbourhood?depth=2&limit=3")

    found = Neighbourhood.model_validate_json(near.content)
    assert found.nodes[0].id == "service:5"
    assert "MADE_BY" in {edge.type for edge in found.edges}
    assert len(cut.json()["nodes"]) == 3
    assert cut.json()["truncated"] is True


async def test_neo4j_tells_what_has_become_of_a_product(client):
    await client.put(at("service:7"), json=LANTERN)
    larger = {**LANTERN, "facts": [{"parameter": "Storage", "value": 256, "unit": "GB"}]}
    await client.put(at("service:7"), json=larger)

    whole = await client.get(f"{at('service:7')}/history?parameter=storage")
    first = await client.get(f"{at('service:7')}/history?limit=1")
    rest = await client.get(
        f"{at('service:7')}/history?limit=1000&cursor={first.json()['next_cursor']}"
    )

    page = HistoryPage.model_validate_json(whole.content)
    assert [(one.kind, one.fact.number) for one in page.items] == [
        ("fact_began", 256.0),
        ("fact_ended", 128.0),
        ("fact_began", 128.0),
    ]
    assert page.items[0].at == page.items[1].at == page.items[2].fact.valid_to
    assert first.json()["items"][0] not in rest.json()["items"]
    assert len(rest.json()["items"]) >= 7


async def test_neo4j_lists_who_contradicts_whom(client, database):
    await client.put(at("service:8"), json=LANTERN)
    await client.put(
        at("service:9"),
        json={"title": "x", "facts": [{"parameter": "Storage", "value": 64, "unit": "GB"}]},
    )
    database.write(
        "MATCH (n:Product {id: 'service:8'}), (v:Value {id: 'storage=64GB'}) "
        "SET n.contested = true "
        "CREATE (n)-[:HAS_PARAMETER {origin: 'reviewed', status: 'accepted', confidence: 1.0}]->(v)"
    )

    answer = await client.get("/v1/conflicts?source=service&parameter=storage")
    product = await client.get(at("service:8"))

    (conflict,) = ConflictPage.model_validate_json(answer.content).items
    assert (conflict.id, conflict.parameter) == ("service:8", "storage")
    assert [(one.origin, one.preferred) for one in conflict.statements] == [
        ("reviewed", True),
        ("catalog", False),
    ]
    storage = [one for one in product.json()["facts"] if one["parameter"] == "storage"]
    assert {one["origin"] for one in storage if one["preferred"]} == {"reviewed"}


async def test_neo4j_leaves_closed_products_out_of_lists(client, database):
    await client.put(at("closed:1"), json=LANTERN)
    database.write("MATCH (n:Product {id: 'closed:1'}) SET n.closed_at = datetime()")

    shown = await client.get("/v1/products", params={"filter": "source:closed"})
    asked = await client.get("/v1/products", params={"filter": "source:closed closed:yes"})

    assert shown.json()["items"] == []
    assert [one["id"] for one in asked.json()["items"]] == ["closed:1"]
    assert (await client.get(at("closed:1"))).json()["closed_at"].endswith("Z")


async def test_neo4j_lists_its_vocabulary_and_counts(client):
    await client.put(at("service:6"), json=LANTERN)

    brands = NamePage.model_validate_json((await client.get("/v1/brands")).content)
    categories = NamePage.model_validate_json((await client.get("/v1/categories")).content)
    parameters = ParameterPage.model_validate_json((await client.get("/v1/parameters")).content)
    counts = GraphStats.model_validate_json((await client.get("/v1/stats")).content)

    assert "Acme" in {brand.name for brand in brands.items}
    assert "Phones" in {category.name for category in categories.items}
    assert "Display" in {parameter.name for parameter in parameters.items}
    assert counts.nodes["Product"] >= 1


@pytest.mark.parametrize(
    "sku",
    [
        "a'\"b`\\",
        "'}) DETACH DELETE n //",
        "$id",
        "A/7/neighbourhood",
        "A/7/history",
        "手机 12",
        "😀",
        "%2F%00",
        "x" * 200,
    ],
)
async def test_neo4j_takes_any_visible_sku_for_what_it_is(client, sku):
    id = f"signs:{sku}"
    await client.put(at("signs:bystander"), json={"title": "still here"})

    created = await client.put(at(id), json={"title": sku, "brand": sku})
    listed = await client.get("/v1/products", params={"brand": sku})
    deleted = await client.delete(at(id))

    assert created.json()["id"] == id, created.text
    assert [item["id"] for item in listed.json()["items"]] == [id]
    assert deleted.status_code == 204
    assert (await client.get(at(id))).status_code == 404
    assert (await client.get(at("signs:bystander"))).status_code == 200


async def test_neo4j_takes_products_that_share_values_from_many_clients_at_once(client):
    answers = await asyncio.gather(
        *(client.put(at(f"crowd:{number}"), json=LANTERN) for number in range(24))
    )

    assert {answer.status_code for answer in answers} == {201}


async def test_neo4j_stores_the_good_rows_of_a_batch_of_1000(client):
    rows = [{"id": f"batch:{number}", **LANTERN} for number in range(999)]

    first = await client.post("/v1/products", json={"items": [*rows, {"id": "batch:bad"}]})
    again = await client.post("/v1/products", json={"items": rows})

    counts = {name: first.json()[name] for name in ("created", "rejected")}
    assert counts == {"created": 999, "rejected": 1}
    assert again.json()["unchanged"] == 999


async def test_with_neo4j_migrated_and_indexed_it_is_ready(client):
    answer = await client.get("/readyz")

    assert answer.json() == {"status": "ready", "degraded": {}}


async def test_with_neo4j_and_a_damaged_champion_it_is_ready_and_says_what_is_wrong(
    client, tmp_path
):
    registry = registry_of(Settings(home=tmp_path))
    champion = registry.register(MODEL_NAME, draft(tmp_path, kind="item-encoder"))
    registry.promote(MODEL_NAME, champion.version)
    (champion.folder / "weights.safetensors").write_bytes(b"torn")

    with anyio.fail_after(600):  # torch is imported first, in the background
        while not (answer := await client.get("/readyz")).json()["degraded"]:
            await anyio.sleep(0.05)

    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert "products/1 does not load" in answer.json()["degraded"]["models"]
    assert "weights.safetensors" in answer.json()["degraded"]["models"]
    assert str(tmp_path) not in answer.text


async def test_without_neo4j_it_lives_and_is_not_ready(database, tmp_path):
    nowhere = dataclasses.replace(database.connection, uri="bolt://127.0.0.1:1", retry_s=0.1)

    async with AsyncDatabase(nowhere) as reading:
        with Database(nowhere) as writing:
            async with served(reading, writing, tmp_path) as client:
                alive = await client.get("/livez")
                ready = await client.get("/readyz")
                read = await client.get("/v1/products/acme:1")
                written = await client.delete("/v1/products/acme:1")

    assert alive.status_code == 200
    assert ready.json()["code"] == "not_ready"
    assert "catalograph up" in ready.json()["detail"]
    assert {read.status_code, written.status_code} == {503}
    assert "127.0.0.1:1" not in read.text + ready.text


async def test_with_a_wrong_neo4j_password_it_says_which_variable_to_set(database, tmp_path):
    wrong = dataclasses.replace(database.connection, password="wrong", retry_s=0.1)

    async with AsyncDatabase(wrong) as reading, served(reading, database, tmp_path) as client:
        ready = await client.get("/readyz")

    assert ready.status_code == 503
    assert "NEO4J_PASSWORD" in ready.json()["detail"]
