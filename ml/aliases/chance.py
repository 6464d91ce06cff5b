"""What may be luck: shares and counts of few texts."""

from __future__ import annotations

import math

_Z = 1.96  # of a 95 % interval


def wilson_low(right: int, of: int) -> float:
    """The lower end of the 95 % interval of a share.

    Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927.
    """
    share, z2 = right / of, _Z * _Z
    spread = _Z * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return (share + z2 / (2 * of) - spread) / (1 + z2 / of)


def surprise(right: int, of: int, expected: float) -> float:
    """The negative logarithm of what the chance of so many is at most, each with its own chance.

    Args:
        expected: mean of the chances.

    Source: Hoeffding, "Probability Inequalities for Sums of Bounded Random Variables", 1963,
    theorem 1, which holds for chances that differ.
    """
    share = right / of
    if share <= expected:
        return 0.0
    if expected <= 0.0:
        return math.inf
    rest = 0.0 if share == 1.0 else (1 - share) * math.log((1 - share) / (1 - expected))
    return of * (share * math.log(share / expected) + rest)
