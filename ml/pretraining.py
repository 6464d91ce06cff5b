"""A snapshot and a recipe to a trained item encoder."""

# N items of one label

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import Tensor
from torch_geometric.data import HeteroData

from graph.schema import Label
from graph.snapshot import Snapshot
from ml.data.choices import Choices
from ml.data.features import ITEMS, Featurizer, texts_of
from ml.data.splits import Shares, families, split_by_group
from ml.data.stated import with_facts
from ml.errors import GraphTooSmall
from ml.images.folder import ImageFolder
from ml.images.items import ImageScale, add_pictures, fitted, pictures_of
from ml.item_features import READ, features_of, readable
from ml.models.inputs import InputSpec
from ml.models.items import ItemEncoder
from ml.models.relational import RelationalEncoder
from ml.runtime import Runtime, seed_of
from ml.tasks.adjacent_text import AdjacentText
from ml.tasks.base import WHOLE, Shard, Task
from ml.tasks.contrastive import Contrastive
from ml.tasks.link_prediction import LinkPrediction
from ml.tasks.masked_language import MaskedLanguage
from ml.tasks.masked_parameter import MaskedParameter
from ml.tasks.reconstruction import Reconstruction
from ml.tasks.similarity import Similarity
from ml.text.corpus import adjacent_texts, same_things
from ml.text.encoder import TextEncoder
from ml.text.tokenizer import Tokenizer
from ml.training.config import TaskWeight
from ml.training.journal import Journal
from ml.training.loop import Place, Trained, TrainingProgress, train
from ml.training.objective import Objective
from ml.training.recipes import Recipe, TaskName

Parts = Mapping[str, Tensor]  # by label, positions of items, int64


@dataclass(frozen=True, slots=True)
class Material:
    """What the tasks are made of.

    Attributes:
        snapshot: as it looks from its items (`readable`).
        train, valid: positions of items, by label.
        images: how pictures were scaled; None where the training part has none.
    """

    snapshot: Snapshot
    data: HeteroData
    choices: Choices | None
    train: Parts
    valid: Parts
    encoder: ItemEncoder
    featurizer: Featurizer
    images: ImageScale | None

    def texts(self, part: Parts) -> list[str]:
        """Titles and names of the items of a part."""
        return _texts(self.snapshot, part)


@dataclass(frozen=True, slots=True)
class Pretrained:
    """A trained encoder and everything that reads for it.

    Attributes:
        material: what it was trained and is judged on.
        skipped: tasks of the recipe that this graph has nothing for, and what is missing.
    """

    material: Material
    recipe: Recipe
    trained: Trained
    skipped: Mapping[TaskName, str]

    @property
    def encoder(self) -> ItemEncoder:
        return self.material.encoder


def pretrain(
    snapshot: Snapshot,
    recipe: Recipe,
    *,
    runtime: Runtime,
    images: ImageFolder | None = None,
    shard: Shard = WHOLE,
    checkpoint: Path | None = None,
    journal: Journal | None = None,
    report: Callable[[TrainingProgress], None] = lambda progress: None,
) -> Pretrained:
    """Train an encoder of items, going on from `checkpoint` where there is one.

    Pictures of products are read from `images`; without it, or without any, nothing looks at them.

    Raises:
        GraphTooSmall: no item, or nothing for any of the recipe's tasks.
        TrainingDiverged, CheckpointInvalid, CheckpointNotWritten: see `train`.
    """
    material = material_of(snapshot, recipe, images)
    tasks, skipped = _tasks(material, recipe)
    encoder = material.encoder
    parts = {task.name: _part_of(encoder, task) for task in tasks}
    weights: dict[str, TaskWeight] = {task.name: recipe.tasks[task.name] for task in tasks}  # type: ignore[index]
    seen = (material.images.digest,) if material.images else ()
    run = f"{seed_of(msgspec.json.encode(recipe), snapshot.manifest.fingerprint, *seen):016x}"
    trained = train(
        Objective(encoder, tasks, parts),
        recipe.training,
        weights,
        runtime=runtime,
        shard=shard,
        place=Place(checkpoint, run) if checkpoint else None,
        journal=journal,
        report=report,
    )
    encoder.cpu().eval()
    return Pretrained(material, recipe, trained, skipped)


def material_of(snapshot: Snapshot, recipe: Recipe, images: ImageFolder | None = None) -> Material:
    """What a run of this recipe begins with; the encoder has the random weights of its seed.

    Raises:
        GraphTooSmall: no item.
    """
    torch.manual_seed(seed_of(recipe.training.seed, "weights"))
    if not any(snapshot.manifest.nodes.get(label) for label in ITEMS):
        raise GraphTooSmall(
            missing="no product or model in the graph", remedy="Import a dump, or widen the filter."
        )
    train_part, valid_part = _split(snapshot, recipe)
    snapshot = readable(with_facts(snapshot, recipe.facts))
    featurizer = Featurizer.fit(snapshot, train_part, recipe.features)
    texts = _texts(snapshot, train_part)
    tokenizer = Tokenizer.trained(texts, recipe.tokenizer)
    pictures = pictures_of(snapshot, images) if images else None
    scale = fitted(pictures, snapshot, train_part) if pictures else None
    encoder = item_encoder(recipe, featurizer, tokenizer, scale)
    encoder.text.count(texts)
    try:
        choices = Choices.fit(snapshot, train_part, recipe.choices)
    except GraphTooSmall:  # no item has a fact: the text may still teach something
        choices = None
    data = features_of(snapshot, featurizer, tokenizer)
    if pictures is not None and scale is not None:
        add_pictures(data, scale, pictures)
    return Material(
        snapshot=snapshot,
        data=data,
        choices=choices,
        train=train_part,
        valid=valid_part,
        encoder=encoder,
        featurizer=featurizer,
        images=scale,
    )


