"""What a graph sells, by what its categories are called and by the titles that stand in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ml.purpose.phrases import Word, stem, words_of
from ml.purpose.reading import Purpose, read_purpose

# A category with so many accessories among its titles sells them; a slip of a shop is rarer.
ACCESSORIES_LEAST, ACCESSORIES_SHARE = 2, 0.05

_JOINED = re.compile(r"[&,/;]|\b(?:and|und|et|y)\b|[与和及]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sold:
    """What texts are held against.

    Attributes:
        heads: words for what is sold: `phone` of `Mobile phones`.
        named: categories that are called as accessories are, or that have them as well.
        shown: categories with titles of such things.
    """

    heads: frozenset[str]
    named: frozenset[str]
    shown: frozenset[str]

    @classmethod
    def of(cls, names: Mapping[str, Iterable[str]], titles: Iterable[tuple[str, str]]) -> Sold:
        """Of what categories are called, and of titles with their category."""
        called = {category: tuple(texts) for category, texts in names.items()}
        heads = heads_of(name for texts in called.values() for name in texts)
        there, found = Counter[str](), Counter[str]()
        for title, category in titles:
            there[category] += 1
            found[category] += read_purpose(title, heads) is not None
        return cls(
            heads,
            frozenset(one for one, texts in called.items() if sells_accessories(texts)),
            frozenset(
                one
                for one, count in found.items()
                if count >= max(ACCESSORIES_LEAST, ACCESSORIES_SHARE * there[one])
            ),
        )

    def accessory(self, title: str, category: str) -> Purpose | None:
        """What a title offers, where a category does not sell what is made for something else."""
        if category in self.named or category in self.shown:
            return None
        return read_purpose(title, self.heads)


def heads_of(names: Iterable[str]) -> frozenset[str]:
    """The last words of names, where they are no accessories: `phone`, `camera`, `machine`."""
    return frozenset(stem(word.key) for name in names for word in _heads(name) if not word.role)


def sells_accessories(names: Iterable[str]) -> bool:
    """Whether a name is one of accessories, or of them as well: `Phones & accessories`."""
    return any(word.is_accessory for name in names for word in _heads(name))


def sells_nothing_else(names: Iterable[str]) -> bool:
    """Whether a name is one of accessories alone: `Phone cases`."""
    heads = [_heads(name) for name in names]
    return any(words and all(word.is_accessory for word in words) for words in heads)


def is_called(names: Iterable[str], thing: str) -> bool:
    """Whether one of the names has the word, alone or in a compound."""
    return any(
        stem(word.key) == thing or stem(word.key.rsplit(" ", 1)[-1]) == thing
        for name in names
        for word in words_of(name)
    )


@lru_cache(maxsize=4_096)
def _heads(name: str) -> Collection[Word]:
    parts = [words_of(part) for part in _JOINED.split(name)]
    return [words[-1] for words in parts if words]
