"""Are two items the same product: learnt from labelled pairs, or by rules where there are none."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.errors import PairsInvalid
from ml.matching import matcher_files
from ml.matching.accessories import accessory_of
from ml.matching.floor import THRESHOLD, Floor
from ml.matching.numbers import same_gtin
from ml.matching.records import Fields, LabelledPair, PairScore, Reason
from ml.matching.threshold import best_threshold
from ml.matching.trained import TrainedScorer
from ml.matching.trees import TreesConfig

SAME_GTIN = 0.99  # sellers mistype one now and then
ACCESSORY = 0.01  # a case and the phone it is for are two things, however alike their titles are


@dataclass(frozen=True, slots=True)
class MatchingConfig:
    """What may be chosen.

    Attributes:
        rivals: compare with the items of the training pairs, without their labels.
        known_links: take the training pairs as links that are known while scoring. A pair never
            sees itself. Scores then say less of items about which nothing is known.
    """

    rivals: bool = True
    known_links: bool = False
    trees: TreesConfig = field(default_factory=TreesConfig)


@dataclass(frozen=True, slots=True)
class Matcher:
    """Scores pairs; from `threshold` on they count as the same product.

    Left and right are told apart, as two shops are that write in different ways: give pairs in the
    order in which they were labelled.
    """

    scorer: TrainedScorer | Floor
    threshold: float

    @classmethod
    def train(
        cls,
        train: Sequence[LabelledPair],
        valid: Sequence[LabelledPair],
        config: MatchingConfig,
    ) -> Self:
        """Learns from `train`; only the threshold is chosen on `valid`.

        Raises:
            PairsInvalid: one of the two lacks pairs that match, or pairs that do not.
        """
        for name, pairs in (("to learn from", train), ("to choose the threshold by", valid)):
            for label in (True, False):
                if all(pair.same is not label for pair in pairs):
                    kind = "match" if label else "do not match"
                    raise PairsInvalid(path=None, reason=f"none of those {name} {kind}")
        scorer = TrainedScorer.train(
            train, config.trees, with_rivals=config.rivals, with_links=config.known_links
        )
        score_P = scorer.probabilities([(pair.left, pair.right) for pair in valid])
        same_P = np.array([pair.same for pair in valid])
        return cls(scorer, best_threshold(score_P, same_P, seed=config.trees.seed))

    @classmethod
    def untrained(cls) -> Self:
        """By rules: how alike names are, and what contradicts; it says so in its reasons."""
        return cls(Floor(), THRESHOLD)

    def score(self, pairs: Sequence[tuple[Fields, Fields]]) -> list[PairScore]:
        """With reasons; an equal GTIN decides, however different the titles are.

        So does it where one item is made for the other, as far as their titles say.
        """
        return [
            _decided(pair, found)
            for pair, found in zip(pairs, self.scorer.score(pairs), strict=True)
        ]

    def probabilities(self, pairs: Sequence[tuple[Fields, Fields]]) -> NDArray[np.float64]:
        """The scores alone, faster than with reasons."""
        if isinstance(self.scorer, Floor):
            score_P = np.array([scored.score for scored in self.scorer.score(pairs)])
        else:
            score_P = self.scorer.probabilities(pairs)
        is_sure_P = np.array([same_gtin(*pair) for pair in pairs], dtype=np.bool_)
        is_other_P = np.array([accessory_of(*pair) is not None for pair in pairs], dtype=np.bool_)
        score_P = np.where(is_other_P, np.minimum(score_P, ACCESSORY), score_P)
        return np.where(is_sure_P, np.maximum(score_P, SAME_GTIN), score_P)

    def means(self, pairs: Sequence[tuple[Fields, Fields]]) -> NDArray[np.float64]:
        """The mean of both orders, for pairs of which neither item stands on the left."""
        back = [(right, left) for left, right in pairs]
        return (self.probabilities(pairs) + self.probabilities(back)) / 2

    def to_files(self) -> dict[str, bytes]:
        """By name: JSON and LightGBM's text."""
        return matcher_files.write(self.scorer, self.threshold)

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Self:
        """What `to_files` gave, scoring as before.

        Raises:
            MatcherInvalid: a file is missing or is not what it should be.
        """
        scorer, threshold = matcher_files.read(files)
        return cls(scorer, threshold)


def _decided(pair: tuple[Fields, Fields], found: PairScore) -> PairScore:
    if same_gtin(*pair):
        return _sure(found)
    accessory = accessory_of(*pair)
    if accessory is None:
        return found
    name = f"{accessory!r} is made for the other"
    reason = Reason(name, math.log(ACCESSORY / (1 - ACCESSORY)))
    return PairScore(min(found.score, ACCESSORY), (reason, *found.reasons))


def _sure(found: PairScore) -> PairScore:
    reason = Reason("the same GTIN", math.log(SAME_GTIN / (1 - SAME_GTIN)))
    return PairScore(max(found.score, SAME_GTIN), (reason, *found.reasons))
