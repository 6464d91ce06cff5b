"""Pairs scored by boosted trees, with the trees' own account of why."""

# P pairs, F features, G groups

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.matching.calibration import Calibration
from ml.matching.comparison import RIVALS, Comparison
from ml.matching.folds import stratified_folds
from ml.matching.records import Fields, LabelledPair, PairScore, Reason
from ml.matching.telling_words import FOLDS
from ml.matching.trees import TreeBag, TreesConfig

REASONS = 6
BATCH = 4_096  # pairs: the rows of more need no room beside those of fewer


@dataclass(frozen=True, slots=True)
class TrainedScorer:
    """What was learnt from labelled pairs."""

    comparison: Comparison
    trees: TreeBag
    calibration: Calibration

    @classmethod
    def train(
        cls,
        train: Sequence[LabelledPair],
        trees: TreesConfig,
        *,
        with_rivals: bool,
        with_links: bool,
    ) -> Self:
        same_P = np.array([pair.same for pair in train])
        fold_P = stratified_folds(same_P, FOLDS, trees.seed)
        comparison, rows_PF = Comparison.fit(
            train, fold_P, with_rivals=with_rivals, with_links=with_links
        )
        # Rivals help where most items are known and mislead where few are: half of the trees each.
        doubted_F = np.array([column.group == RIVALS for column in comparison.columns])
        unseen_P = _log_odds_out_of_fold(rows_PF, same_P, fold_P, trees, doubted_F)
        return cls(
            comparison,
            TreeBag.fit(rows_PF, same_P, trees, doubted_F),
            Calibration.fit(unseen_P, same_P),
        )

    def probabilities(self, pairs: Sequence[tuple[Fields, Fields]]) -> NDArray[np.float64]:
        """Returns x_P in 0..1, without reasons: in a tenth of the time of the trees."""
        found = [
            self.calibration(self.trees.log_odds(self.comparison.rows(pairs[n : n + BATCH])))
            for n in range(0, len(pairs), BATCH)
        ]
        return np.concatenate(found) if found else np.zeros(0)

    def score(self, pairs: Sequence[tuple[Fields, Fields]]) -> list[PairScore]:
        scores: list[PairScore] = []
        names, group_F = _groups(self.comparison)
        for first in range(0, len(pairs), BATCH):
            rows_PF = self.comparison.rows(pairs[first : first + BATCH])
            score_P = self.calibration(self.trees.log_odds(rows_PF))
            share_PF = self.trees.contributions(rows_PF)
            share_PG = np.stack(
                [share_PF[:, group_F == group].sum(axis=1) for group in range(len(names))], axis=1
            )
            scores += [
                PairScore(float(score), _strongest(names, share_G))
                for score, share_G in zip(score_P, share_PG, strict=True)
            ]
        return scores


def _strongest(names: Sequence[str], share_G: NDArray[np.float64]) -> tuple[Reason, ...]:
    order = np.argsort(-np.abs(share_G), kind="stable")[:REASONS]
    return tuple(Reason(names[n], float(share_G[n])) for n in order if share_G[n])


def _groups(comparison: Comparison) -> tuple[list[str], NDArray[np.int64]]:
    """Names of the groups, and the group of every feature."""
    columns = comparison.columns
    names = list(dict.fromkeys(column.group for column in columns))
    return names, np.array([names.index(column.group) for column in columns])


def _log_odds_out_of_fold(
    rows_PF: NDArray[np.float32],
    same_P: NDArray[np.bool_],
    fold_P: NDArray[np.int64],
    trees: TreesConfig,
    doubted_F: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """By one bag of each kind: the mean of more is a little surer, which the slope then misses."""
    found_P = np.zeros(len(same_P))
    few = replace(trees, bags=min(2, trees.bags))
    for fold in range(FOLDS):
        out_P = fold_P == fold
        if out_P.any() and not out_P.all():
            fitted = TreeBag.fit(rows_PF[~out_P], same_P[~out_P], few, doubted_F)
            found_P[out_P] = fitted.log_odds(rows_PF[out_P])
    return found_P
