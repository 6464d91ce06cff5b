"""What is asked of a run that learns; light, because every process of the service imports it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import msgspec

from graph.filters import parse
from graph.records import Record

PRETRAIN, EMBED, FINETUNE = "pretrain", "embed", "finetune"  # kinds of jobs
PROCESSES_MAX = 64
MODEL_NAME = "products"  # the artefacts whose champion gives items their vectors

Promotion = Literal["always", "if_first", "never"]


class PretrainSpec(Record, frozen=True, kw_only=True):
    """All that a training run has to know.

    Attributes:
        processes: that train together, on the machine of whoever carries it out.
        tensorboard: absolute folder there in which the run gets one for TensorBoard.
    """

    recipe: str
    overrides: dict[str, Any] = msgspec.field(default_factory=dict)
    filter: str | None = None  # only these items, and what they lead to
    name: str = MODEL_NAME
    promote: Promotion = "always"
    processes: int = 1
    tensorboard: str | None = None


Reader = Literal[
    "extraction",
    "linking",
    "matching",
    "categories",
    "search",
    "recommendation",
    "plausibility",
    "filling",
]
# `if_better`: no worse than what serves, on the same examples; where nothing serves, better than
# the weakest of its baselines by more than chance, and than none surely worse.
IfBetter = Literal["always", "if_better", "never"]


# What of a pretrained transformer learns from labels; `ml.text.tuning` says what each is.
Tuned = Literal["head", "last", "adapters", "all"]


class FinetuneSpec(Record, frozen=True, kw_only=True):
    """What a reader of texts is to learn, and from which labels.

    Attributes:
        name: of the reader, which is that of its artefacts.
        path: file of labels, in the form that `catalograph finetune NAME` reads; None: only what
            the graph knows.
        file: what its sender called it.
        known: also what the graph knows: decisions of persons (extraction), products whose model
            (linking, search) or items whose category (categories) a catalog or a person says, what
            shoppers chose after a search (search) or viewed and bought at all (recommendation);
            plausibility and filling learn from nothing else, whatever is said here.
        tune: what of its transformer learns; of extraction.
        start: NAME/VERSION of the pretrained encoder it begins with; of extraction; None: the
            usual one.
    """

    name: Reader
    path: str | None = None
    file: str | None = None
    known: bool = False
    promote: IfBetter = "if_better"
    seed: int = 0
    tune: Tuned = "all"
    start: str | None = None


class EmbedSpec(Record, frozen=True, kw_only=True):
    """Vectors of the champion into the graph, where they are missing or out of date."""

    name: str = MODEL_NAME


def check_finetuning(spec: FinetuneSpec) -> None:
    """What can be said of it before the labels are read.

    Raises:
        RecipeInvalid: names the setting.
    """
    from ml.errors import RecipeInvalid

    if spec.name == "matching" and spec.known:
        raise RecipeInvalid(setting="known", reason="the graph keeps no pairs; send labelled ones")
    if spec.name != "extraction" and (spec.tune != "all" or spec.start is not None):
        setting = "from" if spec.start is not None else "tune"
        reason = f"{spec.name} has no transformer that learns; leave it out"
        raise RecipeInvalid(setting=setting, reason=reason)
    if spec.name in ("plausibility", "filling"):
        if spec.path is not None:
            reason = "it learns from the graph alone; send no labels"
            raise RecipeInvalid(setting=f"reader={spec.name}", reason=reason)
        return
    if spec.path is None and not spec.known:
        reason = "there is nothing to learn from; send a file of labels, or set `known`"
        raise RecipeInvalid(setting="known", reason=reason)


def check_spec(spec: PretrainSpec) -> None:
    """What can be said of a run before it is made.

    Raises:
        RecipeInvalid, FilterInvalid: name the setting or point at the character.
        TensorBoardMissing: its files are wanted, and the extra is not installed.
    """
    from ml.artefact import NAME_PATTERN
    from ml.errors import RecipeInvalid
    from ml.training.journal import require_tensorboard
    from ml.training.recipes import recipe

    recipe(spec.recipe, spec.overrides)
    if spec.filter is not None:
        parse(spec.filter)
    if not re.fullmatch(NAME_PATTERN, spec.name):
        raise RecipeInvalid(setting="name", reason=f"{spec.name!r} has not the form my-model")
    if not 1 <= spec.processes <= PROCESSES_MAX:
        reason = f"{spec.processes} is not between 1 and {PROCESSES_MAX}"
        raise RecipeInvalid(setting="processes", reason=reason)
    if spec.tensorboard is not None:
        require_tensorboard()
        if not Path(spec.tensorboard).is_absolute():
            reason = f"{spec.tensorboard!r} is no absolute path"
            raise RecipeInvalid(setting="tensorboard", reason=reason)
