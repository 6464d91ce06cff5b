"""Search over HTTP: what a storefront asks, gets, and is refused."""

import socket
from urllib.parse import quote

import pytest

from app.keys import Scope
from app.main import create_app
from app.services import search_candidates
from app.services.search_order import LoadedRanker
from ml.search.judgements import read_judged
from ml.search.ranker import Part, SearchConfig, SearchRanker
from tests.app.api.search.shop import STOCK, added, found, ids
from tests.app.parts import NOW, listening
from tests.ml.search.made_up import write_offers

pytestmark = pytest.mark.anyio


async def test_a_query_becomes_filters_and_says_so(stocked):
    page = await found(stocked, "red 128gb acme under 300")

    assert ids(page) == ["1"]
    assert set(page["understood"]["filters"].split()) == {
        "price<=300",
        "brand:acme",
        "colour:red",
        "storage:128gb",
    }
    assert page["understood"]["rest"] == ""
    assert page["items"][0]["why"]["matched"] == ["red", "128", "gb", "acme"]
    assert page["items"][0]["why"]["missing"] == []
    assert page["model"] == "rules"


async def test_what_is_shown_as_understood_can_be_sent_as_filter(stocked):
    page = await found(stocked, "red 128gb acme under 300")

    again = await found(stocked, "", filter=page["understood"]["filters"])

    assert ids(again) == ids(page)


async def test_out_of_stock_comes_last_in_any_order(stocked):
    for sort in ("relevance", "price", "-price", "newest"):
        assert ids(await found(stocked, "lantern", sort=sort))[-1] == "2"


async def test_prices_sort_both_ways(stocked):
    assert ids(await found(stocked, "lantern", sort="price")) == ["4", "3", "1", "6", "2"]
    assert ids(await found(stocked, "lantern", sort="-price")) == ["6", "1", "3", "4", "2"]


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("cheapest lantern", ["4", "3", "1", "6", "2"]),
        ("the most expensive acme", ["6", "1", "3", "2"]),
        ("cheapest", ["5", "4", "3", "1", "6", "2"]),
    ],
)
async def test_words_for_an_order_sort(stocked, query, order):
    page = await found(stocked, query)

    assert ids(page) == order
    assert page["understood"]["sort"] in ("price", "-price")
    assert page["understood"]["rest"] in ("lantern", "")


@pytest.mark.parametrize(
    ("query", "sort", "first"),
    [("", "price", "5"), ("acme", "-price", "6"), ("cheapest acme", None, "3")],
)
async def test_the_first_in_an_order_is_the_first_of_all_that_pass(
    stocked, monkeypatch, query, sort, first
):
    monkeypatch.setattr(search_candidates, "WINDOW", 2)
    page = await found(stocked, query, **({"sort": sort} if sort else {}))

    assert ids(page)[0] == first
    assert page["more"]


async def test_an_order_that_is_given_beats_one_in_words(stocked):
    page = await found(stocked, "cheapest lantern", sort="-price")

    assert ids(page) == ["6", "1", "3", "4", "2"]
    assert page["understood"]["sort"] is None
    assert (await found(stocked, "cheapest", understand=False))["understood"]["sort"] is None


async def test_facets_count_all_results_and_not_the_page(stocked):
    page = await found(stocked, "lantern", limit=1)

    assert page["found"] == 5
    assert page["facets"]["brand"] == [
        {"id": "acme", "name": "Acme", "items": 4},
        {"id": "bolt", "name": "Bolt", "items": 1},
    ]
    assert page["facets"]["in_stock"] == [
        {"id": "yes", "name": "yes", "items": 4},
        {"id": "no", "name": "no", "items": 1},
    ]
    colours = next(one for one in page["facets"]["parameters"] if one["id"] == "colour")
    assert [(one["name"], one["items"]) for one in colours["values"]] == [("Red", 4), ("Blue", 1)]
    assert (await found(stocked, "lantern", facets=False))["facets"] is None


async def test_pages_follow_one_another_and_end(stocked):
    first = await stocked.get("/v1/search", params={"q": "lantern", "limit": 3})
    second = await found(stocked, "lantern", limit=3, cursor=first.json()["next_cursor"])

    assert 'rel="next"' in first.headers["Link"]
    assert len(ids(second)) == 2
    assert not set(ids(first.json())) & set(ids(second))
    assert second["next_cursor"] is None


