"""All that two items are compared by, as one row of numbers, each with a name and a group."""

# P pairs, F features

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.matching import alignment_features as alignment
from ml.matching import code_features as codes
from ml.matching import offer_features as offers
from ml.matching import string_features as strings
from ml.matching.prepared import PreparedItem
from ml.matching.rarity import Rarity

# What a reason is called, by group of features.
NAME, TEXT, UNSAID = "names alike", "whole texts alike", "words that only one says"
CODES, SIZES, BRAND, PRICE = "model numbers", "sizes and numbers", "brand", "price"
VARIANTS, OTHER = "colour and edition words", "other fields"


@dataclass(frozen=True, slots=True)
class Feature:
    """A column: what it is called, and the reason that it belongs to."""

    name: str
    group: str


@dataclass(frozen=True, slots=True)
class PairFeatures:
    """Compares pairs of prepared items.

    Attributes:
        fields: names of fields that are compared each by itself.
    """

    rarity: Rarity
    fields: tuple[str, ...]

    @property
    def columns(self) -> tuple[Feature, ...]:
        found = []
        for part, group in (("name", NAME), ("text", TEXT)):
            found += [Feature(f"{part}: {name}", group) for name in strings.NAMES]
            found += [Feature(f"{part}: {name}", CODES) for name in codes.NAMES]
            found += [Feature(f"{part}: {name}", SIZES) for name in codes.SIZE_NAMES]
            found += [Feature(f"{part}: {name}", VARIANTS) for name in offers.WORD_NAMES]
        for way in ("left name", "right name", "left name in all", "right name in all"):
            found += [Feature(f"{way}: {name}", UNSAID) for name in alignment.NAMES]
        found += [Feature(name, CODES) for name in codes.FIELD_CODE_NAMES]
        found += [Feature(name, BRAND) for name in offers.BRAND_NAMES]
        found += [Feature(name, PRICE) for name in offers.PRICE_NAMES]
        for field in self.fields:
            found += [Feature(f"{field}: {name}", OTHER) for name in offers.FIELD_NAMES]
        return tuple(found)

    def rows(self, pairs: Sequence[tuple[PreparedItem, PreparedItem]]) -> NDArray[np.float32]:
        """Returns rows_PF in the order of `columns`."""
        rows_PF = np.empty((len(pairs), len(self.columns)), dtype=np.float32)
        for position, (left, right) in enumerate(pairs):
            rows_PF[position] = self._row(left, right)
        return rows_PF

    def _row(self, left: PreparedItem, right: PreparedItem) -> list[float]:
        row: list[float] = []
        for ours, theirs in ((left.name, right.name), (left.whole, right.whole)):
            row += strings.compare_strings(ours, theirs, self.rarity)
            row += codes.compare_codes(ours, theirs)
            row += codes.compare_sizes(ours, theirs)
            row += offers.compare_variants(ours, theirs)
        row += alignment.compare_one_way(left.name, right.name, self.rarity)
        row += alignment.compare_one_way(right.name, left.name, self.rarity)
        row += alignment.compare_one_way(left.name, right.whole, self.rarity)
        row += alignment.compare_one_way(right.name, left.whole, self.rarity)
        row += codes.compare_code_fields(left, right)
        row += offers.compare_brands(left, right)
        row += offers.compare_prices(left, right)
        for field in self.fields:
            row += offers.compare_field(field, left, right)
        return row
