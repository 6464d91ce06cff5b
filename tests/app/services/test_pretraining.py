"""Training runs against a real Neo4j: from the graph to vectors that serve, killed in between."""

import json
import sys
from datetime import UTC, datetime

import numpy as np
import pytest
import structlog

from app.services.pretraining import JOURNAL_NAME, PretrainRun, run_embedding
from app.services.training_runs import EmbedSpec, PretrainSpec, check_spec
from graph.errors import FilterInvalid
from graph.ingest.items import DraftFact, ItemDraft, build_item, declare_parameters
from graph.ingest.linking import BrandNames
from graph.repositories.items import ItemWriter
from ml.errors import ArtefactNotFound, GraphTooSmall, RecipeInvalid, TensorBoardMissing
from ml.registry import Registry
from tests.ml.images.pictures import drawn

pytestmark = pytest.mark.neo4j

NOW = datetime(2026, 1, 5, tzinfo=UTC)
TINY = {
    "training.steps": 6,
    "graph.width": 8,
    "text.width": 8,
    "text.states": 8,
    "text.layers": 1,
    "text.heads": 2,
    "text.buckets": 32,
    "features.grams.buckets": 64,
    "tokenizer.vocabulary": 200,
    "tokenizer.characters": 100,
}
STORED = """
MATCH (n:Product) WHERE n.embedding IS NOT NULL
RETURN count(n) AS items, collect(DISTINCT n.embedding_model) AS models
"""
WOODS = ("oak", "pine", "beech")


class Killed(BaseException):
    """What a kill looks like from inside."""


@pytest.fixture
def stocked(database):
    """24 chairs of three woods."""
    drafts = [
        ItemDraft(
            source="shop",
            sku=str(n),
            title=f"{WOODS[n % 3]} chair {n}",
            brand=f"Maker {n % 3}",
            image_url=f"{n}.png",
            facts=(DraftFact(parameter="wood", value=WOODS[n % 3]),),
        )
        for n in range(24)
    ]
    parameters = declare_parameters(drafts[0], {})
    items = [build_item(draft, parameters, BrandNames([])) for draft in drafts]
    ItemWriter(database).write(items, parameters=parameters, run="r", now=NOW)
    return database


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "models")


@pytest.fixture
def run(tmp_path, registry):
    """A training run; `report` may raise to stop it."""

    def run(report=lambda progress: None, id="run-1", images=None, **spec):
        return PretrainRun(
            id=id,
            spec=PretrainSpec(**{"recipe": "quick", "overrides": TINY, **spec}),
            registry=registry,
            folder=tmp_path / "jobs" / id,
            code_version="0.1.0",
            clock=lambda: NOW,
            report=report,
            device="cpu",
            images=images,
        )

    return run


def killed_in(phase, done=1):
    def report(progress):
        if progress.phase == phase and progress.done >= done:
            raise Killed

    return report


def stored(database):
    return database.read(STORED)[0]


def test_a_run_ends_with_a_champion_whose_vectors_serve(stocked, run, registry, tmp_path):
    phases = []

    report = run(lambda progress: phases.append(progress.phase)).carry_out(stocked)

    assert report.artefact == "products/1"
    assert report.promoted
    assert report.embedded == 24
    assert list(dict.fromkeys(phases)) == ["exporting", "training", "registering", "embedding"]
    assert registry.aliases("products") == {"champion": "1"}
    assert stored(stocked) == {"items": 24, "models": ["products@1"]}
    assert "similarity" in report.skipped
    journal = (tmp_path / "jobs" / "run-1" / JOURNAL_NAME).read_text().splitlines()
    assert [json.loads(line)["step"] for line in journal] == [1, 2, 3, 4, 5, 6]
    assert [path.name for path in (tmp_path / "jobs" / "run-1").iterdir()] == [JOURNAL_NAME]


def test_two_processes_train_and_one_registers_and_embeds(stocked, run, registry, tmp_path):
    seen = []

    report = run(seen.append, processes=2).carry_out(stocked)

    assert registry.versions("products") == ("1",)
    assert (report.steps, report.embedded, report.promoted) == (6, 24, True)
    assert stored(stocked) == {"items": 24, "models": ["products@1"]}
    phases = [progress.phase for progress in seen]
    assert list(dict.fromkeys(phases)) == ["exporting", "training", "registering", "embedding"]
    assert [one.done for one in seen if one.phase == "training"] == [1, 2, 3, 4, 5, 6]
    journal = (tmp_path / "jobs" / "run-1" / JOURNAL_NAME).read_text().splitlines()
    assert [json.loads(line)["step"] for line in journal] == [1, 2, 3, 4, 5, 6]


