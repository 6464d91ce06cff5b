"""A recommender that was trained once, on shoppers who follow what items are like."""

from dataclasses import replace

import pytest

from ml.recommendation.network import NetworkConfig
from ml.recommendation.recommender import RecommenderConfig, train_recommender
from ml.recommendation.sequences import Interactions
from ml.recommendation.trained import TrainedRecommender
from ml.recommendation.training import TrainingConfig
from tests.ml.recommendation import made_up
from tests.progress import silent

QUICK = RecommenderConfig(
    id_dropouts=(0.5,),
    network=NetworkConfig(width=32, layers=1, dropout=0.1),
    training=TrainingConfig(epochs=1, least_steps=150, learning_rate=5e-3),
    refresh=TrainingConfig(epochs=1, least_steps=10, learning_rate=1e-3),
)
ONE_STEP = replace(QUICK, training=replace(QUICK.training, least_steps=1))


@pytest.fixture(scope="session")
def data():
    return Interactions.build(made_up.sequences(), made_up.attributes())


@pytest.fixture(scope="session")
def trained(data):
    recommender = train_recommender(data.histories, data.facts, QUICK, notify=silent)
    return TrainedRecommender(data.items, data.attributes, recommender, data.facts)
