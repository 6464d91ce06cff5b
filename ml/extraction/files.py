"""An extractor as plain files: JSON, safetensors and LightGBM's text; never pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from ml import boosting
from ml.errors import ExtractorInvalid
from ml.extraction.backbone import Backbone
from ml.extraction.calibration import Calibration
from ml.extraction.knowledge import Knowledge
from ml.extraction.looks import Looks
from ml.extraction.neighbours import Neighbours
from ml.extraction.network import SpanNetwork, SpanNetworkConfig
from ml.extraction.ranker import Ranker
from ml.extraction.slots import Slots
from ml.extraction.statistics import WholeCounts
from ml.extraction.thresholds import Thresholds
from ml.extraction.vocabulary import Vocabulary

DESCRIPTION = "extractor.json"
ARRAYS = "counts.safetensors"
RANKER = "ranker.txt"
SECOND_RANKER = "second-ranker.txt"
NETWORK = "network-{}.json"
WEIGHTS = "network-{}.safetensors"


@dataclass(frozen=True, slots=True)
class Parts:
    """All that an extractor is made of."""

    knowledge: Knowledge
    counts: WholeCounts
    networks: tuple[SpanNetwork, ...]
    looks: Looks
    calibration: Calibration
    thresholds: Thresholds


def packed(parts: Parts) -> dict[str, bytes]:
    """Contents by file name."""
    files = {
        DESCRIPTION: json.dumps(_description(parts), ensure_ascii=False).encode(),
        ARRAYS: save_arrays(_arrays(parts)),
        RANKER: parts.looks.first.to_text().encode(),
    }
    if parts.looks.second is not None:
        files[SECOND_RANKER] = parts.looks.second.to_text().encode()
    for n, network in enumerate(parts.networks):
        written = {
            "shape": asdict(network.config),
            "backbone": json.loads(network.backbone.to_json()),
        }
        files[NETWORK.format(n)] = json.dumps(written, ensure_ascii=False).encode()
        state = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
        files[WEIGHTS.format(n)] = save_tensors(state)
    return files


def unpacked(files: Mapping[str, bytes]) -> Parts:
    """What `packed` wrote.

    Raises:
        ExtractorInvalid: a file is missing or not what it should be.
    """
    try:
        return _unpacked(files)
    except KeyError as error:
        raise ExtractorInvalid(reason=f"{error.args[0]} is missing") from error
    except (ValueError, TypeError, RuntimeError, SafetensorError, boosting.LightGBMError) as error:
        raise ExtractorInvalid(reason=f"a file is damaged: {error}") from error


def _unpacked(files: Mapping[str, bytes]) -> Parts:
    written = json.loads(files[DESCRIPTION])
    arrays = load_arrays(files[ARRAYS])
    slots = Slots.of((category, parameter) for category, parameter in written["slots"])
    vocabulary = Vocabulary(*(_numbered(written[name]) for name in ("words", "values", "patterns")))
    columns = {
        name.removeprefix("label."): column
        for name, column in arrays.items()
        if name.startswith("label.")
    }
    neighbours = Neighbours(
        arrays["near.idf"],
        arrays["near.row"],
        arrays["near.bucket"],
        arrays["near.weight"],
        arrays["near.first"],
        columns,
    )
    of_value = tuple(tuple(of_one) for of_one in written["slots_of_value"])
    families = [name.removeprefix("key.") for name in arrays if name.startswith("key.")]
    has_second = written.get("has_second", False)  # older extractors look once
    return Parts(
        knowledge=Knowledge.made(slots, vocabulary, neighbours, of_value),
        counts=WholeCounts(
            {family: arrays[f"key.{family}"] for family in families},
            {family: arrays[f"count.{family}"] for family in families},
        ),
        networks=tuple(_network(files, n, slots) for n in range(written["networks"])),
        looks=Looks(
            Ranker.from_text(files[RANKER].decode()),
            Ranker.from_text(files[SECOND_RANKER].decode()) if has_second else None,
        ),
        calibration=Calibration(**written["calibration"]),
        thresholds=Thresholds(written["threshold"], written["thresholds"]),
    )


def _description(parts: Parts) -> dict[str, object]:
    knowledge = parts.knowledge
    return {
        "slots": knowledge.slots.slots,
        "words": list(knowledge.vocabulary.words),
        "values": list(knowledge.vocabulary.values),
        "patterns": list(knowledge.vocabulary.patterns),
        "slots_of_value": knowledge.slots_of_value,
        "calibration": asdict(parts.calibration),
        "threshold": parts.thresholds.default,
        "thresholds": parts.thresholds.own,
        "networks": len(parts.networks),
        "has_second": parts.looks.second is not None,
    }


def _arrays(parts: Parts) -> dict[str, np.ndarray]:
    near = parts.knowledge.neighbours
    return {
        **{f"key.{family}": keys for family, keys in parts.counts.keys.items()},
        **{f"count.{family}": counts for family, counts in parts.counts.counts.items()},
        **{f"label.{name}": column for name, column in near.columns.items()},
        "near.idf": near.idf_B,
        "near.row": near.row_M1,
        "near.bucket": near.bucket_X,
        "near.weight": near.weight_X,
        "near.first": near.first_S1,
    }


def _network(files: Mapping[str, bytes], n: int, slots: Slots) -> SpanNetwork:
    written = json.loads(files[NETWORK.format(n)])
    backbone = Backbone.from_json(json.dumps(written["backbone"]))
    network = SpanNetwork(backbone, slots, SpanNetworkConfig(**written["shape"]))
    network.load_state_dict(load_tensors(files[WEIGHTS.format(n)]))
    network.eval()
    return network


def _numbered(names: list[str]) -> dict[str, int]:
    return {name: n for n, name in enumerate(names)}
