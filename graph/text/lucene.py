"""Words as a query of the full-text index: nothing that a user wrote is syntax in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

WORDS_MAX = 64  # each is a clause; a title has fewer
WORD_CHARS = 100
_PLAIN = re.compile(r"[^\W_]+")
_FORM_BOOST = 0.5  # the word in the other number
_GUESSED_BOOST = 0.3  # a word that is only like the one written counts less
_BEGUN_SCORE = 3.0  # about that of a rare word: for beginnings the index does not count how rare


@dataclass(frozen=True, slots=True)
class Words:
    """What to look for.

    Attributes:
        exact: runs of letters and digits; anything else is left out.
        like: the same, which may differ by one letter.
        forms: the exact ones in another form, such as the plural, which count less.
        begun: the same, with which longer words may begin.
    """

    exact: tuple[str, ...]
    like: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    begun: tuple[str, ...] = ()


def lucene(words: Words) -> str:
    """Any of the words, the more the better; empty: there is none.

    Every word is letters and digits in lower case: no operator, field or wildcard of a user's can
    be one.
    """
    exact = [word.lower() for word in words.exact if _is_plain(word)]
    like = [_like(word) for word in words.like if _is_plain(word)]
    forms = [f"{word.lower()}^{_FORM_BOOST}" for word in words.forms if _is_plain(word)]
    begun = [f"{word.lower()}*^{_BEGUN_SCORE}" for word in words.begun if _is_plain(word)]
    return " ".join(dict.fromkeys([*exact, *like, *forms, *begun][:WORDS_MAX]))


def lucene_all(words: Sequence[str]) -> str:
    """All of the words; empty: there is none, or one that is no run of letters and digits."""
    if len(words) > WORDS_MAX or not all(map(_is_plain, words)):
        return ""
    return " ".join(f"+{word.lower()}" for word in words)


def lucene_titles(
    groups: Sequence[Sequence[Sequence[str]]], *, every: bool, like: Sequence[str] = ()
) -> str:
    """Of each group one of its alternatives, which are words that a title must have all of.

    `every`: of every group, or of as many as may be. `like`: words that may differ by a letter,
    and count less. Alternatives with a word that is no run of
    letters and digits are left out, and groups without any; empty: there is none.
    """
    sign = "+" if every else ""
    clauses = (
        [_all_of(words) for words in group if words and all(map(_is_plain, words))]
        for group in groups[:WORDS_MAX]
    )
    asked = [f"{sign}title:({' '.join(dict.fromkeys(one))})" for one in clauses if one]
    asked += [f"title:{_like(word)}" for word in like[:WORDS_MAX] if _is_plain(word)]
    return " ".join(asked)


def _like(word: str) -> str:
    return f"{word.lower()}~1^{_GUESSED_BOOST}"


def _all_of(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0].lower()
    return f"({' '.join(f'+{word.lower()}' for word in words)})"


def _is_plain(word: str) -> bool:
    return len(word) <= WORD_CHARS and _PLAIN.fullmatch(word) is not None
