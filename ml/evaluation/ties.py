"""Answers that are equally sure, between which no threshold can cut."""

# X answers

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def ends_of_ties(sorted_X: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
    """Where a threshold can cut sorted numbers >= 0: behind the last of those that are equal."""
    is_end_X: NDArray[np.bool_] = np.diff(sorted_X, append=-1) != 0
    return is_end_X
