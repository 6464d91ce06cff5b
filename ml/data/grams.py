"""Text to hashed word and character n-grams: the input of products nobody has seen."""

# N texts, G n-grams of a text at most

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import msgspec
import torch
from torch import Tensor

from ml.ranges import Count

_WORDS = re.compile(r"\w+")
_PARTS = re.compile(r"[^\W\d_]+|\d+")  # "s10e" is also "s", "10", "e"


@dataclass(frozen=True, slots=True)
class GramConfig:
    """How a text falls into n-grams.

    Attributes:
        buckets: how many hash values there are; bucket 0 is padding.
        characters: lengths of the character n-grams inside a word.
        heads: how many first words together name a family ("galaxy s10").
        limit: n-grams kept of one text; words come first, so that a long text loses the
            character n-grams of its end.
    """

    buckets: Annotated[int, msgspec.Meta(ge=2, le=2**20)] = 8_192
    characters: tuple[Count, ...] = (2, 3, 4, 5)
    heads: tuple[Count, ...] = (2, 3)
    limit: Count = 64


def grams_of(text: str, config: GramConfig) -> list[int]:
    """The buckets of a text, each once, the words before their parts."""
    found = dict.fromkeys(_bucket(gram, config.buckets) for gram in _spelled(text, config))
    return list(found)[: config.limit]


def document_counts(grams: Iterable[Sequence[int]], buckets: int) -> Tensor:
    """In how many of the texts each bucket occurs: float32 [buckets]."""
    counts = torch.zeros(buckets)
    for of_text in grams:
        counts[list(of_text)] += 1
    return counts


def inverse_frequencies(counts: Tensor, texts: int) -> Tensor:
    """log((1 + texts) / (1 + count)) + 1 of every bucket, as in smoothed TF-IDF."""
    return torch.log((1 + texts) / (1 + counts)) + 1


def padded(grams: Sequence[Sequence[int]], idf: Tensor) -> tuple[Tensor, Tensor]:
    """Buckets int64 [N, G] with 0 behind the last, and their idf float32 [N, G], of length 1."""
    width = max((len(of_text) for of_text in grams), default=0)
    grams_NG = torch.zeros(len(grams), width, dtype=torch.long)
    for row, of_text in enumerate(grams):
        grams_NG[row, : len(of_text)] = torch.tensor(of_text, dtype=torch.long)
    weights_NG = idf[grams_NG] * (grams_NG > 0)
    length_N1 = weights_NG.square().sum(1, keepdim=True).sqrt().clamp_min(1e-12)
    return grams_NG, weights_NG / length_N1


def _spelled(text: str, config: GramConfig) -> Iterator[str]:
    words = _WORDS.findall(text.casefold())
    yield from words
    for word in words:
        if not (word.isalpha() or word.isdigit()):
            yield from _PARTS.findall(word)
    yield from (f"{first} {second}" for first, second in pairwise(words))
    yield from (f"^{' '.join(words[:count])}" for count in config.heads if len(words) >= count)
    for size in config.characters:
        for word in words:
            marked = f"<{word}>"
            if size < len(marked):
                yield from (marked[at : at + size] for at in range(len(marked) - size + 1))


def _bucket(gram: str, buckets: int) -> int:
    # crc32, because Python's own hash of a string differs from process to process.
    return 1 + zlib.crc32(gram.encode()) % (buckets - 1)
