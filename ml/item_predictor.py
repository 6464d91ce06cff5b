"""An artefact of kind `item-encoder` as the service uses it: items in, vectors out."""

# B items, D width

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch_geometric.data import HeteroData

from graph.records import ItemText
from graph.schema import Label
from ml.artefact import ITEM_ENCODER, Artefact, ArtefactDraft, Measure
from ml.data.features import Featurizer
from ml.data.items import snapshot_of
from ml.errors import ArtefactCorrupted
from ml.images.folder import ImageFolder
from ml.images.items import FEATURES, ImageScale, add_pictures, pictures_of
from ml.item_features import features_of
from ml.models.items import ItemEncoder
from ml.pretraining import Pretrained, item_encoder
from ml.text.encoder import TextEncoder
from ml.text.tokenizer import Tokenizer
from ml.training.recipes import Recipe

T = TypeVar("T")

_FEATURES = "features.json"
_TOKENIZER = "tokenizer.json"
_IMAGES = "images.json"  # of an artefact that was trained with pictures
_OTHER_VERSION = "train anew, or serve it with the version of Catalograph that trained it"
_BATCH_ITEMS = 512  # what a pass takes at once; more saves nothing and takes memory


class ItemPredictor:
    """Vectors of items that are at hand, from the items alone: nothing is looked up.

    Pictures are read from `images`. Without it, every item counts as without picture.
    """

    def __init__(
        self,
        name: str,
        version: str,
        encoder: ItemEncoder,
        featurizer: Featurizer,
        tokenizer: Tokenizer,
        scale: ImageScale | None = None,
        images: ImageFolder | None = None,
    ) -> None:
        self.name = name
        self.version = version
        self.width = encoder.width
        self._encoder = encoder.eval()
        self._featurizer = featurizer
        self._tokenizer = tokenizer
        self._scale = scale
        self._images = images
        # torch shares its threads: two batches side by side take longer than one after the other.
        self._lock = threading.Lock()

    @classmethod
    def load(cls, artefact: Artefact, images: ImageFolder | None = None) -> ItemPredictor:
        """Raises ArtefactCorrupted: a file is damaged, or the files are not those of its kind."""
        if artefact.manifest.kind != ITEM_ENCODER:
            raise ArtefactCorrupted(
                reference=artefact.reference,
                file="manifest.json",
                expected=f"the kind {ITEM_ENCODER}",
                found=artefact.manifest.kind,
                remedy="promote a version that `catalograph pretrain` made",
            )
        weights = artefact.tensors()
        scale = _scale_of(artefact)
        recipe = _recipe_of(artefact)
        featurizer = _read(artefact, _FEATURES, Featurizer.from_json)
        tokenizer = _read(artefact, _TOKENIZER, lambda json: Tokenizer.from_json(json.decode()))
        encoder = item_encoder(recipe, featurizer, tokenizer, scale)
        try:
            encoder.load_state_dict(weights)
        except RuntimeError as error:
            raise ArtefactCorrupted(
                reference=artefact.reference,
                file="weights.safetensors",
                expected="the weights of its recipe",
                found=str(error).splitlines()[0],
            ) from error
        return cls(artefact.name, artefact.version, encoder, featurizer, tokenizer, scale, images)

    @property
    def text(self) -> TextEncoder:
        """The side that reads texts; whoever wants to change it makes a copy."""
        return self._encoder.text

    @torch.inference_mode()
    def embed(self, items: Sequence[ItemText]) -> NDArray[np.float32]:
        """Vectors [B, D] of unit length, in the order of the items; see `Predictor.embed`."""
        vector_BD = np.zeros((len(items), self.width), dtype=np.float32)
        for start in range(0, len(items), _BATCH_ITEMS):
            batch = items[start : start + _BATCH_ITEMS]
            data = self._data(batch)
            with self._lock:
                encoded = self._encoder(data)
            for kind, label in (("product", Label.PRODUCT), ("model", Label.MODEL)):
                rows = [row for row, item in enumerate(batch) if item.kind == kind]
                if rows:
                    vector_BD[np.array(rows) + start] = encoded[label].numpy()
        return vector_BD

    def _data(self, items: Sequence[ItemText]) -> HeteroData:
        snapshot = snapshot_of(items)
        data = features_of(snapshot, self._featurizer, self._tokenizer)
        if self._scale is not None:
            add_pictures(data, self._scale, pictures_of(snapshot, self._images))
        return data


def reads_pictures(artefact: Artefact) -> bool:
    """Whether it was trained with pictures, and wants them of the items that it is asked about."""
    return _IMAGES in artefact.manifest.files


def _recipe_of(artefact: Artefact) -> Recipe:
    try:
        return msgspec.convert(artefact.manifest.config.get("recipe"), Recipe)
    except msgspec.ValidationError as error:
        raise ArtefactCorrupted(
            reference=artefact.reference,
            file="manifest.json",
            expected="with a recipe that this version knows",
            found=f"with another ({error})",
            remedy=_OTHER_VERSION,
        ) from error


def _read(artefact: Artefact, name: str, reader: Callable[[bytes], T]) -> T:
    content = artefact.file(name).read_bytes()
    try:
        return reader(content)
    except Exception as error:  # tokenizers raises nothing more exact
        raise ArtefactCorrupted(
            reference=artefact.reference,
            file=name,
            expected="what its kind has there",
            found=f"something else ({type(error).__name__}: {error})",
            remedy=_OTHER_VERSION,
        ) from error


def _scale_of(artefact: Artefact) -> ImageScale | None:
    if not reads_pictures(artefact):
        return None
    scale = _read(artefact, _IMAGES, ImageScale.from_json)
    if not scale.fits(FEATURES):
        raise ArtefactCorrupted(
            reference=artefact.reference,
            file=_IMAGES,
            expected=f"a scale of {FEATURES.width} numbers of {FEATURES.name}",
            found=f"one of {scale.width} numbers of {scale.features}",
            remedy=_OTHER_VERSION,
        )
    return scale


def draft_of(
    pretrained: Pretrained,
    *,
    metrics: Mapping[str, Measure],
    baselines: Mapping[str, Mapping[str, float]],
    data_fingerprint: str,
    created_at: datetime,
    code_version: str,
    run: str | None = None,
) -> ArtefactDraft:
    """What the registry keeps of a run."""
    encoder, images = pretrained.encoder, pretrained.material.images
    return ArtefactDraft(
        kind=ITEM_ENCODER,
        weights=encoder.state_dict(),
        width=encoder.width,
        config={
            "recipe": msgspec.to_builtins(pretrained.recipe),
            "skipped": dict(pretrained.skipped),
            "steps": pretrained.trained.steps,
            "best_step": pretrained.trained.best_step,
            "run": run,
            **({"images": {"features": images.features, "items": images.items}} if images else {}),
        },
        created_at=created_at,
        code_version=code_version,
        data_fingerprint=data_fingerprint,
        seed=pretrained.recipe.training.seed,
        metrics=metrics,
        baselines=baselines,
        files={
            _FEATURES: pretrained.material.featurizer.to_json(),
            _TOKENIZER: encoder.text.tokenizer.to_json().encode(),
            **({_IMAGES: images.to_json()} if images else {}),
        },
    )
