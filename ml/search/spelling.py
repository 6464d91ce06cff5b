"""Words that somebody may have meant: those of the vocabulary one or two letters off."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ml.search.words import accented_words, folded, split_words
from ml.text.everyday import english_words

SHORTEST = 4  # letters; a shorter word is like too many others
_LONG = 8  # letters from which on two may be wrong
_BEGINNINGS = 20  # that half a word may be meant for

Errors = tuple[int, bool]  # how many; whether they are more than letters in each other's place


@dataclass(frozen=True, slots=True)
class Near:
    """Words that are equally near to one, as names spell them, those of most items first."""

    errors: Errors
    words: tuple[str, ...]


class Spelling:
    """The words of names, by how many items each stands for.

    The first letter is taken for right: hardly anybody mistypes it, and it makes this quick.
    """

    def __init__(self, names: Iterable[tuple[str, int]]) -> None:
        self._items: Counter[str] = Counter()
        self._accented: dict[str, set[str]] = defaultdict(set)
        self._plain: set[str] = set()
        self._joined: dict[str, str] = {}
        for name, items in names:
            with_accents = {folded(word): word for word in accented_words(name)}
            for word, accented in with_accents.items():
                self._accented[word].add(accented)
            self._plain.update(set(split_words(name)) - with_accents.keys())
            words = split_words(name)
            for word in words:
                if can_be_wrong(word):
                    self._items[word] += items
            for one, other in pairwise(words):
                if can_be_wrong(one + other):
                    self._joined.setdefault(one + other, f"{one} {other}")
        self._by_first: dict[str, list[str]] = defaultdict(list)
        for word in self._items:
            self._by_first[word[0]].append(word)

    def __contains__(self, word: str) -> bool:
        return word in self._items

    def with_accents(self, text: str) -> Iterator[str]:
        """Words of names that a text has without their accents: `café` for `cafe`."""
        for word in split_words(text):
            yield from sorted(self._accented.get(word, ()))

    def apart(self, word: str) -> str | None:
        """Two words of a name that somebody wrote as one, in either number: `t shirts`."""
        forms = (word, f"{word}s", word.removesuffix("s"))
        return next((self._joined[form] for form in forms if form in self._joined), None)

    def nearest(self, word: str) -> Near | None:
        """What is nearest to a word that is none of these; None: nothing is near."""
        if not can_be_wrong(word) or word in self:
            return None
        found = _nearest(word, self._by_first.get(word[0], ()))
        if not found:
            return None
        least = min(errors for _, errors in found)
        words = sorted(
            (other for other, errors in found if errors == least),
            key=lambda one: (-self._items[one], one),
        )
        return Near(least, tuple(map(self._as_spelled, words)))

    def correction(self, word: str) -> str | None:
        """The nearest word, of equally near ones that of most items; None: there is none.

        As names spell it, with accents; also of a word that lacks nothing else.
        """
        if can_be_wrong(word) and word in self:
            return None if (spelled := self._as_spelled(word)) == word else spelled
        near = self.nearest(word)
        return None if near is None else near.words[0]

    def beginnings(self, typed: str) -> tuple[str, ...]:
        """Nearest beginnings of words, for the beginning of a misspelt one.

        Itself alone, where a word begins so; none, where none is near.
        """
        words = self._by_first.get(typed[:1], ())
        if any(word.startswith(typed) for word in words):
            return (typed,)
        if not can_be_wrong(typed):
            return ()
        sizes = range(len(typed) - 1, len(typed) + 2)
        found = _nearest(typed, {word[:size] for word in words for size in sizes})
        least = min((errors for _, errors in found), default=None)
        return tuple(sorted(text for text, errors in found if errors == least)[:_BEGINNINGS])

    def _as_spelled(self, word: str) -> str:
        accented = self._accented.get(word, ())
        return next(iter(accented)) if len(accented) == 1 and word not in self._plain else word


@cache
def english_spelling() -> Spelling:
    """Of everyday words: rather one that is said more often."""
    return Spelling(english_words().items())


def _nearest(word: str, words: Iterable[str]) -> list[tuple[str, Errors]]:
    """With their errors; none with more than a word of this length may have."""
    most = 2 if len(word) >= _LONG else 1
    found = process.extract(word, list(words), scorer=OSA.distance, score_cutoff=most, limit=None)
    letters = sorted(word)
    return [(text, (int(errors), sorted(text) != letters)) for text, errors, _ in found]


def can_be_wrong(word: str) -> bool:
    """Letters of an alphabet alone: codes and Chinese have no spelling to be corrected."""
    return len(word) >= SHORTEST and word.isalpha() and ord(word[0]) < 0x2E80
