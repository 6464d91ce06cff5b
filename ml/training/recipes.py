"""Recipes: everything that decides what a pretraining run learns, as one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from ml.data.choices import ChoiceConfig
from ml.data.features import FeatureConfig
from ml.errors import RecipeInvalid
from ml.models.relational import RelationalConfig
from ml.tasks.adjacent_text import AdjacentTextConfig
from ml.tasks.contrastive import ContrastiveConfig
from ml.tasks.link_prediction import LinkPredictionConfig
from ml.tasks.masked_language import MaskedLanguageConfig
from ml.tasks.masked_parameter import MaskedParameterConfig
from ml.tasks.reconstruction import ReconstructionConfig
from ml.tasks.similarity import SimilarityConfig
from ml.text.encoder import TextEncoderConfig
from ml.text.tokenizer import TokenizerConfig
from ml.training.config import Share, TaskWeight, TrainingConfig

TaskName = Literal[
    "adjacent_text",
    "contrastive",
    "link_prediction",
    "masked_language",
    "masked_parameter",
    "reconstruction",
    "similarity",
]


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One training run, but for the data.

    Attributes:
        text_share: how much of the similarity of two items is that of their texts.
        valid_share: items held out to measure on; whole families of look-alikes together.
        tasks: what is learnt, and how much each counts; what is not named is off.
    """

    name: str
    description: str
    text_share: Share = 0.5
    valid_share: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.1
    tasks: dict[TaskName, TaskWeight]
    training: TrainingConfig
    features: FeatureConfig = FeatureConfig()
    choices: ChoiceConfig = ChoiceConfig()
    graph: RelationalConfig = RelationalConfig()
    tokenizer: TokenizerConfig = TokenizerConfig()
    text: TextEncoderConfig = TextEncoderConfig()
    adjacent_text: AdjacentTextConfig = AdjacentTextConfig()
    contrastive: ContrastiveConfig = ContrastiveConfig()
    link_prediction: LinkPredictionConfig = LinkPredictionConfig()
    masked_language: MaskedLanguageConfig = MaskedLanguageConfig()
    masked_parameter: MaskedParameterConfig = MaskedParameterConfig()
    reconstruction: ReconstructionConfig = ReconstructionConfig()
    similarity: SimilarityConfig = SimilarityConfig()


# What was measured to pay (LAB.md). The rest is off, and on with `tasks.NAME.weight=1`: masked
# language as a start of similarity cost a little where words begin with the weight of their rarity.
_TASKS: dict[TaskName, TaskWeight] = {
    "masked_parameter": TaskWeight(),
    "similarity": TaskWeight(),
}
_RECIPES = (
    Recipe(
        name="quick",
        description="minutes on two cores: for the first look at a catalog",
        tasks=_TASKS,
        training=TrainingConfig(steps=200, learning_rate=4e-3),
    ),
    Recipe(
        name="standard",
        description="an hour on two cores, minutes on a GPU: for a catalog that is served",
        tasks=_TASKS,
        training=TrainingConfig(steps=10_000, learning_rate=2e-3, evaluate_every=1_000, patience=3),
    ),
)
RECIPES: Mapping[str, Recipe] = {recipe.name: recipe for recipe in _RECIPES}


def recipe(name: str, overrides: Mapping[str, Any] | None = None) -> Recipe:
    """The recipe of this name, with some of its settings changed.

    Args:
        name: one of `RECIPES`.
        overrides: by dotted path, such as `training.steps` or `tasks.similarity.weight`, or nested.

    Raises:
        RecipeInvalid: names the setting and what is wrong with it.
    """
    if name not in RECIPES:
        known = ", ".join(RECIPES)
        raise RecipeInvalid(setting="name", reason=f"there is no recipe {name!r}, but {known}")
    settings = msgspec.to_builtins(RECIPES[name])
    for path, value in (overrides or {}).items():
        _override(settings, path.split("."), value)
    try:
        return msgspec.convert(settings, Recipe)
    except (msgspec.ValidationError, ValueError) as error:
        message, _, place = str(error).partition(" - at ")
        setting = place.rpartition("`$")[2].strip("`").lstrip(".")
        raise RecipeInvalid(setting=setting or "recipe", reason=message) from error


def _override(settings: dict[str, Any], path: list[str], value: object) -> None:
    name, *rest = path
    if rest:
        value = {".".join(rest): value}
    if isinstance(value, Mapping) and isinstance(settings.get(name, {}), dict):
        inner = settings.setdefault(name, {})
        for key, part in value.items():
            _override(inner, str(key).split("."), part)
        return
    settings[name] = value
