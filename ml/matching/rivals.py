"""Whether a known item fits one of a pair better than the other of the pair does."""

# P pairs, B pairs at a time, Q different items of them, N known items of one side, V terms

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.matching.known_items import KnownItems, SeenPairs, cosine

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

    def rows(self, seen: SeenPairs) -> NDArray[np.float32]:
        """Returns x_PF: one number per name in NAMES."""
        return np.hstack([self._against(seen, 1), self._against(seen, 0)])

    def _against(self, seen: SeenPairs, side: int) -> NDArray[np.float32]:
        """The item of `side` among all known ones of that side, as the other one looks at them."""
        looker_P, other_P = seen.place_P2[:, 1 - side], seen.place_P2[:, side]
        hidden_P2 = seen.known_Q2[seen.place_P2, side]
        order_P = np.argsort(looker_P, kind="stable")  # so that a batch has few who look
        found = np.zeros((len(order_P), len(_SPACES) * len(_MEASURES)), dtype=np.float32)
        for n, item_QV in enumerate(seen.matrices):
            known_NV = self.known.sides[side].matrices[n]
            columns = slice(n * len(_MEASURES), (n + 1) * len(_MEASURES))
            for first in range(0, len(order_P), BATCH):
                batch = order_P[first : first + BATCH]
                own_B = cosine(item_QV[looker_P[batch]], item_QV[other_P[batch]])
                looks, row_B = np.unique(looker_P[batch], return_inverse=True)
                cosine_BN = (item_QV[looks] @ known_NV.T).toarray()[row_B]
                _hide(cosine_BN, hidden_P2[batch])
                found[batch, columns] = _standing(own_B, cosine_BN)
        return found


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
