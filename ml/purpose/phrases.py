"""A title as words with the roles that these can play in saying what it offers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from graph.text import find_quantities
from graph.text.numbers import fold_width
from ml.grounding.tokens import HAN, is_han
from ml.purpose.words import BEGINNING_OF_SPARES, ENDINGS, Role, phrases

_LONGEST_HAN = 6  # characters of a phrase
_LONGEST_PHRASE = 3  # words
_LEAST_IN_FRONT = 3  # letters of a compound in front of what it is
TITLE_CHARS = 1_000  # what a thing is stands early; the rest of a description only costs time

_LATIN = rf"(?:(?![{HAN}])[^\W_])"
# `w/` is a word, and so is a `+` between two things; that of `S10+` belongs to a name.
_WORD = re.compile(
    rf"[{HAN}]+|w/o?(?![^\W_])|w/|{_LATIN}+(?:[.'’-]{_LATIN}+)*|(?<!\S)\+|(?<=[^\W\d_])\+(?=[^\W\d_])|&",
    re.IGNORECASE,
)
_COMMA = re.compile(r"[,;|、(]|\s[-–—]\s")
_VOWELS = frozenset("aeiouy")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
# Letters and digits, as model numbers are; `4g` and `3d` are none.
_CODE = re.compile(r"(?=.*\d)(?=.*[^\W\d])(?!\d{1,2}[^\W\d]{1,2}$).{2,}")


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a phrase that counts as one.

    Attributes:
        key: without regard to case, width, accents and plural.
        start, end: in the title, in characters.
        role: None: no word of the language data.
        quantity: it is part of one, such as `64 GB`.
        listed: a comma, a dash or the like stands before it.
    """

    key: str
    start: int
    end: int
    role: Role | None
    quantity: bool
    listed: bool

    @property
    def is_accessory(self) -> bool:
        """Whether it names something that is made for something else, or may be."""
        return self.role in ("thing", "part")

    @property
    def is_code(self) -> bool:
        """Whether it looks like the name of a model: letters with digits."""
        return not self.quantity and _CODE.fullmatch(self.key) is not None


def words_of(title: str) -> Sequence[Word]:
    """The words of a title in their order; phrases of the language data are one word each."""
    return _words(title[:TITLE_CHARS])


@lru_cache(maxsize=4_096)  # a title is compared with many others
def _words(title: str) -> tuple[Word, ...]:
    text = fold_width(title)
    spans = [(start, end) for start, end, *_ in find_quantities(text)]
    plain = list(_plain(text))
    found: list[Word] = []
    place = 0
    while place < len(plain):
        length, role = _longest(plain, place)
        start, end = plain[place][1], plain[place + length - 1][2]
        key = " ".join(key for key, *_ in plain[place : place + length])
        quantity = any(first < end and start < last for first, last in spans)
        listed = bool(found) and _COMMA.search(text, found[-1].end, start) is not None
        found.append(Word(key, start, end, role, quantity, listed))
        place += length
    return tuple(found)


def stem(word: str) -> str:
    """`cases` and `case`, `batteries` and `battery`, `TVs` and `TV` are one word."""
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if not word.endswith("s") or word.endswith("ss") or (len(word) > 5 and word.endswith("us")):
        return word
    if len(word) > 3 or not _VOWELS.intersection(word):
        return word[:-1]
    return word


def _plain(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _WORD.finditer(text):
        if is_han(match[0]):
            yield from _chinese(match[0], match.start())
        else:
            yield _folded(match[0]), match.start(), match.end()


def _chinese(run: str, offset: int) -> Iterator[tuple[str, int, int]]:
    """Cut at the phrases that are known; what lies between them is a word each."""
    known, _ = _phrases()
    begun = place = 0
    while place < len(run):
        length = next(
            (n for n in range(min(_LONGEST_HAN, len(run) - place), 0, -1)
             if (run[place : place + n],) in known), 0
        )  # fmt: skip
        if length:
            if begun < place:
                yield run[begun:place], offset + begun, offset + place
            yield run[place : place + length], offset + place, offset + place + length
            begun = place + length
        place += length or 1
    if begun < len(run):
        yield run[begun:], offset + begun, offset + len(run)


def _longest(plain: Sequence[tuple[str, int, int]], place: int) -> tuple[int, Role | None]:
    known, beginnings = _phrases()
    first = plain[place][0]
    if first in beginnings:
        for length in range(min(_LONGEST_PHRASE, len(plain) - place), 1, -1):
            keys = tuple(key for key, *_ in plain[place : place + length])
            role = known.get(keys) or known.get((*keys[:-1], stem(keys[-1])))
            if role is not None:
                return length, role
    return 1, _role(first)


@lru_cache(maxsize=32_768)
def _role(word: str) -> Role | None:
    known, _ = _phrases()
    found = known.get((word,)) or known.get((stem(word),))
    if found is not None:
        return found
    last = word.rsplit("-", 1)[-1]  # `usb-kabel`
    if last != word:
        found = known.get((last,)) or known.get((stem(last),))
        if found in ("thing", "part"):
            return found
    return _compound(last)


def _compound(word: str) -> Role | None:
    """German compounds; what is left in front has to be a word as well."""
    spare = word.startswith(BEGINNING_OF_SPARES)
    if spare and len(word) >= len(BEGINNING_OF_SPARES) + _LEAST_IN_FRONT:
        return "thing"
    for role, endings in ENDINGS.items():
        for ending in endings:
            for end in (ending, f"{ending}n", f"{ending}s"):
                if len(word) >= len(end) + _LEAST_IN_FRONT and word.endswith(end):
                    return role
    return None


@lru_cache(maxsize=1)
def _phrases() -> tuple[Mapping[tuple[str, ...], Role], frozenset[str]]:
    """Phrases with their roles, and the first words of those that have several."""
    known: dict[tuple[str, ...], Role] = {}
    for phrase, role in phrases():
        known.setdefault(tuple(phrase.split()), role)
    return known, frozenset(words[0] for words in known if len(words) > 1)


@lru_cache(maxsize=32_768)
def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKC", word).casefold().translate(_UMLAUTS)
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
