"""Queries and titles as the words, codes and signs that search compares."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from string import ascii_lowercase

from ml.text.scripts import in_simplified

TEXT_CHARS = 1_000  # a title says what it is early; the rest of a description only costs time
KEPT = 65_536  # titles ready for comparison: those that many queries find

# Scripts without spaces, cut into overlapping pairs as the full-text index does.
_UNSPACED = "぀-ヿ㐀-䶿一-鿿豈-﫿가-힯"
_WORD = re.compile(rf"[^\W\d_{_UNSPACED}]+|\d+|[{_UNSPACED}]+")
_CHUNK = re.compile(r"[^\W_]+")
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)\s?([a-z]{1,4}|[\"″])(?![a-z])")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_LEAST_CODE = 2  # signs; "5" alone is a number, "s5" a code
_IS_PART_NUMBER = re.compile(
    r"(?=.*\d)(?=.*[a-z])[a-z0-9]{5,}"
)  # of fewer signs anything begins so
_PART_NUMBER_CHUNKS = 3  # that one may be written in


def folded(text: str) -> str:
    """Without regard to case, width, accents and Chinese script: `Ｃａｆé` is `cafe`, 龍 is 龙."""
    plain = in_simplified(unicodedata.normalize("NFKC", text[:TEXT_CHARS]).casefold())
    if plain.isascii():
        return plain
    apart = unicodedata.normalize("NFD", plain)
    bare = "".join(sign for sign in apart if unicodedata.category(sign) != "Mn")
    return unicodedata.normalize("NFC", bare)


def split_words(text: str) -> tuple[str, ...]:
    """Words cut between letters and digits: `s10e` is `s`, `10`, `e`; Chinese is cut into pairs."""
    return tuple(_words(folded(text)))


def accented_words(text: str) -> Iterator[str]:
    """Words with accents or other signs that `folded` takes off, in small letters."""
    if text.isascii():
        return
    for word in _WORD.findall(unicodedata.normalize("NFKC", text[:TEXT_CHARS]).lower()):
        if folded(word) != word:
            yield word


def plain_words(text: str) -> tuple[str, ...]:
    """What lies between spaces, as it is written but for the case."""
    return tuple(text[:TEXT_CHARS].casefold().split())


def _words(text: str) -> Iterator[str]:
    for found in _WORD.findall(text):
        if len(found) > 1 and _IS_UNSPACED.match(found):
            yield from (first + second for first, second in pairwise(found))
        else:
            yield found


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text as it is compared.

    Attributes:
        words: cut between letters and digits, in order.
        codes: runs of letters and digits that hold a digit, in order.
        numbers: of the words, those that are numbers.
        quantities: numbers by the unit behind them, as written.
        joined: letters and digits alone, so that `KI 1312-F30` is found as `ki1312f30`.
    """

    words: tuple[str, ...]
    word_set: frozenset[str]
    codes: tuple[str, ...]
    numbers: frozenset[str]
    quantities: dict[str, frozenset[str]]
    joined: str


@lru_cache(maxsize=KEPT)
def prepared(text: str) -> Prepared:
    plain = folded(text)
    words = tuple(_words(plain))
    chunks = _CHUNK.findall(plain)
    return Prepared(
        words=words,
        word_set=frozenset(words),
        codes=tuple(c for c in chunks if len(c) >= _LEAST_CODE and any(map(str.isdigit, c))),
        numbers=frozenset(word for word in words if word.isdigit()),
        quantities=_quantities(plain),
        joined="".join(chunks),
    )


def part_numbers(text: str) -> tuple[str, ...]:
    """What makers' numbers may begin with that stand in a text, in one chunk or in several.

    `WFC 3C26` is `wfc3c26`, which others write as `WFC3C26UK`. Each also without its last letters,
    which say where a thing is sold or what colour it has: `KD49XF7003BU` is `kd49xf7003` too.
    """
    chunks = _CHUNK.findall(folded(text))
    runs = (
        "".join(chunks[at : at + size])
        for size in range(1, _PART_NUMBER_CHUNKS + 1)
        for at in range(len(chunks) - size + 1)
    )
    begun = (number for run in runs for number in (run, run.rstrip(ascii_lowercase)))
    return tuple(dict.fromkeys(filter(_IS_PART_NUMBER.fullmatch, begun)))


def _quantities(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for number, unit in _QUANTITY.findall(text):
        found.setdefault(unit, set()).add(number)
    return {unit: frozenset(numbers) for unit, numbers in found.items()}
