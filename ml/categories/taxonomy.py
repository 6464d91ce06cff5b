"""Categories in a tree: the answer is the deepest that is sure enough."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.records import Named

Path = tuple[Named, ...]  # from the root


@dataclass(frozen=True, slots=True)
class Placed:
    """A category with the probability in 0..1 that it is that one or below it."""

    path: Path
    confidence: float


def placed(
    ranked: Sequence[tuple[str, float]], paths: Mapping[str, Path], *, sure: float
) -> Placed | None:
    """From the root down to the likeliest category while it is `sure`; None: none at the top is.

    Args:
        ranked: categories with their probabilities.
        paths: of categories; one that is not there stands at the top, called as it is.
    """
    mass: dict[Path, float] = defaultdict(float)
    below: dict[Path, set[Path]] = defaultdict(set)
    for category, share in ranked:
        path = paths.get(category) or (Named(category, category),)
        for depth in range(len(path)):
            mass[path[: depth + 1]] += share
            below[path[:depth]].add(path[: depth + 1])
    found: Placed | None = None
    at: Path = ()
    while at in below:
        at = max(below[at], key=lambda path: (mass[path], path[-1].id))
        if mass[at] < sure:
            break
        found = Placed(at, min(1.0, mass[at]))
    return found
