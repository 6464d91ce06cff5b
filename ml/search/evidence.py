"""What a word tells when the query and a title share it, or only one of them has it."""

# P pairs, V terms

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Self

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import expit

from ml.search.words import Prepared, prepared

NAMES = ("words in common", "words missing", "words too many", "the most telling word")

_LEAST_PAIRS = 5  # a rarer word would be learnt by heart
_PENALTY = 3.0
_STEPS = 60  # of L-BFGS
_LONGEST_NUMBER = 2  # digits; longer numbers are names of one product


class Evidence(msgspec.Struct, frozen=True):
    """Logistic regression over words: `=word` shared, `-word` missing, `+word` too many.

    That a title lacks `integrated` means little, that it has `refurbished` means much: no
    similarity of strings knows that.
    """

    weights: Mapping[str, float]

    @classmethod
    def fit(cls, terms: Sequence[Sequence[str]], right_P: NDArray[np.bool_]) -> Self:
        """Args: terms: of every pair, by `terms_of`."""
        counts = Counter(term for of_pair in terms for term in of_pair)
        ids = {
            term: n for n, term in enumerate(sorted(t for t in counts if counts[t] >= _LEAST_PAIRS))
        }
        weight_V = _logistic(_matrix(terms, ids), right_P)
        return cls(dict(zip(ids, weight_V.round(4).tolist(), strict=True)))

    def rows(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Float32 [K, len(NAMES)]: log-odds."""
        return self.rows_of([terms_of(query, text) for text in texts])

    def rows_of(self, terms: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        found = [self._row(of_pair) for of_pair in terms]
        return np.array(found, dtype=np.float32).reshape(len(terms), len(NAMES))

    def _row(self, terms: Sequence[str]) -> list[float]:
        sums = {"=": 0.0, "-": 0.0, "+": 0.0}
        worst = 0.0
        for term in terms:
            weight = self.weights.get(term, 0.0)
            sums[term[0]] += weight
            worst = min(worst, weight)
        return [*sums.values(), worst]


def terms_of(query: str, title: str) -> list[str]:
    """What a pair has and lacks; each term is one object, however many pairs have it."""
    return [sys.intern(term) for term in _terms(prepared(query), prepared(title))]


def _terms(query: Prepared, title: Prepared) -> Iterator[str]:
    for word in sorted(query.word_set):
        if _is_general(word):
            there = word in title.word_set or (len(word) > 2 and word in title.joined)
            yield f"={word}" if there else f"-{word}"
    for word in sorted(title.word_set - query.word_set):
        if _is_general(word):
            yield f"+{word}"


def _is_general(word: str) -> bool:
    return not word.isdigit() or len(word) <= _LONGEST_NUMBER


def _matrix(terms: Sequence[Sequence[str]], ids: Mapping[str, int]) -> csr_array:
    columns = [[ids[term] for term in of_pair if term in ids] for of_pair in terms]
    starts = np.cumsum([0, *map(len, columns)])
    flat = np.array([column for row in columns for column in row], dtype=np.int32)
    return csr_array((np.ones(len(flat)), flat, starts), shape=(len(terms), len(ids)))


def _logistic(x_PV: csr_array, right_P: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights by L-BFGS with an L2 penalty; the bias is fitted and forgotten: it orders nothing."""
    label_P = right_P.astype(np.float64)

    def loss(x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logit_P = x_PV @ x[1:] + x[0]
        value = np.logaddexp(0, logit_P).sum() - label_P @ logit_P + _PENALTY / 2 * x[1:] @ x[1:]
        slope_P = expit(logit_P) - label_P
        return float(value), np.concatenate([[slope_P.sum()], x_PV.T @ slope_P + _PENALTY * x[1:]])

    start = np.zeros(x_PV.shape[1] + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    weights: NDArray[np.float64] = found.x[1:]
    return weights
