"""Learns to fill gaps: facts of known items are hidden, and named by other families."""

# N items, P parameters, R candidates, F features, S families

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from graph.records import ItemText
from ml.data.splits import Shares, split_by_group
from ml.errors import GraphTooSmall
from ml.evaluation.report import Measured
from ml.filling.candidates import AGREEING, STATING, USUAL, VOTES, Asking, Candidates
from ml.filling.gaps import GapFiller, Judged
from ml.filling.plausibility import Plausibility, PlausibilityConfig
from ml.filling.stated import StatedValues, stated_by
from ml.filling.trees import Floats, Trees, TreesConfig
from ml.filling.votes import VotesConfig

FOLDS = 5
FEWEST_RIGHT = 50  # values that are named rightly; fewer would be learnt by heart
PRECISION = 0.98  # at which shares are measured
FILLED = "filled"


class GapsConfig(msgspec.Struct, frozen=True):
    """How filling is learnt.

    Attributes:
        similar: whom to listen to. Half of the families teach it, the others judge.
        trees: of which confidence comes.
        judged_items: some of whose facts are hidden to learn how often candidates are right.
        fewest, most: bounds of the share of an item's parameters that is hidden then.
    """

    similar: PlausibilityConfig = PlausibilityConfig(
        votes=VotesConfig(details=True, hidden=64), epochs=10, fewest=0.2, most=0.8
    )
    trees: TreesConfig = TreesConfig(trees=150, leaves=15, least_rows=50)
    judged_items: int = 2_000
    fewest: float = 0.1
    most: float = 0.9
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Learnt:
    """A filler, and how it does on hidden facts of families that neither trees nor votes saw."""

    filler: GapFiller
    metrics: dict[str, Measured]
    baselines: dict[str, dict[str, float]]
    hidden: int  # facts


@dataclass(frozen=True, slots=True)
class _Trial:
    """Items some of whose facts are hidden, and what was named for them.

    Attributes:
        family_Q: number of the family of each item.
        hidden_Q: facts of each that are hidden.
        right_R: which candidates are among them.
    """

    candidates: Candidates
    family_Q: NDArray[np.int64]
    hidden_Q: NDArray[np.int64]
    right_R: NDArray[np.bool_]

    @property
    def families(self) -> NDArray[np.int64]:
        """Of the candidates, [R]."""
        return self.family_Q[self.candidates.item_R]


def learn_to_fill(
    items: Sequence[ItemText], families: Sequence[str], config: GapsConfig | None = None
) -> Learnt:
    """Learns from items with facts, whose families hold look-alikes together.

    Raises:
        GraphTooSmall: no item has a fact, or too few hidden ones are named rightly.
    """
    config = config or GapsConfig()
    split = split_by_group(families, Shares(valid=0.0, test=0.5), seed=config.seed)
    similar = Plausibility.fit(items, families, config.similar, split.train)
    stated = StatedValues.of(items, similar.index.choices.parameters)
    asking = Asking.of(similar, stated)
    trial = _tried(asking, items, families, split.test, config)
    if trial.right_R.sum() < FEWEST_RIGHT:
        raise GraphTooSmall(
            missing=f"{trial.right_R.sum()} hidden facts are named by similar items",
            remedy=f"it takes {FEWEST_RIGHT}: import more items with facts of the same categories",
        )
    x_RF = trial.candidates.x_RF
    confidence_R = _crossed(trial, config.trees)
    judged = _judged(confidence_R, trial.right_R)
    scores = {"nearest": _agreement(x_RF), "votes": x_RF[:, VOTES], "usual": x_RF[:, USUAL]}
    return Learnt(
        GapFiller(asking, Trees.fit(x_RF, trial.right_R, config.trees), judged),
        _measured(trial, confidence_R, config.seed),
        {
            name: {key: one.value for key, one in _measured(trial, score_R, config.seed).items()}
            for name, score_R in scores.items()
        },
        int(trial.hidden_Q.sum()),
    )


