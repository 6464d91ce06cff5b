"""Values that say the same in more words: what is matte black is black."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import Levenshtein

from ml.grounding.tokens import key

SPELLED = 4  # letters; a shorter word becomes another one by changing a letter
MOST = 1_000  # values that one is looked for by


def are_among(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether each word is one of the others, however it is spelled."""
    return all(any(is_spelled_like(word, other) for other in others) for word in words)


def is_spelled_like(word: str, other: str) -> bool:
    """The same, or with one letter more, less or changed inside it: grey and gray."""
    if word == other:
        return True
    lettered = word.isalpha() and other.isalpha() and min(len(word), len(other)) >= SPELLED
    same_ends = (word[0], word[-1]) == (other[0], other[-1])
    return lettered and same_ends and Levenshtein.distance(word, other, score_cutoff=1) == 1


class Wordings:
    """Values of texts by their words; made once and asked from several threads."""

    def __init__(self, values: Iterable[tuple[str, str, str]]) -> None:
        """`values`: parameter, id and text, those that count most first."""
        self._values: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._by_word: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for parameter, id, text in values:
            words = key(text)
            self._values[id] = parameter, words
            for word in dict.fromkeys(words):
                self._by_word[parameter][word].append(id)

    def of(self, id: str) -> tuple[str, ...]:
        """A value, and at most `MOST` of its parameter that have all of its words.

        A number alone says nothing: 7 is not in 7 to 10.
        """
        parameter, words = self._values.get(id, ("", ()))
        if not any(word.isalpha() for word in words):
            return (id,)
        by_word = self._by_word[parameter]
        rarest = min((self._having(word, by_word) for word in words), key=len)
        more = [one for one in rarest if are_among(words, self._values[one][1])]
        return tuple(dict.fromkeys((id, *more)))[:MOST]

    @staticmethod
    def _having(word: str, by_word: dict[str, list[str]]) -> list[str]:
        spelled = [other for other in by_word if is_spelled_like(word, other)]
        return [id for other in spelled for id in by_word[other]]
