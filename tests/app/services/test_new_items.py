"""What came after the training is taken in while requests go on, as it stands in Neo4j."""

import pytest
import torch

from app.services import new_items
from app.services.new_items import WithNewItems
from app.services.recommending import LoadedRecommender
from graph.errors import DatabaseUnavailable
from graph.records import Item, Named
from graph.repositories.items import ItemWriter
from ml.recommendation.components import Components
from ml.recommendation.counts import Counts
from ml.recommendation.mixture import Mixture
from ml.recommendation.network import NetworkConfig, SequenceNetwork
from ml.recommendation.ranking import ItemRanking
from ml.recommendation.recommender import Recommender
from ml.recommendation.sequences import Histories, ItemFacts
from tests.fakes import NOW, RUN

LAMPS, KETTLES = Named("lamps", "Lamps", ("Lamps",)), Named("kettles", "Kettles", ("Kettles",))
ACME = Named("acme", "Acme", ("Acme",))
LATER = NOW.replace(year=NOW.year + 1)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def product(id, *, brand=None, category=None, hash="1"):
    categories = (category,) if category else ()
    return Item("product", id, id, "shop", hash, brand=brand, categories=categories)


def store(database, *items, now=NOW):
    ItemWriter(database).write(items, parameters={}, run=RUN, now=now)


@pytest.fixture(scope="module")
def ranking():
    """Two lamps and a kettle that somebody had, and a network that has learnt nothing yet."""
    torch.manual_seed(0)
    facts = ItemFacts.of([[0, 1], [1], [2]], 3)
    network = SequenceNetwork(facts, NetworkConfig(width=8, layers=1)).eval()
    counts = Counts.of(Histories.of([[0, 1], [0, 2]]), facts)
    components = Components([network], counts, torch.ones(1, 3).bool())
    mixture = Mixture(len(components.names), len(components.new_names)).eval()
    names = ("brand:acme", "category:lamps", "category:kettles")
    items = ("shop:1", "shop:2", "shop:3")
    return ItemRanking(items, names, Recommender(components, mixture))


@pytest.fixture
def loaded(ranking):
    return LoadedRecommender("recommendation@1", ranking)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def model(database, loaded, clock):
    """Over a graph with the three products; it has looked at them once."""
    known = [product(f"shop:{n}", category=LAMPS) for n in (1, 2, 3)]
    store(database, *known)
    model = WithNewItems(database, lambda: loaded, clock=clock, renew_after_s=10)
    model()
    model.settle()
    return model


def renewed(model, clock):
    clock.now += 10
    model()
    model.settle()
    return model()


def test_what_came_after_the_training_is_ranked_and_since_when_is_known(database, model, clock):
    assert model().ranking.items == ("shop:1", "shop:2", "shop:3")

    store(database, product("shop:4", brand=ACME, category=LAMPS), now=LATER)
    found = renewed(model, clock)

    assert found.ranking.items[3:] == ("shop:4",)
    assert found.new["shop:4"][:10] == LATER.date().isoformat()
    assert "shop:4" in dict(found.ranking.rank(["shop:1"], 10))
    assert found.ranking.known(["shop:4"]) == ["shop:4"]


def test_of_what_nothing_is_known_is_left_out(database, model, clock):
    unheard = Named("unheard", "Unheard", ("Unheard",))
    store(database, product("shop:4"), product("shop:5", brand=unheard))

    assert len(renewed(model, clock).ranking.items) == 3


def test_it_answers_without_as_long_as_the_new_ones_are_read(database, loaded):
    model = WithNewItems(database, lambda: loaded)

    assert model() is loaded
    model.settle()
    assert model() is not loaded


def test_nothing_is_read_again_as_long_as_nothing_was_written(database, model, clock):
    store(database, product("shop:4", category=LAMPS))
    first = renewed(model, clock)

    again = renewed(model, clock)

    assert again is first


def test_another_one_that_was_promoted_answers_at_once(database, ranking):
    promoted = [LoadedRecommender("recommendation@1", ranking)]
    model = WithNewItems(database, lambda: promoted[-1])
    model()
    model.settle()

    promoted.append(LoadedRecommender("recommendation@2", ranking))

    assert model() is promoted[-1]
    model.settle()
    assert model().name == "recommendation@2"


def test_more_new_items_go_behind_those_that_are_there(database, model, clock):
    store(database, product("shop:4", category=LAMPS))
    first = renewed(model, clock)
    store(database, product("shop:5", category=KETTLES))

    second = renewed(model, clock)

    assert second.ranking.items == (*first.ranking.items, "shop:5")


def test_a_new_item_that_was_corrected_is_described_anew(database, model, clock):
    store(database, product("shop:4", category=LAMPS), product("shop:5", category=LAMPS))
    before = renewed(model, clock)
    store(database, product("shop:4", category=KETTLES, hash="2"))

    after = renewed(model, clock)

    assert after.ranking.items == before.ranking.items
    described = [one.ranking.recommender.components.counts.attribute_NK for one in (before, after)]
    places = [rows[before.ranking.items.index("shop:4")].indices.tolist() for rows in described]
    assert places == [[1], [2]]


def test_only_the_newest_are_taken_in_and_they_do_not_pile_up(database, model, clock, monkeypatch):
    monkeypatch.setattr(new_items, "NEW_ITEMS_MAX", 2)
    found = []

    for n in range(4, 10):
        store(database, product(f"shop:{n}", category=LAMPS), now=NOW.replace(minute=n))
        found.append(renewed(model, clock).ranking.items[3:])

    assert all(f"shop:{n}" in items for n, items in zip(range(4, 10), found, strict=True))
    assert max(map(len, found)) <= 4


def test_a_graph_that_does_not_answer_leaves_the_trained_one_serving(loaded):
    class Gone:
        def read(self, *asked, **parameters):
            raise DatabaseUnavailable(uri="bolt://gone", reason="no answer")

    model = WithNewItems(Gone(), lambda: loaded)

    assert model() is loaded
    model.settle()
    assert model() is loaded


def test_nothing_promoted_is_nothing_to_add_to(database):
    assert WithNewItems(database, lambda: None)() is None