def _tried(
    asking: Asking,
    items: Sequence[ItemText],
    families: Sequence[str],
    row_N: Tensor,
    config: GapsConfig,
) -> _Trial:
    """Hides facts of some of the items, and asks all other families for them."""
    generator = Generator().manual_seed(config.seed)
    drawn = row_N[torch.randperm(len(row_N), generator=generator)[: config.judged_items]].tolist()
    parameters = asking.similar.index.choices.parameters
    draw_QP = torch.rand(len(drawn), len(parameters), generator=generator).numpy()
    share_Q1 = config.fewest + (config.most - config.fewest) * torch.rand(
        len(drawn), 1, generator=generator
    )
    hidden_QP = draw_QP < share_Q1.numpy()
    shown, truth = [], []
    for row, hidden_P in zip(drawn, hidden_QP, strict=True):
        item, own = items[row], list(stated_by(items[row]))
        hidden = {one for one, is_hidden in zip(parameters, hidden_P, strict=True) if is_hidden}
        truth.append({fact.value for fact in own if fact.parameter in hidden})
        kept = tuple(fact for fact in own if fact.parameter not in hidden)
        shown.append(msgspec.structs.replace(item, facts=kept, inherited=()))
    of = [families[row] for row in drawn]
    stated_QP = _stating(asking.stated, drawn, len(parameters))
    found = asking.candidates(shown, hidden_QP & stated_QP, of)
    values = asking.stated.values
    number = {family: at for at, family in enumerate(dict.fromkeys(of))}
    return _Trial(
        found,
        np.array([number[one] for one in of], dtype=np.int64),
        np.array([len(one) for one in truth], dtype=np.int64),
        np.array(
            [
                values[value].value in truth[item]
                for item, value in zip(found.item_R, found.value_R, strict=True)
            ],
            dtype=bool,
        ),
    )


def _stating(stated: StatedValues, rows: Sequence[int], parameters: int) -> NDArray[np.bool_]:
    """Of which parameters items state anything: what they lack nobody can judge."""
    stating_QP = np.zeros((len(rows), parameters), dtype=bool)
    place_E, value_E = stated.by(np.array(rows, dtype=np.int64))
    stating_QP[place_E, stated.parameter_V[value_E]] = True
    return stating_QP


def _crossed(trial: _Trial, config: TreesConfig) -> Floats:
    """The confidence of every candidate by trees that saw no family of its fold, [R]."""
    confidence_R = np.zeros(len(trial.candidates))
    for fold in range(FOLDS):
        asked_R = trial.families % FOLDS == fold
        x_RF = trial.candidates.x_RF
        if asked_R.any():
            trees = Trees.fit(x_RF[~asked_R], trial.right_R[~asked_R], config)
            confidence_R[asked_R] = trees.confidence(x_RF[asked_R])
    return confidence_R


def _agreement(x_RF: Floats) -> Floats:
    """The share of the neighbours that state the parameter that have the value."""
    return np.asarray(x_RF[:, AGREEING] / x_RF[:, STATING])


def _judged(score_R: Floats, right_R: NDArray[np.bool_]) -> Judged:
    return Judged(torch.from_numpy(score_R).float(), torch.from_numpy(right_R))


def _measured(trial: _Trial, score_R: Floats, seed: int) -> dict[str, Measured]:
    """What would be filled in at `PRECISION`, by thresholds that other families chose."""
    generator = Generator().manual_seed(seed)
    named_R = np.zeros(len(score_R), dtype=bool)
    for half in (0, 1):
        asked_R = trial.families % 2 == half
        judged = _judged(score_R[~asked_R], trial.right_R[~asked_R])
        named_R |= asked_R & (score_R >= judged.threshold(PRECISION))
    families = int(trial.family_Q.max()) + 1
    named_S = np.bincount(trial.families, named_R, minlength=families)
    right_S = np.bincount(trial.families, named_R & trial.right_R, minlength=families)
    hidden_S = np.bincount(trial.family_Q, trial.hidden_Q, minlength=families)
    named, right, hidden = (torch.from_numpy(one).double() for one in (named_S, right_S, hidden_S))
    return {
        FILLED: Measured.ratio_of(right, hidden, generator),
        "precision": Measured.ratio_of(right, named, generator),
    }
