"""What the words that only one of two items says tell, learnt from labelled pairs."""

# P pairs, V terms

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array

from ml.matching.prepared import PreparedItem, PreparedText

NAMES = ("log-odds of the words",)
FOLDS = 5

_LEAST_PAIRS = 3  # a rarer word would be learnt by heart
_PENALTY = 2.0
_STEPS = 60  # of L-BFGS; more change the third digit

_Pair = tuple[PreparedItem, PreparedItem]


@dataclass(frozen=True, slots=True)
class TellingWords:
    """Logistic regression over words in common and words of one side alone.

    That `upgrade` on one side alone makes another product, and `shipping` does not, is in no
    string similarity. A word that the other side has in another spelling does not count as alone.

    Attributes:
        weights: by term: `=word` in common, `-word` on either side alone, `<word` on the left
            alone, `>word` on the right alone.
        bias: log-odds of a pair without any of them.
    """

    weights: Mapping[str, float]
    bias: float

    @classmethod
    def fit(cls, pairs: Sequence[_Pair], same_P: NDArray[np.bool_]) -> Self:
        counts = Counter(term for pair in pairs for term in _terms(*pair))
        terms = sorted(term for term, count in counts.items() if count >= _LEAST_PAIRS)
        ids = {term: n for n, term in enumerate(terms)}
        weight_V, bias = _logistic(_matrix(pairs, ids), same_P)
        return cls(dict(zip(terms, weight_V.round(4).tolist(), strict=True)), bias)

    def rows(self, pairs: Sequence[_Pair]) -> NDArray[np.float32]:
        """Returns x_P1: one number per name in NAMES."""
        found = [
            self.bias + sum(self.weights.get(term, 0.0) for term in sorted(_terms(*pair)))
            for pair in pairs
        ]
        return np.array(found, dtype=np.float32)[:, None]


def rows_out_of_fold(
    pairs: Sequence[_Pair], same_P: NDArray[np.bool_], fold_P: NDArray[np.int64]
) -> NDArray[np.float32]:
    """As `TellingWords.rows`, each pair by words that were learnt without its fold."""
    rows_P1 = np.zeros((len(pairs), 1), dtype=np.float32)
    for fold in range(FOLDS):
        out = np.flatnonzero(fold_P == fold).tolist()
        within = np.flatnonzero(fold_P != fold).tolist()
        if len(out) and len(within):
            words = TellingWords.fit([pairs[n] for n in within], same_P[within])
            rows_P1[out] = words.rows([pairs[n] for n in out])
    return rows_P1


def _terms(left: PreparedItem, right: PreparedItem) -> set[str]:
    found = {f"={word}" for word in left.name.word_set & right.name.word_set}
    for mark, said, other in (("<", left.name, right.whole), (">", right.name, left.whole)):
        for word in _alone(said, other):
            found.add(f"{mark}{word}")
            found.add(f"-{word}")
    return found


def _alone(said: PreparedText, other: PreparedText) -> Iterable[str]:
    for word in said.word_set - other.word_set:
        if len(word) < 3 or word not in other.squashed:
            yield word


def _matrix(pairs: Sequence[_Pair], ids: Mapping[str, int]) -> csr_array:
    columns: list[int] = []
    ends = [0]
    for pair in pairs:
        columns += sorted(ids[term] for term in _terms(*pair) if term in ids)
        ends.append(len(columns))
    ones = np.ones(len(columns))
    shape = (len(pairs), len(ids))
    return csr_array((ones, np.array(columns, np.int32), np.array(ends)), shape=shape)


def _logistic(x_PV: csr_array, same_P: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """Weights and bias that minimise cross-entropy and a squared penalty on the weights."""
    label_P = same_P.astype(np.float64)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weight_V = parameters[1:]
        logit_P = x_PV @ weight_V + parameters[0]
        error_P = 1 / (1 + np.exp(-np.clip(logit_P, -30, 30))) - label_P
        value = np.logaddexp(0, logit_P).sum() - label_P @ logit_P
        value += 0.5 * _PENALTY * weight_V @ weight_V
        gradient = x_PV.T @ error_P + _PENALTY * weight_V
        return float(value), np.concatenate(([error_P.sum()], gradient))

    start = np.zeros(x_PV.shape[1] + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    return found[1:], float(found[0])
