"""Multinomial logistic regression over blocks of features, sparse or dense."""

# N texts, V features of one block, R directions, C categories

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import logsumexp

Floats = NDArray[np.float64]
Block: TypeAlias = "csr_array | NDArray[np.floating[Any]]"

FEW_TEXTS = 1_000
_STEPS = 200
_TOLERANCE = 1e-5
_SMALLEST = 1e-6  # of the largest: what is below is rounding, as of equal texts


@dataclass(frozen=True, slots=True)
class Regression:
    """Logits of categories: the sum over blocks of x_NV @ weight_VC, and a bias."""

    weights: tuple[NDArray[np.float32], ...]
    bias_C: NDArray[np.float32]

    @classmethod
    def fit(
        cls,
        blocks: Sequence[Block],
        category_N: NDArray[np.int64],
        classes: int,
        *,
        strength: float,
    ) -> Self:
        """The minimum of the summed cross-entropy and |weights|^2 / (2 strength), by L-BFGS.

        Args:
            strength: how freely it follows the examples; above 0.

        Source: Byrd, Lu, Nocedal and Zhu, "A limited memory algorithm for bound constrained
        optimization", 1995.
        """
        if len(category_N) > min(FEW_TEXTS, sum(block.shape[1] for block in blocks)):
            weights, bias_C = _minimum(blocks, category_N, classes, strength)
            return cls(tuple(part.astype(np.float32) for part in weights), bias_C)
        # The same minimum in N directions at most: the penalty does not mind turning.
        product_NN = sum(_products(block) for block in blocks)
        square_R, turn_NR = np.linalg.eigh(product_NN)
        kept_R = square_R > _SMALLEST * square_R.max(initial=1.0)
        length_R, turn_NR = np.sqrt(square_R[kept_R]), turn_NR[:, kept_R]
        (turned_RC,), bias_C = _minimum([turn_NR * length_R], category_N, classes, strength)
        share_NC = (turn_NR / length_R) @ turned_RC
        return cls(tuple((block.T @ share_NC).astype(np.float32) for block in blocks), bias_C)

    def logits(self, blocks: Sequence[Block]) -> Floats:
        """Returns x_NC."""
        return _logits(blocks, self.weights, self.bias_C)


def _products(block: Block) -> Floats:
    product_NN = block @ block.T
    dense = product_NN.toarray() if isinstance(product_NN, csr_array) else product_NN
    return np.asarray(dense, dtype=np.float64)


def _minimum(
    blocks: Sequence[Block], category_N: NDArray[np.int64], classes: int, strength: float
) -> tuple[list[Floats], NDArray[np.float32]]:
    sizes = [block.shape[1] for block in blocks]
    ends = np.cumsum(sizes) * classes
    count = len(category_N)
    wanted_NC = np.zeros((count, classes))
    wanted_NC[np.arange(count), category_N] = 1.0
    turned = [block.T.tocsr() if isinstance(block, csr_array) else block.T for block in blocks]

    def loss(flat: Floats) -> tuple[float, Floats]:
        logit_NC = _logits(blocks, _parts(flat, ends, classes), flat[-classes:])
        total_N = logsumexp(logit_NC, axis=1)
        over_NC = np.exp(logit_NC - total_N[:, None]) - wanted_NC
        gradient = np.concatenate(
            [*((block @ over_NC).ravel() for block in turned), over_NC.sum(axis=0)]
        )
        gradient[:-classes] += flat[:-classes] / strength
        value = total_N.sum() - (logit_NC * wanted_NC).sum()
        value += (flat[:-classes] ** 2).sum() / (2 * strength)
        return value / count, gradient / count

    start = np.zeros(sum(sizes) * classes + classes)
    options = {"maxiter": _STEPS, "gtol": _TOLERANCE}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    return _parts(found, ends, classes), found[-classes:].astype(np.float32)


def _parts(flat: Floats, ends: NDArray[np.int64], classes: int) -> list[Floats]:
    return [part.reshape(-1, classes) for part in np.split(flat, ends)[:-1]]


def _logits(
    blocks: Sequence[Block],
    weights: Sequence[NDArray[np.floating]],
    bias_C: NDArray[np.floating],
) -> Floats:
    logit_NC = np.zeros((blocks[0].shape[0], len(bias_C)))
    for block, weight_VC in zip(blocks, weights, strict=True):
        logit_NC += block @ weight_VC
    found: Floats = logit_NC + bias_C
    return found