async def test_a_filter_that_nothing_passes_is_left_out_and_the_answer_says_so(stocked):
    page = await found(stocked, "bolt lantern blue under 150")

    assert page["understood"]["relaxed"]
    assert "of its category or brand" in page["notice"]
    assert set(ids(page)) == {"4"}
    assert all(one["item"]["price"] <= 150 for one in page["items"])
    assert not (await found(stocked, "bolt unheardof under 1"))["understood"]["relaxed"]


async def test_what_few_items_state_does_not_hide_texts_that_have_all_the_words(stocked):
    await added(stocked, "7", {"title": "Bolt kettle 1.7 l red", "price": 30.0})

    page = await found(stocked, "red kettle")

    assert ids(page)[0] == "7"
    assert page["understood"]["relaxed"]
    assert page["items"][0]["why"]["filters"] == ""
    assert "has the other words" in page["notice"]
    assert not (await found(stocked, "red lantern"))["understood"]["relaxed"]


async def test_a_price_alone_is_no_answer_to_words_that_no_text_has(stocked):
    page = await found(stocked, "kettle under 300")

    assert ids(page) == []
    assert page["understood"]["filters"] == "price<=300"


async def test_things_of_other_kinds_are_not_found_for_their_price(stocked):
    await added(stocked, "7", {"title": "Bolt kettle", "category": "Kettles", "price": 30.0})

    assert ids(await found(stocked, "kettle under 40")) == ["7"]
    assert ids(await found(stocked, "kettle under 20")) == []


async def test_an_own_filter_beats_what_is_understood(stocked):
    assert set(ids(await found(stocked, "acme lantern", filter="brand:bolt"))) == {"4"}
    assert set(ids(await found(stocked, "lantern", filter="price<150"))) == {"4"}


@pytest.mark.parametrize(
    ("filter", "says"),
    [
        ("brand:acmee", "nothing is called 'acmee' as brand of `filter`; did you mean Acme?"),
        ("colour:read", "nothing is called 'read' as colour of `filter`; did you mean Red?"),
        ("colour:zzzz", "nothing is called 'zzzz' as colour of `filter`"),
    ],
)
async def test_an_own_filter_that_the_graph_has_no_name_for_is_told(stocked, filter, says):
    page = await found(stocked, "lantern", filter=filter)

    assert page["items"] == []
    assert page["notice"] == says
    for known in ("brand:bolt colour:blue", f"-{filter} brand:acme price<1"):
        assert "called" not in (await found(stocked, "lantern", filter=known))["notice"]


async def test_what_only_facts_say_is_found_and_titles_that_say_it_come_first(stocked):
    body = {"title": "Bolt torch", "facts": [{"parameter": "Colour", "value": "Red"}]}
    await added(stocked, "7", body)

    page = await found(stocked, "red")

    assert page["understood"]["filters"] == "colour:red"
    assert {"5", "7"} <= set(ids(page)[4:])
    assert page["items"][-1]["why"]["filters"] == "colour:red"


async def test_words_of_long_values_find_what_states_them(stocked):
    body = {"title": "Bolt torch", "facts": [{"parameter": "Lens", "value": "Zenit Optic 44 mk2"}]}
    await added(stocked, "7", body)
    for sku in range(10, 30):  # however much the vectors find
        await added(stocked, str(sku), {"title": f"Bolt torch {sku}"})

    page = await found(stocked, "zenit 44", sort="price")

    assert ids(page) == ["7"]
    assert page["items"][0]["why"]["filters"].startswith("lens:")


async def test_what_is_not_wanted_is_left_out(stocked):
    page = await found(stocked, "lantern not acme")

    assert page["understood"]["filters"] == "-brand:acme"
    assert ids(page) == ["4"]


async def test_a_word_that_is_not_wanted_and_names_nothing_is_in_no_text(stocked):
    await added(stocked, "sign", {"title": "Do Not Disturb sign"})

    assert "6" in ids(await found(stocked, "acme lantern deluxe"))
    page = await found(stocked, "acme lantern not deluxe")

    assert set(ids(page)) == {"1", "2", "3"}
    assert ids(await found(stocked, "do not disturb sign")) == ["sign"], "as its name says"
    assert ids(await found(stocked, "lantern not in stock"))


