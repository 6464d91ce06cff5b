"""A recommender learnt from the events of the graph: `catalograph finetune recommendation`."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from app.services.readers import RECOMMENDATION
from graph.repositories import behaviour
from ml.errors import GraphTooSmall

if TYPE_CHECKING:
    from app.services.finetuning import Finetuned, Notify, Shelf
    from graph.client import Database
    from ml.recommendation.recommender import RecommenderConfig
    from ml.recommendation.sequences import Interactions

JUDGED_BY = "ndcg@10"


def read_behaviour(database: Database) -> Interactions:
    """What all shoppers did with which products, and what is known of those."""
    from ml.recommendation.sequences import Interactions

    histories = {shopper: items for shopper, items in behaviour.histories(database) if items}
    return Interactions.build(histories, dict(behaviour.attributes(database)))


def finetune_recommendation(
    data: Interactions, shelf: Shelf, config: RecommenderConfig, *, notify: Notify
) -> Finetuned:
    """Judge on the last item of each history, then learn from all of them.

    Served at once only where it beats every baseline as well, whatever served before.

    Raises:
        GraphTooSmall: fewer than two shoppers have had three items.
    """
    from ml.recommendation.evaluation import (
        BASELINES,
        RecommendationTrial,
        judge,
    )
    from ml.recommendation.recommender import train_recommender
    from ml.recommendation.trained import TrainedRecommender

    if int((data.histories.lengths >= 3).sum()) < 2:
        raise GraphTooSmall(
            missing="fewer than two shoppers have viewed or bought three products",
            remedy="Send events to POST /v1/events, or read a file by `catalograph import-events`",
        )
    trial = RecommendationTrial(unseen=0.0, seed=config.seed)
    judged = judge(data, config, trial, notify=notify)
    notify("once more, from all events")
    recommender = train_recommender(data.histories, data.facts, config, notify=notify)
    best = max(judged.baselines[name][JUDGED_BY] for name in BASELINES)
    if shelf.promote == "if_better" and judged.metrics[JUDGED_BY].value <= best:
        shelf = replace(shelf, promote="never")
    return shelf.keep(
        RECOMMENDATION,
        TrainedRecommender(data.items, data.facts, recommender).to_files(),
        config={**asdict(config), **judged.described},
        examples=len(data.histories.item_E),
        metrics=judged.metrics,
        baselines=judged.baselines,
        judged_by=JUDGED_BY,
        seed=config.seed,
        fingerprint=_fingerprint(data),
    )


def _fingerprint(data: Interactions) -> str:
    digest = hashlib.sha256()
    for name in (*data.shoppers, "", *data.items):
        digest.update(name.encode() + b"\0")
    digest.update(data.histories.item_E.tobytes() + data.histories.start_U1.tobytes())
    return digest.hexdigest()
