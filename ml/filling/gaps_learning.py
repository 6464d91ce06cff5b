"""Learns to fill gaps: facts of known items are hidden, and named by other families."""

# N items, Q of them with hidden facts E, P parameters, V values, R candidates, F features,
# S families

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from graph.records import ItemText
from ml.data.splits import Shares, split_by_group
from ml.errors import GraphTooSmall
from ml.evaluation.report import Measured
from ml.filling.candidates import AGREEING, STATING, VOTES, Asking
from ml.filling.gaps import DECIMALS, GapFiller, Judged
from ml.filling.plausibility import Plausibility, PlausibilityConfig
from ml.filling.stated import Numbers, StatedValues, stated_by
from ml.filling.trees import Floats, Trees, TreesConfig, crossed
from ml.filling.votes import VotesConfig

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

    def seeded(self) -> GapsConfig:
        """With its seed for everything that is drawn."""
        similar, trees = (
            msgspec.structs.replace(part, seed=self.seed) for part in (self.similar, self.trees)
        )
        return msgspec.structs.replace(self, similar=similar, trees=trees)


@dataclass(frozen=True, slots=True)
class Learnt:
    """A filler, and how it does on hidden facts of families that neither trees nor votes saw."""

    filler: GapFiller
    metrics: dict[str, Measured]
    baselines: dict[str, dict[str, float]]
    hidden: int  # facts


