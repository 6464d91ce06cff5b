"""How far a measure could be off by the luck of which examples were in the test."""

# S test examples, C resamples of one chunk

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Generator, Tensor

RESAMPLES = 1_000  # the ends move by about 5 % of the interval's width from seed to seed
CHUNK_NUMBERS = 4_000_000  # drawn at a time: 32 MB


def bootstrap_interval(
    value_S: Tensor, generator: Generator, *, resamples: int = RESAMPLES, share: float = 0.95
) -> tuple[float, float]:
    """Percentile interval of the mean, by drawing the examples again with replacement.

    Give one value per independent example: two that stand or fall together (both directions of a
    triple) are one example, or the interval is too narrow.

    Args:
        value_S: at least one.
        share: of the resampled means that lie between `low` and `high`.

    Source: Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
    """
    means = [
        value_S[drawn_CS].double().mean(dim=1)
        for drawn_CS in _drawn_again(len(value_S), generator, resamples)
    ]
    tail = (1 - share) / 2
    low, high = torch.cat(means).quantile(torch.tensor([tail, 1 - tail], dtype=torch.float64))
    return low.item(), high.item()


def ratio(above_S: Tensor, below_S: Tensor) -> float:
    """Of the sums; 0 where there is nothing below."""
    return (above_S.sum() / below_S.sum().clamp(min=1)).item()


def ratio_interval(
    above_S: Tensor, below_S: Tensor, generator: Generator, *, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """95 % percentiles of the ratio of the sums, by drawing the examples again."""
    ratios = [
        above_S[drawn_CS].double().sum(dim=1) / below_S[drawn_CS].double().sum(dim=1).clamp(min=1)
        for drawn_CS in _drawn_again(len(above_S), generator, resamples)
    ]
    ends = torch.tensor([0.025, 0.975], dtype=torch.float64)
    low, high = torch.cat(ratios).quantile(ends).tolist()
    return low, high


def _drawn_again(examples: int, generator: Generator, resamples: int) -> Iterator[Tensor]:
    """Which examples each resample has, in chunks that fit into memory however many there are."""
    chunk = max(1, CHUNK_NUMBERS // examples)
    for first in range(0, resamples, chunk):
        shape = (min(chunk, resamples - first), examples)
        yield torch.randint(examples, shape, generator=generator)
