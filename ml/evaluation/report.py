"""The one report of every evaluation, as it is printed in JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from torch import Generator, Tensor

from ml.evaluation.intervals import bootstrap_interval, ratio, ratio_interval

FloatArray = NDArray[np.float64]


class Measured(msgspec.Struct, frozen=True):
    """A metric with its 95 % interval."""

    value: float
    low: float
    high: float

    @classmethod
    def mean_of(cls, value_S: Tensor, generator: Generator) -> Measured:
        """The mean over test examples, one value each."""
        low, high = bootstrap_interval(value_S, generator)
        return cls(value_S.double().mean().item(), low, high)

    @classmethod
    def of_resampled(cls, value: float, resampled: FloatArray) -> Measured:
        """A value among those of resamples.

        It lies within its interval, though resampling adds to an error that is never negative, as
        of calibration, and may leave all of it above the value.
        """
        low, high = np.quantile(resampled, (0.025, 0.975)).tolist()
        return cls(value, min(value, low), max(value, high))

    @classmethod
    def ratio_of(cls, above_S: Tensor, below_S: Tensor, generator: Generator) -> Measured:
        """The ratio of two sums over test examples, one value each."""
        return cls(ratio(above_S, below_S), *ratio_interval(above_S, below_S, generator))


class Report(msgspec.Struct, frozen=True):
    """What an evaluation found.

    Attributes:
        metrics: by name; shares lie in 0..1.
        baselines: by the baseline's name, then by the metric's.
        seconds: the whole evaluation took, training included.
        config: everything that the result depends on besides the files.
        data: SHA-256 by the file's path as it was given.
    """

    task: str
    metrics: Mapping[str, Measured]
    baselines: Mapping[str, Mapping[str, float]]
    seconds: float
    config: Mapping[str, object]
    data: Mapping[str, str]


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
