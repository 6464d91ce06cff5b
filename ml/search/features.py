"""What is known of a query and its candidates, as one row of numbers for each."""

# K candidates, F features

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ml.search.pool import Candidates
from ml.search.statistics import Frequencies
from ml.search.words import Prepared, prepared

SCORERS = ("bm25", "grams", "joined", "encoder")
_OF_A_SCORER = ("score", "share of best", "rank")
_OF_A_PAIR = (
    "rarity covered",
    "rarity covered, joined",
    "rarity of the rarest missing word",
    "rarity of words too many",
    "share of words covered",
    "share of numbers covered",
    "numbers missing",
    "numbers too many",
    "codes found",
    "longest code found",
    "longest code, longest common part",
    "longest code, common beginning",
    "longest code goes on in the title",
    "title's code is the beginning of the longest",
    "neighbours joined",
    "quantities agreeing",
    "quantities in conflict",
    "first word found",
    "first words alike",
    "place of the first word",
    "words of the query",
    "words of the title",
    "length",
)
_RELATIVE = (
    "rarity covered",
    "rarity covered, joined",
    "codes found",
    "longest code, longest common part",
    "numbers missing",
    "quantities in conflict",
)
_AROUND = ("like the best", "like the best three", "like all")
BASE = tuple(f"{scorer}: {name}" for scorer in SCORERS for name in _OF_A_SCORER)
NAMES = (*BASE, *_OF_A_PAIR, *(f"{name}, below the best" for name in _RELATIVE), *_AROUND)

Rows = NDArray[np.float32]


def rows(
    query: str,
    texts: Sequence[str],
    candidates: Candidates,
    alike_KK: Rows,
    words: Frequencies,
) -> Rows:
    """Float32 [K, F], one column for each of NAMES; NaN where a scorer is missing.

    Args:
        texts: of the candidates, K.
        alike_KK: how much the candidates are like each other.
    """
    if not texts:
        return np.zeros((0, len(NAMES)), dtype=np.float32)
    scored = _of_scorers(candidates.scores, len(texts))
    asked = _Asked(prepared(query), words)
    paired = np.array([asked.against(prepared(text)) for text in texts], dtype=np.float32)
    columns = [_OF_A_PAIR.index(name) for name in _RELATIVE]
    compared = paired[:, columns]
    best = compared.max(axis=0, keepdims=True)
    return np.hstack([scored, paired, best - compared, _around(candidates.scores, alike_KK)])


def _of_scorers(scores: Mapping[str, Rows], count: int) -> Rows:
    columns = []
    for scorer in SCORERS:
        score_K = scores.get(scorer)
        if score_K is None:
            columns.append(np.full((count, len(_OF_A_SCORER)), np.nan, dtype=np.float32))
            continue
        best = max(float(score_K.max()), 1e-6)
        rank_K = np.empty(count, dtype=np.float32)
        rank_K[np.argsort(-score_K, kind="stable")] = np.arange(count)
        columns.append(np.stack([score_K, score_K / best, rank_K], axis=1))
    return np.hstack(columns).astype(np.float32)


def _around(scores: Mapping[str, Rows], alike_KK: Rows) -> Rows:
    """How much a candidate is like the others that score best, itself left out."""
    order = np.argsort(-(scores["bm25"] / max(float(scores["bm25"].max()), 1e-6)), kind="stable")
    apart_KK = alike_KK * (1 - np.eye(len(alike_KK), dtype=np.float32))
    found = [apart_KK[:, order[:1]].mean(1), apart_KK[:, order[:3]].mean(1), apart_KK.mean(1)]
    return np.stack(found, axis=1).astype(np.float32)


class _Asked:
    """A query, with what is the same for all of its candidates."""

    def __init__(self, query: Prepared, words: Frequencies) -> None:
        self.query = query
        self.words = words
        self.rarity = {word: words.rarity(word) for word in query.words}
        self.total = sum(self.rarity.values()) or 1.0
        self.code = max(query.codes, key=len, default="")
        self.joins = [
            first + second
            for first, second in pairwise(query.words)
            if first.isdigit() or second.isdigit()
        ]

    def against(self, title: Prepared) -> list[float]:
        return [
            *self._covered(title),
            *self._numbers(title),
            *self._codes(title),
            self._joined(title),
            *self._quantities(title),
            *self._beginning(title),
        ]

    def _covered(self, title: Prepared) -> Iterator[float]:
        missing = [word for word in self.rarity if word not in title.word_set]
        yield 1 - sum(self.rarity[word] for word in missing) / self.total
        lost = [word for word in missing if word not in title.joined]
        yield 1 - sum(self.rarity[word] for word in lost) / self.total
        yield max((self.rarity[word] for word in missing), default=0.0)
        yield sum(self.words.rarity(w) for w in title.word_set if w not in self.rarity)
        yield 1 - len(missing) / max(1, len(self.rarity))

    def _numbers(self, title: Prepared) -> Iterator[float]:
        asked = self.query.numbers
        missing = len(asked - title.numbers)
        yield 1 - missing / max(1, len(asked))
        yield missing
        yield len(title.numbers - asked)

    def _codes(self, title: Prepared) -> Iterator[float]:
        codes, longest = self.query.codes, self.code
        yield sum(code in title.joined for code in codes) / len(codes) if codes else -1.0
        if not longest:
            yield from (-1.0,) * 5
            return
        size = len(longest)
        yield float(longest in title.joined)
        yield longest_common(longest, title.joined) / size
        yield _common_beginning(longest, title.joined) / size
        yield float(any(c != longest and c.startswith(longest) for c in title.codes))
        yield float(any(c != longest and len(c) > 2 and longest.startswith(c) for c in title.codes))

    def _joined(self, title: Prepared) -> float:
        if not self.joins:
            return -1.0
        return sum(join in title.joined for join in self.joins) / len(self.joins)

    def _quantities(self, title: Prepared) -> Iterator[float]:
        both = [unit for unit in self.query.quantities if unit in title.quantities]
        agreeing = sum(
            not self.query.quantities[unit].isdisjoint(title.quantities[unit]) for unit in both
        )
        yield agreeing
        yield len(both) - agreeing

    def _beginning(self, title: Prepared) -> Iterator[float]:
        first = self.query.words[0] if self.query.words else ""
        yield float(first in title.word_set)
        yield float(title.words[:1] == (first,))
        yield float(title.words.index(first)) if first in title.word_set else 20.0
        yield len(self.query.words)
        yield len(title.words)
        yield len(title.joined)


def longest_common(part: str, text: str) -> int:
    """Length of the longest piece of `part` that stands in `text`."""
    best = 0
    for start in range(len(part)):
        while start + best < len(part) and part[start : start + best + 1] in text:
            best += 1
    return best


def _common_beginning(part: str, text: str) -> int:
    length = 0
    while length < len(part) and part[: length + 1] in text:
        length += 1
    return length
