"""What a job is asked for reaches the function of its reader: search and recommendations."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from app.services import finetuning_recommendation, finetuning_search
from app.services.finetuning_jobs import finetune
from app.services.finetuning_recommendation import read_behaviour
from app.services.readers import champion_of
from app.services.search_order import loaded_ranker
from app.services.training_runs import FinetuneSpec
from graph.repositories.searched import Searched
from ml.errors import GraphTooSmall, OffersInvalid, SequencesInvalid
from ml.search.pool import Pool
from tests.ml.search.made_up import products, write_offers
from tests.progress import silent

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def graph(monkeypatch):
    """What the queries of a graph answer; a test sets it."""
    graph = SimpleNamespace(models=[], titles=[], searched=[], histories=[], attributes=[])
    monkeypatch.setattr(finetuning_search, "searched", lambda database: graph.searched)
    monkeypatch.setattr(finetuning_search, "known_models", lambda database: graph.models)
    monkeypatch.setattr(finetuning_search, "linked_titles", lambda database: graph.titles)
    behaviour = SimpleNamespace(
        histories=lambda database: iter(graph.histories),
        attributes=lambda database: iter(graph.attributes),
    )
    monkeypatch.setattr(finetuning_recommendation, "behaviour", behaviour)
    return graph


def spec(name, path=None, *, known=False):
    return FinetuneSpec(name=name, path=str(path) if path else None, known=known)


def test_a_search_model_is_kept_serves_and_orders(shelf, tmp_path):
    offers = write_offers(tmp_path / "offers.csv", 1, count=30)

    done = finetune(spec("search", offers), None, shelf, notify=silent)

    assert (done.artefact, done.promoted, done.examples) == ("search/1", True, 30)
    assert set(done.metrics) == {"ndcg@10", "ndcg@10_over_bm25"}
    ranker = loaded_ranker(champion_of(shelf.registry, "search")).ranker
    texts = ["tandem dx251 drill", "tandem dx 250 drill"]
    assert ranker.rank("Tandem DX250", [Pool.of(texts, ranker.statistics)]).places


def test_names_of_models_and_searches_of_shoppers_are_learnt_from(shelf, graph):
    made = [(f"{brand} {letters}{digits}", brand) for brand, letters, digits in products(1, 12)]
    graph.models = [SimpleNamespace(id=f"m{n}", name=name) for n, (name, _) in enumerate(made)]
    graph.titles = [(f"{name.lower()} boxed", f"m{n}") for n, (name, _) in enumerate(made)]
    graph.titles.append(("of a model that is gone", "nobody"))
    graph.searched = [Searched("a boxed thing", "shop:1", graph.titles[0][0], bought=True)]

    done = finetune(spec("search", known=True), None, shelf, notify=silent)

    names = len({name for name, _ in made})
    assert done.examples == names + 1
    config = shelf.registry.get("search", "1").manifest.config
    assert (config["known_queries"], config["offers"]) == (names + 1, 0)


def test_a_graph_without_linked_products_says_what_is_missing(shelf, graph):
    with pytest.raises(GraphTooSmall, match="link products to their models"):
        finetune(spec("search", known=True), None, shelf, notify=silent)

    assert shelf.registry.names() == ()


def test_files_that_cannot_be_read_leave_nothing_behind(shelf, graph, tmp_path):
    broken = tmp_path / "labels.txt"
    broken.write_text("ann\n")

    with pytest.raises(OffersInvalid):
        finetune(spec("search", broken), None, shelf, notify=silent)
    with pytest.raises(SequencesInvalid, match="line 1"):
        finetune(spec("recommendation", broken), None, shelf, notify=silent)

    assert shelf.registry.names() == ()


def test_sequences_of_a_file_and_events_of_the_graph_are_of_different_shoppers(graph, tmp_path):
    path = tmp_path / "sequences.txt"
    path.write_text("ann shop:1 shop:2\n")
    graph.histories = [("ann", ["shop:3"]), ("nobody", [])]
    graph.attributes = [("shop:1", ["brand:acme"])]

    both = read_behaviour(None, path)
    file = read_behaviour(None, path, events=False)
    events = read_behaviour(None)

    assert both.shoppers == ("file:ann", "ann")
    assert (file.shoppers, file.items) == (("file:ann",), ("shop:1", "shop:2"))
    assert (events.shoppers, events.attributes) == (("ann",), ("brand:acme",))


def test_too_few_sequences_are_nothing_to_learn_from(shelf, graph, tmp_path):
    path = tmp_path / "sequences.txt"
    path.write_text("ann shop:1 shop:2 shop:3\n")

    with pytest.raises(GraphTooSmall, match="fewer than two shoppers"):
        finetune(spec("recommendation", path), None, shelf, notify=silent)
