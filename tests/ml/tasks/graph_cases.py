"""Graph tasks over the made-up catalog, with a small encoder each."""

import torch

from ml.data.choices import ChoiceConfig, Choices
from ml.data.features import FeatureConfig, Featurizer
from ml.data.grams import GramConfig
from ml.models.inputs import InputConfig, InputSpec
from ml.models.relational import RelationalConfig, RelationalEncoder
from ml.tasks.contrastive import Contrastive, ContrastiveConfig
from ml.tasks.link_prediction import LinkPrediction, LinkPredictionConfig
from ml.tasks.masked_parameter import MaskedParameter, MaskedParameterConfig
from ml.tasks.reconstruction import Reconstruction, ReconstructionConfig
from tests.ml.graphs import catalog

WIDTH = 16
NOTHING_HIDDEN = InputConfig(text_dropout=0.0, gram_dropout=0.0, identity_dropout=0.0)


def featurized(snapshot=None):
    snapshot = snapshot or catalog()
    featurizer = Featurizer.fit(snapshot, config=FeatureConfig(grams=GramConfig(buckets=256)))
    return snapshot, featurizer, featurizer.apply(snapshot)


def relational(featurizer, data, layers=1):
    config = RelationalConfig(width=WIDTH, layers=layers, dropout=0.0, inputs=NOTHING_HIDDEN)
    return RelationalEncoder(InputSpec.of(featurizer), data.edge_types, config)


def parts(data):
    every = torch.arange(data["Product"].num_nodes)
    return {
        "train": {"Product": every[: len(every) // 2]},
        "valid": {"Product": every[len(every) // 2 :]},
    }


def masked_parameter():
    snapshot, featurizer, data = featurized()
    choices = Choices.fit(snapshot, config=ChoiceConfig(value_facts=2))
    task = MaskedParameter(
        data,
        choices,
        choices.of_values(snapshot),
        **parts(data),
        width=WIDTH,
        config=MaskedParameterConfig(batch_items=12),
    )
    return task, relational(featurizer, data), 60


def link_prediction():
    _, featurizer, data = featurized()
    task = LinkPrediction(
        data,
        **parts(data),
        relations=featurizer.identities["Parameter"],
        width=WIDTH,
        config=LinkPredictionConfig(batch_items=12, negatives=4),
    )
    return task, relational(featurizer, data), 60


def contrastive():
    _, featurizer, data = featurized()
    task = Contrastive(data, **parts(data), width=WIDTH, config=ContrastiveConfig(batch_items=12))
    return task, relational(featurizer, data), 60


def reconstruction():
    _, featurizer, data = featurized()
    task = Reconstruction(
        data,
        **parts(data),
        buckets=256,
        width=WIDTH,
        config=ReconstructionConfig(batch_items=12, sketch=32),
    )
    return task, relational(featurizer, data), 60
