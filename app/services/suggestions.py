"""Names that begin with what somebody types: brands, models, categories and values, in memory."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.records import Record
from graph.repositories.names import NamedItems, NameKind
from ml.search.words import folded

NAME_CHARS = 80
_SHORT = 2  # letters of a beginning that so many names have that the best are kept ready
_KEPT = 50  # of the best, for each short beginning
_SCANNED = 5_000  # names of one beginning that are compared; a millisecond


class Suggestion(Record, frozen=True):
    """A completion; `highlight` is the part of `text` that was typed, from and up to."""

    text: str
    kind: NameKind
    id: str
    parameter: str | None
    items: int
    highlight: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Entry:
    named: NamedItems
    text: str  # the name that begins so
    at: int  # where in it


class Suggester:
    """All names by the beginning of each of their words, and of each Chinese character."""

    def __init__(self, known: Iterable[NamedItems]) -> None:
        found: list[tuple[str, int, _Entry]] = []
        for named in known:
            for text in dict.fromkeys((named.name, *named.names)):
                shown = text[:NAME_CHARS]
                found += [
                    (folded(shown[at:]), -named.items, _Entry(named, shown, at))
                    for at in _beginnings(shown)
                ]
        found.sort(key=lambda one: one[:2])
        self._keys = [key for key, _, _ in found]
        self._entries = [entry for _, _, entry in found]
        self._short: dict[str, list[_Entry]] = {}
        for key, entry in zip(self._keys, self._entries, strict=True):
            for length in range(1, _SHORT + 1):
                self._short.setdefault(key[:length], []).append(entry)
        for beginning, entries in self._short.items():
            self._short[beginning] = heapq.nsmallest(_KEPT, entries, key=_order)

    def suggest(self, typed: str, *, limit: int) -> tuple[Suggestion, ...]:
        """Those of most items first; items count twice where the name itself begins so."""
        key = " ".join(folded(typed[:NAME_CHARS]).split())
        if not key:
            return ()
        chosen: dict[tuple[str, str], _Entry] = {}
        for entry in sorted(self._beginning(key), key=_order):
            chosen.setdefault((entry.named.kind, entry.named.id), entry)
            if len(chosen) == limit:
                break
        return tuple(_suggestion(entry, len(key)) for entry in chosen.values())

    def _beginning(self, key: str) -> Sequence[_Entry]:
        if len(key) <= _SHORT:
            return self._short.get(key, ())
        first = bisect_left(self._keys, key)
        last = bisect_left(self._keys, key + "\U0010ffff", first)
        return self._entries[first : min(last, first + _SCANNED)]


def _beginnings(text: str) -> Iterable[int]:
    """Where a word begins; of Chinese, every character."""
    before = " "
    for at, sign in enumerate(text):
        if sign.isalnum() and (not before.isalnum() or (not sign.isascii() and ord(sign) > 0x2E7F)):
            yield at
        before = sign


def _order(entry: _Entry) -> tuple[int, int, str, str]:
    named = entry.named
    weight = named.items if entry.at else 2 * named.items  # a name that begins so is meant sooner
    return -weight, len(entry.text), entry.text, named.id


def _suggestion(entry: _Entry, typed: int) -> Suggestion:
    named = entry.named
    end = min(len(entry.text), entry.at + typed)
    return Suggestion(
        entry.text, named.kind, named.id, named.parameter, named.items, (entry.at, end)
    )
