"""Precision, recall and F1 of links, with intervals by model."""

# S titles, G groups, C resamples

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
TAIL = 0.025

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answers:
    """What was linked, beside what is right; `confidence` is 0 where nothing was linked."""

    judged: Sequence[Judged]
    linked: Sequence[str | None]
    confidence: Sequence[float]

    def counts(self) -> Counts:
        right, given, wanted = self._counts().sum(axis=0)
        return Counts(float(right), float(given), float(wanted))

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
        given = [
            (confidence, offer.model == linked)
            for offer, linked, confidence in zip(
                self.judged, self.linked, self.confidence, strict=True
            )
            if linked is not None
        ]
        if not given:
            return 0.0
        sure_S, right_S = np.array(given, dtype=np.float64).T
        bin_S = np.minimum((sure_S * BINS).astype(np.int64), BINS - 1)
        gaps = np.bincount(bin_S, weights=sure_S - right_S, minlength=BINS)
        return float(np.abs(gaps).sum() / len(given))

    def resampled(self, generator: np.random.Generator) -> Mapping[str, Floats]:
        """Measures of resamples; all offers of a model are drawn together."""
        groups = {group: i for i, group in enumerate(dict.fromkeys(o.group for o in self.judged))}
        group_S = [groups[offer.group] for offer in self.judged]
        counts_G3 = np.zeros((len(groups), 3))
        np.add.at(counts_G3, group_S, self._counts())
        drawn_CG = generator.multinomial(
            len(groups), np.full(len(groups), 1 / len(groups)), size=RESAMPLES
        )
        right_C, given_C, wanted_C = (drawn_CG @ counts_G3).T
        return {
            "f1": 2 * right_C / np.maximum(1, given_C + wanted_C),
            "precision": right_C / np.maximum(1, given_C),
            "recall": right_C / np.maximum(1, wanted_C),
        }


def measured(parts: Sequence[Answers], seed: int) -> dict[str, Measured]:
    """The mean over parts, each judged alone."""
    generator = np.random.default_rng(seed)
    resampled = [part.resampled(generator) for part in parts]
    found: dict[str, Measured] = {}
    for name in ("f1", "precision", "recall"):
        mean_C = np.mean([part[name] for part in resampled], axis=0)
        low, high = np.quantile(mean_C, (TAIL, 1 - TAIL)).tolist()
        value = float(np.mean([getattr(part.counts(), name) for part in parts]))
        found[name] = Measured(value=value, low=low, high=high)
    return found
