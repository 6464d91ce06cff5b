"""How good a pretrained item encoder is on items it has not seen, beside what needs no learning."""

# S judged offers, D width

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from graph.schema import Label, Relationship
from ml.artefact import Measure
from ml.data.features import ITEMS, targets_of, texts_of
from ml.evaluation.intervals import bootstrap_interval
from ml.evaluation.retrieval import recall_at, recall_of_vectors
from ml.pretraining import Material, Pretrained
from ml.runtime import generator
from ml.text.words import WordIndex, WordWeights

RECALL = "recall@10"
_MOST_JUDGED = 5_000  # offers; more only make the interval narrower


def judge(pretrained: Pretrained) -> tuple[dict[str, Measure], dict[str, dict[str, float]]]:
    """Metrics with 95 % intervals, and baselines by the same names, over the validation part.

    `recall@10`: given an offer, the share of the other offers of its model among its ten nearest,
    all of models that were held out. What the tasks measured stands as `task/metric`.
    """
    material = pretrained.material
    metrics = {name: Measure(value) for name, value in pretrained.trained.metrics.items()}
    baselines: dict[str, dict[str, float]] = {}
    found, words = _recall(pretrained)
    if len(found):
        low, high = bootstrap_interval(found, generator(pretrained.recipe.training.seed, RECALL))
        metrics[RECALL] = Measure(found.mean().item(), low, high)
        baselines["words"] = {RECALL: words.mean().item()}
    if (share := _most_frequent(material)) is not None:
        baselines["most frequent"] = {"masked_parameter/accuracy": share}
    return metrics, baselines


def _recall(pretrained: Pretrained) -> tuple[Tensor, Tensor]:
    """Of each offer with a mate: by the encoder, and by the cosine of words."""
    material = pretrained.material
    position_N = material.valid.get(Label.PRODUCT.value, torch.empty(0, dtype=torch.long))
    if not len(position_N):
        return torch.empty(0), torch.empty(0)
    position_N = position_N[:_MOST_JUDGED]
    table = material.snapshot.nodes[Label.PRODUCT].take(position_N.numpy())
    models = table["model_id"].to_pylist()
    numbers = {model: at for at, model in enumerate(dict.fromkeys(models))}
    # What belongs to no model has no mates, but stands in the way of those that do.
    thing_N = torch.tensor(
        [numbers[model] if model else -1 - row for row, model in enumerate(models)]
    )
    texts = texts_of(table)
    index = WordIndex(texts, WordWeights.fit(material.texts(material.train)))

    def words(rows_Q: Tensor) -> Tensor:
        return torch.from_numpy(np.stack([index.scores(texts[row]) for row in rows_Q.tolist()]))

    _, found = recall_of_vectors(_vectors(pretrained, position_N), thing_N)
    return found, recall_at(words, thing_N)[1]


def _vectors(pretrained: Pretrained, position_N: Tensor) -> Tensor:
    """Vectors of products, from themselves alone, as the service would make them."""
    with torch.inference_mode():
        encoded: Tensor = pretrained.encoder(pretrained.material.data)[Label.PRODUCT]
    return encoded[position_N]


def _most_frequent(material: Material) -> float | None:
    """Share of the validation facts that name the most frequent choice of their parameter."""
    if material.choices is None:
        return None
    choice_V = material.choices.of_values(material.snapshot).numpy()
    train, valid = (_stated(material, part, choice_V) for part in (material.train, material.valid))
    if not len(valid):
        return None
    parameter_C = material.choices.parameter_of.numpy()
    best: dict[int, int] = {}
    for choice, _ in Counter(train.tolist()).most_common():
        best.setdefault(int(parameter_C[choice]), choice)
    return float(np.mean([best.get(int(parameter_C[one])) == one for one in valid]))


def _stated(
    material: Material,
    part: Mapping[str, Tensor],
    choice_V: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    facts = [
        targets_of(material.snapshot, label, part[label].numpy(), Relationship.HAS_PARAMETER)
        for label in ITEMS
        if label in part
    ]
    stated = choice_V[np.concatenate(facts)]
    kept: np.ndarray[tuple[int], np.dtype[np.int64]] = stated[stated >= 0]
    return kept
