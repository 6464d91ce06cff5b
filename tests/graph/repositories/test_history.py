"""What has become of an item, newest first; fake and real alike."""

import pytest

from graph.records import Observed
from graph.repositories.history import HISTORY
from tests.fake_history import FakeHistory
from tests.fakes import FakeGraph
from tests.graph.repositories import changes
from tests.graph.repositories.changes import BEFORE, LATER, NOW
from tests.graph.repositories.conftest import plan
from tests.graph.repositories.stock import PARAMETERS

pytestmark = pytest.mark.anyio

EVERYTHING = ["north:1", "north:2", "south:1", "south:2 '\"` {} $id //", "acme-one", "bolt-x"]


async def events(reads, id, *, parameter=None, limit=50, after=None):
    page = await reads.history.page(id, parameter=parameter, limit=limit, after=after)
    return page.events


@pytest.mark.parametrize("parameter", [None, "ram", "colour", "nothing", "' OR 1=1 //"])
@pytest.mark.parametrize("id", EVERYTHING)
async def test_real_and_remembered_history_are_the_same(changed, id, parameter):
    graph = FakeGraph(changes.ITEMS, PARAMETERS, changes.CHANGES)
    expected = await FakeHistory(graph).page(id, parameter=parameter, limit=50, after=None)

    page = await changed.history.page(id, parameter=parameter, limit=50, after=None)

    assert page == expected


async def test_what_began_ended_and_was_observed_is_one_list(changed):
    found = await events(changed, "north:1")

    said = [(one.at, one.kind, one.fact.value if one.fact else one.observation) for one in found]
    assert said == [
        (LATER, "fact_began", "colour=white"),
        (LATER, "fact_began", "ram=12GB"),
        (LATER, "fact_rejected", "display=6.7in"),
        (NOW, "observed", Observed(500.0, "EUR", True)),
        (NOW, "fact_began", "colour=black"),
        (NOW, "fact_began", "ram=8GB"),
        (NOW, "fact_ended", "colour=red"),
        (BEFORE, "observed", Observed(550.0, "EUR", None)),
        (BEFORE, "fact_began", "colour=red"),
    ]


async def test_an_event_says_who_wrote_it(changed):
    *_, ended, observed, began = await events(changed, "north:1")

    assert (began.source, began.run) == ("north", "run-0")
    assert (began.fact.valid_from, began.fact.valid_to) == (BEFORE, NOW)
    assert (began.fact.evidence, began.fact.status) == ("Colour", "accepted")
    assert (observed.source, observed.run) == ("north", None)
    assert (ended.source, ended.run, ended.fact) == ("north", None, began.fact)


async def test_a_closed_product_ends_with_that(changed):
    found = await events(changed, "south:1")

    assert [(one.at, one.kind) for one in found[:2]] == [(LATER, "closed"), (LATER, "observed")]
    assert (found[0].source, found[0].fact, found[0].observation) == ("south", None, None)
    assert "fact_ended" in [one.kind for one in found]


async def test_an_item_that_never_changed_shows_when_its_facts_began(changed):
    found = await events(changed, "north:2")

    assert {(one.at, one.kind) for one in found} == {(NOW, "fact_began")}
    assert len(found) == 3


async def test_of_one_parameter_only_its_facts_are_told(changed):
    found = await events(changed, "north:1", parameter="colour")

    assert {one.fact.parameter for one in found} == {"colour"}
    assert len(found) == 4


@pytest.mark.parametrize("limit", [1, 2, 3])
@pytest.mark.parametrize("id", EVERYTHING)
async def test_pages_make_the_whole_history(changed, id, limit):
    whole = await events(changed, id)

    seen, after = [], None
    while True:
        page = await changed.history.page(id, parameter=None, limit=limit, after=after)
        seen += page.events
        after = page.next
        if after is None:
            break

    assert tuple(seen) == whole


@pytest.mark.parametrize("id", ["", "north", "x" * 10_000, "\x00"])
async def test_nobody_has_no_history(changed, id):
    assert await changed.history.page(id, parameter=None, limit=1, after=None) is None


@pytest.mark.neo4j
def test_observations_are_found_by_their_index(changed_stock):
    asked = {"id": "north:1", "parameter": None, "limit": 9, "at": LATER, "key": "0"}

    operators = plan(changed_stock.connection, HISTORY, asked)

    assert "NodeIndexSeek" in operators
    assert not operators & {"AllNodesScan", "NodeByLabelScan"}
