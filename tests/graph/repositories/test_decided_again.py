"""The list of what was decided: fake and real alike."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from graph.client import AsyncDatabase
from graph.repositories.proposal_ids import proposal_id
from graph.repositories.review import Review, decide
from graph.repositories.review_queries import DECIDED
from tests.fake_reviews import FakeReview
from tests.graph.repositories.conftest import plan
from tests.graph.repositories.stated import (
    LAMP,
    PARAMETERS,
    load,
    proposed,
    state,
    value,
)

pytestmark = pytest.mark.anyio
DAYS = [datetime(2026, 1, day, 12, tzinfo=UTC) for day in range(8, 16)]
STOCK = (("lamp", "Brass lamp red", "shop", {}), ("desk", "Oak desk", "barn", {}))
FACTS = (
    proposed("colour", "red", 0.55, evidence="title:11-14"),
    proposed("material", "oak", 0.5, item="barn:desk"),
)
RED = proposal_id("product", LAMP, "colour=red")
OAK = proposal_id("product", "barn:desk", "material=oak")
CRIMSON_ID = proposal_id("product", LAMP, "colour=crimson")
CRIMSON, SCARLET = value("colour", "Crimson"), value("colour", "Scarlet")
ACCEPT, REJECT, CORRECT = ("accepted", None), ("rejected", None), ("corrected", CRIMSON)
ELSEWHERE = ("corrected", SCARLET)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.neo4j)])
async def reviewed(request, anyio_backend):
    """`decide` about the proposals of `FACTS`, and what was `decided`."""
    if request.param == "fake":
        yield FakeReview(STOCK, FACTS, PARAMETERS, run="read-1")
        return
    database = request.getfixturevalue("database")
    stock(database)
    async with AsyncDatabase(database.connection) as opened:
        yield SimpleNamespace(
            decided=Review(opened).decided,
            decide=lambda *asked, **more: decide(database, *asked, **more),
        )


def stock(database):
    for sku, title, source, _ in STOCK:
        load(database, sku, title, source=source)
    state(database, *FACTS)


@pytest.mark.parametrize("limit", [1, 9])
async def test_the_newest_decision_comes_first_on_pages_of_any_size(reviewed, limit):
    red = reviewed.decide(RED, *CORRECT, "ann", DAYS[0])
    oak = reviewed.decide(OAK, *REJECT, "bob", DAYS[1])

    seen, after = [], None
    while True:
        page = await reviewed.decided(limit=limit, after=after)
        seen += page.facts
        after = page.next
        if after is None:
            break

    assert seen == [oak, red]
    assert (red.title, red.corrected_to, red.by) == ("Brass lamp red", "colour=crimson", "ann")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"parameter": "colour"}, [RED]),
        ({"source": "barn"}, [OAK]),
        ({"source": "barn", "parameter": "colour"}, []),
    ],
)
async def test_decisions_can_be_of_one_parameter_or_source(reviewed, asked, expected):
    reviewed.decide(RED, *CORRECT, "ann", DAYS[0])
    reviewed.decide(OAK, *REJECT, "bob", DAYS[0])

    page = await reviewed.decided(limit=9, after=None, **asked)

    assert [one.id for one in page.facts] == expected


@pytest.mark.neo4j
class TestInNeo4j:
    """What only the graph can show."""

    async def test_pages_of_decisions_go_on_past_those_that_nobody_asked_for(
        self, database, async_database
    ):
        stock(database)
        decide(database, RED, *CORRECT, "ann", DAYS[0])
        decide(database, OAK, *ACCEPT, "ann", DAYS[1])
        review, seen, after = Review(async_database, window_facts=1), [], None

        while True:
            page = await review.decided(limit=1, after=after, source="shop")
            seen += [one.id for one in page.facts]
            after = page.next
            if after is None:
                break

        assert seen == [RED]

    def test_the_list_of_decisions_is_read_from_its_index_in_its_order(self, database):
        asked = {"at": "2026-01-01T00:00:00Z", "proposal": "", "limit": 9, "window": 9}

        operators = plan(database.connection, DECIDED, {**asked, "parameter": None, "source": None})

        assert any("RelationshipIndexSeek" in name for name in operators), operators
        assert not operators & {"AllNodesScan", "NodeByLabelScan", "Top"}
