"""Names that begin with what somebody types: brands, models, categories and values, in memory."""

from __future__ import annotations

import heapq
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from graph.records import Record
from graph.repositories.names import NamedItems, NameKind
from ml.search.spelling import Spelling
from ml.search.words import folded
from ml.text.everyday import everyday_words

NAME_CHARS = 80
_SHORT = 2  # letters of a beginning that so many names have that the best are kept ready
_KEPT = 50  # of the best, for each short beginning
_REMEMBERED = 1_024  # words with what they may be meant for: every letter asks for them again
_SCANNED = 5_000  # names of one beginning that are compared; a millisecond
_LAST_LETTER = "\u2e7f"  # of alphabets; signs of Chinese, Japanese and Korean stand behind
_BETWEEN = re.compile(r"[\s\-‐‑_/'’]+")  # what some write between words or letters, and some do not
_JOINED = re.compile(r"\w[-'’]$")  # `men's`, `t-shirt`: no word begins behind it


class Suggestion(Record, frozen=True):
    """A completion; `highlight` is the part of `text` that was typed, from and up to.

    Attributes:
        query: what is then to be searched for: `text` behind the words before it.
    """

    text: str
    query: str
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

    def __init__(self, known: Iterable[NamedItems], spelling: Spelling) -> None:
        self._meant = lru_cache(_REMEMBERED)(spelling.correction)
        self._begun = lru_cache(_REMEMBERED)(spelling.beginnings)
        found: list[tuple[str, int, _Entry]] = []
        for named in known:
            written: dict[str, str] = {}  # `ACME` is no other name than `Acme`
            for text in (named.name, *named.names):
                written.setdefault(folded(text), text)
            for text in written.values():
                shown = text[:NAME_CHARS]
                found += [
                    (_key(shown[at:]), -named.items, _Entry(named, shown, at))
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
        """Those of most items first; items count twice where the name itself begins so.

        Where no name begins with what was typed, nor with what was probably meant by it, only the
        last words are completed, as many as possible.
        """
        typed = " ".join(typed.split())
        for at in _beginnings(typed):
            if len(typed) - at > NAME_CHARS or _JOINED.search(typed[:at]):
                continue
            key = _key(typed[at:])
            if not key or (at and len(key) < _SHORT and key.isascii()):
                break  # a letter behind other words says too little, a mark without its own nothing
            chosen = self._best([key], limit) or self._best(self._respelt(typed[at:]), limit)
            if chosen:
                return tuple(_suggestion(*one, before=typed[:at]) for one in chosen)
        return ()

    def _best(self, readings: Iterable[str], limit: int) -> list[tuple[_Entry, int]]:
        """Names with the letters of them that were typed.

        One of each that is named, and of things of one kind whose names are one.
        """
        found = [(entry, len(key)) for key in readings for entry in self._beginning(key)]
        chosen: list[tuple[_Entry, int]] = []
        told: set[tuple[str, str, str]] = set()
        for entry, typed in sorted(found, key=lambda one: _order(one[0])):
            kind, id = entry.named.kind, entry.named.id
            same = {(kind, "id", id), (kind, "name", folded(entry.text))}
            if told.isdisjoint(same):
                chosen.append((entry, typed))
                told |= same
            if len(chosen) == limit:
                break
        return chosen

    def _respelt(self, typed: str) -> Iterator[str]:
        """The words as they were probably meant, the last one as all that it may begin."""
        *others, last = folded(typed).split()
        meant = [word if word in everyday_words() else self._meant(word) or word for word in others]
        begun = () if last in everyday_words() else self._begun(last)
        for beginning in begun or (last,):
            yield _key("".join((*meant, beginning)))

    def _beginning(self, key: str) -> Sequence[_Entry]:
        if len(key) <= _SHORT:
            return self._short.get(key, ())
        first = bisect_left(self._keys, key)
        last = bisect_left(self._keys, key + "\U0010ffff", first)
        return self._entries[first : min(last, first + _SCANNED)]


def _key(text: str) -> str:
    """The letters of a name: `t-shirt` begins as `T Shirt` does, `kettle12` as `Kettle 12`."""
    return _BETWEEN.sub("", folded(text))


def _beginnings(text: str) -> Iterable[int]:
    """Where a word begins; of Chinese, every character, and what stands behind one."""
    before = " "
    for at, sign in enumerate(text):
        if sign.isalnum() and (not before.isalnum() or max(sign, before) > _LAST_LETTER):
            yield at
        before = sign


def _order(entry: _Entry) -> tuple[int, int, str, str]:
    named = entry.named
    weight = named.items if entry.at else 2 * named.items  # a name that begins so is meant sooner
    return -weight, len(entry.text), entry.text, named.id


def _suggestion(entry: _Entry, typed: int, *, before: str) -> Suggestion:
    named = entry.named
    return Suggestion(
        text=entry.text,
        query=before + entry.text,
        kind=named.kind,
        id=named.id,
        parameter=named.parameter,
        items=named.items,
        highlight=(entry.at, _end(entry, typed)),
    )


def _end(entry: _Entry, typed: int) -> int:
    """Where so many letters of the name's key end: `ß` is two, an accent of its own none."""
    text, at = entry.text, entry.at
    ends = range(at + 1, len(text) + 1)
    end = next((end for end in ends if len(_key(text[at:end])) >= typed), len(text))
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end
