"""What is already known of a pair's items: whom they match, whom they do not."""

# P pairs, L links looked at, S spaces

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.matching.known_items import KnownItems, Pair, SeenPairs, cosine, key_of
from ml.matching.prepared import PreparedItem

UNKNOWN = -1.0

_LIKENESSES = ("words", "words of names", "letters of names", "numbers")
_MEASURES = (
    "known matches",
    "known others",
    *(f"{what} like a known {kind}" for what in _LIKENESSES for kind in ("match", "other")),
    "words: nearer to match than to other",
    "letters: nearer to match than to other",
)
NAMES = tuple(f"{side}: {name}" for side in ("left's", "right's") for name in _MEASURES)

# By an item's key: places of the items of the other side, and whether they match it.
Links = Mapping[str, Sequence[tuple[int, bool]]]


@dataclass(frozen=True, slots=True)
class KnownLinks:
    """Labelled pairs as links that are already in the graph.

    Never looked at: a link between the two items of the pair itself, or between items that say the
    same as they do. So labelled pairs can be learnt from with all the other ones known.

    Attributes:
        links: of the left items and of the right items.
    """

    known: KnownItems
    links: tuple[Links, Links]

    @classmethod
    def of(cls, known: KnownItems, pairs: Sequence[Pair], same: Sequence[bool]) -> Self:
        links: tuple[dict[str, list[tuple[int, bool]]], ...] = (
            defaultdict(list),
            defaultdict(list),
        )
        for pair, is_same in zip(pairs, same, strict=True):
            for own, other in ((0, 1), (1, 0)):
                place = known.sides[other].places.get(key_of(pair[other]))
                if place is not None:
                    links[own][key_of(pair[own])].append((place, bool(is_same)))
        return cls(known, (dict(links[0]), dict(links[1])))

    def rows(self, seen: SeenPairs) -> NDArray[np.float32]:
        """Returns x_PF: one number per name in NAMES."""
        return np.hstack([self._side(seen, 0), self._side(seen, 1)])

    def _side(self, seen: SeenPairs, own: int) -> NDArray[np.float32]:
        """The other item of each pair, beside those that its item of side `own` is linked to."""
        found = np.full((len(seen.place_P2), len(_MEASURES)), UNKNOWN, dtype=np.float32)
        keys = [key_of(item) for item in seen.items]
        rows, places, same = [], [], []
        for n, pair in enumerate(seen.place_P2.tolist()):
            itself = seen.known_Q2[pair[1 - own], 1 - own]
            known = self.links[own].get(keys[pair[own]], ())
            links = [link for link in known if link[0] != itself]
            found[n, 0] = sum(is_same for _, is_same in links)
            found[n, 1] = np.log1p(len(links) - found[n, 0])
            rows += [n] * len(links)
            places += [place for place, _ in links]
            same += [is_same for _, is_same in links]
        if rows:
            candidate_L = seen.place_P2[rows, 1 - own]
            likenesses = self._likenesses(seen, candidate_L, np.array(places), own)
            _keep_best(found, likenesses, np.array(rows), np.array(same))
        return found

    def _likenesses(
        self,
        seen: SeenPairs,
        candidate_L: NDArray[np.int64],
        place_L: NDArray[np.int64],
        own: int,
    ) -> list[NDArray[np.float32]]:
        """Of each candidate with each item that is linked to its partner."""
        side = self.known.sides[1 - own]
        found = [
            cosine(item_QV[candidate_L], known_NV[place_L])
            for item_QV, known_NV in zip(seen.matrices, side.matrices, strict=True)
        ]
        numbers = [
            _numbers_alike(seen.items[candidate], side.items[place])
            for candidate, place in zip(candidate_L.tolist(), place_L.tolist(), strict=True)
        ]
        return [*found, np.array(numbers, dtype=np.float32)]


def _keep_best(
    found: NDArray[np.float32],
    likenesses: Sequence[NDArray[np.float32]],
    row_L: NDArray[np.int64],
    same_L: NDArray[np.bool_],
) -> None:
    column = 2
    for likeness_L in likenesses:
        for kind in (True, False):
            chosen = same_L == kind
            np.maximum.at(found[:, column], row_L[chosen], likeness_L[chosen])
            column += 1
    found[:, column] = found[:, 2] - found[:, 3]
    found[:, column + 1] = found[:, 6] - found[:, 7]


def _numbers_alike(a: PreparedItem, b: PreparedItem) -> float:
    either = a.name.numbers | b.name.numbers
    return len(a.name.numbers & b.name.numbers) / len(either) if either else 0.5
