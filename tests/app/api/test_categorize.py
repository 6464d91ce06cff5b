"""Which category texts are of, over HTTP: by a model, or by items with the same words."""

import pytest

from app.services.categorizing import Categorizing, LoadedCategorizer
from app.services.threads import Threads
from graph.records import Named
from ml.categories.categorizer import Categorizer, CategorizerConfig
from tests.ml.categories.made_up import titles

pytestmark = pytest.mark.anyio

HOME = Named("home", "Home")
PATHS = {kind: (HOME, Named(kind, kind)) for kind in ("Lanterns", "Kettles", "Desks")}


@pytest.fixture(scope="module")
def learnt():
    known = titles(kinds=tuple(PATHS))
    categorizer = Categorizer.train(known, CategorizerConfig(with_meaning=False))
    return LoadedCategorizer("categories@1", categorizer, PATHS)


@pytest.fixture
def trained(wiring, learnt):
    wiring.categorizing = Categorizing(
        wiring.products.get, lambda: learnt, lambda: None, Threads(1)
    )
    return wiring


async def put_kettles(client):
    for n, title in enumerate(("Acme kettle steel 1.7 l", "Orvik kettle with whistle")):
        await client.put(
            f"/v1/products/shop:{n}", json={"title": title, "category": "Home > Kettles"}
        )
    await client.put("/v1/products/shop:9", json={"title": "Bolt desk", "category": "Home > Desks"})


async def categorized(client, **body):
    answer = await client.post("/v1/categorize", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_without_a_model_items_with_the_same_words_answer_and_it_says_so(client):
    await put_kettles(client)

    found = await categorized(client, texts=["zuvo kettle steel", "leather gloves"])

    assert (found["model"], "no category model" in found["notice"]) == ("words", True)
    kettle, gloves = found["results"]
    assert kettle["category"] == {"id": "home/kettles", "name": "Kettles"}
    assert [one["name"] for one in kettle["path"]] == ["Home", "Kettles"]
    assert kettle["reasons"]
    assert (gloves["category"], gloves["unknown"], gloves["path"]) == (None, True, [])


async def test_a_stored_item_is_categorized_by_its_id(client):
    await put_kettles(client)

    found = await categorized(client, products=[{"id": "shop:9"}, {"title": "kettle"}])

    assert [one["category"]["name"] for one in found["results"]] == ["Desks", "Kettles"]


async def test_the_trained_model_answers_where_it_is_promoted(client, trained):
    found = await categorized(client, texts=["orvik kettle boil steam", "", "💡"])

    kettle, *others = found["results"]
    assert (found["model"], found["notice"]) == ("categories@1", None)
    assert kettle["category"]["name"] == "Kettles"
    assert kettle["confidence"] > 0.5
    assert all(one["unknown"] and one["alternatives"] for one in others)


async def test_what_is_not_sure_enough_is_answered_higher(client, trained):
    texts = ["lantern kettle"]

    sure = await categorized(client, texts=texts, min_confidence=1.0)

    (found,) = sure["results"]
    assert found["category"] == {"id": "home", "name": "Home"} or found["unknown"]


async def test_a_description_helps_where_the_title_says_nothing(client, trained):
    products = [
        {"title": "KX-77"},
        {"title": "KX-77", "description": "kettle with spout, whistle and steam"},
    ]

    title, both = (await categorized(client, products=products))["results"]

    assert title["unknown"]
    assert both["category"]["name"] == "Kettles"


async def test_an_item_that_is_not_there_is_not_found(client):
    answer = await client.post("/v1/categorize", json={"products": [{"id": "shop:404"}]})

    assert (answer.status_code, answer.json()["code"]) == (404, "item_not_found")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"texts": []},
        {"texts": ["a"] * 257},
        {"texts": ["a"], "products": [{"title": "a"}]},
        {"texts": ["a" * 1_000_000]},
        {"texts": [5]},
        {"products": [{"id": "a:1", "title": "a"}]},
        {"products": [{"id": "a:1", "description": "a"}]},
        {"products": [{}]},
        {"texts": ["a"], "min_confidence": 1.5},
    ],
)
async def test_what_is_no_question_is_refused(client, body):
    answer = await client.post("/v1/categorize", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


async def test_half_a_character_is_no_text(client, trained):
    answer = await client.post(
        "/v1/categorize",
        content=b'{"texts": ["kettle \\ud800"]}',
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code in {400, 422}, answer.text


async def test_an_accessory_is_not_of_the_category_of_what_it_is_made_for(client):
    await put_kettles(client)

    found = await categorized(client, texts=["lid for Acme kettle KX4000", "Acme kettle with lid"])

    lid, kettle = found["results"]
    assert (lid["category"], lid["unknown"]) == (None, True)
    assert lid["alternatives"][0]["category"]["name"] == "Kettles"
    assert lid["reasons"][0] == "'lid' is made for what is in the likeliest category"
    assert kettle["category"]["name"] == "Kettles"


async def test_a_category_that_has_accessories_keeps_them(client):
    for n, title in enumerate(("lid for Acme kettle KX4000", "lid for Orvik kettle K2")):
        await client.put(f"/v1/products/shop:{n}", json={"title": title, "category": "Extras"})

    found = await categorized(client, texts=["steel lid for Acme kettle KX4000"])

    assert found["results"][0]["category"]["name"] == "Extras"


async def test_with_a_model_an_accessory_is_unknown_as_well(client, trained):
    products = [{"title": "lid for orvik kettle spout steam x500", "description": "boil"}]

    found = await categorized(client, products=products)

    [lid] = found["results"]
    assert (lid["category"], lid["unknown"]) == (None, True)
    assert lid["alternatives"][0]["category"]["name"] == "Kettles"
    assert lid["reasons"][0] == "'lid' is made for what is in the likeliest category"
