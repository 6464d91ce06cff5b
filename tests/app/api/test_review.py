"""Reviews over HTTP: what waits for a person, and what the person decides."""

import pytest

from app.api.review import DecidedFact, DecidedPage, ProposalPage
from app.services.paging import write_cursor
from graph.repositories.proposal_ids import proposal_id

pytestmark = pytest.mark.anyio

LANTERN = proposal_id("product", "acme:10027", "display=6.1in")
LARGE = proposal_id("product", "acme:10028", "display=6.7in")
NFC = proposal_id("product", "barn:1", "nfc=yes")
DECISIONS = 'decided{"parameter":null,"source":null}'


async def ids(client, address="/v1/review"):
    """Of all pages."""
    found = []
    while address:
        answer = await client.get(address)
        assert answer.status_code == 200, answer.text
        found += [one["id"] for one in answer.json()["items"]]
        following = answer.links.get("next")
        address = following and str(answer.url.join(following["url"]))
    return found


@pytest.mark.parametrize("limit", [1, 2, 50])
async def test_what_would_teach_most_comes_first(client, limit):
    assert await ids(client, f"/v1/review?limit={limit}") == [LANTERN, NFC, LARGE]


async def test_a_proposal_is_shown_with_its_evidence_and_with_what_contradicts_it(client):
    answer = await client.get("/v1/review")

    page = ProposalPage.model_validate_json(answer.content)
    lantern, _, large = page.items
    assert (lantern.quote, lantern.evidence, lantern.model) == (
        "6.1 in",
        "title:0-6",
        "extraction@3",
    )
    (other,) = large.others
    assert (other.value, other.origin, other.status, other.source) == (
        "display=7in",
        "catalog",
        "accepted",
        "acme",
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("parameter=nfc", [NFC]),
        ("source=ACME", [LANTERN, LARGE]),
        ("source=acme&parameter=nfc", []),
    ],
)
async def test_a_list_can_be_of_one_parameter_or_source(client, asked, expected):
    assert await ids(client, f"/v1/review?{asked}") == expected


async def test_a_cursor_of_another_list_or_of_nobody_is_refused(client):
    cursor = (await client.get("/v1/review?limit=1")).json()["next_cursor"]

    for asked in (f"parameter=nfc&cursor={cursor}", "cursor=WzEsIngiLFsibmFuIl1d"):
        answer = await client.get(f"/v1/review?{asked}")
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


@pytest.mark.parametrize(
    ("body", "decision", "right"),
    [
        ({"decision": "accept"}, "accepted", None),
        ({"decision": "reject"}, "rejected", None),
        ({"decision": "correct", "value": "6.7 inches"}, "corrected", "display=6.7in"),
        ({"decision": "correct", "value": 6.7}, "corrected", "display=6.7in"),
        ({"decision": "correct", "value": 6.1}, "accepted", None),
    ],
)
async def test_a_decision_is_taken_in_the_name_of_the_key(client, wiring, body, decision, right):
    answer = await client.post(f"/v1/review/{LANTERN}", json=body)
    again = await client.post(f"/v1/review/{LANTERN}", json=body)

    assert answer.status_code == 200, answer.text
    done = DecidedFact.model_validate_json(answer.content)
    assert (done.decision, done.corrected_to, done.by) == (decision, right, "test")
    assert again.json() == answer.json()
    assert await ids(client) == [NFC, LARGE]
    assert wiring.upkeep.written[0] == ["acme:10027"]


async def test_a_truth_value_is_corrected_with_one(client):
    answer = await client.post(f"/v1/review/{NFC}", json={"decision": "correct", "value": False})

    assert answer.json()["corrected_to"] == "nfc=no"


async def test_another_decision_about_the_same_fact_is_refused(client):
    await client.post(f"/v1/review/{NFC}", json={"decision": "reject"})

    answer = await client.post(f"/v1/review/{NFC}", json={"decision": "accept"})

    assert (answer.status_code, answer.json()["code"]) == (409, "proposal_stale")
    assert "rejected already, by test" in answer.json()["detail"]
    assert "again" in answer.json()["detail"]


