"""The trivial way to match: one string similarity with one threshold."""

# P pairs, F features

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.matching.prepared import PreparedItem, Preparing
from ml.matching.rarity import Rarity
from ml.matching.records import LabelledPair, identity
from ml.matching.roles import Roles, find_roles
from ml.matching.string_features import NAMES, SIMILARITIES, compare_strings
from ml.matching.threshold import best_threshold


@dataclass(frozen=True, slots=True)
class OneSimilarity:
    """The similarity of names or of whole texts that separates the training pairs best.

    Attributes:
        column: of the similarities of names, then of whole texts.
        threshold: from it on a pair counts as the same.
    """

    roles: Roles
    rarity: Rarity
    column: int
    threshold: float

    @classmethod
    def fit(cls, train: Sequence[LabelledPair]) -> Self:
        items = {identity(item): item for pair in train for item in (pair.left, pair.right)}
        roles = find_roles(list(items.values()))
        preparing = Preparing(roles)
        rarity = Rarity.of(preparing(item).whole for item in items.values())
        rows_PF = _rows(preparing.pairs([(p.left, p.right) for p in train]), rarity)
        same_P = np.array([pair.same for pair in train])
        thresholds = [best_threshold(column_P, same_P) for column_P in rows_PF.T]
        quality = [
            _f1(column_P >= threshold, same_P)
            for column_P, threshold in zip(rows_PF.T, thresholds, strict=True)
        ]
        best = int(np.argmax(quality))
        return cls(roles, rarity, best, thresholds[best])

    @property
    def name(self) -> str:
        part, column = divmod(self.column, len(SIMILARITIES))
        return f"{('name', 'text')[part]}: {SIMILARITIES[column]}"

    def is_same(self, pairs: Sequence[LabelledPair]) -> NDArray[np.bool_]:
        """Returns x_P."""
        prepared = Preparing(self.roles).pairs([(pair.left, pair.right) for pair in pairs])
        decided_P: NDArray[np.bool_] = (
            _rows(prepared, self.rarity)[:, self.column] >= self.threshold
        )
        return decided_P


def _rows(
    pairs: Sequence[tuple[PreparedItem, PreparedItem]], rarity: Rarity
) -> NDArray[np.float64]:
    chosen = [NAMES.index(name) for name in SIMILARITIES]
    found = []
    for left, right in pairs:
        rows = (
            compare_strings(left.name, right.name, rarity),
            compare_strings(left.whole, right.whole, rarity),
        )
        found.append([row[n] for row in rows for n in chosen])
    return np.array(found, dtype=np.float64)


def _f1(decided_P: NDArray[np.bool_], same_P: NDArray[np.bool_]) -> float:
    return float(2 * (decided_P & same_P).sum() / max(1, decided_P.sum() + same_P.sum()))
