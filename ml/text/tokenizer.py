"""Byte-pair tokenizer, trained on the catalog: text to token ids and back to whole words."""
# N texts, L tokens of the longest

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Self

import numpy as np
import numpy.typing as npt
import tokenizers
import torch
from tokenizers import models, trainers
from torch import Tensor

from ml.errors import GraphTooSmall
from ml.ranges import Count
from ml.text.segmentation import is_chinese, normalizer, splitter

IntArray = npt.NDArray[np.int64]
PADDING = 0


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """Ids in the vocabulary of what is no text."""

    pad: int = 0
    unknown: int = 1
    mask: int = 2


_OURS = ("[PAD]", "[UNK]", "[MASK]")


@dataclass(frozen=True, slots=True)
class TokenizerConfig:
    """What `Tokenizer.trained` makes of a catalog.

    Attributes:
        vocabulary: at most so many tokens.
        characters: at most so many different characters, the frequent ones.
        least_often: pieces that the catalog repeats less often stay apart.
        longest: tokens of a text; what comes later is left out.
    """

    vocabulary: Count = 8_000
    characters: Count = 4_000
    least_often: Count = 2
    longest: int = 64

    def __post_init__(self) -> None:
        if not 0 < self.characters < self.vocabulary or self.least_often < 1:
            raise ValueError(f"characters must lie in 1..vocabulary, least_often from 1: {self}")
        if not 1 <= self.longest <= 4_096:  # each place in a text has a vector of its own
            raise ValueError(f"longest must lie in 1..4096 tokens: {self.longest}")


