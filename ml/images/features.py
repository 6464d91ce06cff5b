"""A picture to numbers: which colours it has, and which way its edges run."""

# S pixels of a side, P pixels, C cells, O orientations

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SIDE = 64
_HUES, _GREYS = 12, 4
_COLOURS = _GREYS + _HUES * 4  # each hue pale and full, dark and light
_GREY_BELOW = 38  # of 255: with less saturation or brightness, a hue is noise
_CELLS, _ORIENTATIONS = 4, 8  # cells along a side
_CLIP = 0.2  # of the whole length, so that one strong edge does not drown the others


class ImageFeatures(Protocol):
    """What describes pictures; an encoder that was trained on pictures takes its place here.

    It must need nothing but the picture, so that one nobody has seen is described alike.
    """

    @property
    def name(self) -> str:
        """Stands in artefacts: other numbers need another name."""

    @property
    def width(self) -> int:
        """D, how many numbers describe a picture."""

    @property
    def side(self) -> int:
        """S, pixels along a side of the picture that it is given."""

    def of(self, picture: Image.Image) -> NDArray[np.float32]:
        """Finite numbers [D] of an RGB picture of S x S pixels."""


class ColourAndEdges:
    """A histogram of colours beside one of the orientations of edges; needs no training.

    Colours: hue, saturation and brightness in bins, with greys apart, as in VisualSEEk (Smith and
    Chang, "VisualSEEk: a fully automated content-based image query system", ACM Multimedia 1996),
    with 52 bins instead of 166. Edges: histograms of oriented gradients (Dalal and Triggs,
    "Histograms of Oriented Gradients for Human Detection", CVPR 2005), 4 x 4 cells of 8
    orientations. Ours differs in that the whole picture is the one block that is normalised, and
    that a gradient votes for two orientations, but for one cell. The square root of the colours
    makes their product the Hellinger kernel.
    """

    name = "colour-and-edges-1"
    side = _SIDE
    width = _COLOURS + _CELLS * _CELLS * _ORIENTATIONS

    def of(self, picture: Image.Image) -> NDArray[np.float32]:
        hsv_SS3 = np.asarray(picture.convert("HSV"), dtype=np.int64)
        rgb_SS3 = np.asarray(picture, dtype=np.float64)
        return np.concatenate((_colours(hsv_SS3), _edges(rgb_SS3))).astype(np.float32)


def _colours(hsv_SS3: NDArray[np.int64]) -> NDArray[np.float64]:
    """Roots of the shares of the pixels, [colours]."""
    hue_P, saturation_P, value_P = hsv_SS3.reshape(-1, 3).T
    # Half a bin on, so that red, which begins and ends the circle, is one bin.
    hue_P = (hue_P * _HUES + 128) // 256 % _HUES
    colour_P = _GREYS + hue_P * 4 + (saturation_P >= 128) * 2 + (value_P >= 128)
    is_grey_P = (saturation_P < _GREY_BELOW) | (value_P < _GREY_BELOW)
    bin_P = np.where(is_grey_P, value_P * _GREYS // 256, colour_P)
    root: NDArray[np.float64] = np.sqrt(np.bincount(bin_P, minlength=_COLOURS) / len(bin_P))
    return root


def _edges(rgb_SS3: NDArray[np.float64]) -> NDArray[np.float64]:
    """How strong the edges of each orientation are in each cell, [C * O], 1 long at most."""
    down_SS3, right_SS3 = np.zeros_like(rgb_SS3), np.zeros_like(rgb_SS3)
    down_SS3[1:-1] = rgb_SS3[2:] - rgb_SS3[:-2]
    right_SS3[:, 1:-1] = rgb_SS3[:, 2:] - rgb_SS3[:, :-2]
    strength_SS3 = np.hypot(down_SS3, right_SS3)
    # Of the three channels the one that sees the edge best.
    best_SS1 = strength_SS3.argmax(2)[..., None]
    down_P, right_P, strength_P = (
        np.take_along_axis(of_SS3, best_SS1, 2).ravel()
        for of_SS3 in (down_SS3, right_SS3, strength_SS3)
    )
    turn_P = np.arctan2(down_P, right_P) % np.pi / np.pi * _ORIENTATIONS
    first_P = np.floor(turn_P).astype(np.int64)
    row_P, column_P = np.indices(rgb_SS3.shape[:2]).reshape(2, -1) * _CELLS // len(rgb_SS3)
    cell_P = (row_P * _CELLS + column_P) * _ORIENTATIONS
    votes = np.zeros(_CELLS * _CELLS * _ORIENTATIONS)
    for orientation_P, weight_P in (
        (first_P, 1 - (turn_P - first_P)),
        (first_P + 1, turn_P - first_P),
    ):
        at_P = cell_P + orientation_P % _ORIENTATIONS
        votes += np.bincount(at_P, weights=strength_P * weight_P, minlength=len(votes))
    return _normalised(np.minimum(_normalised(votes, rgb_SS3[..., 0].size), _CLIP), 1e-6)


def _normalised(votes: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    """Of length 1, but near zero for votes that sum up to no more than noise."""
    normalised: NDArray[np.float64] = votes / np.hypot(np.linalg.norm(votes), noise)
    return normalised
