"""Columns of the question-by-token grid, at the tokens that a candidate touches and beside them."""

# R candidates, G cells

from __future__ import annotations

import numpy as np

from ml.extraction.cleaning import IntArray
from ml.extraction.statistics import FloatArray


def mean_of(column_G: FloatArray, first_R: IntArray, last_R: IntArray) -> FloatArray:
    sums = np.concatenate(([0.0], np.cumsum(column_G, dtype=np.float64)))
    mean_R: FloatArray = (sums[last_R + 1] - sums[first_R]) / (last_R + 1 - first_R)
    return mean_R.astype(np.float32)


def reduced(
    reduce: np.ufunc, column_G: FloatArray, first_R: IntArray, last_R: IntArray
) -> FloatArray:
    if not len(first_R):
        return np.zeros(0, np.float32)
    padded = np.append(column_G, column_G[-1:])  # a range may end where the column does
    ends = np.stack((first_R, last_R + 1), axis=1).ravel()
    of_range: FloatArray = reduce.reduceat(padded, ends)[::2]
    return of_range


def beside(column_G: FloatArray, cell_R: IntArray, is_there_R: np.ndarray) -> FloatArray:
    """-1 where the text has no such token."""
    if not len(column_G):
        return np.zeros(len(cell_R), np.float32)
    return np.where(is_there_R, column_G[np.where(is_there_R, cell_R, 0)], np.float32(-1))
