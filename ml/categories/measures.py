"""How good answers are: shares right, calibration, unknown kinds; with intervals by product."""

# N texts, C categories, G products, R resamples, B bins of confidence, D draws

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.categories.records import Guess, LabelledTitle
from ml.evaluation.report import Measured
from ml.evaluation.ties import ends_of_ties

RESAMPLES = 1_000
BINS = 10
PRECISION = 0.9  # at which the recall of unknown kinds is told

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answers:
    """What was said of texts, beside what is right."""

    titles: Sequence[LabelledTitle]
    guesses: Sequence[Guess]
    categories: Sequence[str]  # that were learnt

    def values(self, weight_RN: Floats) -> dict[str, Floats]:
        """Every measure as x_R, for every weighing of the texts."""
        known = set(self.categories)
        known_N = np.array([one.category in known for one in self.titles])
        found = self._of_known(weight_RN * known_N)
        if not known_N.all() and known_N.any():
            found |= self._of_unknown(weight_RN, ~known_N)
        return found

    def _of_known(self, weight_RN: Floats) -> dict[str, Floats]:
        right_N = self.right()
        total_R = np.maximum(weight_RN.sum(axis=1), 1e-12)
        refused_N = np.array([guess.unknown for guess in self.guesses])
        return {
            "accuracy": weight_RN @ right_N / total_R,
            "macro_f1": self._macro_f1(weight_RN),
            "ece": self._calibration_error(weight_RN) / total_R,
            "known_refused": weight_RN @ refused_N / total_R,
        }

    def right(self) -> Floats:
        """1 where the first category is the right one, [N]."""
        pairs = zip(self.titles, self.guesses, strict=True)
        return np.array([title.category == guess.category for title, guess in pairs], dtype=float)

    def _macro_f1(self, weight_RN: Floats) -> Floats:
        """The mean over categories that have a text among those asked about."""
        said = np.array([guess.category for guess in self.guesses])
        meant = np.array([title.category for title in self.titles])
        scores, counted = np.zeros(len(weight_RN)), np.zeros(len(weight_RN))
        for category in self.categories:
            both_R = weight_RN @ ((said == category) & (meant == category))
            meant_R = weight_RN @ (meant == category)
            all_R = weight_RN @ (said == category) + meant_R
            scores += np.where(meant_R > 0, 2 * both_R / np.maximum(all_R, 1e-12), 0.0)
            counted += meant_R > 0
        found: Floats = scores / np.maximum(counted, 1)
        return found

    def _calibration_error(self, weight_RN: Floats) -> Floats:
        """Naeini and others, "Obtaining Well Calibrated Probabilities", 2015."""
        confidence_N = np.array([guess.confidence for guess in self.guesses])
        bin_N = np.minimum((confidence_N * BINS).astype(int), BINS - 1)
        gap_N = confidence_N - self.right()
        gap_RB = weight_RN @ (gap_N[:, None] * (bin_N[:, None] == np.arange(BINS)))
        found: Floats = np.abs(gap_RB).sum(axis=1)
        return found

    def _of_unknown(self, weight_RN: Floats, unknown_N: NDArray[np.bool_]) -> dict[str, Floats]:
        novelty_N = np.array([guess.novelty for guess in self.guesses])
        said_N = np.array([guess.unknown for guess in self.guesses])
        right_R = weight_RN @ (said_N & unknown_N)
        order_N = np.argsort(-novelty_N, kind="stable")
        up_RN = np.cumsum(weight_RN[:, order_N] * unknown_N[order_N], axis=1)
        all_RN = np.cumsum(weight_RN[:, order_N], axis=1)
        total_R = np.maximum(up_RN[:, -1], 1e-12)
        is_end_N = ends_of_ties(novelty_N[order_N])
        precise_RN = is_end_N & (up_RN / np.maximum(all_RN, 1e-12) >= PRECISION)
        return {
            "unknown_auroc": _auroc(weight_RN, novelty_N, unknown_N),
            "unknown_precision": right_R / np.maximum(weight_RN @ said_N, 1e-12),
            "unknown_recall": right_R / total_R,
            "unknown_recall_at_90": (up_RN * precise_RN).max(axis=1) / total_R,
        }


def _auroc(weight_RN: Floats, score_N: Floats, is_it_N: NDArray[np.bool_]) -> Floats:
    """How often a text of an unknown kind has the higher score; equal ones count half."""
    _, place_N = np.unique(score_N, return_inverse=True)
    order_N = np.argsort(place_N, kind="stable")
    starts = np.flatnonzero(np.diff(place_N[order_N], prepend=-1))
    yes_RL = np.add.reduceat((weight_RN * is_it_N)[:, order_N], starts, axis=1)
    no_RL = np.add.reduceat((weight_RN * ~is_it_N)[:, order_N], starts, axis=1)
    below_RL = np.cumsum(no_RL, axis=1) - no_RL / 2
    pairs_R = yes_RL.sum(axis=1) * no_RL.sum(axis=1)
    found: Floats = (yes_RL * below_RL).sum(axis=1) / np.maximum(pairs_R, 1e-12)
    return found


def measured(draws: Sequence[Answers], seed: int) -> Mapping[str, Measured]:
    """The mean over draws, of the same texts; resampled by product."""
    groups = {group: n for n, group in enumerate(dict.fromkeys(t.group for t in draws[0].titles))}
    group_N = np.array([groups[title.group] for title in draws[0].titles])
    shares_G = np.full(len(groups), 1 / len(groups))
    drawn_RG = np.random.default_rng(seed).multinomial(len(groups), shares_G, size=RESAMPLES)
    weight_RN = np.concatenate([np.ones((1, len(group_N))), drawn_RG[:, group_N]])
    found = [draw.values(weight_RN) for draw in draws]
    report = {}
    for name in found[0]:
        mean_R = np.mean([one[name] for one in found], axis=0)
        report[name] = Measured.of_resampled(float(mean_R[0]), mean_R[1:])
    return report