async def test_a_decision_is_replaced_where_the_next_one_says_again(client, wiring):
    await client.post(f"/v1/review/{NFC}", json={"decision": "reject"})

    answer = await client.post(f"/v1/review/{NFC}", json={"decision": "accept", "again": True})

    assert answer.status_code == 200, answer.text
    assert answer.json()["decision"] == "accepted"
    assert (await client.get("/v1/review/decisions")).json()["items"] == [answer.json()]
    assert wiring.upkeep.written == [["barn:1"], ["barn:1"]]


@pytest.mark.parametrize("limit", [1, 50])
async def test_what_was_decided_is_listed(client, limit):
    bodies = {LANTERN: {"decision": "correct", "value": "6.7 in"}, NFC: {"decision": "reject"}}
    done = [(await client.post(f"/v1/review/{id}", json=bodies[id])).json() for id in bodies]

    listed = await ids(client, f"/v1/review/decisions?limit={limit}")
    page = await client.get("/v1/review/decisions?source=BARN&parameter=nfc")

    assert sorted(listed) == sorted(bodies)
    assert page.json()["items"] == [done[1]]
    assert DecidedPage.model_validate_json(page.content).items[0].title == "Lantern with NFC"


async def test_a_cursor_of_decisions_is_one_of_their_list_alone(client):
    for id in (LANTERN, NFC):
        await client.post(f"/v1/review/{id}", json={"decision": "reject"})
    cursor = (await client.get("/v1/review/decisions?limit=1")).json()["next_cursor"]
    made_up = write_cursor("2026-13-45T00:00:00Z", NFC, of=DECISIONS)

    for asked in (f"?cursor={cursor}", f"/decisions?parameter=nfc&cursor={cursor}"):
        answer = await client.get(f"/v1/review{asked}")
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")
    answer = await client.get(f"/v1/review/decisions?cursor={made_up}")
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


async def test_an_empty_list_of_decisions_tells_what_is_not_there(client):
    page = (await client.get("/v1/review/decisions?parameter=nope")).json()

    assert (page["items"], page["notice"]) == ([], "nothing is called 'nope' as `parameter`")


async def test_an_empty_list_tells_what_it_was_narrowed_to_that_is_not_there(client):
    page = (await client.get("/v1/review?parameter=nope")).json()

    assert page["items"] == []
    assert page["notice"] == "nothing is called 'nope' as `parameter`"


@pytest.mark.parametrize("id", ["nothing", proposal_id("product", "no:1", "nfc=yes")])
@pytest.mark.parametrize("body", [{"decision": "accept"}, {"decision": "correct", "value": "no"}])
async def test_what_was_never_proposed_is_not_found(client, id, body):
    answer = await client.post(f"/v1/review/{id}", json=body)

    assert (answer.status_code, answer.json()["code"]) == (404, "proposal_unknown")


async def test_what_is_not_proposed_is_refused(client):
    id = proposal_id("product", "barn:1", "nfc=no")

    answer = await client.post(f"/v1/review/{id}", json={"decision": "accept"})

    assert (answer.status_code, answer.json()["code"]) == (409, "proposal_stale")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"decision": "perhaps"},
        {"decision": "correct"},
        {"decision": "accept", "value": "6.7 in"},
        {"decision": "correct", "value": ""},
        {"decision": "correct", "value": []},
        {"decision": "correct", "value": "bright"},
        {"decision": "correct", "value": 10**300},
        {"decision": "correct", "value": 10**400},
        {"decision": "accept", "by": "somebody else"},
        {"decision": "accept", "again": "yes"},
    ],
)
async def test_a_decision_that_means_nothing_is_refused(client, body):
    answer = await client.post(f"/v1/review/{LANTERN}", json=body)

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["place"] == "body"
    assert await ids(client) == [LANTERN, NFC, LARGE]


async def test_a_key_that_only_reads_lists_and_does_not_decide(reader):
    listed = await reader.get("/v1/review")
    decided = await reader.post(f"/v1/review/{NFC}", json={"decision": "accept"})

    assert listed.status_code == 200
    assert (decided.status_code, decided.json()["code"]) == (403, "scope_missing")