def _texts(snapshot: Snapshot, part: Parts) -> list[str]:
    return [
        text
        for label, position_N in part.items()
        for text in texts_of(snapshot.nodes[label].take(position_N.numpy()))
    ]


def item_encoder(
    recipe: Recipe,
    featurizer: Featurizer,
    tokenizer: Tokenizer,
    images: ImageScale | None = None,
) -> ItemEncoder:
    """The encoder of a recipe, with random weights."""
    spec = InputSpec.of(featurizer, images.width if images else 0)
    return ItemEncoder(
        TextEncoder.from_scratch(tokenizer, recipe.text),
        RelationalEncoder(spec, READ, recipe.graph),
        recipe.text_share,
    )


def _split(snapshot: Snapshot, recipe: Recipe) -> tuple[Parts, Parts]:
    """Training and validation part; a model, its look-alikes and its products stay together."""
    train_part, valid_part = {}, {}
    family_of: dict[str, str] = {}
    for label in (Label.MODEL, Label.PRODUCT):
        if label not in snapshot.nodes:
            continue
        table = snapshot.nodes[label]
        titles = [title or "" for title in table["title"].to_pylist()]
        groups = families(table["brand_id"].to_pylist(), titles)
        if label == Label.MODEL:
            family_of = dict(zip(table["id"].to_pylist(), groups, strict=True))
        else:
            models = table["model_id"].to_pylist()
            groups = [
                family_of.get(model, model) if model else own
                for model, own in zip(models, groups, strict=True)
            ]
        shares = Shares(valid=recipe.valid_share, test=0.0)
        split = split_by_group(groups, shares, seed=recipe.training.seed)
        if not len(split.train):  # a handful of items: better judged on nothing than on themselves
            split = split_by_group(groups, Shares(valid=0.0, test=0.0))
        train_part[label.value], valid_part[label.value] = split.train, split.valid
    return train_part, valid_part


def _tasks(
    material: Material, recipe: Recipe
) -> tuple[Sequence[Task[Any, Any]], dict[TaskName, str]]:
    tasks: list[Task[Any, Any]] = []
    skipped: dict[TaskName, str] = {}
    for name, weight in recipe.tasks.items():
        if weight.weight == 0:
            continue
        try:
            tasks.append(_BUILDERS[name](material, recipe))
        except GraphTooSmall as error:
            skipped[name] = error.missing
    if not tasks:
        missing = "; ".join(f"{name}: {reason}" for name, reason in skipped.items())
        raise GraphTooSmall(
            missing=missing or "the recipe has no task",
            remedy="Import more, or set tasks.masked_language.weight=1, which needs titles alone.",
        )
    return tasks, skipped


def _masked_language(material: Material, recipe: Recipe) -> Task[Any, Any]:
    return MaskedLanguage(
        material.encoder.text,
        material.texts(material.train),
        material.texts(material.valid),
        recipe.masked_language,
    )


def _masked_parameter(material: Material, recipe: Recipe) -> Task[Any, Any]:
    if material.choices is None:
        raise GraphTooSmall(missing="no item has a fact", remedy="Import parameters as well.")
    return MaskedParameter(
        material.data,
        material.choices,
        material.choices.of_values(material.snapshot),
        train=material.train,
        valid=material.valid,
        width=material.encoder.graph.width,
        config=recipe.masked_parameter,
    )


def _similarity(material: Material, recipe: Recipe) -> Task[Any, Any]:
    same, valid = (
        same_things(material.snapshot, part) for part in (material.train, material.valid)
    )
    return Similarity(
        material.encoder.text,
        same.texts,
        same.things,
        valid.texts,
        valid.things,
        recipe.similarity,
    )


def _adjacent_text(material: Material, recipe: Recipe) -> Task[Any, Any]:
    pairs, valid_pairs = (
        adjacent_texts(material.snapshot, part) for part in (material.train, material.valid)
    )
    return AdjacentText(material.encoder.text, pairs, valid_pairs, recipe.adjacent_text)


def _link_prediction(material: Material, recipe: Recipe) -> Task[Any, Any]:
    if material.choices is None:
        raise GraphTooSmall(missing="no item has a fact", remedy="Import parameters as well.")
    return LinkPrediction(
        material.data,
        train=material.train,
        valid=material.valid,
        relations=material.featurizer.identities.get(Label.PARAMETER, 1),
        width=material.encoder.graph.width,
        config=recipe.link_prediction,
    )


def _contrastive(material: Material, recipe: Recipe) -> Task[Any, Any]:
    return Contrastive(
        material.data,
        train=material.train,
        valid=material.valid,
        width=material.encoder.graph.width,
        config=recipe.contrastive,
    )


def _reconstruction(material: Material, recipe: Recipe) -> Task[Any, Any]:
    return Reconstruction(
        material.data,
        train=material.train,
        valid=material.valid,
        buckets=recipe.features.grams.buckets,
        width=material.encoder.graph.width,
        config=recipe.reconstruction,
    )


_BUILDERS: Mapping[TaskName, Callable[[Material, Recipe], Task[Any, Any]]] = {
    "adjacent_text": _adjacent_text,
    "contrastive": _contrastive,
    "link_prediction": _link_prediction,
    "masked_language": _masked_language,
    "masked_parameter": _masked_parameter,
    "reconstruction": _reconstruction,
    "similarity": _similarity,
}
_OF_TEXT = (AdjacentText, MaskedLanguage, Similarity)


def _part_of(encoder: ItemEncoder, task: Task[Any, Any]) -> torch.nn.Module:
    """What a task trains: the side of the encoder that reads what the task hides."""
    return encoder.text if isinstance(task, _OF_TEXT) else encoder.graph
