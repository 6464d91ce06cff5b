"""Candidate pairs among many items: for each the few that share its rarest words, by BM25."""

# N items that are searched, Q items at a time, V terms, E entries, K candidates

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ml.matching.prepared import tidy
from ml.matching.records import Fields

BATCH = 500  # items: their scores are a few MB
BLOCK_CHARS = 600  # of an item; what it is stands early

_SATURATION, _LENGTH = 1.2, 0.5  # BM25's k1 and b; half of the usual length, titles are short
# A word in more items than this costs more time than it finds; rarer ones tell them apart.
_MOST_ITEMS, _MOST_SHARE = 1_000, 0.02

_WORD = re.compile(r"[^\W_]+")
_BORDER = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Blocking:
    """Items that can be searched for candidates."""

    ids: dict[str, int]
    weight_NV: csr_array

    @classmethod
    def of(cls, items: Sequence[Fields]) -> Self:
        """Terms that stand in one item alone are kept: another item may ask for them."""
        ids: dict[str, int] = {}
        columns: list[int] = []
        ends = [0]
        for item in items:
            columns += sorted(ids.setdefault(term, len(ids)) for term in sorted(set(terms(item))))
            ends.append(len(columns))
        column_E, length_N = np.array(columns, dtype=np.int32), np.diff(ends)
        count_V = np.bincount(column_E, minlength=len(ids))
        too_many = max(_MOST_ITEMS, math.ceil(_MOST_SHARE * len(items)))
        rarity_V = np.log1p((len(items) - count_V + 0.5) / (count_V + 0.5))
        rarity_V[count_V > too_many] = 0.0
        norm_N = 1 - _LENGTH + _LENGTH * length_N / max(1.0, length_N.mean() if len(items) else 0)
        saturated_N = (_SATURATION + 1) / (1 + _SATURATION * norm_N)
        value_E = rarity_V[column_E] * np.repeat(saturated_N, length_N)
        weight_NV = csr_array(
            (value_E.astype(np.float32), column_E, np.array(ends)), shape=(len(items), len(ids))
        )
        weight_NV.eliminate_zeros()
        return cls(ids, weight_NV)

    def candidates(self, items: Sequence[Fields], k: int) -> list[NDArray[np.int64]]:
        """For each item the places of at most `k` of ours, the likeliest first."""
        weight_VN = self.weight_NV.T.tocsr()
        found: list[NDArray[np.int64]] = []
        for first in range(0, len(items), BATCH):
            score_QN = self._asked(items[first : first + BATCH]) @ weight_VN
            found += [
                _best(score_QN.indices[start:end], score_QN.data[start:end], k)
                for start, end in zip(score_QN.indptr[:-1], score_QN.indptr[1:], strict=True)
            ]
        return found

    def pairs_within(self, items: Sequence[Fields], k: int) -> list[tuple[int, int]]:
        """For the items that this was made of: pairs of places, the smaller first, each once.

        Items of the same terms are a chain of pairs: more than `k` of them find one another, and
        thousands, whose words are too frequent to be searched by.
        """
        pairs = set(_alike(items)) | {
            (min(one, other), max(one, other))
            for one, others in enumerate(self.candidates(items, k + 1))
            for other in others.tolist()
            if one != other
        }
        return sorted(pairs)

    def _asked(self, items: Sequence[Fields]) -> csr_array:
        columns: list[int] = []
        ends = [0]
        for item in items:
            columns += sorted({self.ids[term] for term in terms(item) if term in self.ids})
            ends.append(len(columns))
        ones = np.ones(len(columns), dtype=np.float32)
        shape = (len(items), len(self.ids))
        return csr_array((ones, np.array(columns, np.int32), np.array(ends)), shape=shape)


def terms(item: Fields) -> Iterable[str]:
    """Words, words cut where letters and digits meet, and neighbours where they meet joined.

    So `kx-tg1032`, `KXTG 1032` and `kx tg 1032` have `tg1032` or `1032` in common.
    """
    text = " ".join(tidy(item[name][:BLOCK_CHARS]) for name in item)[:BLOCK_CHARS]
    before = ""
    for word in _WORD.findall(text):
        yield word
        parts = _BORDER.split(word)
        if len(parts) > 1:
            yield from parts
        if before and (before[-1].isdecimal() or word[0].isdecimal()):
            yield before + word
        before = word


def _alike(items: Sequence[Fields]) -> Iterator[tuple[int, int]]:
    """Each item with the last one before it that has the same terms."""
    last: dict[frozenset[str], int] = {}
    for place, item in enumerate(items):
        key = frozenset(terms(item))
        if key in last:
            yield last[key], place
        if key:
            last[key] = place


def _best(place_E: NDArray[np.int32], score_E: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Equal scores in the order of the places."""
    if len(place_E) > 4 * k:
        least = np.partition(score_E, len(score_E) - k)[len(score_E) - k]
        kept = score_E >= least
        place_E, score_E = place_E[kept], score_E[kept]
    order = np.lexsort((place_E, -score_E))[:k]
    return place_E[order].astype(np.int64)
