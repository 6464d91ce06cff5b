"""Groups of the same product out of the scores of pairs, and where the scores contradict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`first` = `middle` and `middle` = `last`, but not `first` = `last`.

    Attributes:
        scores: of first and middle, of middle and last, of first and last.
    """

    first: str
    middle: str
    last: str
    scores: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Clustering:
    """Every id that was scored is in exactly one group.

    Attributes:
        groups: ids in their order; also groups of one.
        contradictions: one for each pair below the threshold that a third id joins, with the third
            id that joins it most surely; the surest first.
    """

    groups: tuple[tuple[str, ...], ...]
    contradictions: tuple[Contradiction, ...]


def clusters(scored: Sequence[tuple[str, str, float]], threshold: float) -> Clustering:
    """Joins groups from the surest pair on, as long as all that is known between two groups agrees.

    Two groups become one if the mean of the scores between their members reaches the threshold; a
    pair that was not scored does not count. So one doubtful pair does not chain two groups together
    that several pairs hold apart, as it would with connected components. The order of the pairs
    does not matter; of a pair that is scored more than once the mean is taken.

    Source: greedy additive edge contraction, after Keuper et al., "Efficient decomposition of image
    and mesh graphs by lifted multicuts", 2015; there sums of log-odds are compared, here means of
    probabilities, so that many weak pairs do not add up to a strong one.
    """
    score_by_pair = _mean_scores(scored)
    neighbours: dict[str, dict[str, float]] = defaultdict(dict)
    for (a, b), score in score_by_pair.items():
        neighbours[a][b] = neighbours[b][a] = score
    ids = sorted({member for a, b, _ in scored for member in (a, b)})
    groups = _Groups(ids, neighbours)
    for _, a, b in sorted((-score, a, b) for (a, b), score in score_by_pair.items()):
        if neighbours[a][b] >= threshold:
            groups.join(a, b, threshold)
    return Clustering(groups.found(), _contradictions(score_by_pair, neighbours, threshold))


def _mean_scores(scored: Sequence[tuple[str, str, float]]) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for a, b, score in scored:
        if a != b:
            found[min(a, b), max(a, b)].append(score)
    return {pair: sum(sorted(scores)) / len(scores) for pair, scores in sorted(found.items())}


class _Groups:
    """Groups that only ever grow, with the sum and number of the scores between any two."""

    def __init__(self, ids: Sequence[str], neighbours: Mapping[str, Mapping[str, float]]) -> None:
        self._group = {member: member for member in ids}
        self._members = {member: [member] for member in ids}
        self._between = {
            member: {other: (score, 1) for other, score in neighbours.get(member, {}).items()}
            for member in ids
        }

    def join(self, a: str, b: str, threshold: float) -> None:
        """Unless they are joined already, or the scores between their groups are too low."""
        large, small = self._group[a], self._group[b]
        if large == small:
            return
        total, count = self._between[large][small]
        if total / count < threshold:
            return
        if len(self._between[large]) < len(self._between[small]):
            large, small = small, large
        for member in self._members[small]:
            self._group[member] = large
        self._members[large] += self._members.pop(small)
        self._merge_scores(large, small)

    def _merge_scores(self, large: str, small: str) -> None:
        del self._between[large][small]
        for other, (total, count) in self._between.pop(small).items():
            if other == large:
                continue
            known, known_count = self._between[large].get(other, (0.0, 0))
            merged = (known + total, known_count + count)
            self._between[large][other] = self._between[other][large] = merged
            del self._between[other][small]

    def found(self) -> tuple[tuple[str, ...], ...]:
        return tuple(sorted(tuple(sorted(members)) for members in self._members.values()))


def _contradictions(
    score_by_pair: Mapping[tuple[str, str], float],
    neighbours: Mapping[str, Mapping[str, float]],
    threshold: float,
) -> tuple[Contradiction, ...]:
    found = []
    for (a, b), score in score_by_pair.items():
        if score >= threshold:
            continue
        joining = [
            (min(neighbours[a][c], neighbours[b][c]), c)
            for c in neighbours[a].keys() & neighbours[b].keys()
            if min(neighbours[a][c], neighbours[b][c]) >= threshold
        ]
        if joining:
            _, middle = min((-surest, c) for surest, c in joining)
            scores = (neighbours[a][middle], neighbours[middle][b], score)
            found.append(Contradiction(a, middle, b, scores))
    return tuple(sorted(found, key=lambda one: (one.scores[2] - min(one.scores[:2]), one.first)))
