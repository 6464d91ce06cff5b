"""A local Hugging Face checkpoint in place of the transformer that is trained from scratch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from safetensors import SafetensorError
from transformers import AutoModel, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging

from ml.errors import TextCheckpointInvalid
from ml.text.encoder import TextEncoder, TextEncoderConfig
from ml.text.tokenizer import SpecialTokens, Tokenizer

_FILES = ("config.json", "tokenizer.json")


def from_checkpoint(
    folder: Path, config: TextEncoderConfig | None = None, *, longest: int = 64
) -> TextEncoder:
    """An encoder around the transformer in `folder`; never downloads, never unpickles.

    Args:
        folder: as `save_pretrained` of a model and of its fast tokenizer writes it.
        config: `width` and the lexical channel; the rest is the checkpoint's.
        longest: tokens of a text; less where the transformer has fewer positions.

    Raises:
        TextCheckpointInvalid: the folder is not there, or not of that kind.
    """
    for name in _FILES:
        if not (folder / name).is_file():
            raise TextCheckpointInvalid(path=folder, reason=f"there is no {name} in it")
    try:
        backbone = weights_of(folder)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise TextCheckpointInvalid(path=folder, reason=str(error)) from error
    shape = backbone.config
    positions = getattr(shape, "max_position_embeddings", longest)
    config = replace(
        config or TextEncoderConfig(),
        states=shape.hidden_size,
        layers=getattr(shape, "num_hidden_layers", 0),
        heads=getattr(shape, "num_attention_heads", 0),
    )
    # Positions of RoBERTa begin behind the id of padding.
    usable = positions - (tokenizer.pad_token_id or 0) - 1
    return TextEncoder(backbone, _tokenizer(folder, tokenizer, min(longest, usable)), config)


def weights_of(folder: Path, **more: str) -> PreTrainedModel:
    """The transformer alone, without the bar that its library draws amid ours."""
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    loaded: PreTrainedModel = AutoModel.from_pretrained(
        folder, local_files_only=True, use_safetensors=True, **more
    )
    return loaded


def _tokenizer(folder: Path, tokenizer: PreTrainedTokenizerBase, longest: int) -> Tokenizer:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None or tokenizer.pad_token_id is None:
        raise TextCheckpointInvalid(
            path=folder, reason="its tokenizer is no fast one, or does not know what padding is"
        )
    unknown = tokenizer.unk_token_id if tokenizer.unk_token_id is not None else 0
    mask = tokenizer.mask_token_id if tokenizer.mask_token_id is not None else unknown
    special = SpecialTokens(pad=tokenizer.pad_token_id, unknown=unknown, mask=mask)
    return Tokenizer(backend, longest=longest, special=special)
