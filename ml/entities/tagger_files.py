"""A tagger as files, and back: JSON for what is known, safetensors for weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import safetensors.torch
import torch
from safetensors import SafetensorError

from ml.entities.calibration import Calibration
from ml.entities.config import TaggingConfig
from ml.entities.featurizer import Featurizer, Vocabulary
from ml.entities.labels import Labels
from ml.entities.lexicon import Lexicon
from ml.entities.network import TitleNetwork
from ml.entities.phrases import Phrases
from ml.errors import ArtefactCorrupted

DESCRIPTION = "tagger.json"


@dataclass(frozen=True, slots=True)
class Parts:
    """What a tagger consists of."""

    featurizer: Featurizer
    networks: tuple[TitleNetwork, ...]
    config: TaggingConfig
    calibration: Calibration
    longest: int


class _Description(msgspec.Struct, frozen=True):
    config: TaggingConfig
    calibration: Calibration
    longest: int
    types: tuple[str, ...]
    characters: tuple[str, ...]
    pairs: tuple[str, ...]
    tags: tuple[str, ...]
    gazetteers: tuple[str, ...]
    phrases: Mapping[str, tuple[int, ...]]
    leaning: tuple[int | None, ...]
    lexicon: Mapping[str, Mapping[int, float]]


def written(parts: Parts) -> dict[str, bytes]:
    own = parts.featurizer
    description = _Description(
        config=parts.config,
        calibration=parts.calibration,
        longest=parts.longest,
        types=own.labels.types,
        characters=tuple(own.characters.ids),
        pairs=tuple(own.pairs.ids),
        tags=tuple(own.tags.ids),
        gazetteers=own.phrases.names,
        phrases=own.phrases.holders,
        leaning=own.leaning,
        lexicon=own.lexicon.shares,
    )
    weights = {
        _weights(number): safetensors.torch.save(network.state_dict())
        for number, network in enumerate(parts.networks)
    }
    return {DESCRIPTION: msgspec.json.encode(description), **weights}


def read(files: Mapping[str, bytes]) -> Parts:
    """
    Raises:
        ArtefactCorrupted: a file is missing or is not what `written` gave.
    """
    try:
        found = msgspec.json.decode(_file(files, DESCRIPTION), type=_Description)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _corrupted(DESCRIPTION, "the description of a tagger", str(error)) from error
    featurizer = Featurizer(
        labels=Labels(found.types),
        characters=Vocabulary.in_order(found.characters),
        pairs=Vocabulary.in_order(found.pairs),
        tags=Vocabulary.in_order(found.tags),
        phrases=Phrases(found.gazetteers, found.phrases),
        leaning=found.leaning,
        lexicon=Lexicon(found.lexicon),
    )
    networks = tuple(
        _network(files, number, found.config, featurizer)
        for number in range(len(found.config.networks))
    )
    return Parts(featurizer, networks, found.config, found.calibration, found.longest)


def _network(
    files: Mapping[str, bytes], number: int, config: TaggingConfig, featurizer: Featurizer
) -> TitleNetwork:
    name = _weights(number)
    with torch.random.fork_rng(devices=[]):  # the first weights are drawn, and thrown away
        network = TitleNetwork(config.networks[number], featurizer, torch.float32)
    try:
        network.load_state_dict(safetensors.torch.load(_file(files, name)))
    except (SafetensorError, RuntimeError) as error:
        raise _corrupted(name, "the weights of the network described", str(error)) from error
    return network.eval()


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise _corrupted(name, "there", "missing")
    return files[name]


def _corrupted(file: str, expected: str, found: str) -> ArtefactCorrupted:
    found = found.splitlines()[0][:200] if found else "empty"
    return ArtefactCorrupted(reference="entity tagger", file=file, expected=expected, found=found)


def _weights(number: int) -> str:
    return f"network-{number}.safetensors"
