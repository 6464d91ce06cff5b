"""Whether a known item fits one of a pair better than the other of the pair does."""

# P pairs, B pairs at a time, Q different items of the pairs, N known items of one side, V terms

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.matching.known_items import KnownItems, Pair, cosine, key_of
from ml.matching.prepared import PreparedItem

BATCH = 256  # pairs: 20 MB for 20,000 known items
NEAR = 0.9  # of the pair's own cosine

_SPACES = ("words", "words of names", "letters of names")
_MEASURES = ("lead over the best", "better ones", "near ones", "ratio to the best", "cosine")
NAMES = tuple(
    f"{side} rivals by {space}: {measure}"
    for side in ("right", "left")
    for space in _SPACES
    for measure in _MEASURES
)


@dataclass(frozen=True, slots=True)
class Rivals:
    """Compares the right item with all known right items, in the eyes of the left one, and back.

    Known are items, not labels: an item of the catalogue that is much more like the left one makes
    a match with the right one less likely, as where shops list every product once. Neither the
    pair's own items nor any that say the same are their own rivals.
    """

    known: KnownItems

    def rows(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        """Returns x_PF: one number per name in NAMES."""
        if not pairs:
            return np.zeros((0, len(NAMES)), dtype=np.float32)
        sides = [self._against(pairs, 1), self._against([(b, a) for a, b in pairs], 0)]
        return np.hstack(sides)

    def _against(self, pairs: Sequence[Pair], side: int) -> NDArray[np.float32]:
        """For pairs of (the one who looks, the one of `side`)."""
        lookers, looker_P = _distinct([looker for looker, _ in pairs])
        others, other_P = _distinct([other for _, other in pairs])
        places = self.known.sides[side].places
        hidden_P2 = np.array([[places.get(key_of(item), -1) for item in pair] for pair in pairs])
        order_P = np.argsort(looker_P, kind="stable")  # so that a batch has few who look
        found = np.zeros((len(pairs), len(_SPACES) * len(_MEASURES)), dtype=np.float32)
        for n, space in enumerate(self.known.spaces):
            known_NV = self.known.sides[side].matrices[n]
            looker_QV, other_QV = space(lookers), space(others)
            columns = slice(n * len(_MEASURES), (n + 1) * len(_MEASURES))
            for first in range(0, len(pairs), BATCH):
                batch = order_P[first : first + BATCH]
                own_B = cosine(looker_QV[looker_P[batch]], other_QV[other_P[batch]])
                looks, row_B = np.unique(looker_P[batch], return_inverse=True)
                cosine_BN = (looker_QV[looks] @ known_NV.T).toarray()[row_B]
                _hide(cosine_BN, hidden_P2[batch])
                found[batch, columns] = _standing(own_B, cosine_BN)
        return found


def _distinct(items: Sequence[PreparedItem]) -> tuple[list[PreparedItem], NDArray[np.int64]]:
    """Items that say different things, and for each item its place among them."""
    places: dict[str, int] = {}
    distinct: list[PreparedItem] = []
    for item in items:
        if key_of(item) not in places:
            places[key_of(item)] = len(distinct)
            distinct.append(item)
    return distinct, np.array([places[key_of(item)] for item in items])


def _hide(cosine_BN: NDArray[np.float32], place_B2: NDArray[np.int64]) -> None:
    """Takes the pair's own items out of the running; -1 is none that is known."""
    for place_B in place_B2.T:
        rows = np.flatnonzero(place_B >= 0)
        cosine_BN[rows, place_B[rows]] = -1.0


def _standing(own_B: NDArray[np.float32], cosine_BN: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns x_BF, one column per measure."""
    best_B = np.maximum(cosine_BN.max(axis=1, initial=0.0), 0.0)
    better_B = (cosine_BN > own_B[:, None] + 1e-6).sum(axis=1)
    near_B = (cosine_BN > NEAR * own_B[:, None] + 1e-6).sum(axis=1)
    ratio_B = own_B / np.maximum(best_B, 1e-3)
    columns = (own_B - best_B, np.log1p(better_B), np.log1p(near_B), ratio_B, own_B)
    return np.stack(columns, axis=1)
