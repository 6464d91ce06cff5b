"""A trained recommender answers first, is learnt from events, and serves only if it is better."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from app.services.finetuning import Shelf
from app.services.finetuning_recommendation import finetune_recommendation
from app.services.readers import champion_of
from app.services.recommending import Context, Recommending, loaded_recommender
from app.services.threads import Threads
from graph.filters import bind, parse
from graph.records import ItemSummary
from graph.repositories.recommending import KnownItem, Speaks, Together
from ml.errors import GraphTooSmall
from ml.recommendation.sequences import Interactions
from ml.registry import Registry
from tests.ml.recommendation import made_up
from tests.ml.recommendation.conftest import ONE_STEP, QUICK
from tests.ml.recommendation.made_up import item
from tests.progress import silent

pytestmark = pytest.mark.anyio

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
HISTORY = [item(2, 1, 0), item(3, 1, 2)]


class Offers:
    """All items but `gone` are there; whatever else is asked for is not found."""

    def __init__(self, gone=()):
        self.gone = gone

    async def history(self, shopper):
        return HISTORY if shopper == "ann" else []

    async def known(self, ids):
        return {id: KnownItem(id, id.upper(), None, None) for id in ids}

    async def passing(self, ids, filter):
        return {
            id: ItemSummary("product", id, id, None, None, None, None, None, None, None)
            for id in ids
            if id not in self.gone
        }

    async def nothing(self, *asked):
        return []

    bought_with = popular = newest = nothing

    async def speaking_for(self, items, history):
        return {items[0]: Speaks((Together(history[-1], 3),), ("brand", "Colour"))}


def recommending(model, offers=None):
    async def bound(query):
        return bind(parse(query.filter or ""), {})

    async def not_known(filter):
        return None

    async def similar(id, wanted):
        return SimpleNamespace(items=())

    return Recommending(
        offers or Offers(),
        bound=bound,
        not_known=not_known,
        similar=similar,
        model=lambda: model,
        threads=Threads(1),
    )


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return Shelf(Registry(tmp_path_factory.mktemp("models")), "0.1.0", lambda: NOW)


@pytest.fixture(scope="module")
def finetuned(shelf):
    data = Interactions.build(made_up.sequences(120), made_up.attributes())
    return finetune_recommendation(data, shelf, QUICK, notify=silent)


@pytest.fixture(scope="module")
def loaded(finetuned, shelf):
    return loaded_recommender(champion_of(shelf.registry, "recommendation"))


async def test_the_trained_model_answers_first_with_reasons(loaded):
    found = await recommending(loaded).recommend(Context(), shopper="ann", history=None, limit=4)

    assert {one.item.id for one in found.items} == {item(4, 1, number) for number in range(4)}
    assert (found.methods, found.model, found.notice) == (("sequence",), "recommendation@1", None)
    texts = [reason.text for reason in found.items[0].reasons]
    assert texts == ["bought with I3B2 by 3 shoppers", "shares brand and Colour with I3B2"]


async def test_what_may_not_be_shown_is_passed_over(loaded):
    gone = {item(4, 1, 0), item(4, 1, 1)}

    found = await recommending(loaded, Offers(gone)).recommend(
        Context(), shopper="ann", history=None, limit=2
    )

    assert {one.item.id for one in found.items} == {item(4, 1, 2), item(4, 1, 3)}


async def test_a_history_that_the_model_does_not_know_is_said_to_be_unknown(loaded):
    found = await recommending(loaded).recommend(
        Context(), shopper=None, history=["other:1"], limit=2
    )

    assert found.model is None
    assert "has seen nothing of this history" in found.notice


async def test_what_replaces_an_item_newer_than_the_model_is_not_the_models_to_say(loaded):
    context = Context(item="newer:1", intent="substitutes")

    found = await recommending(loaded).recommend(context, shopper="ann", history=None, limit=2)

    assert "sequence" not in found.methods
    assert "has not seen the item" in found.notice


def test_it_is_kept_and_served_where_it_beats_the_baselines(finetuned, loaded):
    assert (finetuned.artefact, finetuned.promoted) == ("recommendation/1", True)
    for name in ("popularity", "item_cosine", "attribute_cosine"):
        assert finetuned.metrics["ndcg@10"].value > finetuned.baselines[name]["ndcg@10"]
    assert loaded.name == "recommendation@1"


def test_what_is_better_than_baselines_by_chance_does_not_serve(tmp_path):
    shelf = Shelf(Registry(tmp_path), "0.1.0", lambda: NOW)
    chance = {f"s{one}": [f"i{one}", f"i{one}", f"i{one}", "same"] for one in range(4)}

    done = finetune_recommendation(Interactions.build(chance, {}), shelf, ONE_STEP, notify=silent)

    assert done.metrics["ndcg@10"].low == 0.0
    assert (done.promoted, done.kept_back) == (
        False,
        "its ndcg@10 is 0.500 (0.000 at least), that of popularity 0.000: learn from more examples",
    )


def test_what_a_baseline_beats_does_not_serve_and_says_so(tmp_path):
    shelf = Shelf(Registry(tmp_path), "0.1.0", lambda: NOW)
    turns = {f"s{n}": [f"i{n % 10}", f"i{(n + 5) % 10}", f"i{n % 10}"] for n in range(40)}

    done = finetune_recommendation(Interactions.build(turns, {}), shelf, ONE_STEP, notify=silent)

    assert done.kept_back == "its ndcg@10 is 0.000, that of item_cosine 1.000"


def test_too_few_events_say_what_is_missing(shelf):
    data = Interactions.build({"ann": ["a", "b"], "bob": ["a"]}, {})

    with pytest.raises(GraphTooSmall, match="fewer than two shoppers"):
        finetune_recommendation(data, shelf, QUICK, notify=silent)
