"""Attributes out of texts over HTTP: what a storefront sends, gets, and is refused."""

import pytest

pytestmark = pytest.mark.anyio

LAMP = {
    "title": "Lantern",
    "brand": "Acme",
    "facts": [
        {"parameter": "NFC", "value": True},
        {"parameter": "Display", "value": 6.1, "unit": "in"},
        {"parameter": "Finish", "value": "pale green"},
    ],
}


@pytest.fixture
async def stocked(client):
    for number in range(3):
        await client.put(f"/v1/products/acme:{number}", json=LAMP)
    return client


async def extracted(client, *texts, **options):
    answer = await client.post("/v1/extract", json={"texts": list(texts), **options})
    assert answer.status_code == 200, answer.text
    return [found["facts"] for found in answer.json()["results"]]


async def test_values_come_with_their_place_and_the_node_they_are(stocked):
    text = 'ACME lantern &amp; 6.1" Pale Green'

    [facts] = await extracted(stocked, text)

    by_parameter = {fact["parameter"]: fact for fact in facts}
    assert set(by_parameter) == {"brand", "display", "finish"}
    for fact in facts:
        assert text[fact["start"] : fact["end"]] == fact["value"]
        assert 0 < fact["confidence"] <= 1
        assert fact["reasons"]
    assert by_parameter["brand"]["links"] == {"value": None, "entity": "acme"}
    assert by_parameter["brand"]["relation"] == "MADE_BY"
    assert by_parameter["display"]["normalized"] == {"text": "6.1 in", "number": 6.1, "unit": "in"}
    assert by_parameter["finish"]["links"]["value"] == "finish=pale-green"


async def test_without_a_trained_model_the_rules_answer_and_say_so(stocked):
    answer = await stocked.post("/v1/extract", json={"texts": ["lantern"]})

    assert answer.json() == {
        "model": "rules",
        "notice": "no extraction model serves yet: values are found by rules and by "
        "the names that the graph has",
        "results": [{"facts": []}],
    }


async def test_every_text_has_its_own_answer_in_order(stocked):
    found = await extracted(stocked, '6.1"', "nothing", "pale green")

    assert [[fact["parameter"] for fact in facts] for facts in found] == [
        ["display"],
        [],
        ["finish"],
    ]


async def test_only_what_is_asked_for_is_answered(stocked):
    text = "pale green lantern 6.1 in"

    [asked] = await extracted(stocked, text, parameters=["FINISH"])
    [sure] = await extracted(stocked, text, min_confidence=1.0)

    assert [fact["parameter"] for fact in asked] == ["finish"]
    assert sure == []


async def test_products_are_read_in_all_their_texts_and_what_is_known_is_not_repeated(stocked):
    product = {"title": "Lantern", "description": "in pale green", "brand": "Acme"}

    answer = await stocked.post("/v1/extract", json={"products": [product]})

    [fact] = answer.json()["results"][0]["facts"]
    assert (fact["parameter"], fact["field"], fact["start"]) == ("finish", "description", 3)


async def test_an_unknown_parameter_is_refused_by_its_place(stocked):
    answer = await stocked.post(
        "/v1/extract", json={"texts": ["x"], "parameters": ["finish", "colr"]}
    )

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "parameter_unknown")
    assert problem["errors"][0]["pointer"] == "/parameters/1"
    assert "colr" in problem["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"texts": []},
        {"texts": ["x"], "products": [{"title": "x"}]},
        {"texts": ["x"] * 257},
        {"texts": ["x" * 20_001]},
        {"texts": ["x" * 20_000] * 26},
        {"products": [{"title": "x" * 20_000, "description": "x" * 20_000}] * 13},
        {"texts": [7]},
        {"texts": ["x"], "min_confidence": 1.5},
        {"texts": ["x"], "unknown": 1},
        {"products": [{}]},
    ],
)
async def test_what_cannot_be_read_is_refused(client, body):
    answer = await client.post("/v1/extract", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "💡🏮",
        "<b>6.1</b> <script>",
        "\u202eneerg elap\u202c",
        "\x00\x1b[31m",
        "лампа 台灯 lamp مصباح",
        "x" * 20_000,
    ],
)
async def test_odd_texts_have_an_answer(stocked, text):
    [facts] = await extracted(stocked, text)

    for fact in facts:
        assert text[fact["start"] : fact["end"]] == fact["value"]


async def test_an_empty_graph_finds_nothing(client):
    assert await extracted(client, "pale green lantern 6.1 in") == [[]]
