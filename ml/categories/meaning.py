"""Texts as vectors of a frozen English transformer, where its package is installed."""

# N texts, L pieces, H width

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import tokenizers
    from transformers import PreTrainedModel

ENGLISH_WIDTH = 384
_LONGEST = 64  # pieces
_BATCH = 64
_REMEMBERED = 50_000  # 80 MB of vectors


@dataclass(slots=True)
class Meaning:
    """The transformer as it came; mean of its last states, of unit length.

    Attributes:
        key: what its weights hash to.
    """

    key: str
    pieces: tokenizers.Tokenizer
    transformer: PreTrainedModel
    _known: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns x_NH; texts that were seen before are remembered."""
        cut = [text[:2_000] for text in texts]
        known = self._known  # another thread may begin a new one
        found = {text: known[text] for text in cut if text in known}
        new = sorted(set(cut) - found.keys(), key=lambda text: (len(text), text))
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            found.update(zip(batch, self._encoded(batch), strict=True))
        if len(known) > _REMEMBERED:
            self._known = {}
        self._known.update(found)
        if not cut:
            return np.zeros((0, ENGLISH_WIDTH), dtype=np.float32)
        return np.stack([found[text] for text in cut])

    def _encoded(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import torch

        read = self.pieces.encode_batch(list(texts))
        ids_NL = torch.tensor([one.ids for one in read])
        present_NL = torch.tensor([one.attention_mask for one in read])
        with torch.inference_mode():
            state_NLH = self.transformer(input_ids=ids_NL, attention_mask=present_NL)
            summed_NH = (state_NLH.last_hidden_state * present_NL[..., None]).sum(dim=1)
            vector_NH = torch.nn.functional.normalize(summed_NH, dim=1)
        found: NDArray[np.float32] = vector_NH.numpy()
        return found


@lru_cache(maxsize=1)
def english_meaning() -> Meaning | None:
    """None where the package is not installed; imports torch, the first time.

    Raises:
        TextCheckpointInvalid: the package is damaged.
    """
    from ml.extraction.backbone import english_folder, from_folder

    folder = english_folder()
    if folder is None:
        return None
    import tokenizers

    backbone = from_folder(folder)
    pieces = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    pieces.enable_truncation(_LONGEST)
    pieces.enable_padding(pad_id=backbone.marks.pad)
    backbone.eval()
    return Meaning(_key(folder), pieces, backbone.transformer)


def _key(folder: Path) -> str:
    with (folder / "model.safetensors").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
