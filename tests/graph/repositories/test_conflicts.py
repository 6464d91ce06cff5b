"""Where sources contradict each other; fake and real alike."""

import pytest

from graph.repositories.conflicts import CONFLICTS
from tests.fake_conflicts import FakeConflicts
from tests.fakes import FakeGraph
from tests.graph.repositories import changes
from tests.graph.repositories.conftest import plan
from tests.graph.repositories.stock import PARAMETERS

pytestmark = pytest.mark.anyio

COLOUR = ("product", "north:1", "colour")
NFC, RAM = ("model", "acme-one", "nfc"), ("model", "acme-one", "ram")


async def page(conflicts, *, limit=50, after=None, **asked):
    wanted = {"parameter": None, "source": None, "kind": None, **asked}
    return await conflicts.page(limit=limit, after=after, **wanted)


def places(found):
    return [(one.kind, one.id, one.parameter) for one in found.conflicts]


def said(conflict):
    return [(one.value, one.source, one.preferred) for one in conflict.statements]


async def test_every_contested_parameter_is_listed_products_first(changed):
    found = await page(changed.conflicts)

    # The other size of the maker contradicts nobody, and what is closed is not listed.
    assert places(found) == [COLOUR, NFC, RAM]
    assert found.next is None


async def test_all_statements_are_kept_and_the_one_that_counts_comes_first(changed):
    colour, nfc, ram = (await page(changed.conflicts)).conflicts

    assert (ram.title, ram.name) == ("Acme One", "RAM")
    assert said(colour) == [("colour=black", "north", True), ("colour=white", None, False)]
    assert said(nfc) == [("nfc=no", None, True), ("nfc=yes", "specs", False)]
    assert said(ram) == [("ram=12GB", "maker", True), ("ram=8GB", "specs", False)]
    newest = ram.statements[0]
    assert (newest.number, newest.unit, newest.origin, newest.run) == (
        12.0,
        "GB",
        "catalog",
        "run-2",
    )


async def test_the_configured_order_of_catalogs_settles_before_the_time(changed):
    conflicts = changed.settled(("specs", "maker")).conflicts

    (ram,) = (await page(conflicts, parameter="ram")).conflicts

    assert said(ram) == [("ram=8GB", "specs", True), ("ram=12GB", "maker", False)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"parameter": "ram"}, [RAM]),
        ({"parameter": "display"}, []),
        ({"parameter": "' OR 1=1 //"}, []),
        ({"source": "north"}, [COLOUR]),
        ({"source": "specs"}, [NFC, RAM]),
        ({"source": "maker"}, [RAM]),
        ({"source": "nobody"}, []),
        ({"kind": "product"}, [COLOUR]),
        ({"kind": "model"}, [NFC, RAM]),
        ({"kind": "model", "source": "specs", "parameter": "nfc"}, [NFC]),
    ],
)
@pytest.mark.parametrize("limit", [1, 50])
async def test_all_that_is_asked_for_has_to_hold(changed, asked, expected, limit):
    seen, after = [], None
    while True:
        found = await page(changed.conflicts, limit=limit, after=after, **asked)
        seen += places(found)
        after = found.next
        if after is None:
            break

    assert seen == expected


async def test_real_and_remembered_conflicts_are_the_same(changed):
    graph = FakeGraph(changes.ITEMS, PARAMETERS, changes.CHANGES)

    assert await page(changed.conflicts) == await page(FakeConflicts(graph))


@pytest.mark.neo4j
@pytest.mark.parametrize("label", ["Product", "Model"])
def test_contested_items_are_read_from_their_index_in_its_order(changed_stock, label):
    asked = {"parameter": None, "source": None, "id": "", "after": "", "limit": 9, "window": 9}

    operators = plan(changed_stock.connection, CONFLICTS.format(label=label), asked)

    assert "NodeIndexSeek" in operators
    # Sorted by id already: only the parameters of each item are sorted.
    assert "PartialTop" in operators
    assert not operators & {"AllNodesScan", "NodeByLabelScan", "Sort", "Top"}
