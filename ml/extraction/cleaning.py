"""Text as shops write it made plain, with the way back to every character of the original."""

# C characters of the cleaned text

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]

# Titles have 200 characters at most; of longer texts the beginning is read, so that one of a
# megabyte costs no more than a paragraph.
LONGEST_CHARACTERS = 1_000

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_FULL_WIDTH = range(0xFF01, 0xFF5F)  # stand 0xFEE0 above their ASCII forms
_WIDE_SPACE = "\u3000"


@dataclass(frozen=True, slots=True)
class CleanText:
    """Attributes: `text`; its character c came from `[starts_C[c], ends_C[c])` of the original."""

    text: str
    starts_C: IntArray
    ends_C: IntArray

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters `[start, end)`, at least one, stood in the original."""
        return int(self.starts_C[start]), int(self.ends_C[end - 1])


def clean(text: str, longest: int = LONGEST_CHARACTERS) -> CleanText:
    """Entities decoded, full-width forms narrowed, control characters made spaces; case stays.

    Only the first `longest` characters of `text` are read.
    """
    text = text[:longest]
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for entity in _ENTITY.finditer(text):
        decoded = html.unescape(entity.group())
        if decoded == entity.group():
            continue  # `&nonsense;` stays as it is
        _append(text[done : entity.start()], done, characters, starts, ends)
        for character in decoded:
            characters.append(_plain(character))
            starts.append(entity.start())
            ends.append(entity.end())
        done = entity.end()
    _append(text[done:], done, characters, starts, ends)
    return CleanText(
        "".join(characters), np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)
    )


def _append(
    part: str, offset: int, characters: list[str], starts: list[int], ends: list[int]
) -> None:
    characters.extend(map(_plain, part))
    starts.extend(range(offset, offset + len(part)))
    ends.extend(range(offset + 1, offset + len(part) + 1))


def _plain(character: str) -> str:
    """One character for one."""
    if "\x20" <= character <= "\x7e":
        return character
    if ord(character) in _FULL_WIDTH:
        return chr(ord(character) - 0xFEE0)
    if character == _WIDE_SPACE or unicodedata.category(character) in ("Cc", "Cs", "Zs"):
        return " "
    return character


def lowered(text: str) -> str:
    """Lower case of the same length: characters that would become two stay."""
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
