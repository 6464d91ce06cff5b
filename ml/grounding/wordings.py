"""Values that say the same in more words: what is matte black is black."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice, takewhile

from rapidfuzz.distance import Levenshtein

from ml.grounding.tokens import HAN, NOT, is_han

SPELLED = 4  # letters; a shorter word becomes another one by changing a letter
MOST = 1_000  # values that one is looked for by

# A size or a unit is one word with its number: who wears XL does not wear 3 XL.
_WORD = re.compile(
    rf"[{HAN}]+|\d+(?:[.,]\d+)*(?:(?:[a-z]|\s?[a-z]{{2}})(?![^\W_]))?|(?:(?![{HAN}])[^\W\d_])+"
)
_WHOLE = re.compile(r"(?<![\d.,])(\d+)\.0(?![\d.,])")  # version 8.0 is version 8
# Letters that spellings differ in; exchanging others makes mist of mint.
_EXCHANGED = frozenset(map(frozenset, ("ae", "iy", "cs", "sz")))
_FREE = "free"  # of what stands before it
_DENYING = frozenset((*NOT, _FREE))
_NOT_IN_CHINESE = ("不支持", "没有", "不带", "不含", *"不没沒无無非免")


def words_of(text: str) -> tuple[str, ...]:
    """What values are compared by; in Chinese all that stands together."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("+", " plus ")
    whole = _WHOLE.sub(r"\1", folded)
    return tuple(["".join(match[0].split()) for match in _WORD.finditer(whole)])


def are_among(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether each word is one of the others, however it is spelled, and none is denied there.

    A number alone says nothing: 7 is not in 7 to 10.
    """
    if not any(map(str.isalpha, "".join(words))):
        return False
    said = _affirmed(others) if _DENYING.isdisjoint(words) else others
    return all(any(is_spelled_like(word, other) for other in said) for word in words)


def is_spelled_like(word: str, other: str) -> bool:
    """The same, or with one letter more, less or exchanged inside it: grey and gray.

    A Chinese word is in longer ones: 绿色 in 军绿色, but 打孔 not in 免打孔.
    """
    if word == other:
        return True
    if is_han(word):
        before = (other[: match.start()] for match in re.finditer(word, other))
        return any(not one.endswith(_NOT_IN_CHINESE) for one in before)
    lettered = _ends(word) == _ends(other) and min(len(word), len(other)) >= SPELLED
    return lettered and word.isalpha() and other.isalpha() and _is_one_change(word, other)


def _ends(word: str) -> str:
    """What words that are spelled alike have in common."""
    return "" if is_han(word) else word[0] + word[-1]


def _is_one_change(word: str, other: str) -> bool:
    changes = Levenshtein.distance(word, other, score_cutoff=1)
    if len(word) != len(other):
        return changes == 1
    differing = {frozenset(pair) for pair in zip(word, other, strict=True) if pair[0] != pair[1]}
    return changes == 1 and differing <= _EXCHANGED


def _affirmed(words: Sequence[str]) -> Sequence[str]:
    if _DENYING.isdisjoint(words):
        return words
    said = list(takewhile(lambda word: word not in NOT, words))
    return said[said.index(_FREE) + 1 :] if _FREE in said else said


class Wordings:
    """Values of texts by their words; made once and asked from several threads."""

    def __init__(self, values: Iterable[tuple[str, str, str]]) -> None:
        """`values`: parameter, id and text, those that count most first."""
        self._values: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._by_word: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(dict)
        for parameter, id, text in values:
            words = words_of(text)
            self._values[id] = parameter, words
            for word in dict.fromkeys(words):
                self._by_word[parameter, _ends(word)].setdefault(word, []).append(id)

    def of(self, id: str) -> tuple[str, ...]:
        """A value, and at most `MOST` of its parameter that have all of its words."""
        parameter, words = self._values.get(id, ("", ()))
        return tuple(islice(dict.fromkeys((id, *self.saying(parameter, words))), MOST))

    def saying(self, parameter: str, words: Sequence[str]) -> tuple[str, ...]:
        """At most `MOST` values of a parameter that have all of some words; none of no words."""
        rarest = min((self._having(word, parameter) for word in words), key=len, default=[])
        return tuple(
            islice((one for one in rarest if are_among(words, self._values[one][1])), MOST)
        )

    def _having(self, word: str, parameter: str) -> list[str]:
        alike = self._by_word[parameter, _ends(word)]
        return [id for other, ids in alike.items() if is_spelled_like(word, other) for id in ids]