def test_tensorboard_gets_a_folder_of_the_run(stocked, run, tmp_path):
    pytest.importorskip("tensorboard", reason="the extra `tensorboard` is not installed")

    run(promote="never", tensorboard=str(tmp_path / "events")).carry_out(stocked)

    (written,) = (tmp_path / "events" / "run-1").iterdir()
    assert written.stat().st_size > 0


def test_tensorboard_that_is_not_installed_ends_a_run_before_it_begins(
    database, run, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "tensorboard", None)

    with pytest.raises(TensorBoardMissing, match=r"catalograph\[tensorboard\]"):
        run(tensorboard=str(tmp_path / "events")).carry_out(database)

    assert not (tmp_path / "jobs").exists()


@pytest.mark.parametrize("phase", ["training", "registering", "embedding"])
def test_a_run_that_was_killed_goes_on_and_repeats_nothing(stocked, run, registry, phase):
    straight = run(id="straight", name="straight").carry_out(stocked)
    with pytest.raises(Killed):
        run(killed_in(phase, done=0 if phase == "registering" else 3)).carry_out(stocked)
    seen = []

    report = run(seen.append).carry_out(stocked)

    assert registry.versions("products") == ("1",)
    assert report.metrics == straight.metrics
    assert stored(stocked) == {"items": 24, "models": ["products@1"]}
    steps = [progress.done for progress in seen if progress.phase == "training"]
    assert "exporting" not in {progress.phase for progress in seen}
    assert steps == ([4, 5, 6] if phase == "training" else [])


def test_a_run_that_was_cancelled_has_registered_nothing(stocked, run, registry):
    with pytest.raises(Killed):
        run(killed_in("training")).carry_out(stocked)

    assert registry.names() == ()
    assert stored(stocked)["items"] == 0


def test_what_is_not_to_be_promoted_is_registered_only(stocked, run, registry):
    run().carry_out(stocked)

    second = run(id="run-2", promote="if_first").carry_out(stocked)

    assert (second.artefact, second.promoted, second.embedded) == ("products/2", False, 0)
    assert registry.aliases("products") == {"champion": "1"}
    assert stored(stocked)["models"] == ["products@1"]


def test_a_filter_chooses_what_is_learnt_from(stocked, run, registry):
    run(filter="wood:oak").carry_out(stocked)

    fingerprints = {registry.get("products", "1").manifest.data_fingerprint}
    run(id="run-2").carry_out(stocked)
    assert registry.get("products", "2").manifest.data_fingerprint not in fingerprints


def test_the_vectors_of_another_champion_take_the_place_of_the_old_ones(stocked, run, registry):
    run().carry_out(stocked)
    run(id="run-2", promote="never").carry_out(stocked)
    registry.promote("products", "2")

    report = run_embedding(stocked, EmbedSpec(), registry, lambda progress: None)

    assert report.embedded == 24
    assert stored(stocked) == {"items": 24, "models": ["products@2"]}


def vectors(database):
    query = "MATCH (n:Product) RETURN n.embedding AS vector ORDER BY n.id"
    return np.array([row["vector"] for row in database.read(query)])


def test_pictures_are_read_for_training_and_for_vectors(stocked, run, registry, tmp_path):
    images = tmp_path / "pictures"
    images.mkdir()
    for n in range(24):
        drawn("navy" if n % 2 else "gold").save(images / f"{n}.png")
    run(images=images, processes=2).carry_out(stocked)
    seeing = vectors(stocked)

    def embedded_again(images):
        stocked.write("MATCH (n:Product) SET n.embedding_hash = 'of before'")
        with structlog.testing.capture_logs() as logged:
            run_embedding(stocked, EmbedSpec(), registry, lambda progress: None, images)
        return vectors(stocked), [line["event"] for line in logged]

    assert registry.get("products", "1").manifest.config["images"]["items"] > 12
    blind, logged = embedded_again(None)
    assert np.abs(blind - seeing).max() > 1e-3
    assert logged == ["pictures_not_read"]
    again, logged = embedded_again(images)
    np.testing.assert_allclose(again, seeing, atol=1e-5)
    assert logged == []


def test_vectors_of_no_champion_are_refused(stocked, registry):
    with pytest.raises(ArtefactNotFound):
        run_embedding(stocked, EmbedSpec(), registry, lambda progress: None)


def test_an_empty_graph_is_refused(database, run, registry):
    with pytest.raises(GraphTooSmall, match="Import a dump"):
        run().carry_out(database)

    assert registry.names() == ()


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        ({"recipe": "fast"}, RecipeInvalid),
        ({"overrides": {"training.steps": 0}}, RecipeInvalid),
        ({"name": "My Model"}, RecipeInvalid),
        ({"processes": 0}, RecipeInvalid),
        ({"filter": "price>>1"}, FilterInvalid),
    ],
)
def test_what_cannot_run_is_said_before_it_is_queued(spec, error):
    with pytest.raises(error):
        check_spec(PretrainSpec(**{"recipe": "quick", **spec}))
