"""Recipes: everything that decides what a pretraining run learns, as one frozen value."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from ml.data.choices import ChoiceConfig
from ml.data.features import FeatureConfig
from ml.data.stated import Learnt
from ml.errors import RecipeInvalid
from ml.models.relational import RelationalConfig
from ml.ranges import PartialShare, Share
from ml.tasks.adjacent_text import AdjacentTextConfig
from ml.tasks.contrastive import ContrastiveConfig
from ml.tasks.link_prediction import LinkPredictionConfig
from ml.tasks.masked_language import MaskedLanguageConfig
from ml.tasks.masked_parameter import MaskedParameterConfig
from ml.tasks.reconstruction import ReconstructionConfig
from ml.tasks.similarity import SimilarityConfig
from ml.text.encoder import TextEncoderConfig
from ml.text.tokenizer import TokenizerConfig
from ml.training.config import TaskWeight, TrainingConfig

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
        facts: which facts are learnt from: `stated` by catalogs and persons, `accepted`, or `all`,
            which is also what models propose and nobody has decided about.
        tasks: what is learnt, and how much each counts; what is not named is off.
    """

    name: str
    description: str
    text_share: Share = 0.5
    valid_share: PartialShare = 0.1
    facts: Learnt = "all"
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

    def __post_init__(self) -> None:
        if self.text.states % self.text.heads:
            raise ValueError(f"text.states {self.text.states} is no multiple of text.heads")


# What was measured to pay (LAB.md). The rest is off, and on with `tasks.NAME.weight=1`: masked
# language makes a good start of similarity, given many steps, and spoils texts where there is none.
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
        _override(settings, path, value)
    try:
        changed = msgspec.convert(settings, Recipe)
    except (msgspec.ValidationError, ValueError) as error:
        message, _, place = str(error).partition(" - at ")
        setting = place.rpartition("`$")[2].strip("`").lstrip(".")
        named_wrong = "unknown field" in message or "enum value" in message
        known = ", ".join(_known_at(setting)) if named_wrong else ""
        reason = f"{message}; there are {known}" if known else message
        raise RecipeInvalid(setting=setting or "recipe", reason=reason) from error
    _refuse_unknown(settings, msgspec.to_builtins(changed), "")
    return changed


def _known_at(setting: str) -> list[str]:
    """The choices at a place of the recipe, or the settings below it; none of a number or text."""
    kind: Any = msgspec.inspect.type_info(Recipe)
    for name in filter(None, setting.replace("[...]", "").split(".")):
        kind = next((one.type for one in getattr(kind, "fields", ()) if one.name == name), None)
        kind = getattr(kind, "value_type", kind)  # of tasks, which are a dictionary
    if isinstance(kind, msgspec.inspect.LiteralType):
        return list(map(str, kind.values))
    return [one.name for one in getattr(kind, "fields", ())]


def _override(settings: dict[str, Any], path: str, value: object) -> None:
    """Not recursive: a client may nest its settings as deep as it likes."""
    waiting = deque([(settings, path.split("."), value)])
    while waiting:
        inner, (*above, name), value = waiting.popleft()
        for part in above:
            if not isinstance(inner.get(part), dict):
                inner[part] = {}
            inner = inner[part]
        if isinstance(value, Mapping) and isinstance(inner.get(name, {}), dict):
            below = inner.setdefault(name, {})
            waiting.extend((below, str(key).split("."), of) for key, of in value.items())
        else:
            inner[name] = value


def _refuse_unknown(settings: Mapping[str, Any], known: Mapping[str, Any], place: str) -> None:
    """Not every part of a recipe can refuse what it does not know: dataclasses pass it by."""
    for name, value in settings.items():
        if name not in known:
            raise RecipeInvalid(
                setting=f"{place}{name}", reason=f"there is none, but {', '.join(known)}"
            )
        if isinstance(value, dict):
            _refuse_unknown(value, known[name], f"{place}{name}.")
