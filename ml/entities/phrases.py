"""Lists of phrases, and where one of them stands in a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ml.entities.spelling import plain

LONGEST = 10  # characters: 99 of 100 entries of shops' lists of products and brands are shorter


@dataclass(frozen=True, slots=True)
class Phrases:
    """Every phrase with the lists that hold it; matches by a hash of each short substring.

    Attributes:
        names: of the lists.
        holders: positions among `names`, by phrase in plain spelling.
    """

    names: tuple[str, ...]
    holders: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, lists: Mapping[str, Sequence[str]]) -> Phrases:
        holders: dict[str, tuple[int, ...]] = {}
        for number, entries in enumerate(lists.values()):
            for phrase in dict.fromkeys(map(plain, entries)):
                if 0 < len(phrase) <= LONGEST:
                    holders[phrase] = (*holders.get(phrase, ()), number)
        return cls(tuple(lists), holders)

    def matches(self, text: str) -> Iterator[tuple[int, int, tuple[int, ...]]]:
        """Start, end and the lists of every phrase in a text in plain spelling."""
        for start, end in substrings(len(text)):
            lists = self.holders.get(text[start:end])
            if lists is not None:
                yield start, end, lists


def substrings(length: int) -> Iterator[tuple[int, int]]:
    """Start and end of everything of up to `LONGEST` characters."""
    for start in range(length):
        for end in range(start + 1, min(start + LONGEST, length) + 1):
            yield start, end
