"""Words as a query of the full-text index: nothing that a user wrote is syntax in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

WORDS_MAX = 64  # each is a clause; a title has fewer
WORD_CHARS = 100
_PLAIN = re.compile(r"[^\W_]+")
_GUESSED_BOOST = 0.3  # a word that is only like the one written counts less


@dataclass(frozen=True, slots=True)
class Words:
    """What to look for.

    Attributes:
        exact: runs of letters and digits; anything else is left out.
        like: the same, which may differ by one letter.
    """

    exact: tuple[str, ...]
    like: tuple[str, ...] = ()


def lucene(words: Words) -> str:
    """Any of the words, the more the better; empty: there is none.

    Every word is letters and digits in lower case: no operator, field or wildcard can be one.
    """
    exact = [word.lower() for word in words.exact if _is_plain(word)]
    like = [f"{word.lower()}~1^{_GUESSED_BOOST}" for word in words.like if _is_plain(word)]
    return " ".join(dict.fromkeys([*exact, *like][:WORDS_MAX]))


def lucene_all(words: Sequence[str]) -> str:
    """All of the words; empty: there is none, or one that is no run of letters and digits."""
    if len(words) > WORDS_MAX or not all(map(_is_plain, words)):
        return ""
    return " ".join(f"+{word.lower()}" for word in words)


def _is_plain(word: str) -> bool:
    return len(word) <= WORD_CHARS and _PLAIN.fullmatch(word) is not None
