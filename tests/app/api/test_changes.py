"""History and conflicts over HTTP: what has become of products, and who contradicts whom."""

import base64
from urllib.parse import quote

import msgspec
import pytest
from msgspec.structs import replace

from app.api.conflicts import ConflictPage
from app.api.history import HistoryPage
from graph.records import Observed
from tests.app.parts import memory_wiring, serving_wiring
from tests.fakes import Said, Seen

pytestmark = pytest.mark.anyio

LANTERN = {"title": "Lantern", "facts": [{"parameter": "Display", "value": 6.1, "unit": "in"}]}
EARLIER, LATER = "2025-01-01T00:00:00Z", "2025-04-01T02:00:00.5Z"


@pytest.fixture
async def changed(client, wiring):
    """A product with a past, which two others contradict; and one without."""
    for id in ("acme:A/1", "acme:2"):
        await client.put(f"/v1/products/{quote(id, safe='')}", json=LANTERN)
    (fact,) = (await wiring.products.get("acme:A/1")).facts
    other = replace(fact, value="display=7in", text="7 in", number=7.0)
    wiring.store.changes.said += [
        Said("product", "acme:A/1", replace(other, valid_from=EARLIER), LATER),
        Said("product", "acme:A/1", replace(other, origin="reviewed", source=None)),
        Said("product", "acme:2", replace(other, origin="predicted", source=None)),
    ]
    wiring.store.changes.seen.append(
        Seen("acme:A/1", EARLIER, Observed(9.5, "EUR", True), "import-1")
    )
    return client


async def pages(client, address):
    found = []
    while address:
        answer = await client.get(address)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        address = answer.links.get("next", {}).get("url") and str(
            answer.url.join(answer.links["next"]["url"])
        )
    assert answer.json()["next_cursor"] is None
    return found


async def test_a_history_tells_the_newest_first(changed):
    answer = await changed.get("/v1/products/acme:A%2F1/history")

    page = HistoryPage.model_validate_json(answer.content)
    assert [(one.at, one.kind) for one in page.items] == [
        (LATER, "fact_ended"),
        ("2025-03-01T09:30:15Z", "fact_began"),
        ("2025-03-01T09:30:15Z", "fact_began"),
        (EARLIER, "observed"),
        (EARLIER, "fact_began"),
    ]
    assert page.items[3].observation.price == 9.5
    assert page.items[3].run == "import-1"
    assert page.items[4].fact.valid_to == LATER


async def test_an_id_with_plain_slashes_has_a_history_as_well(changed):
    answer = await changed.get("/v1/products/acme:A/1/history")

    assert len(answer.json()["items"]) == 5


@pytest.mark.parametrize("limit", [1, 2, 4])
async def test_a_history_is_read_page_by_page(changed, limit):
    whole = (await changed.get("/v1/products/acme:A%2F1/history")).json()["items"]

    assert await pages(changed, f"/v1/products/acme:A%2F1/history?limit={limit}") == whole


async def test_a_history_of_one_parameter_leaves_out_prices(changed):
    address = "/v1/products/acme:A%2F1/history"

    display = (await changed.get(f"{address}?parameter=display")).json()["items"]
    other = (await changed.get(f"{address}?parameter=nfc")).json()["items"]

    assert {event["fact"]["parameter"] for event in display} == {"display"}
    assert other == []


async def test_a_cursor_of_another_history_is_refused(changed):
    first = (await changed.get("/v1/products/acme:A%2F1/history?limit=1")).json()
    cursor = first["next_cursor"]

    for address in (
        "/v1/products/acme:2/history?",
        "/v1/products/acme:A%2F1/history?parameter=display&",
        "/v1/products?",
        "/v1/conflicts?",
    ):
        answer = await changed.get(f"{address}cursor={cursor}")
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


@pytest.mark.parametrize(
    "place",
    [
        ["yesterday", "2x"],
        ["2025-02-30T00:00:00Z", "2x"],
        ["2025-03-01 00:00:00Z", "2x"],
        ["2025-03-01T00:00:00+01:00", "2x"],
        ["2025-03-01T00:00:00Z"],
        ["2025-03-01T00:00:00Z", "2x", "more"],
    ],
)
async def test_a_cursor_that_somebody_made_up_is_refused(changed, place):
    true = (await changed.get("/v1/products/acme:A%2F1/history?limit=1")).json()["next_cursor"]
    version, list_hash, _ = msgspec.json.decode(base64.urlsafe_b64decode(true + "=="))
    forged = base64.urlsafe_b64encode(msgspec.json.encode([version, list_hash, place])).decode()

    answer = await changed.get(f"/v1/products/acme:A%2F1/history?cursor={forged.rstrip('=')}")

    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


async def test_conflicts_show_who_says_what_and_what_counts(changed):
    answer = await changed.get("/v1/conflicts")

    page = ConflictPage.model_validate_json(answer.content)
    assert [(one.id, one.parameter) for one in page.items] == [
        ("acme:2", "display"),
        ("acme:A/1", "display"),
    ]
    told = [[(s.origin, s.number, s.preferred) for s in one.statements] for one in page.items]
    assert told == [
        [("catalog", 6.1, True), ("predicted", 7.0, False)],
        [("reviewed", 7.0, True), ("catalog", 6.1, False)],
    ]


async def test_conflicts_are_read_page_by_page(changed):
    whole = (await changed.get("/v1/conflicts")).json()["items"]

    assert await pages(changed, "/v1/conflicts?limit=1") == whole
    assert len(whole) == 2


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"parameter": "display"}, 2),
        ({"parameter": "nfc"}, 0),
        ({"source": "ACME"}, 2),
        ({"source": "nobody"}, 0),
        ({"kind": "product"}, 2),
        ({"kind": "model"}, 0),
    ],
)
async def test_conflicts_can_be_chosen(changed, asked, count):
    answer = await changed.get("/v1/conflicts", params=asked)

    assert len(answer.json()["items"]) == count


@pytest.mark.parametrize("path", ["/v1/conflicts", "/v1/products/acme:2/history"])
@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 1_001}, {"parameter": ""}])
async def test_a_parameter_that_breaks_a_rule_is_refused(changed, path, asked):
    answer = await changed.get(path, params=asked)

    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


async def test_the_facts_of_a_product_say_which_of_them_count(changed):
    facts = (await changed.get("/v1/products/acme:A%2F1")).json()["facts"]

    assert [(fact["origin"], fact["preferred"]) for fact in facts] == [
        ("catalog", False),
        ("reviewed", True),
    ]


async def test_a_smaller_page_than_asked_for_is_allowed(tmp_path):
    async with serving_wiring(memory_wiring(tmp_path, page_items_max=1)) as client:
        await client.put(
            "/v1/products/acme:1",
            json={
                "title": "x",
                "facts": [{"parameter": "A", "value": "1"}, {"parameter": "B", "value": "2"}],
            },
        )
        answer = await client.get("/v1/products/acme:1/history?limit=50")

    assert len(answer.json()["items"]) == 1
    assert answer.json()["next_cursor"]
