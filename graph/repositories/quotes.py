"""The text that is the evidence of a fact: where it stands, and whether it still does."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_EVIDENCE = re.compile(r"(title|description):(\d{1,9})-(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Characters `start` to `end` of a field."""

    field: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.field}:{self.start}-{self.end}"


def read_evidence(text: str) -> Evidence | None:
    """`title:12-17`; None for what points to no text of an item."""
    found = _EVIDENCE.fullmatch(text)
    if found is None:
        return None
    start, end = int(found[2]), int(found[3])
    return Evidence(found[1], start, end) if start < end else None


def moved(evidence: Evidence, quote: str, text: str | None) -> Evidence | None:
    """Where `quote` stands by now, as near as can be to where it stood; None: nowhere.

    A word that is only a part of another one by now does not count.
    """
    places = [
        match.start()
        for match in re.finditer(f"(?={re.escape(quote)})", text or "")
        if text and not _inside_word(text, match.start(), match.start() + len(quote))
    ]
    if not places:
        return None
    start = min(places, key=lambda place: (abs(place - evidence.start), place))
    return Evidence(evidence.field, start, start + len(quote))


def _inside_word(text: str, start: int, end: int) -> bool:
    before = start > 0 and _joined(text[start - 1], text[start])
    return before or (end < len(text) and _joined(text[end - 1], text[end]))


def _joined(one: str, other: str) -> bool:
    """Two digits, or two letters; Chinese ones stand side by side without being one word."""
    if one.isdigit() or other.isdigit():
        return one.isdigit() and other.isdigit()
    return all(letter.isalpha() and unicodedata.category(letter) != "Lo" for letter in (one, other))
