"""Leave one out: what each shopper took last, found among 99 others and among all items."""

# U shoppers asked about, N items, S candidates of each with the true one first

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ml.errors import SequencesInvalid
from ml.evaluation.report import Measured, Report, sha256_of
from ml.recommendation.counts import CountName, Counts
from ml.recommendation.recommender import (
    BATCH,
    Recommender,
    RecommenderConfig,
    strangers,
    train_recommender,
)
from ml.recommendation.sequences import Histories, Interactions, Ints, read_interactions
from ml.recommendation.training import Notify, TrainingConfig

NEGATIVES = 99
NEGATIVES_SEED = 2024
AMONG = 10
BASELINES: tuple[CountName, ...] = ("popularity", "item_cosine", "attribute_cosine")

Score = Callable[[Histories], Tensor]
Ranks = tuple[Tensor, Tensor]  # among the sampled, and among all; from 1 on


@dataclass(frozen=True, slots=True)
class RecommendationTrial:
    """What may be chosen.

    Attributes:
        unseen: share of the items that a second training is kept from; 0: no such training.
    """

    epochs: int = 15
    unseen: float = 0.1
    seed: int = 0


@dataclass(frozen=True)
class Questions:
    """Histories and the item that came after each, with others that the shopper never had."""

    given: Histories
    had: Histories
    target_U: Ints
    candidate_US: Ints

    @classmethod
    def of(
        cls, histories: Histories, given: Histories, shoppers: Ints, items: int, seed: int
    ) -> Questions:
        """What `shoppers` took last in `histories`, to be found out of `given`."""
        whole = histories.chosen(shoppers)
        target_U = whole.item_E[whole.start_U1[1:] - 1]
        others_US = strangers(whole, items, NEGATIVES, np.random.default_rng(seed))
        candidate_US = np.concatenate((target_U[:, None], others_US), axis=1)
        return cls(given.chosen(shoppers), whole.without_last(1), target_U, candidate_US)


def evaluate_recommendation(
    sequences: Path, attributes: Path | None, trial: RecommendationTrial, *, notify: Notify
) -> Report:
    """Learn from all but the last item of every shopper, and score that last item once.

    Raises:
        SequencesInvalid: a file cannot be read, or has too few shoppers.
        TrainingDiverged: as its name says.
    """
    start = time.monotonic()
    data = read_interactions(sequences, attributes)
    if int((data.histories.lengths >= 3).sum()) < 2:
        reason = "fewer than two shoppers have three items: one to learn, one to weigh, one to find"
        raise SequencesInvalid(path=sequences, reason=reason)
    judged = judge(data, config_of(trial), trial, notify=notify)
    return Report(
        task="recommendation",
        metrics=judged.metrics,
        baselines=judged.baselines,
        seconds=time.monotonic() - start,
        config={
            **asdict(trial),
            "recommender": asdict(config_of(trial)),
            "negatives": NEGATIVES,
            "negatives_seed": NEGATIVES_SEED,
            **judged.described,
        },
        data={str(path): sha256_of(path) for path in (sequences, attributes) if path},
    )


