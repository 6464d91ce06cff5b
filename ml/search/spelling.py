"""Words that somebody may have meant: those of the vocabulary one or two letters off."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ml.search.words import accented_words, folded, split_words

SHORTEST = 4  # letters; a shorter word is like too many others
_LONG = 8  # letters from which on two may be wrong
_NEAREST = 20  # words that are compared by their items


class Spelling:
    """The words of names, by how many items each stands for.

    The first letter is taken for right: hardly anybody mistypes it, and it makes this quick.
    """

    def __init__(self, names: Iterable[tuple[str, int]]) -> None:
        self._items: Counter[str] = Counter()
        self._accented: dict[str, set[str]] = defaultdict(set)
        self._plain: set[str] = set()
        for name, items in names:
            with_accents = {folded(word): word for word in accented_words(name)}
            for word, accented in with_accents.items():
                self._accented[word].add(accented)
            self._plain.update(set(split_words(name)) - with_accents.keys())
            for word in split_words(name):
                if can_be_wrong(word):
                    self._items[word] += items
        self._by_first: dict[str, list[str]] = defaultdict(list)
        for word in self._items:
            self._by_first[word[0]].append(word)

    def __contains__(self, word: str) -> bool:
        return word in self._items

    def with_accents(self, text: str) -> Iterator[str]:
        """Words of names that a text has without their accents: `café` for `cafe`."""
        for word in split_words(text):
            yield from sorted(self._accented.get(word, ()))

    def correction(self, word: str) -> str | None:
        """The nearest word, of equally near ones that of most items; None: there is none.

        As names spell it, with accents; also of a word that lacks nothing else.
        """
        if not can_be_wrong(word):
            return None
        if word in self:
            return None if (spelled := self._as_spelled(word)) == word else spelled
        found = _nearest(word, self._by_first.get(word[0], ()))
        best = min(found, key=lambda one: (one[1], -self._items[one[0]], one[0]), default=None)
        return None if best is None else self._as_spelled(best[0])

    def _as_spelled(self, word: str) -> str:
        accented = self._accented.get(word, ())
        return next(iter(accented)) if len(accented) == 1 and word not in self._plain else word

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
        return tuple(sorted(text for text, errors in found if errors == found[0][1]))


def _nearest(word: str, words: Iterable[str]) -> list[tuple[str, int]]:
    """With their errors, the fewest first; none with more than a word of this length may have."""
    most = 2 if len(word) >= _LONG else 1
    found = process.extract(
        word, list(words), scorer=OSA.distance, score_cutoff=most, limit=_NEAREST
    )
    return [(text, int(errors)) for text, errors, _ in found]


def can_be_wrong(word: str) -> bool:
    """Letters of an alphabet alone: codes and Chinese have no spelling to be corrected."""
    return len(word) >= SHORTEST and word.isalpha() and ord(word[0]) < 0x2E80
