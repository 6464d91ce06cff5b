"""Names and titles as the words that are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from graph.text import find_unit

TITLE_CHARS = 1_000  # the name stands early; the rest of a description only costs time
SHORTEST_CODE = 4

# Scripts without spaces are cut off from the Latin words glued to them: `三星galaxy` is two words.
_UNSPACED = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(rf"[0-9]+(?:[.,][0-9]+)+|[^\W_{_UNSPACED}]+|[{_UNSPACED}]+")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)([^\W\d_]+)")
# `lenny3` is written `lenny 3` as well, `p8lite` as `p8 lite`; `s8` and `zc554kl` are one word.
_WORD_NUMBER = re.compile(r"([^\W\d_]{3,})([0-9]+)")
_NUMBER_WORD = re.compile(r"([^\W\d_]*[0-9]+)([^\W\d_]{3,})")
_STEM = re.compile(r"[^\W\d_]{0,4}[0-9]{2,}")
_SHORTEST_UNIT = 2  # a letter is a unit behind a fraction alone: `1.7 l`, but `4 g` is no weight
_NO_UNIT = frozenset({"in"})  # likewise: `2 in 1`


def words_of(text: str) -> tuple[str, ...]:
    """Lower-case words; `+` counts as `plus`, and a number keeps its unit: `64 GB` is `64gb`."""
    folded = unicodedata.normalize("NFKC", text[:TITLE_CHARS]).casefold().replace("+", " plus ")
    words: list[str] = []
    for found in _WORD.findall(folded):
        for word in _parts(found):
            if words and _NUMBER.fullmatch(words[-1]) and _is_unit(word, "." in words[-1]):
                words[-1] += word
            else:
                words.append(word)
    return tuple(words)


@lru_cache(maxsize=32_768)
def _parts(word: str) -> tuple[str, ...]:
    word = word.replace(",", ".")
    if word.isalpha() or word.isdigit() or quantity_of(word):
        return (word,)
    if match := _NUMBER_WORD.fullmatch(word):
        return *_parts(match[1]), match[2]
    match = _WORD_NUMBER.fullmatch(word)
    return (match[1], match[2]) if match else (word,)


@lru_cache(maxsize=8_192)
def _is_unit(word: str, behind_fraction: bool) -> bool:
    certain = behind_fraction or (len(word) >= _SHORTEST_UNIT and word not in _NO_UNIT)
    return certain and word.isalpha() and find_unit(word) is not None


@lru_cache(maxsize=32_768)
def quantity_of(word: str) -> tuple[str, float] | None:
    """Dimension and size, in one measure for each dimension, of `64gb` or `12.7cm`."""
    match = _QUANTITY.fullmatch(word)
    unit = find_unit(match[2]) if match and _is_unit(match[2], "." in match[1]) else None
    if match is None or unit is None:
        return None
    return unit.dimension, float(match[1]) * unit.factor + unit.offset


def stems_of(words: Sequence[str]) -> frozenset[str]:
    """Model numbers without what follows their digits: `g955` and `smg955` of `SM-G955F`."""
    return frozenset(_stems(words))


def _stems(words: Sequence[str]) -> Iterator[str]:
    for place, word in enumerate(words):
        stem = _stem(word)
        if stem is None:
            continue
        if len(stem) >= SHORTEST_CODE:
            yield stem
        if place and words[place - 1].isalpha() and len(words[place - 1]) < SHORTEST_CODE:
            yield words[place - 1] + stem


@lru_cache(maxsize=32_768)
def _stem(word: str) -> str | None:
    if word.isdigit() or word.isalpha() or quantity_of(word):
        return None
    match = _STEM.match(word)
    return match[0] if match else None


def shape_of(stem: str) -> tuple[str, int]:
    """Two model numbers of one shape are of one line: of `g955` and `g950` at most one is right."""
    letters = stem.rstrip("0123456789")
    return letters, len(stem) - len(letters)


def pairs_of(words: Sequence[str]) -> list[str]:
    """Neighbours as one word."""
    return [left + right for left, right in pairwise(words)]


def number_pairs_of(words: Sequence[str]) -> list[str]:
    """Neighbours that may be written as one because a digit divides them: `note 9`, `note9`."""
    return [
        left + right for left, right in pairwise(words) if left[-1].isdigit() or right[0].isdigit()
    ]
