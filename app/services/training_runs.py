"""What is asked of a run that learns; light, because every process of the service imports it."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from graph.filters import parse
from graph.records import Record

PRETRAIN, EMBED = "pretrain", "embed"  # kinds of jobs
MODEL_NAME = "products"  # the artefacts whose champion gives items their vectors

Promotion = Literal["always", "if_first", "never"]


class PretrainSpec(Record, frozen=True, kw_only=True):
    """All that a training run has to know."""

    recipe: str
    overrides: dict[str, Any] = msgspec.field(default_factory=dict)
    filter: str | None = None  # only these items, and what they lead to
    name: str = MODEL_NAME
    promote: Promotion = "always"


class EmbedSpec(Record, frozen=True, kw_only=True):
    """Vectors of the champion into the graph, where they are missing or out of date."""

    name: str = MODEL_NAME


def check_spec(spec: PretrainSpec) -> None:
    """What can be said of a run before it is made.

    Raises:
        RecipeInvalid, FilterInvalid: name the setting or point at the character.
    """
    from ml.artefact import NAME_PATTERN
    from ml.errors import RecipeInvalid
    from ml.training.recipes import recipe

    recipe(spec.recipe, spec.overrides)
    if spec.filter is not None:
        parse(spec.filter)
    if not re.fullmatch(NAME_PATTERN, spec.name):
        raise RecipeInvalid(setting="name", reason=f"{spec.name!r} has not the form my-model")
