"""A reranker and the similar items it asks, as the files of an artefact: tensors, JSON, trees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import lightgbm
import msgspec
import numpy as np
import safetensors
import torch
from safetensors.torch import load, save
from torch import Tensor

from ml.data.choices import Choices
from ml.data.features import Scale
from ml.errors import ArtefactCorrupted
from ml.filling.items import Details, ItemFacts
from ml.filling.plausibility import Index, Plausibility, PlausibilityConfig
from ml.filling.texts import ItemReader
from ml.filling.votes import Votes
from ml.grounding.reranking import FEATURES, PlausibleReading, Reranker

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


def to_files(reranker: Reranker, similar: Plausibility) -> dict[str, bytes]:
    """Everything that it takes to read with it elsewhere."""
    index = similar.index
    settings = _Settings(FEATURES, similar.config, list(index.families), dict(index.reader.scales))
    details = index.items.details
    assert details is not None  # a reader always reads them
    tensors = {
        "values": details.value_NP,
        "numbers": details.number_NP,
        "brands": details.brand_N,
        "choices": index.items.choice_NP.to(torch.int32),
        "grams": index.items.grams_NG.to(torch.int32),
        "gram_weights": index.items.weights_NG,
        "has": torch.from_numpy(np.packbits(index.has_NC.numpy(), axis=1)),
        "idf": index.reader.idf,
        **{f"{_VOTES}{name}": one for name, one in similar.votes.state_dict().items()},
    }
    return {
        TREES: reranker.booster.model_to_string().encode(),
        SETTINGS: msgspec.json.encode(settings),
        CHOICES: index.choices.to_json(),
        TENSORS: save({name: one.contiguous() for name, one in tensors.items()}),
    }


def from_files(name: str, files: Mapping[str, bytes]) -> PlausibleReading:
    """Reads what `to_files` wrote; `name` is NAME@VERSION.

    Raises:
        ArtefactCorrupted: names the file that is damaged, missing, or of another version.
    """
    missing = next((one for one in (TREES, SETTINGS, CHOICES, TENSORS) if one not in files), None)
    if missing is not None:
        _corrupted(name, missing, "there", "missing")
    settings = _settings(name, files[SETTINGS])
    try:
        booster = lightgbm.Booster(model_str=files[TREES].decode())
    except (lightgbm.basic.LightGBMError, UnicodeDecodeError) as error:
        _corrupted(name, TREES, "LightGBM's text", str(error))
    try:
        choices = Choices.from_json(files[CHOICES])
    except msgspec.MsgspecError as error:
        _corrupted(name, CHOICES, "choices of values", str(error))
    try:
        similar = _similar(settings, choices, load(files[TENSORS]))
    except (safetensors.SafetensorError, KeyError, RuntimeError, ValueError) as error:
        _corrupted(name, TENSORS, "the tensors of its settings", str(error))
    return PlausibleReading(name, Reranker(booster), similar)


def _settings(name: str, encoded: bytes) -> _Settings:
    try:
        settings = msgspec.json.decode(encoded, type=_Settings)
    except msgspec.DecodeError as error:
        _corrupted(name, SETTINGS, "the settings of plausible readings", str(error))
    if settings.features != FEATURES:
        _corrupted(name, SETTINGS, "of this version's features", "of another version's")
    return settings


def _similar(settings: _Settings, choices: Choices, tensors: Mapping[str, Tensor]) -> Plausibility:
    reader = ItemReader(choices, tensors["idf"], settings.scales, settings.config.grams)
    details = Details(tensors["values"], tensors["numbers"], tensors["brands"])
    items = ItemFacts(
        tensors["choices"].long(), tensors["grams"].long(), tensors["gram_weights"], details
    )
    has = np.unpackbits(tensors["has"].numpy(), axis=1, count=len(choices)).astype(np.bool_)
    index = Index.of(reader, items, torch.from_numpy(has), settings.families)
    votes = Votes(choices, tensors[f"{_VOTES}prior"], settings.config.votes)
    votes.load_state_dict(
        {key.removeprefix(_VOTES): one for key, one in tensors.items() if key.startswith(_VOTES)}
    )
    return Plausibility(settings.config, index, votes.eval())


def _corrupted(name: str, file: str, expected: str, found: str) -> NoReturn:
    raise ArtefactCorrupted(
        reference=name.replace("@", "/"), file=file, expected=expected, found=found
    )
