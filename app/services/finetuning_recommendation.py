"""A recommender learnt from events of the graph or of a file, and kept."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
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


def read_behaviour(
    database: Database, sequences: Path | None = None, *, events: bool = True
) -> Interactions:
    """What shoppers did with which products, and what the graph knows of those.

    Args:
        sequences: a file with a shopper and then ids of products in each line, as
            `evaluate recommendation` reads it; its shoppers are others than those of the graph.
        events: also those of the graph.

    Raises:
        SequencesInvalid: names file, line and what is wrong.
        DatabaseError: Neo4j failed.
    """
    from ml.recommendation.sequences import Interactions, read_sequences

    histories: dict[str, list[str]] = {}
    if sequences is not None:
        histories = {f"file:{one}": items for one, items in read_sequences(sequences).items()}
    if events:
        histories |= {shopper: items for shopper, items in behaviour.histories(database) if items}
    return Interactions.build(histories, dict(behaviour.attributes(database)))


def finetune_recommendation(
    data: Interactions, shelf: Shelf, config: RecommenderConfig, *, notify: Notify
) -> Finetuned:
    """Judge on the last item of each history, then learn from all of them.

    Served at once only where it beats every baseline as well, whatever served before.

    Raises:
        GraphTooSmall: fewer than two shoppers have had three items.
    """
    from ml.recommendation.evaluation import BASELINES, RecommendationTrial, judge
    from ml.recommendation.recommender import train_recommender
    from ml.recommendation.trained import TrainedRecommender

    if int((data.histories.lengths >= 3).sum()) < 2:
        raise GraphTooSmall(
            missing="fewer than two shoppers have viewed or bought three products",
            remedy="Send events to POST /v1/events, or learn from a file of sequences.",
        )
    trial = RecommendationTrial(unseen=0.0, seed=config.seed)
    judged = judge(data, config, trial, notify=notify)
    notify("once more, from all events")
    recommender = train_recommender(data.histories, data.facts, config, notify=notify)
    return shelf.keep(
        RECOMMENDATION,
        TrainedRecommender(data.items, data.attributes, recommender, data.facts).to_files(),
        config={**asdict(config), **judged.described},
        examples=len(data.histories.item_E),
        metrics=judged.metrics,
        baselines=judged.baselines,
        judged_by=JUDGED_BY,
        seed=config.seed,
        fingerprint=_fingerprint(data),
        rivals=BASELINES,
    )


def _fingerprint(data: Interactions) -> str:
    digest = hashlib.sha256()
    for name in (*data.shoppers, "", *data.items):
        digest.update(name.encode() + b"\0")
    digest.update(data.histories.item_E.tobytes() + data.histories.start_U1.tobytes())
    return digest.hexdigest()
