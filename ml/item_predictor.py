"""An artefact of kind `item-encoder` as the service uses it: items in, vectors out."""

# B items, D width

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from graph.records import ItemText
from graph.schema import Label
from ml.artefact import Artefact, ArtefactDraft, Measure
from ml.data.features import Featurizer
from ml.data.items import snapshot_of
from ml.errors import ArtefactCorrupted
from ml.item_features import features_of
from ml.models.items import ItemEncoder
from ml.pretraining import Pretrained, item_encoder
from ml.text.tokenizer import Tokenizer
from ml.training.recipes import Recipe

KIND = "item-encoder"

_FEATURES = "features.json"
_TOKENIZER = "tokenizer.json"
_BATCH_ITEMS = 512  # what a pass takes at once; more saves nothing and takes memory


class ItemPredictor:
    """Vectors of items that are at hand, from the items alone: nothing is looked up."""

    def __init__(
        self,
        name: str,
        version: str,
        encoder: ItemEncoder,
        featurizer: Featurizer,
        tokenizer: Tokenizer,
    ) -> None:
        self.name = name
        self.version = version
        self.width = encoder.width
        self._encoder = encoder.eval()
        self._featurizer = featurizer
        self._tokenizer = tokenizer
        # torch shares its threads: two batches side by side take longer than one after the other.
        self._lock = threading.Lock()

    @classmethod
    def load(cls, artefact: Artefact) -> ItemPredictor:
        """Raises ArtefactCorrupted: a file is damaged, or the files do not belong together."""
        recipe = msgspec.convert(artefact.manifest.config["recipe"], Recipe)
        featurizer = Featurizer.from_json(artefact.file(_FEATURES).read_bytes())
        tokenizer = Tokenizer.from_json(artefact.file(_TOKENIZER).read_text(encoding="utf-8"))
        encoder = item_encoder(recipe, featurizer, tokenizer)
        try:
            encoder.load_state_dict(artefact.tensors())
        except RuntimeError as error:
            raise ArtefactCorrupted(
                reference=artefact.reference,
                file="weights.safetensors",
                expected="the weights of its recipe",
                found=str(error).splitlines()[0],
            ) from error
        return cls(artefact.name, artefact.version, encoder, featurizer, tokenizer)

    @torch.inference_mode()
    def embed(self, items: Sequence[ItemText]) -> NDArray[np.float32]:
        """Vectors [B, D] of unit length, in the order of the items; see `Predictor.embed`."""
        vector_BD = np.zeros((len(items), self.width), dtype=np.float32)
        for start in range(0, len(items), _BATCH_ITEMS):
            batch = items[start : start + _BATCH_ITEMS]
            data = features_of(snapshot_of(batch), self._featurizer, self._tokenizer)
            with self._lock:
                encoded = self._encoder(data)
            for kind, label in (("product", Label.PRODUCT), ("model", Label.MODEL)):
                rows = [row for row, item in enumerate(batch) if item.kind == kind]
                if rows:
                    vector_BD[np.array(rows) + start] = encoded[label].numpy()
        return vector_BD


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
    encoder = pretrained.encoder
    return ArtefactDraft(
        kind=KIND,
        weights=encoder.state_dict(),
        width=encoder.width,
        config={
            "recipe": msgspec.to_builtins(pretrained.recipe),
            "skipped": dict(pretrained.skipped),
            "steps": pretrained.trained.steps,
            "best_step": pretrained.trained.best_step,
            "run": run,
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
        },
    )