@dataclass(frozen=True, slots=True)
class Encoded:
    """Texts as token ids, one after another: text i is `tokens[starts[i]:starts[i + 1]]`.

    Attributes:
        tokens: int64, never `PADDING`.
        words: int64 beside it: to which word of its text a token belongs; -1 to none.
        starts: int64, one more than there are texts.
    """

    tokens: Tensor
    words: Tensor
    starts: Tensor

    def __len__(self) -> int:
        return len(self.starts) - 1

    def lengths(self) -> Tensor:
        """Tokens of each text, int64 [N]."""
        return self.starts.diff()

    def with_words(self) -> Encoded:
        """Only those texts that hold a word."""
        first = torch.cat((torch.zeros(1, dtype=torch.int64), (self.words >= 0).cumsum(0)))
        holds = first[self.starts].diff() > 0
        lengths = self.lengths()
        kept = holds.repeat_interleave(lengths)
        starts = torch.cat((torch.zeros(1, dtype=torch.int64), lengths[holds].cumsum(0)))
        return Encoded(self.tokens[kept], self.words[kept], starts)

    def rows(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Tokens [N,L] and words [N,L] of the texts at `chosen`, padded to the longest of them."""
        lengths_N = self.lengths()[chosen]
        steps_L = torch.arange(int(lengths_N.max()) if len(chosen) else 0)
        inside_NL = steps_L < lengths_N[:, None]
        at_NL = torch.where(inside_NL, self.starts[chosen][:, None] + steps_L, 0)
        if not len(self.tokens):
            return at_NL, at_NL - 1
        tokens_NL = torch.where(inside_NL, self.tokens[at_NL], PADDING)
        return tokens_NL, torch.where(inside_NL, self.words[at_NL], -1)


class Tokenizer:
    """Pieces of words and their ids; padding is 0, whatever the vocabulary says.

    The vocabulary of a checkpoint may pad with another id. Outside of the tokenizer and of the
    text encoder that id and 0 have changed places.

    Attributes:
        longest: tokens of a text; what comes later is left out.
        special: ids in the vocabulary, before any exchange.
        mask: id that stands for a hidden token, as `encode` would give it.
    """

    def __init__(
        self, backend: tokenizers.Tokenizer, *, longest: int, special: SpecialTokens
    ) -> None:
        self.longest = longest
        self.special = special
        self.mask = {0: special.pad, special.pad: 0}.get(special.mask, special.mask)
        self._backend = backend
        self._backend.no_padding()
        self._backend.enable_truncation(longest)
        self._chinese_V = np.zeros(backend.get_vocab_size(), dtype=bool)
        for token, id_ in backend.get_vocab().items():
            self._chinese_V[id_] = is_chinese(token[-1:])

    @classmethod
    def trained(cls, texts: Iterable[str], config: TokenizerConfig | None = None) -> Self:
        """Byte-pair encoding (Sennrich et al. 2016, arXiv 1508.07909) of the words of these texts.

        Raises:
            GraphTooSmall: there is no word in the texts.
        """
        config = config or TokenizerConfig()
        backend = tokenizers.Tokenizer(models.BPE(unk_token=_OURS[1], fuse_unk=True))
        backend.normalizer = normalizer()
        backend.pre_tokenizer = splitter()
        trainer = trainers.BpeTrainer(
            vocab_size=config.vocabulary,
            min_frequency=config.least_often,
            limit_alphabet=config.characters,
            special_tokens=list(_OURS),
            show_progress=False,
        )
        backend.train_from_iterator(texts, trainer)
        if backend.get_vocab_size() == len(_OURS):
            raise GraphTooSmall(
                missing="no text holds a single word", remedy="Import items with titles first."
            )
        return cls(backend, longest=config.longest, special=SpecialTokens())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The tokenizer that `to_json` wrote."""
        written = json.loads(text)
        return cls(
            tokenizers.Tokenizer.from_str(json.dumps(written["backend"])),
            longest=written["longest"],
            special=SpecialTokens(**written["special"]),
        )

    def to_json(self) -> str:
        written = {
            "longest": self.longest,
            "special": asdict(self.special),
            "backend": json.loads(self._backend.to_str()),
        }
        return json.dumps(written, ensure_ascii=False)

    def __len__(self) -> int:
        return len(self._chinese_V)

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Ids of the texts and the words that they belong to."""
        encodings = self._backend.encode_batch(list(texts))
        starts = np.zeros(len(texts) + 1, dtype=np.int64)
        np.cumsum([len(encoding.ids) for encoding in encodings], out=starts[1:])
        tokens = np.fromiter(chain.from_iterable(e.ids for e in encodings), np.int64)
        words = np.fromiter(
            (-1 if word is None else word for encoding in encodings for word in encoding.word_ids),
            np.int64,
        )
        return Encoded(
            tokens=self.exchanged(torch.from_numpy(tokens)),
            words=torch.from_numpy(self._whole_words(tokens, words, starts)),
            starts=torch.from_numpy(starts),
        )

    def padded(self, texts: Sequence[str]) -> Tensor:
        """Token ids [N,L], int64, as `data[t].tokens` holds them."""
        tokens_NL, _ = self.encode(texts).rows(torch.arange(len(texts)))
        return tokens_NL

    def exchanged(self, ids: Tensor) -> Tensor:
        """Ids of the vocabulary as ids whose padding is 0, and back again."""
        if self.special.pad == PADDING:
            return ids
        was_pad, was_zero = ids == self.special.pad, ids == PADDING
        return ids.masked_fill(was_pad, PADDING).masked_fill(was_zero, self.special.pad)

    def _whole_words(self, tokens: IntArray, words: IntArray, starts: IntArray) -> IntArray:
        """Words numbered from 0 within each text; every Chinese piece is a word of its own."""
        begins = np.ones(len(tokens), dtype=bool)
        begins[1:] = (words[1:] != words[:-1]) | self._chinese_V[tokens[1:]]
        begins[starts[:-1][starts[:-1] < len(tokens)]] = True
        running = np.cumsum(begins & (words >= 0))
        before = np.concatenate(([0], running))[starts[:-1]]
        numbered = running - 1 - np.repeat(before, np.diff(starts))
        return np.where(words >= 0, numbered, -1)
