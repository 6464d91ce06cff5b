"""What the numbers of a picture tell, and what they do not mind."""

import numpy as np
import pytest
from PIL import Image

from ml.images.features import ColourAndEdges
from tests.ml.images.pictures import drawn

FEATURES = ColourAndEdges()


def described(picture):
    return FEATURES.of(picture.resize((FEATURES.side, FEATURES.side)))


def distance(one, other):
    return float(np.linalg.norm(described(one) - described(other)))


@pytest.mark.parametrize(
    "picture",
    [
        drawn(),
        Image.new("RGB", (64, 64), "white"),
        Image.new("RGB", (64, 64), "black"),
        Image.effect_noise((64, 64), 100).convert("RGB"),
    ],
    ids=["drawn", "white", "black", "noise"],
)
def test_numbers_are_finite_and_as_many_as_said(picture):
    numbers = described(picture)

    assert numbers.shape == (FEATURES.width,)
    assert numbers.dtype == np.float32
    assert np.isfinite(numbers).all()
    assert 0 <= numbers.min() <= numbers.max() <= 1


def test_what_is_one_colour_has_no_edges():
    numbers = described(Image.new("RGB", (64, 64), "teal"))

    assert np.count_nonzero(numbers) == 1


def test_the_same_shape_in_another_colour_has_the_same_edges():
    red, blue = described(drawn("red")), described(drawn("blue"))

    assert np.linalg.norm(red[:52] - blue[:52]) > 0.5
    assert np.linalg.norm(red[52:] - blue[52:]) < 0.1


def test_another_shape_differs_more_than_another_size():
    disc, smaller = drawn(shape="disc", size=(80, 80)), drawn(shape="disc", size=(72, 72))

    assert distance(disc, smaller) < distance(disc, drawn(shape="square"))


def test_reds_on_both_ends_of_the_circle_of_hues_are_alike():
    assert distance(drawn((255, 8, 0)), drawn((255, 0, 8))) < 0.05


def test_greys_have_no_hue():
    warm, cold = Image.new("RGB", (64, 64), (200, 198, 196)), Image.new("RGB", (64, 64), "#c4c6c8")

    assert distance(warm, cold) < 1e-6


def test_an_edge_votes_for_its_orientation():
    upright = Image.new("RGB", (64, 64), "black")
    upright.paste("white", (24, 0, 64, 64))
    edges_CO = described(upright)[52:].reshape(4, 4, 8)

    assert set(np.flatnonzero(edges_CO.sum((0, 1)))) == {0}
    assert set(np.flatnonzero(edges_CO.sum((0, 2)))) == {1}
