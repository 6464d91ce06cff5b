"""Values are counted over what was found, and those of a model are read once a minute."""

import pytest

from app.services.facets import FacetCounts
from tests.fake_searches import FakeFacets
from tests.fakes import FakeGraph
from tests.graph.repositories.stock import ITEMS, ONE, PARAMETERS

pytestmark = pytest.mark.anyio

N1, N2 = "north:1", "north:2"


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def counts_of(counts):
    return {one.id: {value.id: value.items for value in one.values} for one in counts}


async def test_values_of_a_model_are_read_once_a_minute():
    facets, clock = FakeFacets(FakeGraph(ITEMS, PARAMETERS)), Clock()
    counting = FacetCounts(facets, clock=clock, kept_s=60.0)

    first = await counting.over([N1], kind="product")
    clock.now = 59.0
    both = await counting.over([N1, N2], kind="product")
    assert facets.asked == [ONE.id]
    clock.now = 61.0
    again = await counting.over([N1], kind="product")

    assert facets.asked == [ONE.id, ONE.id]
    assert again == first
    assert counts_of(both)["ram"] == {"ram=8GB": 1, "ram=12GB": 1}
    assert counts_of(both)["display"] == {"display=6.1in": 1, "display=6.7in": 1}


async def test_no_more_values_are_kept_than_are_to_be():
    facets = FakeFacets(FakeGraph(ITEMS, PARAMETERS))
    counting = FacetCounts(facets, clock=Clock(), values_kept=1)

    for _ in range(2):
        await counting.over([N1], kind="product")

    assert facets.asked == [ONE.id, ONE.id]


async def test_models_are_counted_by_what_they_state_and_unknown_ones_by_nothing():
    counting = FacetCounts(FakeFacets(FakeGraph(ITEMS, PARAMETERS)), clock=Clock())

    counts = await counting.over([ONE.id, "nobody"], kind="model")

    assert counts_of(counts) == {
        "display": {"display=6.1in": 1},
        "nfc": {"nfc=yes": 1},
        "ram": {"ram=8GB": 1},
    }
    assert [one.name for one in counts] == ["Display", "NFC", "RAM"]
    assert await counting.over([], kind="product") == ()