@dataclass(frozen=True, slots=True)
class _Trial:
    """Known items, some of whose facts are hidden.

    Attributes:
        items: what is left of them.
        families: of the items, and `family_Q` their numbers.
        hidden_QP: parameters that an item states and that are hidden.
        fact_E: the hidden facts, each a number of item and value.
        stated: what the items of the index state.
    """

    items: Sequence[ItemText]
    families: Sequence[str]
    family_Q: Numbers
    hidden_QP: NDArray[np.bool_]
    fact_E: Numbers
    stated: StatedValues

    def named(self, item_R: Numbers, value_R: Numbers, score_R: Floats) -> _Named:
        right_R = np.isin(item_R * len(self.stated.values) + value_R, self.fact_E)
        parameter_R = self.stated.parameter_V[value_R]
        judged = Judged(*map(torch.from_numpy, (score_R, right_R, parameter_R)))
        return _Named(torch.from_numpy(self.family_Q[item_R]), judged)

    @property
    def facts_by_family(self) -> Numbers:
        """How many are hidden, [S]."""
        return np.bincount(
            self.family_Q[self.fact_E // len(self.stated.values)], minlength=self.size
        )

    @property
    def size(self) -> int:
        """S, how many families there are."""
        return int(self.family_Q.max(initial=-1)) + 1


@dataclass(frozen=True, slots=True)
class _Named:
    """Values that were named for hidden facts, with the family of the item."""

    family_R: Tensor
    judged: Judged

    def scored(self, score_R: Floats) -> _Named:
        """The same values, as sure as these scores say."""
        return replace(self, judged=replace(self.judged, confidence_J=torch.from_numpy(score_R)))


def learn_to_fill(
    items: Sequence[ItemText], families: Sequence[str], config: GapsConfig | None = None
) -> Learnt:
    """Learns from items with facts, whose families hold look-alikes together.

    Raises:
        GraphTooSmall: no item has a fact, or too few hidden ones are named rightly.
    """
    config = (config or GapsConfig()).seeded()
    split = split_by_group(families, Shares(valid=0.0, test=0.5), seed=config.seed)
    similar = Plausibility.fit(items, families, config.similar, split.train)
    stated = StatedValues.of(items, similar.index.choices.parameters)
    asking = Asking.of(similar, stated)
    trial = _hide(asking, items, families, split.test, config)
    found = asking.candidates(trial.items, trial.hidden_QP, trial.families)
    voted = trial.named(found.item_R, found.value_R, found.x_RF[:, VOTES])
    right_R = voted.judged.right_J.numpy()
    if right_R.sum() < FEWEST_RIGHT:
        raise GraphTooSmall(
            missing=f"{right_R.sum()} hidden facts are named by similar items",
            remedy=f"it takes {FEWEST_RIGHT}: import more items with facts of the same categories",
        )
    confidence_R = crossed(
        found.x_RF, right_R, voted.family_R.numpy(), np.zeros(len(found)), config.trees
    )
    named = voted.scored(confidence_R.round(DECIMALS))
    nearest = voted.scored(found.x_RF[:, AGREEING] / found.x_RF[:, STATING])
    beside = {"nearest": nearest, "votes": voted, "most_frequent": _most_frequent(trial)}
    return Learnt(
        GapFiller(asking, Trees.fit(found.x_RF, right_R, config.trees), named.judged),
        _measured(trial, named, config.seed),
        {
            name: {key: one.value for key, one in _measured(trial, of, config.seed).items()}
            for name, of in beside.items()
        },
        len(trial.fact_E),
    )


def _hide(
    asking: Asking,
    items: Sequence[ItemText],
    families: Sequence[str],
    row_N: Tensor,
    config: GapsConfig,
) -> _Trial:
    """Some of the items, each without a share of what it states."""
    generator = Generator().manual_seed(config.seed)
    drawn = row_N[torch.randperm(len(row_N), generator=generator)[: config.judged_items]].tolist()
    stated, parameters = asking.stated, asking.similar.index.choices.parameters
    draw_QP = torch.rand(len(drawn), len(parameters), generator=generator).numpy()
    share_Q1 = torch.empty(len(drawn), 1).uniform_(config.fewest, config.most, generator=generator)
    place_E, value_E = stated.by(np.array(drawn, dtype=np.int64))
    hidden_QP = np.zeros(draw_QP.shape, dtype=bool)
    hidden_QP[place_E, stated.parameter_V[value_E]] = True  # what an item lacks nobody can judge
    hidden_QP &= draw_QP < share_Q1.numpy()
    hidden_E = hidden_QP[place_E, stated.parameter_V[value_E]]
    own = [families[row] for row in drawn]
    number = {family: at for at, family in enumerate(dict.fromkeys(own))}
    return _Trial(
        [
            _without(items[row], {parameters[at] for at in np.flatnonzero(hidden_P)})
            for row, hidden_P in zip(drawn, hidden_QP, strict=True)
        ],
        own,
        np.array([number[family] for family in own], dtype=np.int64),
        hidden_QP,
        (place_E * len(stated.values) + value_E)[hidden_E],
        stated,
    )


def _without(item: ItemText, parameters: Collection[str]) -> ItemText:
    kept = tuple(fact for fact in stated_by(item) if fact.parameter not in parameters)
    return msgspec.structs.replace(item, facts=kept, inherited=())


def _most_frequent(trial: _Trial) -> _Named:
    """For whatever is hidden, the value that most items have, as sure as it is frequent."""
    stated = trial.stated
    order_V = np.lexsort((-stated.shares, stated.parameter_V))
    parameter_F, first_F = np.unique(stated.parameter_V[order_V], return_index=True)
    most_P = np.zeros(trial.hidden_QP.shape[1], dtype=np.int64)
    most_P[parameter_F] = order_V[first_F]
    item_R, parameter_R = trial.hidden_QP.nonzero()
    value_R = most_P[parameter_R]
    return trial.named(item_R, value_R, stated.shares[value_R])


def _measured(trial: _Trial, named: _Named, seed: int) -> dict[str, Measured]:
    """What would be filled in at `PRECISION`, by thresholds that other families chose."""
    generator = Generator().manual_seed(seed)
    judged, filled_R = named.judged, torch.zeros(len(named.family_R), dtype=torch.bool)
    for half in (0, 1):
        asked_R = named.family_R % 2 == half
        for parameter, threshold in judged[~asked_R].thresholds(PRECISION).items():
            own_R = asked_R & (judged.parameter_J == parameter)
            filled_R |= own_R & (judged.confidence_J >= threshold)
    filled = torch.bincount(named.family_R[filled_R], minlength=trial.size)
    right = torch.bincount(named.family_R[filled_R & judged.right_J], minlength=trial.size)
    hidden = torch.from_numpy(trial.facts_by_family)
    return {
        FILLED: Measured.ratio_of(right, hidden, generator),
        "precision": Measured.ratio_of(right, filled, generator),
    }
