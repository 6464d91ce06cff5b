"""A title as it is compared with every candidate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ml.linking.catalogue import Catalogue, Words
from ml.linking.words import pairs_of, quantity_of, stems_of, words_of

_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Title:
    """Words of a title, and what of them is a size, a model number or a brand.

    Attributes:
        word_set: words, and neighbours written as one.
        squashed: all words without spaces.
        starts: where in `squashed` words begin, and where the last one ends, with their number.
        quantities: sizes by dimension.
        decimals: numbers with a point and no unit: nobody writes those but for a size.
        stems: of what may be its model numbers.
        brands: those of the catalogue that it names.
    """

    words: Words
    word_set: frozenset[str]
    squashed: str
    starts: Mapping[int, int]
    quantities: Mapping[str, tuple[float, ...]]
    decimals: Words
    years: Words
    stems: frozenset[str]
    brands: frozenset[Words]

    @classmethod
    def read(cls, text: str, catalogue: Catalogue, brand: str | None = None) -> Title:
        words = words_of(text)
        starts, place = {0: 0}, 0
        quantities: dict[str, tuple[float, ...]] = {}
        for number, word in enumerate(words, start=1):
            place += len(word)
            starts[place] = number
            if size := quantity_of(word):
                quantities[size[0]] = (*quantities.get(size[0], ()), size[1])
        return cls(
            words=words,
            word_set=frozenset((*words, *pairs_of(words))),
            squashed="".join(words),
            starts=starts,
            quantities=quantities,
            decimals=tuple(word for word in words if _DECIMAL.fullmatch(word)),
            years=tuple(word for word in words if _YEAR.fullmatch(word)),
            stems=stems_of(words),
            brands=catalogue.brands_in(words if brand is None else (*words_of(brand), *words)),
        )

    def find(self, name: str) -> int:
        """Where a squashed name begins: where words begin and end with it, else the first place."""
        first = start = self.squashed.find(name)
        while start >= 0:
            if start in self.starts and start + len(name) in self.starts:
                return start
            start = self.squashed.find(name, start + 1)
        return first
