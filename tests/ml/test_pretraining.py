"""From a snapshot to vectors of items nobody has seen, through the registry."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
import torch

from graph.records import FactText, ItemText, Named
from graph.snapshot import Snapshot
from ml.errors import ArtefactCorrupted, GraphTooSmall
from ml.evaluation.items import judge
from ml.item_predictor import ItemPredictor, draft_of
from ml.pretraining import material_of, pretrain
from ml.registry import Registry
from ml.runtime import runtime
from ml.training.recipes import recipe
from tests.artefacts import draft
from tests.ml.graphs import catalog, ends

CPU = runtime("cpu")
SMALL = {
    "training.steps": 60,
    "training.learning_rate": 0.01,
    "graph.width": 16,
    "text.width": 16,
    "text.states": 16,
    "text.layers": 1,
    "text.heads": 2,
    "text.buckets": 64,
    "features.grams.buckets": 256,
    "tokenizer.vocabulary": 300,
    "tokenizer.characters": 200,
    "valid_share": 0.2,
    "tasks.masked_language.weight": 1.0,
}


def small(**overrides):
    return recipe("quick", {**SMALL, **overrides})


@pytest.fixture(scope="module")
def pretrained():
    return pretrain(offers(), small(), runtime=CPU)


@pytest.fixture
def registered(pretrained, tmp_path):
    metrics, baselines = judge(pretrained)
    draft = draft_of(
        pretrained,
        metrics=metrics,
        baselines=baselines,
        data_fingerprint="5f2c",
        created_at=datetime(2025, 3, 1, tzinfo=UTC),
        code_version="0.1.0",
        run="run-1",
    )
    return Registry(tmp_path).register("products", draft)


def offers():
    """The catalog with three offers of each of its products, which are now models."""
    plain = catalog(24)
    titles = plain.nodes["Product"]["title"].to_pylist()
    ids = plain.nodes["Product"]["id"].to_pylist()
    words = ("new", "cheap", "original")
    nodes = {
        **{label: table for label, table in plain.nodes.items() if label != "Product"},
        "Model": pa.table({"id": ids, "title": titles}),
        "Product": pa.table(
            {
                "id": [f"{id}-{word}" for id in ids for word in words],
                "title": [f"{word} {title}" for title in titles for word in words],
                "model_id": [id for id in ids for _ in words],
            }
        ),
    }
    edges = {
        tuple(part.replace("Product", "Model") for part in type): table
        for type, table in plain.edges.items()
    }
    instances = ((at * 3 + word, at) for at in range(len(ids)) for word in range(3))
    return Snapshot.of(nodes, {**edges, ("Product", "INSTANCE_OF", "Model"): ends(instances)})


def chair(wood, title="a chair", **fields):
    fact = FactText("wood", "wood", f"wood={wood}", wood, None, None)
    return ItemText(kind="product", title=title, facts=(fact,), **fields)


def test_all_tasks_of_the_recipe_are_learnt(pretrained):
    assert pretrained.skipped == {}
    assert pretrained.trained.steps == 60
    assert {name.partition("/")[0] for name in pretrained.trained.metrics} == {
        "masked_language",
        "masked_parameter",
        "similarity",
    }


def test_a_run_moves_the_random_weights_of_its_material():
    still = small(**{"training.steps": 1, "training.learning_rate": 1e-9})
    begun = material_of(offers(), still).encoder.state_dict()

    ended = pretrain(offers(), still, runtime=CPU).encoder.state_dict()

    assert begun.keys() == ended.keys()
    for name, weights in begun.items():
        torch.testing.assert_close(ended[name], weights, msg=name)


def test_it_is_judged_beside_what_needs_no_learning(pretrained):
    metrics, baselines = judge(pretrained)

    recall = metrics["recall@10"]
    assert 0 <= recall.low <= recall.value <= recall.high <= 1
    assert 0 <= baselines["words"]["recall@10"] <= 1
    assert 0 <= baselines["most frequent"]["masked_parameter/accuracy"] <= 1


def test_an_item_nobody_has_seen_has_a_vector(registered):
    predictor = ItemPredictor.load(registered)

    vectors = predictor.embed([chair("oak"), chair("a wood nobody knows", "一把椅子")])

    assert vectors.shape == (2, predictor.width)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


def test_what_is_known_of_items_makes_them_alike(registered):
    predictor = ItemPredictor.load(registered)

    one, same, other = predictor.embed(
        [
            chair("oak", brand=Named("acme", "acme")),
            chair("oak", brand=Named("acme", "acme")),
            chair("pine", "a lamp of another kind", brand=Named("bolt", "bolt")),
        ]
    )

    assert one @ same == pytest.approx(1.0, abs=1e-5)
    assert one @ other < 0.99


def test_a_vector_does_not_depend_on_what_else_is_asked(registered):
    predictor = ItemPredictor.load(registered)
    model = ItemText(kind="model", title="acme chair", names=("acme chair",))
    alone = predictor.embed([chair("oak")])

    among = predictor.embed([model, chair("pine"), chair("oak"), model])

    np.testing.assert_allclose(among[2], alone[0], atol=1e-5)


def test_what_is_loaded_encodes_as_what_was_trained(pretrained, registered):
    table = pretrained.material.snapshot.nodes["Model"]
    trained = pretrained.encoder(pretrained.material.data)["Model"].detach().numpy()
    assert table["title"].to_pylist()[0] == "acme chair p000"
    stated = (("wood", "oak", None), ("socket", "E27", None), ("seat", "40cm", 40.0))
    facts = tuple(
        FactText(parameter, "", f"{parameter}={text}", text.replace("cm", " cm"), number, None)
        for parameter, text, number in stated
    )

    loaded = ItemPredictor.load(registered).embed(
        [ItemText(kind="model", title="acme chair p000", brand=Named("acme", "acme"), facts=facts)]
    )

    np.testing.assert_allclose(loaded[0], trained[0], atol=1e-4)


def test_no_items_have_no_vectors(registered):
    predictor = ItemPredictor.load(registered)

    assert predictor.embed([]).shape == (0, predictor.width)


def test_weights_of_another_recipe_are_refused(registered):
    registered.manifest.config["recipe"]["graph"]["width"] = 8

    with pytest.raises(ArtefactCorrupted, match="weights"):
        ItemPredictor.load(registered)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("features.json", b"{}"),
        ("features.json", b"\xff"),
        ("tokenizer.json", b"[]"),
        ("tokenizer.json", b'{"longest": 8, "special": {}, "backend": {}}'),
        ("tokenizer.json", b"\xff"),
        ("images.json", b"{}"),
        ("weights.safetensors", b"no tensors"),
    ],
)
def test_files_that_its_kind_cannot_have_are_refused_by_name(registered, tmp_path, file, content):
    files = {name: registered.file(name).read_bytes() for name in registered.manifest.files}
    files[file] = content
    spoilt = tmp_path / "spoilt.safetensors"
    spoilt.write_bytes(files.pop("weights.safetensors"))
    strange = draft(
        tmp_path,
        kind="item-encoder",
        weights=spoilt,
        config=registered.manifest.config,
        files=files,
    )
    made = Registry(tmp_path / "models").register("products", strange)

    with pytest.raises(ArtefactCorrupted, match=f"products/1: {file} should be"):
        ItemPredictor.load(made)


@pytest.mark.parametrize("config", [{}, {"recipe": {"name": "of tomorrow"}}])
def test_a_recipe_that_nobody_knows_is_refused(tmp_path, config):
    strange = draft(tmp_path, kind="item-encoder", config=config)
    made = Registry(tmp_path / "models").register("products", strange)

    with pytest.raises(ArtefactCorrupted, match="a recipe that this version knows"):
        ItemPredictor.load(made)


def test_an_empty_graph_is_refused():
    with pytest.raises(GraphTooSmall, match="Import a dump"):
        pretrain(Snapshot.of({}, {}), small(), runtime=CPU)


def test_one_product_is_enough_to_begin_with():
    one = Snapshot.of({"Product": pa.table({"id": ["p"], "title": ["an oak chair"]})}, {})

    done = pretrain(one, small(**{"training.steps": 2}), runtime=CPU)

    assert set(done.skipped) == {"masked_parameter", "similarity"}
    assert "no item has a fact" in done.skipped["masked_parameter"]


def test_links_are_left_out_where_no_item_has_a_fact():
    one = Snapshot.of({"Product": pa.table({"id": ["p"], "title": ["an oak chair"]})}, {})

    done = pretrain(
        one, small(**{"training.steps": 2, "tasks.link_prediction.weight": 1}), runtime=CPU
    )

    assert "no item has a fact" in done.skipped["link_prediction"]


def test_products_that_all_lack_a_title_are_no_obstacle():
    whole = offers()
    products = whole.nodes["Product"].drop_columns(["title"])
    untitled = Snapshot.of({**whole.nodes, "Product": products}, whole.edges)

    done = pretrain(
        untitled, small(**{"training.steps": 4, "tasks.reconstruction.weight": 1}), runtime=CPU
    )

    assert done.trained.steps == 4


def test_a_number_that_is_none_is_no_obstacle():
    done = pretrain(catalog(24, nan=True), small(**{"training.steps": 2}), runtime=CPU)

    assert done.trained.steps == 2


def test_the_same_seed_gives_the_same_weights():
    brief = small(**{"training.steps": 5})

    one, two = (pretrain(catalog(24), brief, runtime=CPU) for _ in range(2))

    for name, tensor in one.encoder.state_dict().items():
        assert tensor.equal(two.encoder.state_dict()[name]), name


def test_an_artefact_of_another_kind_is_refused(tmp_path):
    other = Registry(tmp_path / "models").register("lamps", draft(tmp_path, kind="fact-filler"))

    with pytest.raises(ArtefactCorrupted, match="the kind item-encoder and is fact-filler"):
        ItemPredictor.load(other)


@pytest.mark.parametrize(("learnt", "kept"), [("all", True), ("accepted", False)])
def test_what_waits_for_a_review_is_learnt_from_where_the_recipe_says_so(learnt, kept):
    whole = catalog()
    facts = ("Product", "HAS_PARAMETER", "Value")
    proposed = whole.edges[facts].select(["source", "target"])
    proposed = proposed.append_column("status", pa.array(["proposed"] * proposed.num_rows))
    snapshot = Snapshot.of(whole.nodes, {**whole.edges, facts: proposed})

    material = material_of(snapshot, small(facts=learnt))

    assert (material.choices is not None) == kept
