"""Precision, recall and F1 of links, with intervals by model."""

# S titles, G groups, C resamples, B bins of confidence and the links given

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.evaluation.report import Measured
from ml.linking.deciding import Counts
from ml.linking.gold import Judged

RESAMPLES = 1_000
BINS = 10

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answers:
    """What was linked, beside what is right; `confidence` is 0 where nothing was linked."""

    judged: Sequence[Judged]
    linked: Sequence[str | None]
    confidence: Sequence[float]

    def by_offer(self) -> Floats:
        """What each offer adds above and below in F1, [S, 2]."""
        right_S, given_S, wanted_S = self._counts().T
        return np.stack([2 * right_S, given_S + wanted_S], axis=1)

    def counts(self) -> Counts:
        right, given, wanted = self._counts().sum(axis=0)
        return Counts(float(right), float(given), float(wanted))

    def value(self, name: str) -> float:
        if name == "ece":
            return self.calibration_error()
        value: float = getattr(self.counts(), name)
        return value

    def _counts(self) -> Floats:
        return np.array(
            [
                (
                    offer.model is not None and linked == offer.model,
                    linked is not None,
                    offer.model is not None,
                )
                for offer, linked in zip(self.judged, self.linked, strict=True)
            ],
            dtype=np.float64,
        )

    def calibration_error(self) -> float:
        """Of the links given: how far confidence and the share that is right lie apart."""
        return float(_gap(self._bins().sum(axis=0)))

    def _bins(self) -> Floats:
        """Of each offer: in its bin of confidence how much this exceeds what is right; given."""
        bins = np.zeros((len(self.judged), BINS + 1))
        links = zip(self.judged, self.linked, self.confidence, strict=True)
        for place, (offer, linked, confidence) in enumerate(links):
            if linked is not None:
                bins[place, min(int(confidence * BINS), BINS - 1)] = confidence - (
                    linked == offer.model
                )
                bins[place, BINS] = 1
        return bins

    def resampled(self, generator: np.random.Generator) -> Mapping[str, Floats]:
        """Measures of resamples; all offers of a model are drawn together."""
        groups = {group: i for i, group in enumerate(dict.fromkeys(o.group for o in self.judged))}
        group_S = [groups[offer.group] for offer in self.judged]
        counts_G3 = np.zeros((len(groups), 3))
        np.add.at(counts_G3, group_S, self._counts())
        bins_GB = np.zeros((len(groups), BINS + 1))
        np.add.at(bins_GB, group_S, self._bins())
        drawn_CG = generator.multinomial(
            len(groups), np.full(len(groups), 1 / len(groups)), size=RESAMPLES
        )
        right_C, given_C, wanted_C = (drawn_CG @ counts_G3).T
        return {
            "f1": 2 * right_C / np.maximum(1, given_C + wanted_C),
            "precision": right_C / np.maximum(1, given_C),
            "recall": right_C / np.maximum(1, wanted_C),
            "ece": _gap(drawn_CG @ bins_GB),
        }


def _gap(sums: Floats) -> Floats:
    """Naeini and others, "Obtaining Well Calibrated Probabilities", 2015: error over bins."""
    gap: Floats = np.abs(sums[..., :BINS]).sum(axis=-1) / np.maximum(1, sums[..., BINS])
    return gap


def measured(parts: Sequence[Answers], seed: int) -> dict[str, Measured]:
    """The mean over parts, each judged alone."""
    generator = np.random.default_rng(seed)
    resampled = [part.resampled(generator) for part in parts]
    found: dict[str, Measured] = {}
    for name in resampled[0]:
        mean_C = np.mean([part[name] for part in resampled], axis=0)
        value = float(np.mean([part.value(name) for part in parts]))
        found[name] = Measured.of_resampled(value, mean_C)
    return found
