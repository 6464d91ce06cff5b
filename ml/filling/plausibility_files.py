"""Items that can be asked, and trees over what they say, as files: tensors, JSON, trees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn

import msgspec
import numpy as np
import safetensors
from safetensors.torch import load, save
from torch import Tensor, from_numpy

from ml import boosting
from ml.data.choices import Choices
from ml.data.features import Scale
from ml.errors import ArtefactCorrupted
from ml.filling.items import Details, ItemFacts
from ml.filling.plausibility import Index, Plausibility, PlausibilityConfig
from ml.filling.texts import ItemReader
from ml.filling.trees import Trees
from ml.filling.votes import Votes

TREES, SETTINGS, CHOICES, TENSORS = (
    "trees.txt",
    "settings.json",
    "choices.json",
    "similar.safetensors",
)
_VOTES = "votes."


class _Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    features: tuple[str, ...]
    config: PlausibilityConfig
    families: list[str]
    scales: dict[str, Scale]


def to_files(trees: Trees, features: Sequence[str], similar: Plausibility) -> dict[str, bytes]:
    """Everything that it takes to ask elsewhere; `features` are those that the trees know."""
    index = similar.index
    scales = dict(index.reader.scales)
    settings = _Settings(tuple(features), similar.config, list(index.families), scales)
    details = index.items.details
    assert details is not None  # a reader always reads them
    tensors = {
        "values": details.value_NP,
        "numbers": details.number_NP,
        "brands": details.brand_N,
        "choices": index.items.choice_NP.int(),
        "grams": index.items.grams_NG.int(),
        "gram_weights": index.items.weights_NG,
        "has": from_numpy(np.packbits(index.has_NC.numpy(), axis=1)),
        "idf": index.reader.idf,
        **{f"{_VOTES}{name}": one for name, one in similar.votes.state_dict().items()},
    }
    return {
        TREES: trees.booster.model_to_string().encode(),
        SETTINGS: msgspec.json.encode(settings),
        CHOICES: index.choices.to_json(),
        TENSORS: save({name: one.contiguous() for name, one in tensors.items()}),
    }


def from_files(
    name: str, features: Sequence[str], files: Mapping[str, bytes]
) -> tuple[Trees, Plausibility]:
    """Reads what `to_files` wrote; `name` is NAME@VERSION.

    Raises:
        ArtefactCorrupted: names the file that is damaged, missing, or of another version.
    """
    require(name, files, (TREES, SETTINGS, CHOICES, TENSORS))
    settings = _settings(name, features, files[SETTINGS])
    try:
        booster = boosting.Booster(model_str=files[TREES].decode())
    except (boosting.LightGBMError, UnicodeDecodeError) as error:
        corrupted(name, TREES, "LightGBM's text", str(error))
    try:
        choices = Choices.from_json(files[CHOICES])
    except msgspec.MsgspecError as error:
        corrupted(name, CHOICES, "choices of values", str(error))
    try:
        similar = _similar(settings, choices, load(files[TENSORS]))
    except (safetensors.SafetensorError, KeyError, RuntimeError, ValueError) as error:
        corrupted(name, TENSORS, "the tensors of its settings", str(error))
    return Trees(booster), similar


def require(name: str, files: Mapping[str, bytes], wanted: Sequence[str]) -> None:
    """Raises ArtefactCorrupted: a file is not there."""
    missing = next((one for one in wanted if one not in files), None)
    if missing is not None:
        corrupted(name, missing, "there", "missing")


def corrupted(name: str, file: str, expected: str, found: str) -> NoReturn:
    raise ArtefactCorrupted(
        reference=name.replace("@", "/"), file=file, expected=expected, found=found
    )


def _settings(name: str, features: Sequence[str], encoded: bytes) -> _Settings:
    try:
        settings = msgspec.json.decode(encoded, type=_Settings)
    except msgspec.DecodeError as error:
        corrupted(name, SETTINGS, "settings of similar items", str(error))
    if settings.features != tuple(features):
        corrupted(name, SETTINGS, "of this version's features", "of another version's")
    return settings


def _similar(settings: _Settings, choices: Choices, tensors: Mapping[str, Tensor]) -> Plausibility:
    reader = ItemReader(choices, tensors["idf"], settings.scales, settings.config.grams)
    details = Details(tensors["values"], tensors["numbers"], tensors["brands"])
    items = ItemFacts(
        tensors["choices"].long(), tensors["grams"].long(), tensors["gram_weights"], details
    )
    has = np.unpackbits(tensors["has"].numpy(), axis=1, count=len(choices)).astype(np.bool_)
    index = Index.of(reader, items, from_numpy(has), settings.families)
    votes = Votes(choices, tensors[f"{_VOTES}prior"], settings.config.votes)
    votes.load_state_dict(
        {key.removeprefix(_VOTES): one for key, one in tensors.items() if key.startswith(_VOTES)}
    )
    return Plausibility(settings.config, index, votes.eval())
