"""Pictures of items where a service or a job reads them, and where it cannot."""

from datetime import UTC, datetime

import numpy as np
import pytest
import structlog

from app.services.item_images import image_folder, loaded, serving_predictor
from graph.records import ItemText
from ml.errors import ImageFolderMissing
from ml.item_predictor import draft_of
from ml.pretraining import pretrain
from ml.registry import Registry
from tests.ml.graphs import catalog
from tests.ml.images.pictures import drawn
from tests.ml.test_pretraining import CPU, small

LAMP = ItemText(kind="product", title="a lamp", image_url="0.png")


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    path = tmp_path_factory.mktemp("pictures")
    for n in range(6):
        drawn("navy" if n % 2 else "gold").save(path / f"{n}.png")
    return path


@pytest.fixture(scope="module")
def registry(images, tmp_path_factory):
    """`seeing/1` was trained with pictures, `blind/1` without."""
    registry = Registry(tmp_path_factory.mktemp("models"))
    for name, folder in (("seeing", image_folder(images)), ("blind", None)):
        pretrained = pretrain(
            pictured(), small(**{"training.steps": 2}), runtime=CPU, images=folder
        )
        draft = draft_of(
            pretrained,
            metrics={},
            baselines={},
            data_fingerprint="5f2c",
            created_at=datetime(2026, 1, 5, tzinfo=UTC),
            code_version="0.1.0",
        )
        registry.register(name, draft)
    return registry


def pictured():
    plain = catalog(24)
    products = plain.nodes["Product"]
    column = products.column_names.index("image_url")
    addresses = [[f"{n % 6}.png" for n in range(products.num_rows)]]
    products = products.set_column(column, products.schema.field(column), addresses)
    return type(plain).of({**plain.nodes, "Product": products}, dict(plain.edges))


def logged_by(call):
    with structlog.testing.capture_logs() as logged:
        result = call()
    return result, [(line["event"], line["log_level"]) for line in logged]


def test_pictures_are_read_from_the_folder(registry, images):
    seeing, logged = logged_by(lambda: loaded(registry.get("seeing", "1"), images))

    with_picture, without = seeing.embed([LAMP, ItemText(kind="product", title="a lamp")])
    assert np.abs(with_picture - without).max() > 1e-3
    assert logged == []


def test_without_a_folder_the_log_says_once_that_no_picture_is_read(registry):
    artefact = registry.get("seeing", "1")

    def used():
        predictor = loaded(artefact, None)
        return [predictor.embed([LAMP]), predictor.embed([LAMP])]

    vectors, logged = logged_by(used)

    assert np.isfinite(vectors).all()
    assert logged == [("pictures_not_read", "warning")]


def test_a_job_does_not_go_without_the_folder_it_was_told_of(registry, tmp_path):
    with pytest.raises(ImageFolderMissing, match="mount it"):
        loaded(registry.get("seeing", "1"), tmp_path / "none")


def test_a_service_goes_on_without_the_folder_and_says_so(registry, tmp_path):
    predictor, logged = logged_by(
        lambda: serving_predictor(registry.get("seeing", "1"), tmp_path / "none")
    )

    assert predictor.embed([LAMP]).shape == (1, predictor.width)
    assert logged == [("pictures_not_read", "warning")]


def test_an_artefact_without_pictures_asks_for_no_folder(registry, tmp_path):
    predictor, logged = logged_by(lambda: loaded(registry.get("blind", "1"), tmp_path / "none"))

    assert predictor.embed([LAMP]).shape == (1, predictor.width)
    assert logged == []


def test_the_log_counts_pictures_that_cannot_be_used(registry, images, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    broken = ItemText(kind="product", title="a lamp", image_url="broken.png")
    outside = ItemText(kind="product", title="a lamp", image_url="../secret.png")
    predictor = loaded(registry.get("seeing", "1"), tmp_path)

    with structlog.testing.capture_logs() as logged:
        predictor.embed([broken, outside])

    assert [(line["event"], line["count"]) for line in logged] == [("pictures_unusable", 2)]
    assert "'broken.png' cannot be read" in logged[0]["first"]
