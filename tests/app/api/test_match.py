"""Whether two items are the same product, over HTTP."""

import pytest

pytestmark = pytest.mark.anyio

KETTLE = {"title": "Acme kettle KX-4000 1.7 l steel", "brand": "Acme"}


async def matched(client, a, b):
    answer = await client.post("/v1/match", json={"a": a, "b": b})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_two_items_are_compared_with_reasons(client):
    same = await matched(
        client, {"fields": KETTLE}, {"fields": {"title": "ACME KX4000 kettle, steel, 1.7l"}}
    )
    other = await matched(
        client, {"fields": KETTLE}, {"fields": {"title": "Bolt toaster T-200 two slots"}}
    )

    again = await matched(
        client, {"fields": {"title": "ACME KX4000 kettle, steel, 1.7l"}}, {"fields": KETTLE}
    )

    assert same["score"] == again["score"] > other["score"]
    assert (same["same"], other["same"]) == (True, False)
    assert same["reasons"]
    assert (same["model"], "no matching model" in same["notice"]) == ("rules", True)


async def test_a_stored_item_is_compared_by_its_id(client):
    await client.put("/v1/products/shop:1", json={**KETTLE, "price": 30.0})

    found = await matched(client, {"id": "shop:1"}, {"fields": KETTLE})

    assert found["same"]


async def test_an_item_that_is_not_there_is_not_found(client):
    answer = await client.post("/v1/match", json={"a": {"id": "shop:9"}, "b": {"fields": KETTLE}})

    assert (answer.status_code, answer.json()["code"]) == (404, "item_not_found")


@pytest.mark.parametrize(
    "a",
    [{}, {"id": "x:1", "fields": KETTLE}, {"fields": {}}, {"fields": {"title": 5}}, {"id": ""}],
)
async def test_what_is_no_item_is_refused(client, a):
    answer = await client.post("/v1/match", json={"a": a, "b": {"fields": KETTLE}})

    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


@pytest.mark.parametrize("text", ["", " ", "💡", "\u202eabc", "x" * 20_000])
async def test_odd_texts_have_an_answer(client, text):
    found = await matched(client, {"fields": {"title": text}}, {"fields": KETTLE})

    assert 0 <= found["score"] <= 1


async def test_an_accessory_is_another_product_than_what_it_is_made_for(client):
    found = await matched(
        client, {"fields": KETTLE}, {"fields": {"title": "lid for Acme kettle KX-4000"}}
    )

    assert not found["same"]
    assert found["reasons"][0]["name"] == "'lid' is made for the other"
