"""All that is learnt before the trees, and the rows of numbers that they then see."""

# P pairs, F features

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.matching import known_links, rivals, telling_words
from ml.matching.features import Feature, PairFeatures
from ml.matching.known_items import KnownItems, Pair, SeenPairs
from ml.matching.known_links import KnownLinks
from ml.matching.offer_features import common_fields
from ml.matching.prepared import Preparing
from ml.matching.rarity import Rarity
from ml.matching.records import Fields, LabelledPair, identity
from ml.matching.rivals import Rivals
from ml.matching.roles import Roles, find_roles
from ml.matching.telling_words import TellingWords, rows_out_of_fold

RIVALS, WORDS, LINKS = "better or worse than rivals", "telling words", "known links"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two items become one row.

    Attributes:
        rivals, links: None where they are not to be looked at.
    """

    roles: Roles
    features: PairFeatures
    words: TellingWords
    known: KnownItems
    rivals: Rivals | None
    links: KnownLinks | None

    @classmethod
    def fit(
        cls,
        train: Sequence[LabelledPair],
        fold_P: NDArray[np.int64],
        *,
        with_rivals: bool,
        with_links: bool,
    ) -> tuple[Self, NDArray[np.float32]]:
        """Also the rows of `train`, as if none of its pairs had been seen."""
        items = {identity(item): item for pair in train for item in (pair.left, pair.right)}
        roles = find_roles(list(items.values()))
        preparing = Preparing(roles)
        known = KnownItems.of([p.left for p in train], [p.right for p in train], preparing)
        pairs = preparing.pairs([(pair.left, pair.right) for pair in train])
        same_P = np.array([pair.same for pair in train])
        features = PairFeatures(
            Rarity.of(item.whole for side in known.sides for item in side.items),
            common_fields(list(items.values())),
        )
        comparison = cls(
            roles=roles,
            features=features,
            words=TellingWords.fit(pairs, same_P),
            known=known,
            rivals=Rivals(known) if with_rivals else None,
            links=KnownLinks.of(known, pairs, same_P.tolist()) if with_links else None,
        )
        return comparison, comparison._rows(pairs, rows_out_of_fold(pairs, same_P, fold_P))

    @property
    def columns(self) -> tuple[Feature, ...]:
        found = list(self.features.columns)
        found += [Feature(name, WORDS) for name in telling_words.NAMES]
        if self.rivals is not None:
            found += [Feature(name, RIVALS) for name in rivals.NAMES]
        if self.links is not None:
            found += [Feature(name, LINKS) for name in known_links.NAMES]
        return tuple(found)

    def rows(self, pairs: Sequence[tuple[Fields, Fields]]) -> NDArray[np.float32]:
        """Returns x_PF in the order of `columns`."""
        prepared = Preparing(self.roles).pairs(pairs)
        return self._rows(prepared, self.words.rows(prepared))

    def _rows(self, pairs: Sequence[Pair], words_P1: NDArray[np.float32]) -> NDArray[np.float32]:
        found = [self.features.rows(pairs), words_P1]
        parts = [part for part in (self.rivals, self.links) if part is not None]
        if parts:
            seen = SeenPairs.of(pairs, self.known)
            found += [part.rows(seen) for part in parts]
        return np.hstack(found)