async def test_a_currency_counts_until_nothing_has_it(stocked):
    for sku, price, currency in (("7", 250.0, "EUR"), ("8", 199.0, "GBP")):
        body = {"title": "Bolt lantern", "price": price, "currency": currency}
        await added(stocked, sku, body)

    in_euro = await found(stocked, "lantern under 260 €")
    in_yen = await found(stocked, "lantern under 200 ¥")

    assert ids(in_euro) == ["7"]
    assert in_euro["understood"]["filters"] == "price<=260 currency:EUR"
    assert set(ids(in_yen)) == {"3", "4", "8"}
    assert "bare numbers" in in_yen["notice"]
    assert not in_yen["understood"]["relaxed"]


async def test_an_order_by_price_over_several_currencies_says_so(stocked):
    assert "currency" not in ((await found(stocked, "cheap lantern"))["notice"] or "")
    for sku, currency in (("7", "EUR"), ("8", "GBP")):
        body = {"title": "Bolt lantern", "price": 199.0, "currency": currency}
        await added(stocked, sku, body)

    mixed = await found(stocked, "cheap lantern")
    one = await found(stocked, "cheap lantern", filter="currency:EUR")

    assert "EUR, GBP" in mixed["notice"]
    assert (ids(one), "GBP" in (one["notice"] or "")) == (["7"], False)


@pytest.mark.parametrize("query", ["torch under 300", "under $300"])
async def test_where_nothing_has_a_price_the_answer_says_so(client, query):
    await added(client, "1", {"title": "Bolt torch"})

    page = await found(client, query)

    assert ids(page) == ["1"]
    assert page["understood"]["relaxed"]
    assert "nothing has a price" in page["notice"]


async def test_an_amount_of_money_asks_for_a_price_about_it(stocked):
    assert set(ids(await found(stocked, "$220 lantern"))) == {"1", "2", "3"}
    assert set(ids(await found(stocked, "220 lantern"))) == {"1", "2", "3", "4", "6"}


@pytest.mark.parametrize(
    "query", ["$20 lantern", "lantern around 20 dollars", "20美元左右 lantern"]
)
async def test_where_nothing_has_about_a_price_others_are_shown_and_limits_hold(stocked, query):
    page = await found(stocked, query)

    assert set(ids(page)) == {"1", "2", "3", "4", "6"}
    assert page["understood"]["relaxed"]
    assert "about this price" in page["notice"]
    limited = await found(stocked, "lantern under $20")
    assert (limited["items"], limited["understood"]["relaxed"]) == ([], False)
    assert (await found(stocked, "$20 submarine"))["items"] == []


async def test_a_number_on_the_package_finds_the_product_first(stocked):
    codes = {"gtin": "4006381333931", "mpn": "LN-64"}
    await added(stocked, "7", {"title": "Bolt torch", **codes})

    for code in codes.values():
        assert ids(await found(stocked, code))[0] == "7"
    assert ids(await found(stocked, "4006381333931", filter="brand:bolt")) == []


@pytest.mark.parametrize("query", ["BT-7/x", "shop:BT-7/x", " BT-7/x "])
async def test_the_number_that_a_shop_gives_finds_its_product_first(stocked, query):
    await added(stocked, quote("BT-7/x", safe=""), {"title": "Bolt torch"})

    assert ids(await found(stocked, query))[0] == "BT-7/x"


async def test_a_price_orders_only_what_fits(stocked):
    body = {"title": "Bolt red box", "price": 1.0}
    await added(stocked, "7", body)

    for query, first in (("lantern 64gb red", "3"), ("lantern 64gb red zzz", "4")):
        assert "7" in ids(await found(stocked, query, understand=False))
        by_price = await found(stocked, query, understand=False, sort="price")
        assert ids(by_price)[0] == first


async def test_chinese_is_found_and_marked(stocked):
    page = await found(stocked, "手机壳")

    assert ids(page)[0] == "5"
    title = page["items"][0]["item"]["title"]
    marked = [title[start:end] for start, end in page["items"][0]["highlights"]["title"]]
    assert marked == ["手机壳"]