def config_of(trial: RecommendationTrial) -> RecommenderConfig:
    config = RecommenderConfig(seed=trial.seed, training=TrainingConfig(epochs=trial.epochs))
    return replace(config, refresh=replace(config.refresh, epochs=max(1, trial.epochs // 8)))


@dataclass(frozen=True)
class Judged:
    metrics: Mapping[str, Measured]
    baselines: Mapping[str, Mapping[str, float]]
    described: Mapping[str, object]


def judge(
    data: Interactions, config: RecommenderConfig, trial: RecommendationTrial, *, notify: Notify
) -> Judged:
    """What a recommender that learnt from all but the last items makes of those."""
    items, histories = len(data.items), data.histories
    known = histories.without_last(1)
    asked = np.flatnonzero(histories.lengths >= 2)
    questions = Questions.of(histories, known, asked, items, NEGATIVES_SEED)
    stale: dict[str, float] = {}

    def before_refresh(recommender: Recommender) -> None:
        stale.update(_means(measures(*ranks(recommender.scores, questions))))

    recommender = train_recommender(
        known,
        data.facts,
        config,
        notify=notify,
        before_refresh=before_refresh,
    )
    generator = torch.Generator().manual_seed(trial.seed)
    metrics = _measured(measures(*ranks(recommender.scores, questions)), generator)
    # Told now: the training for unseen items that follows may be stopped.
    notify(", ".join(f"{name} {one.value:.4f}" for name, one in metrics.items()))
    baselines = _baselines(Counts.of(known, data.facts), questions)
    baselines["without_refresh"] = stale
    described: dict[str, object] = {
        "shoppers": len(asked),
        "items": items,
        "attributes": len(data.attributes),
        "components": recommender.components.names,
    }
    if trial.unseen:
        unseen = _judge_unseen(data, config, trial, notify)
        if unseen is not None:
            metrics |= _measured(unseen[0], generator)
            for name, found in unseen[1].items():
                baselines[name] |= found
            described["unseen_questions"] = unseen[2]
    return Judged(metrics, baselines, described)


def _judge_unseen(
    data: Interactions,
    config: RecommenderConfig,
    trial: RecommendationTrial,
    notify: Notify,
) -> tuple[Mapping[str, Tensor], Mapping[str, Mapping[str, float]], int] | None:
    """The same for items that are cut out of the training whole; None: nobody took one last."""
    random = np.random.default_rng(trial.seed)
    cut_N = random.random(len(data.items)) < trial.unseen
    histories = data.histories
    known = histories.without_last(1).without_items(cut_N)
    last = np.maximum(histories.start_U1[1:] - 1, 0)
    asked = np.flatnonzero((known.lengths >= 1) & cut_N[histories.item_E[last]])
    if not len(asked):
        return None
    notify(f"{int(cut_N.sum())} items are cut out; {len(asked)} shoppers took one of them last")
    one = replace(config, id_dropouts=(max(config.id_dropouts),))
    recommender = train_recommender(known, data.facts, one, notify=notify)
    questions = Questions.of(histories, known, asked, len(data.items), NEGATIVES_SEED)
    found = measures(*ranks(recommender.scores, questions))
    counted = _baselines(Counts.of(known, data.facts), questions)
    return (
        {f"unseen_{name}": value for name, value in found.items()},
        {
            name: {f"unseen_{measure}": value for measure, value in means.items()}
            for name, means in counted.items()
        },
        len(asked),
    )


def _baselines(counts: Counts, questions: Questions) -> dict[str, dict[str, float]]:
    return {name: _means(measures(*ranks(_by(counts, name), questions))) for name in BASELINES}


def _by(counts: Counts, name: CountName) -> Score:
    return lambda given: torch.from_numpy(counts.scores(name, given))


def ranks(score: Score, questions: Questions) -> Ranks:
    """Ranks of the true items among the candidates and among all that the shopper has not had.

    Ties stand at their mean rank.
    """
    sampled, full = [], []
    for first in range(0, len(questions.target_U), BATCH):
        rows = np.arange(first, min(first + BATCH, len(questions.target_U)))
        score_BN = score(questions.given.chosen(rows))
        candidate_BS = torch.from_numpy(questions.candidate_US[rows])
        target_B1 = candidate_BS[:, :1]
        own_B1 = score_BN.gather(1, target_B1).clone()
        sampled.append(_rank(score_BN.gather(1, candidate_BS[:, 1:]), own_B1))
        had = questions.had.chosen(rows)
        row_E = torch.from_numpy(np.repeat(np.arange(len(rows)), had.lengths))
        score_BN[row_E, torch.from_numpy(had.item_E)] = -torch.inf
        score_BN.scatter_(1, target_B1, -torch.inf)
        full.append(_rank(score_BN, own_B1))
    return torch.cat(sampled), torch.cat(full)


def _rank(others_BS: Tensor, own_B1: Tensor) -> Tensor:
    above_B = (others_BS > own_B1).sum(dim=1)
    equal_B = (others_BS == own_B1).sum(dim=1)
    return 1.0 + above_B + equal_B / 2


def measures(sampled_U: Tensor, full_U: Tensor) -> dict[str, Tensor]:
    """One value of each measure for each shopper."""
    found = {}
    for prefix, rank_U in (("", sampled_U), ("full_", full_U)):
        is_hit_U = (rank_U <= AMONG).float()
        found[f"{prefix}hr@{AMONG}"] = is_hit_U
        found[f"{prefix}ndcg@{AMONG}"] = is_hit_U / torch.log2(rank_U + 1)
    return found


def _means(values: Mapping[str, Tensor]) -> dict[str, float]:
    return {name: value.double().mean().item() for name, value in values.items()}


def _measured(values: Mapping[str, Tensor], generator: torch.Generator) -> dict[str, Measured]:
    return {name: Measured.mean_of(value, generator) for name, value in values.items()}
