"""Text as the words that names are compared by, each with its place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from graph.text.numbers import fold_width
from ml.text.scripts import in_simplified

HAN = "\u3400-\u4dbf\u4e00-\u9fff"  # for character classes
# Words in front of what is not so.
NOT = ("no", "non", "not", "without", "sans", "ohne", "kein", "keine", "senza", "sin", "без")
# A Chinese character is a word of its own: nothing else says where words end there.
_TOKEN = re.compile(rf"[{HAN}]|\d+(?:[.,]\d+)*|(?:(?![{HAN}])[^\W\d_])+|\+")


@dataclass(frozen=True, slots=True)
class Token:
    key: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Letters, numbers and Chinese characters, without regard to case, width and script.

    `+` is `plus`, and characters of the traditional script are the simplified ones.
    """
    folded = in_simplified(fold_width(text))
    return [Token(_key(match[0]), match.start(), match.end()) for match in _TOKEN.finditer(folded)]


def key(name: str) -> tuple[str, ...]:
    """What two names have in common that are the same but for case, width, spaces and signs."""
    return tuple([token.key for token in tokens(name)])


def is_han(word: str) -> bool:
    """Whether a word begins with a Chinese character."""
    return "\u3400" <= word[0] <= "\u9fff"


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no letter or digit is glued to this part of a text; Chinese is never glued."""
    return not (
        (start > 0 and _glued(text[start - 1], text[start]))
        or (end < len(text) and _glued(text[end], text[end - 1]))
    )


def _glued(outside: str, inside: str) -> bool:
    return _is_latin(outside) and _is_latin(inside)


def _is_latin(sign: str) -> bool:
    return sign.isalnum() and not is_han(sign)


def _key(word: str) -> str:
    if word == "+":
        return "plus"
    return word.lower() if word.isascii() else unicodedata.normalize("NFKC", word).casefold()