async def test_highlights_are_places_in_title_and_description(stocked):
    one = (await found(stocked, "red lantern", filter="brand:bolt"))["items"][0]

    assert [one["item"]["title"][a:b] for a, b in one["highlights"]["title"]] == ["lantern", "red"]
    assert [one["description"][a:b] for a, b in one["highlights"]["description"]] == ["red"]


async def test_vectors_say_how_near_a_result_is(stocked, wiring):
    by_both = await found(stocked, "acme lantern 128gb red")
    wiring.similar.predictor = None
    by_words = await found(stocked, "acme lantern 128gb red")

    assert by_both["items"][0]["why"]["similarity"] > 0.5
    assert by_words["items"][0]["why"]["similarity"] is None


async def test_a_promoted_model_orders_the_results(stocked, wiring, tmp_path):
    judged = read_judged(write_offers(tmp_path / "train.csv", 1, count=20))
    ranker = SearchRanker.train([Part(judged)], SearchConfig(trees=5, least_in_leaf=3, folds=2))
    wiring.searching._ranker = lambda: LoadedRanker("search@1", ranker)

    page = await found(stocked, "lantern 64gb red", understand=False)

    assert page["model"] == "search@1"
    assert page["notice"] is None
    scores = [one["score"] for one in page["items"] if one["item"]["in_stock"]]
    assert scores == sorted(scores, reverse=True)


async def test_models_are_found_by_their_kind(stocked, wiring):
    page = await found(stocked, "anything", kind="model")

    assert page["items"] == []


async def test_a_query_of_stop_words_finds_nothing_and_says_why(stocked):
    page = await found(stocked, "the of 的")

    assert page["items"] == []
    assert "nothing to look for" in page["notice"]


async def test_an_empty_query_lists_what_passes(stocked):
    assert len(ids(await found(stocked, ""))) == len(STOCK)


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"q": "x" * 60_000}, 422, "request_invalid"),
        ({"q": "lamp", "filter": "colr:red"}, 400, "filter_invalid"),
        ({"q": "lamp", "filter": "brand"}, 400, "filter_invalid"),
        ({"q": "lamp", "sort": "best"}, 422, "request_invalid"),
        ({"q": "lamp", "limit": 0}, 422, "request_invalid"),
        ({"q": "lamp", "kind": "brand"}, 422, "request_invalid"),
        ({"q": "lamp", "cursor": "nonsense"}, 400, "cursor_invalid"),
    ],
)
async def test_bad_input_is_refused(stocked, params, status, code):
    answer = await stocked.get("/v1/search", params=params)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_query_of_100_kb_is_refused_by_a_real_server(wiring):
    _, token = wiring.keys.create("test", Scope.READ, now=NOW)
    with listening(create_app(wiring=wiring)) as address, socket.create_connection(address) as to:
        head = f"Host: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        to.sendall(f"GET /v1/search?q={'x' * 100_000} HTTP/1.1\r\n{head}".encode())
        answer = b"".join(iter(lambda: to.recv(65_536), b""))

    assert answer.split(b" ")[1] in (b"400", b"414", b"422")


async def test_a_cursor_of_another_query_is_refused(stocked):
    cursor = (await found(stocked, "lantern", limit=2))["next_cursor"]

    for params in (
        {"q": "lamp"},
        {"q": "lantern", "sort": "price"},
        {"q": "lantern", "kind": "model"},
    ):
        answer = await stocked.get("/v1/search", params={**params, "cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


@pytest.mark.parametrize(
    "text",
    [
        "') MATCH (n) DETACH DELETE n //",
        "lantern OR *:* AND title:[a TO z]",
        "lantern~2 ^9 \\",
        '"unclosed',
        "{{7*7}} ${jndi:ldap://x} <script>alert(1)</script>",
        "\x00\ud7ff\u202e" + "(" * 400,
        "' OR 1=1 --",
    ],
)
async def test_no_text_is_code(stocked, text):
    for params in ({"q": text}, {"q": text, "understand": False}):
        answer = await stocked.get("/v1/search", params=params)
        assert answer.status_code == 200, answer.text
    assert (await stocked.get("/v1/suggest", params={"q": text})).status_code == 200
    for name in ("filter", "sort", "cursor", "kind"):
        answer = await stocked.get("/v1/search", params={"q": "lantern", name: text})
        assert answer.status_code in (400, 422)
    assert len(ids(await found(stocked, ""))) == len(STOCK)
