"""Pictures tell what texts do not, and what was trained without them stays as it was."""

import random
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from graph.records import FactText, ItemText
from graph.snapshot import Snapshot
from ml.errors import ArtefactCorrupted, CheckpointInvalid
from ml.images.folder import ImageFolder
from ml.item_predictor import ItemPredictor, draft_of, reads_pictures
from ml.pretraining import pretrain
from ml.registry import Registry
from tests.ml.graphs import ends
from tests.ml.images.pictures import drawn
from tests.ml.test_pretraining import CPU, small

COLOURS = ("crimson", "navy", "gold")
SHAPES = ("disc", "square")
GROUNDS = ("white", "#f4f4f0", "#e8ecf0")
PRODUCTS = 96
BRIEF = small(**{"training.steps": 2})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A picture of each product, no two alike, with a form and colour that its facts name."""
    path = tmp_path_factory.mktemp("pictures")
    chance = random.Random(7)
    for n in range(PRODUCTS):
        size = (chance.randint(60, 100), chance.randint(60, 100))
        picture = drawn(COLOURS[n % 3], SHAPES[n // 3 % 2], size, ground=chance.choice(GROUNDS))
        picture.save(path / f"{n}.png")
    return ImageFolder(path)


def catalog(addresses=True):
    """Things whose title is a number, and whose colour and form only the picture tells."""
    values = [f"colour={colour}" for colour in COLOURS] + [f"form={shape}" for shape in SHAPES]
    chance = random.Random(3)
    nodes = {
        "Product": pa.table(
            {
                "id": [f"p{n:03}" for n in range(PRODUCTS)],
                "title": [f"thing {chance.randrange(10**6):06}" for _ in range(PRODUCTS)],
                "image_url": pa.array(
                    [
                        f"https://shop.example/{n}.png" if addresses else None
                        for n in range(PRODUCTS)
                    ],
                    pa.string(),
                ),
            }
        ),
        "Parameter": pa.table({"id": ["colour", "form"], "name": ["colour", "form"]}),
        "Value": pa.table(
            {
                "id": values,
                "parameter": [value.partition("=")[0] for value in values],
                "text": [value.partition("=")[2] for value in values],
            }
        ),
    }
    facts = [(n, end) for n in range(PRODUCTS) for end in (n % 3, 3 + n // 3 % 2)]
    edges = {
        ("Product", "HAS_PARAMETER", "Value"): ends(facts),
        ("Value", "VALUE_OF", "Parameter"): ends((at, int(at > 2)) for at in range(5)),
    }
    return Snapshot.of(nodes, edges)


@pytest.fixture(scope="module")
def pretrained(folder):
    return pretrain(catalog(), facts_only(), runtime=CPU, images=folder)


def facts_only():
    return small(
        **{
            "training.steps": 150,
            "valid_share": 0.3,
            "tasks.masked_language.weight": 0.0,
            "masked_parameter.fewest": 1.0,
            "masked_parameter.most": 1.0,
        }
    )


@pytest.fixture
def register(tmp_path):
    def register(pretrained):
        draft = draft_of(
            pretrained,
            metrics={},
            baselines={},
            data_fingerprint="5f2c",
            created_at=datetime(2026, 1, 5, tzinfo=UTC),
            code_version="0.1.0",
        )
        return Registry(tmp_path).register("products", draft)

    return register


def thing(image_url=None):
    return ItemText(kind="product", title="a thing", image_url=image_url)


def test_hidden_facts_that_only_a_picture_tells_are_named_with_pictures(pretrained):
    without = pretrain(catalog(), facts_only(), runtime=CPU)

    blind = without.trained.metrics["masked_parameter/accuracy"]
    seeing = pretrained.trained.metrics["masked_parameter/accuracy"]

    # One of three colours and one of two forms: whoever guesses is right in 5 of 12.
    assert blind < 0.6
    assert seeing > 0.9


def test_things_that_look_alike_are_alike(pretrained, register, folder):
    predictor = ItemPredictor.load(register(pretrained), folder)

    one, alike, other = predictor.embed([thing("0.png"), thing("6.png"), thing("4.png")])

    assert one @ alike > one @ other


def test_what_is_loaded_sees_as_what_was_trained(pretrained, register, folder):
    trained = pretrained.encoder(pretrained.material.data)["Product"].detach().numpy()
    title = pretrained.material.snapshot.nodes["Product"]["title"][0].as_py()
    facts = (
        FactText("colour", "colour", "colour=crimson", "crimson", None, None),
        FactText("form", "form", "form=disc", "disc", None, None),
    )
    item = ItemText(kind="product", title=title, image_url="0.png", facts=facts)

    loaded = ItemPredictor.load(register(pretrained), folder).embed([item])

    np.testing.assert_allclose(loaded[0], trained[0], atol=1e-4)


def test_without_the_folder_an_item_is_as_one_without_picture(pretrained, register, folder):
    artefact = register(pretrained)
    assert reads_pictures(artefact)

    blind = ItemPredictor.load(artefact).embed([thing("0.png"), thing()])
    seeing = ItemPredictor.load(artefact, folder).embed([thing("0.png"), thing()])

    np.testing.assert_allclose(blind[0], blind[1], atol=1e-6)
    np.testing.assert_allclose(seeing[1], blind[1], atol=1e-6)
    assert seeing[0] @ seeing[1] < 0.999


def test_models_have_vectors_beside_products_with_pictures(pretrained, register, folder):
    model = ItemText(kind="model", title="a thing", names=("a thing",))

    vectors = ItemPredictor.load(register(pretrained), folder).embed([model, thing("0.png")])

    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


def test_a_run_that_finds_no_picture_is_one_without(register, folder):
    plain = register(pretrain(catalog(addresses=False), BRIEF, runtime=CPU))

    same = register(pretrain(catalog(addresses=False), BRIEF, runtime=CPU, images=folder))

    assert same.manifest.digest == plain.manifest.digest
    assert not reads_pictures(plain)
    assert "images" not in plain.manifest.config
    assert not [name for name in plain.tensors() if "image" in name]


def test_an_artefact_says_how_many_pictures_it_was_trained_on(pretrained, register):
    artefact = register(pretrained)

    trained_on = len(pretrained.material.train["Product"])
    assert artefact.manifest.config["images"] == {
        "features": "colour-and-edges-1",
        "items": trained_on,
    }


def test_a_run_goes_on_only_with_the_pictures_it_began_with(tmp_path, folder):
    place = tmp_path / "checkpoint.safetensors"
    pretrain(catalog(), BRIEF, runtime=CPU, images=folder, checkpoint=place)

    with pytest.raises(CheckpointInvalid):
        pretrain(catalog(), BRIEF, runtime=CPU, checkpoint=place)


def test_a_scale_of_other_features_is_refused(pretrained, register):
    scale = msgspec.structs.replace(pretrained.material.images, features="an-encoder-to-come")
    material = replace(pretrained.material, images=scale)
    artefact = register(replace(pretrained, material=material))

    with pytest.raises(ArtefactCorrupted, match=r"images\.json should be .* colour-and-edges-1"):
        ItemPredictor.load(artefact)
