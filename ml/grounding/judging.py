"""Texts of items whose facts are known: what reading makes of them, and what weighing once more."""

# R candidates, F features

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.records import ItemText
from ml.errors import GraphTooSmall
from ml.evaluation.report import Measured
from ml.filling import trees
from ml.filling.trees import FOLDS, TreesConfig
from ml.grounding.lexicon import Lexicon
from ml.grounding.reading import read
from ml.grounding.reranking import (
    NOTHING,
    OF_TEXT,
    Candidate,
    Similar,
    asked_of,
    features,
)
from ml.grounding.stated import Stated
from ml.grounding.trust import Trust

Floats = NDArray[np.float64]

FEWEST_TEXTS = 50  # whose candidates can be judged; fewer would be learnt by heart
RESAMPLES = 1_000
METRIC = "skill"


@dataclass(frozen=True, slots=True)
class JudgedText:
    """A title, what is known of its item, and the family that neither index nor folds may split."""

    item: ItemText
    family: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Candidates that can be judged, one a row.

    Attributes:
        text_R: position of the title; rows of one title stand together.
        family_R: number of its family.
        chosen_R: the likeliest of their places by reading alone.
        read_R: confidence of reading, by trust in the titles of other folds.
        x_RF: features.
        right_R: whether the item has the value, or one that says so in more words.
        candidates: by row.
    """

    text_R: NDArray[np.int64]
    family_R: NDArray[np.int64]
    chosen_R: NDArray[np.bool_]
    read_R: Floats
    x_RF: Floats
    right_R: NDArray[np.bool_]
    candidates: Sequence[Candidate]


def judge(
    texts: Sequence[JudgedText],
    lexicon: Lexicon,
    similar: Similar,
    trust: Trust | None = None,
) -> Judged:
    """Reads titles of known items, and asks items of other families about every candidate.

    Args:
        trust: learnt from other titles; None: for each fold of families from the others.

    Raises:
        GraphTooSmall: too few titles state something that can be judged.
    """
    family_of = {name: at for at, name in enumerate(dict.fromkeys(text.family for text in texts))}
    by_fold = [trust] * FOLDS if trust else _trusts(texts, family_of, lexicon)
    candidates = []
    for text in texts:
        trusted = by_fold[family_of[text.family] % FOLDS]
        assert trusted is not None
        candidates.append(candidates_of(text.item, lexicon, trusted))
    bare = [ItemText("product", one.item.title, brand=one.item.brand) for one in texts]
    plausible = asked_of(similar, bare, candidates, [one.family for one in texts])
    rows: list[tuple[int, int, Candidate, Floats, bool]] = []
    for at, (text, own, of) in enumerate(zip(texts, candidates, plausible, strict=True)):
        stated = Stated.by(text.item)
        for candidate, x_F in zip(own, features(own, of), strict=True):
            right = stated.agrees(candidate.reading.value)
            if right is not None:
                rows.append((at, family_of[text.family], candidate, x_F, right))
    judged = len({row[0] for row in rows})
    if judged < FEWEST_TEXTS and trust is None:
        raise GraphTooSmall(
            missing=f"{judged} titles state something that is known of their items",
            remedy=f"it takes {FEWEST_TEXTS}: import products with facts, or of models with facts",
        )
    return Judged(
        text_R=np.array([row[0] for row in rows], dtype=np.int64),
        family_R=np.array([row[1] for row in rows], dtype=np.int64),
        chosen_R=np.array([row[2].reading.chosen for row in rows], dtype=np.bool_),
        read_R=np.array([row[2].confidence for row in rows], dtype=np.float64),
        x_RF=np.array([row[3] for row in rows]) if rows else NOTHING,
        right_R=np.array([row[4] for row in rows], dtype=np.bool_),
        candidates=[row[2] for row in rows],
    )


def candidates_of(item: ItemText, lexicon: Lexicon, trust: Trust) -> list[Candidate]:
    """Everything that a title may state, rivals for the same words included."""
    category = item.category.id if item.category else None
    return [
        Candidate(reading, trust.confidence(reading))
        for reading in read(item.title, lexicon, category=category, rivals=True)
        if not reading.denied
    ]


def best_of_places(judged: Judged, confidence_R: Floats) -> NDArray[np.bool_]:
    """Which candidates are the surest of their words, bool [R]."""
    best_R = np.ones(len(confidence_R), dtype=np.bool_)
    for text in np.unique(judged.text_R):
        rows = np.flatnonzero(judged.text_R == text)
        best_R[rows] = surest([judged.candidates[at] for at in rows.tolist()], confidence_R[rows])
    return best_R


def surest(candidates: Sequence[Candidate], confidences: Sequence[float] | Floats) -> list[bool]:
    """Of candidates of one text, which no surer one shares words with."""
    taken: list[tuple[int, int]] = []
    kept = [False] * len(candidates)
    for at in sorted(range(len(candidates)), key=lambda at: -confidences[at]):
        reading = candidates[at].reading
        if all(reading.end <= start or end <= reading.start for start, end in taken):
            taken.append((reading.start, reading.end))
            kept[at] = True
    return kept


def crossed(
    judged: Judged, config: TreesConfig | None = None, *, of_text_alone: bool = False
) -> Floats:
    """The confidence of every candidate by a reranker that saw no family of its fold, [R]."""
    columns = slice(OF_TEXT if of_text_alone else None)
    return trees.crossed(
        judged.x_RF[:, columns], judged.right_R, judged.family_R, judged.read_R, config
    )


def skill(judged: Judged, confidence_R: Floats, seed: int = 0) -> Measured:
    """The share of reading's squared error that a confidence takes away; below 0 it adds some.

    The interval is of families drawn again, for both at once.
    """
    right_R = judged.right_R.astype(np.float64)
    before_R, after_R = (judged.read_R - right_R) ** 2, (confidence_R - right_R) ** 2
    return paired(
        judged, lambda rows: 1 - after_R[rows].sum() / max(before_R[rows].sum(), 1e-9), seed
    )


def paired(
    judged: Judged, measure: Callable[[NDArray[np.int64]], float], seed: int = 0
) -> Measured:
    """A measure of rows, with the 95 % interval over families drawn again with replacement.

    Source: Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
    """
    rows_of = [np.flatnonzero(judged.family_R == one) for one in np.unique(judged.family_R)]
    chance = np.random.default_rng(seed)
    drawn = []
    for _ in range(RESAMPLES):
        families = chance.integers(len(rows_of), size=len(rows_of))
        drawn.append(measure(np.concatenate([rows_of[at] for at in families])))
    low, high = np.quantile(drawn, (0.025, 0.975))
    value = float(measure(np.arange(len(judged.right_R))))
    return Measured(value, float(low), float(high))


def _trusts(
    texts: Sequence[JudgedText], family_of: Mapping[str, int], lexicon: Lexicon
) -> list[Trust]:
    def others(fold: int) -> list[ItemText]:
        return [one.item for one in texts if family_of[one.family] % FOLDS != fold]

    return [Trust.learnt(others(fold), lexicon) for fold in range(FOLDS)]
