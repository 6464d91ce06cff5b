"""Titles to what they offer that is made for something else, and what it is made for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from ml.purpose.phrases import Word, stem, words_of
from ml.purpose.words import Role

_NEAR = 3  # words behind `no` or `in` that it speaks of: `in original case`
_SPARE = 2  # words between `replacement` and the part
_OBJECT = 5  # words behind `for` among which what it is for is named
_PART_OF = 4  # words between a part and its `for`
_LEAST_IN_FRONT = 3  # letters of a compound; an `iphone` is a name
_NAMED = 2  # words in front of a specification that are a name already

_THINGS: tuple[Role, ...] = ("thing", "part")
_SPARES: tuple[Role, ...] = ("of",)
_OTHER_THINGS: tuple[Role, ...] = ("with", "near", "relation", "thing", "part", "of")


@dataclass(frozen=True, slots=True)
class Purpose:
    """An accessory, part or supply, as a title says.

    Attributes:
        thing: the word for it as the language data has it.
        start, end: of the word in the title, in characters.
        relation: a word such as `for`, if one says what it is for.
        object_start, object_end: what stands behind that, up to a sign, or where more comes along;
            equal: no such word.
    """

    thing: str
    start: int
    end: int
    relation: str | None = None
    object_start: int = 0
    object_end: int = 0


@dataclass(frozen=True, slots=True)
class Relation:
    """A word such as `for`, and where what stands behind it begins, in characters."""

    word: str
    start: int
    object_start: int


def read_purpose(
    title: str, heads: Collection[str] = (), named: tuple[int, int] | None = None
) -> Purpose | None:
    """What a title offers that is made for something else; None: it offers the thing itself.

    Args:
        heads: what the graph sells, as `heads_of` reads it from the names of categories.
        named: where the title names a model of the graph, in characters.
    """
    words = words_of(title)
    if all(word.role not in (*_THINGS, *_SPARES) for word in words):
        return None
    end = end_of_offer(words)
    read = _Title(words, end, heads, named)
    # What `spare` alone says, the part beside it says better.
    for roles in (_THINGS, _SPARES):
        for place in range(end):
            if words[place].role in roles and (found := read.purpose(place)) is not None:
                return found
    return None


def end_of_offer(words: Sequence[Word]) -> int:
    """The place from which on words come along with what stands before them."""
    return next((n for n, word in enumerate(words) if n and word.role == "with"), len(words))


def relations_of(title: str) -> list[Relation]:
    """Every word that says that something else stands behind it."""
    words = words_of(title)
    found = [word for word in words if word.role == "relation"]
    return [Relation(word.key, word.start, _object(words, word)[0]) for word in found]


def without_extras(title: str) -> str:
    """The title up to a `+` that something comes along behind: no `S10 Plus` where a case does."""
    words = words_of(title)
    for place, word in enumerate(words):
        if place and word.key == "+":
            behind = words[place + 1 : place + 1 + _NEAR]
            if any(one.is_accessory or one.role == "near" for one in behind):
                return title[: word.start]
    return title


def _object(words: Sequence[Word], relation: Word) -> tuple[int, int]:
    """Start and end of what stands behind `for`; equal where nothing does."""
    behind = [word for word in words if word.start >= relation.end]
    ends = (n for n, word in enumerate(behind) if n and (word.listed or word.role in _OTHER_THINGS))
    behind = behind[: next(ends, len(behind))]
    while len(behind) > 1 and behind[-1].role == "filler":  # a colour is that of the case
        behind.pop()
    return (behind[0].start, behind[-1].end) if behind else (relation.end, relation.end)


@dataclass(frozen=True, slots=True)
class _Title:
    """Words of a title; those from `end` on come along with what stands before them."""

    words: Sequence[Word]
    end: int
    heads: Collection[str]
    named: tuple[int, int] | None

    def purpose(self, place: int) -> Purpose | None:
        """What is offered, if it is what stands at a place."""
        word = self.words[place]
        if self.is_of_name(word) or self.comes_along(place):
            return None
        relation = self.relation(place)
        if relation is not None:
            start, end = _object(self.words, relation)
            return Purpose(stem(word.key), word.start, word.end, relation.key, start, end)
        return Purpose(stem(word.key), word.start, word.end) if self.is_offered(place) else None

    def comes_along(self, place: int) -> bool:
        """`no charger`, `in original case`, `charger included`, `S10, case, charger`."""
        for word in reversed(self.words[max(place - _NEAR, 0) : place]):
            if word.role == "near":
                return True
            if word.role is not None and word.role != "filler" and not word.is_accessory:
                break
        behind = self.words[place + 1 : place + 3]
        last = len(self.words) - 1
        return (
            any(word.role == "behind" for word in behind)
            or (self.words[last].role == "with" and last <= place + 2)
            or place in _lone(self.words)
        )

    def relation(self, place: int) -> Word | None:
        """The word that says what this one is for, if a name or what is sold follows it."""
        words = self.words
        reach = len(words) if words[place].role == "thing" else place + 1 + _PART_OF
        for at, word in enumerate(words[place + 1 : reach], start=place + 1):
            if word.role == "relation" and self._names(words[at + 1 : at + 1 + _OBJECT]):
                return word
        return None

    def _names(self, words: Sequence[Word]) -> bool:
        for before, word in zip((None, *words), words, strict=False):
            if word.role in ("relation", "with"):
                return False
            if self.is_of_name(word) or word.is_code or is_head(word.key, self.heads):
                return True
            # `iPhone 8`; but `for 2 people`
            named = before is not None and before.role is None and before.key.isalpha()
            if named and word.key.isdigit() and not word.quantity:
                return True
        return False

    def is_of_name(self, word: Word) -> bool:
        """Whether it stands in the name of a model, as in `Acme Dock 2 case`."""
        if self.named is None:
            return False
        return self.named[0] <= word.start and word.end <= self.named[1]

    def is_offered(self, place: int) -> bool:
        """Without a word that says what it is for."""
        words, before = self.words, self.words[:place]
        if any(word.role == "bundle" for word in words):
            return False
        if place + 1 < self.end and is_head(words[place + 1].key, self.heads):
            return False  # `sleeve shirt`
        if words[place].role == "of":
            return place in (0, self.end - 1) and self.end > 1
        behind = words[place + 1 : place + 2 + _SPARE]
        if any(word.role == "of" for word in (*before[-1 - _SPARE :], *behind)):
            return True
        if self._says_more(before, words[place + 1 : self.end]):
            return False
        if words[place].role == "thing":
            return True
        # A part that ends a title right behind a model: `Acme E8 battery`.
        left = [word for word in before[-2:] if word.role != "filler" and not word.is_accessory]
        return (
            place == self.end - 1 and bool(left) and (self.is_of_name(left[-1]) or left[-1].is_code)
        )

    def _says_more(self, before: Sequence[Word], behind: Sequence[Word]) -> bool:
        """Whether what is sold is named or measured already, so that this comes along."""
        if any(word.quantity for word in before[_NAMED:]):
            return True
        heads = [n for n, word in enumerate(before) if is_head(word.key, self.heads)]
        # `phone leather case` is a case; `phone 6 case`, `phone case radio` are phones with more
        behind = list(takewhile(lambda word: word.role != "relation", behind))
        rest = (*before[heads[-1] + 1 :], *behind) if heads else ()
        return any(word.role != "filler" and not word.is_accessory for word in rest)


def _lone(words: Sequence[Word]) -> set[int]:
    """Places of accessories that stand alone between commas, if two of them do."""
    starts = [0, *(n for n, word in enumerate(words) if word.listed), len(words)]
    found = [
        range(first, last)
        for first, last in pairwise(starts[1:])
        if any(word.is_accessory for word in words[first:last])
        and all(w.is_accessory or w.quantity or w.role == "filler" for w in words[first:last])
    ]
    return {place for part in found for place in part} if len(found) > 1 else set()


def is_head(key: str, heads: Collection[str]) -> bool:
    """Whether it is one of them, or a compound that ends with one: a `smartphone` is a phone."""
    word = stem(key)
    return word in heads or any(
        len(head) > 3 and word.endswith(head) and len(word) >= len(head) + _LEAST_IN_FRONT
        for head in heads
    )
