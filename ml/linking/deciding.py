"""From the best candidate's score to a link or none: a threshold, and what the score is worth."""

# S titles, G groups of them, T thresholds

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

RESAMPLES = 60  # the best threshold of one sample jumps; the median of these stands still
_GRID = np.linspace(0.02, 0.98, 97)
_EDGE = 1e-6
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Counts:
    """Links that are right, links given, and links there should be."""

    right: float
    given: float
    wanted: float

    @property
    def precision(self) -> float:
        return self.right / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        both = self.given + self.wanted
        return 2 * self.right / both if both else 0.0


def weights_of(groups: Sequence[str]) -> Floats:
    """`weight_S` by which every group counts once, however many of its titles there are."""
    _, group_S, titles_G = np.unique(np.array(groups), return_inverse=True, return_counts=True)
    weight_S: Floats = 1 / titles_G[group_S]
    return weight_S


def choose_threshold(
    score_S: Floats, right_S: Flags, wanted_S: Flags, groups: Sequence[str], seed: int
) -> float:
    """The score from which on giving a link serves F1 best, where each group counts once.

    Args:
        score_S: of each title's best candidate.
        right_S: whether that is the title's model.
        wanted_S: whether the title has a model.
        groups: of each title, its model or what stands for it; resampled as a whole.
    """
    generator = np.random.default_rng(seed)
    names, group_S = np.unique(np.array(groups), return_inverse=True)
    weight_S = weights_of(groups)
    given_TS = score_S >= _GRID[:, None]
    right_TS = given_TS & right_S
    best = []
    for _ in range(RESAMPLES):
        drawn = generator.integers(0, max(1, len(names)), len(names))
        times_G = np.bincount(drawn, minlength=len(names))
        drawn_S = weight_S * times_G[group_S]
        both_T = given_TS @ drawn_S + wanted_S @ drawn_S
        f1_T = 2 * (right_TS @ drawn_S) / np.maximum(_EDGE, both_T)
        best.append(_GRID[int(f1_T.argmax())])
    return float(np.median(best))


@dataclass(frozen=True, slots=True)
class Calibration:
    """A score as the share of links that are right at it.

    Source: Platt, "Probabilistic Outputs for Support Vector Machines", 1999, here over log-odds.
    """

    slope: float = 1.0
    shift: float = 0.0

    @classmethod
    def fit(cls, score_S: Floats, right_S: Flags, weight_S: Floats) -> Calibration:
        """By Newton's method, held near doing nothing so that few titles cannot mislead it.

        Args:
            weight_S: how much each title counts.
        """
        design_S2 = np.stack([_log_odds(score_S), np.ones(len(score_S))], axis=1)
        start = theta = np.array([1.0, 0.0])
        for _ in range(_STEPS):
            share_S = _sigmoid(design_S2 @ theta)
            slope = design_S2.T @ (weight_S * (share_S - right_S)) + (theta - start)
            spread_S = weight_S * share_S * (1 - share_S)
            curve = (design_S2 * spread_S[:, None]).T @ design_S2 + np.eye(2)
            step = np.linalg.solve(curve, slope)
            before = _loss(theta, design_S2, right_S, weight_S)
            while _loss(theta - step, design_S2, right_S, weight_S) > before:
                step = step / 2  # where the curve is flat, the whole step goes far too far
                if float(np.abs(step).max()) < _EDGE:
                    break
            theta = theta - step
            if float(np.abs(step).max()) < _EDGE:
                break
        return cls(max(0.0, float(theta[0])), float(theta[1]))

    def confidence(self, score: float) -> float:
        odds = float(_log_odds(np.array([score]))[0])
        return 1 / (1 + math.exp(-self.slope * odds - self.shift))


def _loss(theta: Floats, design_S2: Floats, right_S: Flags, weight_S: Floats) -> float:
    odds_S = design_S2 @ theta
    away = theta - np.array([1.0, 0.0])
    return float(weight_S @ (np.logaddexp(0, odds_S) - odds_S * right_S) + away @ away / 2)


def _sigmoid(odds_S: Floats) -> Floats:
    share_S: Floats = 1 / (1 + np.exp(-np.clip(odds_S, -30, 30)))
    return share_S


def _log_odds(score_S: Floats) -> Floats:
    held_S = np.clip(score_S, _EDGE, 1 - _EDGE)
    odds_S: Floats = np.log(held_S / (1 - held_S))
    return odds_S
