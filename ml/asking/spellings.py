"""Known words by how they may be written otherwise: with a typing error, or as one word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from ml.asking.senses import Sense
from ml.asking.values import ValueTexts
from ml.grounding.tokens import is_han

_BLANKED_CHARS = 3  # shorter words have too many neighbours to be mended


def blanked(senses: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Chinese phrases with each character left out, to the one that belongs there, if it is one."""
    found: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for words in senses:
        if len(words) >= _BLANKED_CHARS and all(map(is_han, words)):
            for place, word in enumerate(words):
                found[(*words[:place], "*", *words[place + 1 :])].add(word)
    return {phrase: next(iter(words)) for phrase, words in found.items() if len(words) == 1}


def glued(
    senses: Mapping[tuple[str, ...], tuple[Sense, ...]], texts: ValueTexts
) -> dict[str, tuple[str, str]]:
    """Two words that stand beside each other in names of models, as one that is no word itself."""
    known = {word for words in senses for word in words}
    pairs = (
        (one, two)
        for words, found in senses.items()
        if any(sense.kind == "model" for sense in found)
        for one, two in pairwise(words)
        if one.isalpha() and two.isalpha() and one.isascii() and two.isascii() and len(one) > 1
    )
    return {
        one + two: (one, two)
        for one, two in pairs
        if one + two not in known and one + two not in texts
    }


def by_letter(senses: Iterable[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for word in (word for words in senses for word in words):
        if len(word) >= 4 and word.isascii() and word.isalpha():
            found[word[0]].add(word)
    return {letter: tuple(sorted(words)) for letter, words in found.items()}
