"""A filler of gaps as the files of an artefact."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np
import safetensors
import torch
from safetensors.torch import load, save
from torch import Tensor

from graph.records import FactText
from ml.filling import plausibility_files
from ml.filling.candidates import FEATURES, Asking
from ml.filling.gaps import GapFiller, Judged
from ml.filling.plausibility import Plausibility
from ml.filling.plausibility_files import corrupted, require
from ml.filling.stated import StatedValues

STATED, COUNTED = "stated.json", "stated.safetensors"


class _Stated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    values: list[FactText]
    categories: list[str | None]
    ids: list[str | None]


def to_files(filler: GapFiller) -> dict[str, bytes]:
    """Everything that it takes to fill gaps elsewhere."""
    stated, judged = filler.asking.stated, filler.judged
    tensors = {
        "values": torch.from_numpy(stated.value_E).int(),
        "first": torch.from_numpy(stated.first_N),
        "confidence": judged.confidence_J,
        "right": judged.right_J,
        "parameter": judged.parameter_J,
    }
    return {
        **plausibility_files.to_files(filler.trees, FEATURES, filler.asking.similar),
        STATED: msgspec.json.encode(
            _Stated(list(stated.values), list(stated.category_N), list(stated.id_N))
        ),
        COUNTED: save(tensors),
    }


def from_files(name: str, files: Mapping[str, bytes]) -> GapFiller:
    """Reads what `to_files` wrote; `name` is NAME@VERSION.

    Raises:
        ArtefactCorrupted: names the file that is damaged, missing, or of another version.
    """
    require(name, files, (STATED, COUNTED))
    trees, similar = plausibility_files.from_files(name, FEATURES, files)
    try:
        known = msgspec.json.decode(files[STATED], type=_Stated)
    except msgspec.MsgspecError as error:
        corrupted(name, STATED, "values and categories", str(error))
    try:
        tensors = load(files[COUNTED])
        judged = Judged(tensors["confidence"], tensors["right"], tensors["parameter"])
        asking = Asking.of(similar, _stated(known, tensors, similar))
    except (safetensors.SafetensorError, KeyError, ValueError) as error:
        corrupted(name, COUNTED, "the tensors of its values", str(error))
    return GapFiller(asking, trees, judged)


def _stated(known: _Stated, tensors: Mapping[str, Tensor], similar: Plausibility) -> StatedValues:
    """Raises ValueError: it is not of these similar items."""
    number = {parameter: at for at, parameter in enumerate(similar.index.choices.parameters)}
    if not len(known.ids) == len(known.categories) == len(similar.index.families):
        raise ValueError(f"{len(known.ids)} items, not {len(similar.index.families)}")
    return StatedValues(
        known.values,
        np.array([number[value.parameter] for value in known.values], dtype=np.int64),
        tensors["values"].numpy().astype(np.int64),
        tensors["first"].numpy(),
        known.categories,
        known.ids,
    )
