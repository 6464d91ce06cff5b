"""Categories of texts by one view: features and a regression over them, with a temperature."""

# N texts, C categories

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from ml.categories.meaning import Meaning
from ml.categories.records import LabelledTitle
from ml.categories.regression import Regression
from ml.categories.views import View, Views

Floats = NDArray[np.float64]

_COLDEST, _HOTTEST = 0.05, 20.0


@dataclass(frozen=True, slots=True)
class Shape:
    """How a scorer is made.

    Attributes:
        strength: of the regression; above 0.
        with_names: what a category is called counts as one more text in it.
    """

    view: View
    strength: float
    with_names: bool


@dataclass(frozen=True, slots=True)
class Scorer:
    """Attributes:
    categories: of the columns, in alphabetical order.
    temperature: by which logits are divided.
    """

    shape: Shape
    categories: tuple[str, ...]
    views: Views
    regression: Regression
    temperature: float = 1.0

    @classmethod
    def fit(
        cls,
        titles: Sequence[LabelledTitle],
        shape: Shape,
        names: Mapping[str, str],
        meaning: Meaning | None,
    ) -> Self:
        """Args: names: what categories are called; those that are missing are called nothing."""
        categories = tuple(sorted({one.category for one in titles}))
        place = {category: n for n, category in enumerate(categories)}
        rows = [(one.title, place[one.category]) for one in titles]
        if shape.with_names:
            rows += [(names[one], place[one]) for one in categories if names.get(one)]
        texts = [text for text, _ in rows]
        views = Views.fit(texts, shape.view, meaning, categories=len(categories))
        regression = Regression.fit(
            views.blocks(texts),
            np.array([n for _, n in rows], dtype=np.int64),
            len(categories),
            strength=shape.strength,
        )
        return cls(shape, categories, views, regression)

    def with_temperature(self, temperature: float) -> Self:
        return replace(self, temperature=temperature)

    def logits(self, texts: Sequence[str]) -> Floats:
        """Returns x_NC, divided by the temperature."""
        return self.regression.logits(self.views.blocks(texts)) / self.temperature


def best_temperature(logit_NC: Floats, category_N: NDArray[np.int64]) -> float:
    """That with the highest likelihood of what is right; 1 where nothing is wrong.

    Of answers without any error it would be the coldest there is, and every confidence 1.

    Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """

    if (logit_NC.argmax(axis=1) == category_N).all():
        return 1.0

    def loss(log_temperature: float) -> float:
        return float(cross_entropies(logit_NC / np.exp(log_temperature), category_N).mean())

    borders = (np.log(_COLDEST), np.log(_HOTTEST))
    return float(np.exp(minimize_scalar(loss, bounds=borders, method="bounded").x))


def cross_entropies(logit_NC: Floats, category_N: NDArray[np.int64]) -> Floats:
    """Returns x_N in nats."""
    found: Floats = -log_softmax(logit_NC, axis=1)[np.arange(len(category_N)), category_N]
    return found
