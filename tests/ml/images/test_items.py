"""Pictures on the graph: scaled by the training part, absent where there is none."""

import numpy as np
import pyarrow as pa
import pytest
import torch

from graph.snapshot import Snapshot
from ml.data.hetero import to_hetero
from ml.images.folder import ImageFolder
from ml.images.items import FEATURES, ImageScale, add_pictures, fitted, pictures_of
from tests.ml.images.pictures import drawn

COLOURS = ("red", "blue", "green", "black")


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "pictures"
    path.mkdir()
    for colour in COLOURS:
        drawn(colour).save(path / f"{colour}.png")
    return path


@pytest.fixture
def warned():
    return []


@pytest.fixture
def folder(path, warned):
    return ImageFolder(path, warned.append)


def products(*addresses):
    ids = [f"p{row}" for row in range(len(addresses))]
    column = pa.array(addresses, pa.string())
    return Snapshot.of({"Product": pa.table({"id": ids, "title": ids, "image_url": column})}, {})


def part(*rows):
    return {"Product": torch.tensor(rows, dtype=torch.long)}


def test_a_product_has_the_picture_that_it_names(folder, warned):
    pictures = pictures_of(products("red.png", None, "none.png", "red.png", "blue.png"), folder)

    assert pictures.known_N.tolist() == [True, False, False, True, True]
    assert np.array_equal(pictures.numbers_ND[0], pictures.numbers_ND[3])
    assert not np.array_equal(pictures.numbers_ND[0], pictures.numbers_ND[4])
    assert not pictures.numbers_ND[1:3].any()
    assert warned == []


def test_of_pictures_that_cannot_be_used_one_warning_tells(folder, path, warned):
    (path / "broken.png").write_bytes(b"no picture")

    pictures = pictures_of(
        products("broken.png", "../secret.png", "broken.png", "red.png", "none.png"), folder
    )

    assert pictures.known_N.tolist() == [False, False, False, True, False]
    assert [(one.count, one.first.address) for one in warned] == [(2, "broken.png")]


def test_without_a_folder_no_product_has_a_picture():
    pictures = pictures_of(products("red.png"), None)

    assert pictures.known_N.tolist() == [False]


def test_a_graph_without_products_has_no_pictures(folder):
    models = Snapshot.of({"Model": pa.table({"id": ["m"], "title": ["lamp"]})}, {})
    data = to_hetero(models)

    pictures = pictures_of(models, folder)
    add_pictures(data, scale_of(folder), pictures)

    assert fitted(pictures, models, {}) is None
    assert "image" not in data["Model"]


def scale_of(folder):
    snapshot = products("red.png", "blue.png")
    return fitted(pictures_of(snapshot, folder), snapshot, part(0, 1))


def test_numbers_of_the_training_part_have_mean_0_and_spread_1(folder):
    snapshot = products(*(f"{colour}.png" for colour in COLOURS))
    pictures = pictures_of(snapshot, folder)

    scaled = fitted(pictures, snapshot, part(0, 1, 2, 3)).apply(pictures)

    numbers = scaled[:, :-1]
    spread = numbers.std(0, correction=0)
    assert scaled.shape == (4, FEATURES.width + 1)
    assert numbers.mean(0).abs().max() < 1e-4
    assert torch.all((spread < 1e-4) | ((spread - 1).abs() < 1e-3))
    assert scaled[:, -1].tolist() == [1, 1, 1, 1]


def test_a_product_without_picture_has_zeros(folder):
    snapshot = products("red.png", None)
    pictures = pictures_of(snapshot, folder)

    scaled = fitted(pictures, snapshot, part(0, 1)).apply(pictures)

    assert not scaled[1].any()


def test_what_is_held_out_does_not_change_the_scale(folder):
    train = part(0, 1)
    one = products("red.png", "blue.png", "green.png", None)
    other = products("red.png", "blue.png", "black.png", "black.png")

    scales = [fitted(pictures_of(of, folder), of, train) for of in (one, other)]

    assert scales[0].mean == scales[1].mean
    assert scales[0].spread == scales[1].spread
    assert [scale.items for scale in scales] == [2, 2]
    assert scales[0].digest != scales[1].digest


def test_a_training_part_without_pictures_has_no_scale(folder):
    snapshot = products(None, "red.png")

    assert fitted(pictures_of(snapshot, folder), snapshot, part(0)) is None


def test_a_scale_of_one_picture_keeps_numbers_near(folder):
    snapshot = products("red.png", "blue.png")
    pictures = pictures_of(snapshot, folder)

    scaled = fitted(pictures, snapshot, part(0)).apply(pictures)

    assert not scaled[0, :-1].any()
    assert scaled.isfinite().all()
    assert scaled.abs().max() <= 4


def test_a_scale_comes_back_from_its_json(folder):
    scale = scale_of(folder)

    assert ImageScale.from_json(scale.to_json()) == scale
    assert scale.fits(FEATURES)
