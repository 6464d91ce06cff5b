"""What shoppers did, and what to show them, over HTTP."""

import pytest

pytestmark = pytest.mark.anyio

LAMPS, BULBS = "home/lamps", "home/bulbs"
STOCK = {
    "shop:1": {"title": "Desk lamp brass", "brand": "Acme", "category": LAMPS, "in_stock": True},
    "shop:2": {"title": "Desk lamp steel", "brand": "Bolt", "category": LAMPS, "in_stock": True},
    "shop:3": {"title": "Warm bulb E27", "brand": "Acme", "category": BULBS, "in_stock": True},
    "shop:4": {"title": "Cold bulb E27", "brand": "Bolt", "category": BULBS, "in_stock": False},
}


@pytest.fixture
async def shop(client):
    for id, product in STOCK.items():
        answer = await client.put(f"/v1/products/{id}", json=product)
        assert answer.status_code == 201, answer.text
    return client


def bought(shopper, item, **more):
    return {"shopper": shopper, "item": item, "kind": "bought", **more}


async def sent(client, *events):
    answer = await client.post("/v1/events", json={"events": list(events)})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def shown(client, **asked):
    answer = await client.post("/v1/recommend", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(found):
    return [one["item"]["id"] for one in found["items"]]


async def test_what_was_bought_together_comes_with_the_number_of_shoppers(shop):
    await sent(
        shop, *(bought(who, item) for who in ("ann", "bob") for item in ("shop:1", "shop:3"))
    )

    found = await shown(shop, history=["shop:1"])

    assert found["items"][0]["item"]["id"] == "shop:3"
    assert found["items"][0]["method"] == "bought_with"
    assert found["items"][0]["reasons"][0]["text"] == "bought with Desk lamp brass by 2 shoppers"
    assert "shop:1" not in ids(found)
    assert "no recommendation model" in found["notice"]


async def test_a_shopper_without_history_is_shown_what_is_popular_then_what_is_new(shop):
    await sent(shop, bought("ann", "shop:3"), bought("bob", "shop:3"), bought("bob", "shop:2"))

    found = await shown(shop, shopper="nobody we know")

    assert ids(found)[:2] == ["shop:3", "shop:2"]
    assert found["methods"] == ["popular", "newest"]
    assert "nothing is known of this shopper" in found["notice"]
    assert found["items"][0]["reasons"][0]["text"] == "bought by 2 shoppers"


async def test_a_filter_that_names_nothing_is_told_as_such(shop):
    found = await shown(shop, shopper="ann", context={"filter": "brand:acmee"})

    assert ids(found) == []
    assert found["notice"] == "nothing is called 'acmee' as brand of `filter`; did you mean Acme?"


async def test_a_shopper_is_not_shown_what_was_bought(shop):
    await sent(shop, bought("ann", "shop:1"), bought("ann", "shop:2"))

    found = await shown(shop, shopper="ann")

    assert not {"shop:1", "shop:2"} & set(ids(found))


async def test_an_event_of_a_product_that_is_gone_is_refused_and_the_others_are_stored(shop):
    found = await sent(
        shop,
        bought("ann", "shop:1"),
        bought("ann", "shop:99"),
        bought("ann", "shop:3", at="soon"),
        bought("ann", "shop:2", at="2999-01-01T00:00:00Z"),
        bought("ann", "shop:2"),
    )

    assert found["stored"] == 2
    assert [one["index"] for one in found["refused"]] == [1, 2, 3]
    assert [error for one in found["refused"] for error in one["errors"]][:2] == [
        {
            "place": "body",
            "pointer": "/events/1/item",
            "code": "item_unknown",
            "detail": "there is no product 'shop:99'",
        },
        {
            "place": "body",
            "pointer": "/events/2/at",
            "code": "time_invalid",
            "detail": "`at` has to be a time such as 2025-03-01T09:30:00Z, not 'soon'",
        },
    ]


async def test_an_event_that_is_sent_again_changes_nothing(shop):
    events = [bought("ann", "shop:1", id="o1"), bought("ann", "shop:2", at="2025-02-01T10:00:00Z")]

    first, again = await sent(shop, *events), await sent(shop, *events)

    assert (first["stored"], first["known"]) == (2, 0)
    assert (again["stored"], again["known"]) == (0, 2)


async def test_lines_of_an_order_that_all_have_its_id_are_events_of_their_own(shop):
    order = [bought("ann", "shop:1", id="order-1"), bought("ann", "shop:3", id="order-1")]

    first, again = await sent(shop, *order), await sent(shop, *order)

    assert (first["stored"], first["known"]) == (2, 0)
    assert (again["stored"], again["known"]) == (0, 2)


async def test_a_shopper_is_forgotten_with_all_that_was_counted(shop):
    await sent(shop, bought("ann", "shop:1"), bought("ann", "shop:3"))

    gone = await shop.delete("/v1/shoppers/ann")
    again = await shop.delete("/v1/shoppers/ann")
    found = await shown(shop, history=["shop:1"])

    assert gone.json() == {"shopper": "ann", "events": 2}
    assert (again.status_code, again.json()["code"]) == (404, "shopper_not_found")
    assert "bought_with" not in found["methods"]


async def test_complements_are_of_another_category_and_substitutes_of_the_same(shop):
    await sent(shop, *(bought("ann", item) for item in STOCK))

    beside = await shown(shop, context={"item": "shop:1", "intent": "complements"})
    instead = await shown(shop, context={"item": "shop:1", "intent": "substitutes"})

    assert set(ids(beside)) == {"shop:3", "shop:4"}
    assert ids(instead) == ["shop:2"]


async def test_an_answer_without_items_says_why(shop):
    await sent(shop, *(bought("ann", item) for item in ("shop:1", "shop:2", "shop:3")))
    beside, dear = {"item": "shop:1", "intent": "complements"}, "price:900.."

    found = await shown(shop, context=beside)
    nobody = await shown(shop, context=beside | {"item": "shop:4"})
    filtered = await shown(shop, history=["shop:1"], context={"filter": dear})
    instead = await shown(shop, context={"item": "shop:1", "intent": "substitutes", "filter": dear})

    assert (ids(found), found["notice"]) == (["shop:3"], None)
    assert ids(nobody) == ids(filtered) == ids(instead) == []
    assert "nobody bought the item with anything of another category" in nobody["notice"]
    assert "`filter` and `in_stock`" in filtered["notice"]
    assert "nothing of the item's category" in instead["notice"]


async def test_business_rules_choose_among_what_is_found(shop):
    await sent(shop, *(bought("ann", item) for item in STOCK))

    stocked = await shown(shop, history=["shop:1"], context={"in_stock": True})
    branded = await shown(shop, history=["shop:1"], context={"filter": "brand:bolt"})
    varied = await shown(shop, context={"diversify_by": "brand", "per_group": 1})

    assert set(ids(stocked)) == {"shop:2", "shop:3"}
    assert set(ids(branded)) == {"shop:2", "shop:4"}
    assert len({one["item"]["brand"]["id"] for one in varied["items"]}) == len(varied["items"]) == 2


async def test_items_of_a_history_that_are_not_there_are_named_and_left_out(shop):
    found = await shown(shop, history=["shop:99", "shop:1"])

    assert found["ignored"] == ["shop:99"]
    assert found["items"]


async def test_an_item_of_the_context_that_is_not_there_is_not_found(shop):
    answer = await shop.post("/v1/recommend", json={"context": {"item": "shop:99"}})

    assert (answer.status_code, answer.json()["code"]) == (404, "item_not_found")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"shopper": "a", "history": ["shop:1"]}, "request_invalid"),
        ({"context": {"intent": "complements"}}, "request_invalid"),
        ({"context": {"per_group": 1}}, "request_invalid"),
        ({"context": {"intent": "everything"}}, "request_invalid"),
        ({"limit": 0}, "request_invalid"),
        ({"history": ["shop:1"] * 201}, "request_invalid"),
        ({"context": {"filter": "price:cheap"}}, "filter_invalid"),
        ({"context": {"filter": "weather:rainy"}}, "filter_invalid"),
        ({"context": {"filter": "brand:"}}, "filter_invalid"),
    ],
)
async def test_what_cannot_be_asked_is_refused(shop, asked, code):
    answer = await shop.post("/v1/recommend", json=asked)

    assert (answer.status_code // 100, answer.json()["code"]) == (4, code)


async def test_a_filter_that_is_refused_is_told_by_its_place_in_the_body(shop):
    answer = await shop.post("/v1/recommend", json={"context": {"filter": "brand:"}})

    [told] = answer.json()["errors"]
    assert (told["place"], told["pointer"]) == ("body", "/context/filter")


@pytest.mark.parametrize(
    "events",
    [[], [{}], [bought("", "shop:1")], [bought("a", "shop:1") | {"kind": "stole"}], [5]],
)
async def test_what_is_no_event_is_refused(shop, events):
    answer = await shop.post("/v1/events", json={"events": events})

    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


async def test_who_may_only_read_may_ask_and_neither_send_nor_forget(reader):
    asked = await reader.post("/v1/recommend", json={})
    sending = await reader.post("/v1/events", json={"events": [bought("a", "shop:1")]})
    forgetting = await reader.delete("/v1/shoppers/a")

    assert (asked.status_code, sending.status_code, forgetting.status_code) == (200, 403, 403)
