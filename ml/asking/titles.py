"""Titles of products in a question: whole, in part, or by a number that stands for one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from graph.text import find_unit
from ml.asking.keys import is_number, stemmed, stems
from ml.asking.lexicon import AskingLexicon
from ml.asking.words_passed import PASSED
from ml.grounding.tokens import Token, is_han
from ml.text.scripts import in_either_script

CODES_MAX = 5  # of a question, that are looked up
_CODE = re.compile(r"(?<![\w.:/-])(?=[\w.:/-]*\d)[A-Za-z0-9][\w.:/-]{3,62}[A-Za-z0-9]", re.ASCII)
_LETTER = re.compile(r"[A-Za-z]")
_DIGITS_MIN = 8  # of a code without a letter: fewer are an amount or a year
_CALLED = "product id|商品编号|gtin|ean|upc|mpn|sku|asin|isbn|id|条码|货号|编号|型号"
_LABELS = tuple(map(stems, _CALLED.split("|")))  # of codes
_WORDS_MIN = 2  # of a part of a title
_PASSED = frozenset(stems(phrase) for _, phrases in PASSED for phrase in phrases.split("|"))
# Those that the index leaves out.
_UNINDEXED = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it"}
    | {"no", "not", "of", "on", "or", "such", "that", "the", "their", "then", "there", "these"}
    | {"they", "this", "to", "was", "will", "with", "s", "t", "www"}
)


@dataclass(frozen=True, slots=True)
class Run:
    """Words of a question that a title has all of; `whole`: they are the title."""

    first: int
    last: int
    whole: bool

    @property
    def words(self) -> int:
        return self.last - self.first + 1


class TitledWords:
    """The words of one question, as titles may have them."""

    def __init__(self, text: str, lexicon: AskingLexicon) -> None:
        self.text = text
        self._lexicon = lexicon
        self.words: list[Token] = stemmed(text)
        self.keys = tuple(word.key for word in self.words)
        self._silent = [
            any(one.kind == "function" for one in lexicon.senses.get((key,), ()))
            for key in self.keys
        ]
        self._passed = [
            silent and not self._may_name(place) for place, silent in enumerate(self._silent)
        ]

    @property
    def all(self) -> Run:
        return Run(0, len(self.words) - 1, whole=False)

    def _may_name(self, place: int) -> bool:
        """Whether a silent word may be a name, `Fell` or `One`: written so, or of no grammar."""
        key = self.keys[place]
        if key in _UNINDEXED or is_han(key):
            return False
        return (key,) in _PASSED or (place > 0 and self.text[self.words[place].start].isupper())

    def silent_names(self) -> Iterator[tuple[int, int]]:
        """Places of silent words that may be names."""
        for word, silent, passed in zip(self.words, self._silent, self._passed, strict=True):
            if silent and not passed:
                yield word.start, word.end

    def has_silent_name(self, run: Run) -> bool:
        start, end = self.places(run)
        return any(start <= one and two <= end for one, two in self.silent_names())

    def codes(self) -> list[str]:
        """What may be an id or a number of a product: letters with digits, or many digits."""
        found = (match[0] for match in _CODE.finditer(self.text))
        likely = (
            code
            for code in found
            if _LETTER.search(code) or sum(sign.isdigit() for sign in code) >= _DIGITS_MIN
        )
        return list(dict.fromkeys(likely))[:CODES_MAX]

    def coded(self, code: str) -> tuple[tuple[str, ...], int, int]:
        """The words of a code and where they stand, with what it is called: `SKU k-1001`."""
        start = self.text.index(code)
        before = [word for word in self.words if word.end <= start]
        keys = tuple(word.key for word in before)
        said = next((one for one in _LABELS if keys[-len(one) :] == one), ())
        first = before[-len(said)].start if said else start
        return (*said, *stems(code)), first, start + len(code)

    def phrase(self, run: Run) -> tuple[str, ...]:
        return self.keys[run.first : run.last + 1]

    def said(self, run: Run) -> str:
        """The run as it was written."""
        return self.text[self.words[run.first].start : self.words[run.last].end]

    def places(self, run: Run) -> tuple[int, int]:
        return self.words[run.first].start, self.words[run.last].end

    def groups(
        self, run: Run | None = None, parted: Set[tuple[str, str]] = frozenset()
    ) -> list[list[tuple[str, ...]]]:
        """What an index is asked for: for each word the ways in which a title may write it.

        Letters and digits that are glued are one word of the index, as is `128gb` for `128 GB`;
        of Chinese it has the pairs of characters that stand together. Silent words are not asked
        for, as it leaves many of them out, but those that may be names.

        Args:
            parted: pairs that titles write with something between: the index does not have them.
        """
        run = run or self.all
        first, last = run.first, run.last
        groups: list[list[tuple[str, ...]]] = []
        place = first
        while place <= last:
            if is_han(self.keys[place]):
                if self.keys[place : place + 2] not in parted:
                    groups += self._of_han(place, first, last)
                place += 1
                continue
            end = self._chunk_end(place, last)
            if not all(self._passed[place : end + 1]):
                groups.append(self._ways(place, end, first, last))
            place = end + 1
        return groups

    def _of_han(self, place: int, first: int, last: int) -> Iterator[list[tuple[str, ...]]]:
        if place < last and self._is_pair(place):
            pair = self.keys[place] + self.keys[place + 1]
            yield [(written,) for written in in_either_script(pair)]
        elif place == first or not self._is_pair(place - 1):
            yield [(written,) for written in in_either_script(self.keys[place])]

    def _chunk_end(self, place: int, last: int) -> int:
        """The last word that is glued to this one."""
        while place < last and self._is_glued(place) and not is_han(self.keys[place + 1]):
            place += 1
        return place

    def _is_glued(self, place: int) -> bool:
        return self.words[place].end == self.words[place + 1].start

    def _ways(self, first: int, end: int, begin: int, last: int) -> list[tuple[str, ...]]:
        """How a title may write a chunk; none: the index does not have it as words."""
        written = self.text[self.words[first].start : self.words[end].end]
        if not written.isalnum():  # `1.7L` and `+`
            return []
        ways = [(written,), self.keys[first : end + 1]]
        if first > begin and not is_han(self.keys[first - 1]):
            ways.append((self._written(first - 1) + written,))
        if end < last and not is_han(self.keys[end + 1]):
            ways.append((written + self._written(end + 1),))
        return ways

    def _written(self, place: int) -> str:
        return self.text[self.words[place].start : self.words[place].end]

    def _is_pair(self, place: int) -> bool:
        """Whether the Chinese character at a place has another right behind it."""
        word, behind = self.words[place], self.words[place + 1 : place + 2]
        return (
            bool(behind)
            and is_han(word.key)
            and is_han(behind[0].key)
            and word.end == behind[0].start
        )

    def runs(self, title: str) -> list[Run]:
        """The longest stretches whose words a title has; silent words at their ends are not of it.

        Characters that stand together must do so in the title as well, but for spaces and a name
        in letters between them, and so must a number with a word beside it.
        """
        words = [word.key for word in stemmed(title)]
        if not words:
            return []
        if (whole := self._whole(words)) is not None:
            return [] if self._is_plural(whole, title) else [whole]
        known, pairs = set(words), {*pairwise(words), *_han_pairs(words)}
        found, first = [], 0
        for place in range(len(self.keys) + 1):
            ends = (
                place == len(self.keys)
                or self.keys[place] not in known
                or self._is_other_number(place, pairs)
            )
            parts = (
                not ends
                and place > first
                and self._is_pair(place - 1)
                and (self.keys[place - 1], self.keys[place]) not in pairs
            )
            if ends or parts:
                found += self._trimmed(first, place - 1, pairs)
                first = place if parts else place + 1
        return [
            run
            for run in found
            if run.words >= _WORDS_MIN
            and not self._is_plural(run, title)
            and not self._is_beside_number(run)
            and find_unit(self.said(run)) is None  # 毫升 of `50 毫升`
        ]

    def parted(self, titles: Iterable[str]) -> frozenset[tuple[str, str]]:
        """Pairs of characters that some titles have with something between: 雪原 Snow 面霜."""
        pairs = (
            (one.key, two.key)
            for title in titles
            for one, two in pairwise(word for word in stemmed(title) if not _is_lettered(word.key))
            if one.end < two.start and is_han(one.key) and is_han(two.key)
        )
        return frozenset(pairs)

    def passed_over(self, run: Run, named: Sequence[tuple[int, int]]) -> str | None:
        """Characters of a name that each say nothing by themselves: 极光, as very and bare.

        Args:
            named: places of what the question was read with.
        """
        for place in range(run.first, run.last):
            pair = self.words[place : place + 2]
            start, end = pair[0].start, pair[1].end
            if (
                self._is_pair(place)
                and all(self._silent[place : place + 2])
                and not any(one < end and start < two for one, two in named)
                and not self._is_phrase(place)
            ):
                return self.text[start:end]
        return None

    def _is_phrase(self, place: int) -> bool:
        """Whether a character is of a longer phrase that the question may have there: 最多."""
        return any(
            self.keys[first:end] in self._lexicon.senses
            for first in range(max(place - 3, 0), place + 2)
            for end in range(max(first + 2, place + 1), first + 6)
        )

    def has(self, run: Run, title: str) -> bool:
        """Whether a title has all the words of a run."""
        return any(one.first <= run.first and run.last <= one.last for one in self.runs(title))

    def is_whole(self, run: Run, title: str) -> bool:
        return self.phrase(run) == tuple(word.key for word in stemmed(title))

    def _whole(self, title: Sequence[str]) -> Run | None:
        size = len(title)
        for first in range(len(self.keys) - size + 1):
            run = Run(first, first + size - 1, whole=True)
            if list(self.phrase(run)) == list(title) and not all(
                self._silent[first : first + size]
            ):
                return run
        return None

    def _trimmed(self, first: int, last: int, pairs: Set[tuple[str, str]]) -> list[Run]:
        """Without the silent words at both ends, unless the title says them there: `pour-over`."""
        keys = self.keys
        while first <= last and self._silent[first] and keys[first : first + 2] not in pairs:
            first += 1
        while last >= first and self._silent[last] and keys[last - 1 : last + 1] not in pairs:
            last -= 1
        return [Run(first, last, whole=False)] if first <= last else []

    def _is_other_number(self, place: int, pairs: Set[tuple[str, str]]) -> bool:
        """A number that stands beside other words than in the title: `Glow 99`, `99 % new Glow`."""
        keys = self.keys
        beside = (keys[max(place - 1, 0) : place + 1], keys[place : place + 2])
        return is_number(keys[place]) and not any(one in pairs for one in beside)

    def _is_beside_number(self, run: Run) -> bool:
        """`Whistler 330` is none of the Whistlers that have other numbers."""
        for one, two in ((run.first - 1, run.first), (run.last, run.last + 1)):
            if one < 0 or two == len(self.words):
                continue
            between = self.text[self.words[one].end : self.words[two].start]
            outside = one if one < run.first else two
            if not between.strip(" -") and is_number(self.keys[outside]):
                return True
        return False

    def _is_plural(self, run: Run, title: str) -> bool:
        """`Acme lamps` are not the one thing that is titled `Acme lamp`."""
        word = self.words[run.last]
        written = self.text[word.start : word.end].lower()
        return written != word.key and written not in title.lower()


def _han_pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Characters that only words in letters stand between."""
    bare = (word for word in words if not _is_lettered(word))
    return ((one, two) for one, two in pairwise(bare) if is_han(one) and is_han(two))


def _is_lettered(word: str) -> bool:
    return word.isascii() and word.isalpha()
