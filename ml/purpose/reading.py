"""Titles to what they offer that is made for something else, and what it is made for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ml.purpose.phrases import Word, stem, words_of

_NEAR = 3  # words behind `no` or `in` that it speaks of: `in original case`
_SPARE = 2  # words between `replacement` and the part
_OBJECT = 5  # words behind `for` among which what it is for is named
_PART_OF = 4  # words between a part and its `for`
_NAMED = 2  # words in front of a specification that are a name already


@dataclass(frozen=True, slots=True)
class Purpose:
    """An accessory, part or supply, as a title says.

    Attributes:
        thing: the word for it as the language data has it.
        start, end: of the word in the title, in characters.
        object_start: where what it is for begins, if a word such as `for` says so.
        relation: that word.
    """

    thing: str
    start: int
    end: int
    relation: str | None = None
    object_start: int | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A word such as `for`, and where what stands behind it begins, in characters."""

    word: str
    start: int
    object_start: int


def read_purpose(title: str, heads: Collection[str] = ()) -> Purpose | None:
    """What a title offers that is made for something else; None: it offers the thing itself.

    Args:
        heads: what the graph sells, as `heads_of` reads it from the names of categories.
    """
    words = words_of(title)
    if all(word.role not in ("thing", "part") for word in words):
        return None
    end = next((n for n, word in enumerate(words) if n and word.role == "with"), len(words))
    for place in range(end):
        word = words[place]
        if word.role not in ("thing", "part") or _comes_along(words, place):
            continue
        relation = _relation(words, place, heads)
        if relation is not None or _is_offered(words, place, end, heads):
            return Purpose(
                stem(word.key),
                word.start,
                word.end,
                relation.key if relation else None,
                _behind(words, relation) if relation else None,
            )
    return None


def relations_of(title: str) -> list[Relation]:
    """Every word that says that something else stands behind it."""
    words = words_of(title)
    return [
        Relation(word.key, word.start, start)
        for word in words
        if word.role == "relation" and (start := _behind(words, word)) is not None
    ]


def without_extras(title: str) -> str:
    """The title up to a `+` that something comes along behind: no `S10 Plus` where a case does."""
    words = words_of(title)
    for place, word in enumerate(words):
        if place and word.key == "+":
            behind = words[place + 1 : place + 1 + _NEAR]
            if any(one.role in ("thing", "part", "near") for one in behind):
                return title[: word.start]
    return title


def _behind(words: Sequence[Word], relation: Word) -> int | None:
    return next((word.start for word in words if word.start >= relation.end), None)


def _comes_along(words: Sequence[Word], place: int) -> bool:
    """`no charger`, `in original case`, `charger included`."""
    for word in reversed(words[max(place - _NEAR, 0) : place]):
        if word.role == "near":
            return True
        if word.role not in ("filler", "thing", "part", None):
            break
    behind = words[place + 1 : place + 3]
    last = len(words) - 1
    return any(
        word.role == "behind" or (word.role == "with" and place + 1 + n == last)
        for n, word in enumerate(behind)
    )


def _relation(words: Sequence[Word], place: int, heads: Collection[str]) -> Word | None:
    """The word that says what this one is for, if a name or something that is sold follows it."""
    reach = len(words) if words[place].role == "thing" else place + 1 + _PART_OF
    for at, word in enumerate(words[place + 1 : reach], start=place + 1):
        if word.role == "relation" and _names(words[at + 1 : at + 1 + _OBJECT], heads):
            return word
    return None


def _names(words: Sequence[Word], heads: Collection[str]) -> bool:
    for before, word in zip((None, *words), words, strict=False):
        if word.role in ("relation", "with"):
            return False
        if word.is_code or is_head(word.key, heads):
            return True
        # `iPhone 8`; but `for 2 people`
        named = before is not None and before.role is None and before.key.isalpha()
        if named and word.key.isdigit() and not word.quantity:
            return True
    return False


def is_head(key: str, heads: Collection[str]) -> bool:
    """Whether it is one of them, or ends with it: a `smartphone` is a phone."""
    word = stem(key)
    return word in heads or any(len(head) > 3 and word.endswith(head) for head in heads)


def _is_offered(words: Sequence[Word], place: int, end: int, heads: Collection[str]) -> bool:
    """Without a word that says what it is for."""
    if any(word.role == "bundle" for word in words):
        return False
    before = words[:place]
    around = (*words[max(place - 1 - _SPARE, 0) : place], *words[place + 1 : place + 2 + _SPARE])
    if any(word.role == "of" for word in around):
        return True
    if _says_more(before, words[place + 1 : end], heads):
        return False
    if words[place].role == "thing":
        return True
    return place == end - 1 and _is_last_of_name(before)


def _says_more(before: Sequence[Word], behind: Sequence[Word], heads: Collection[str]) -> bool:
    """Whether something that is sold is named or measured already, so that this comes along."""
    if any(word.quantity for word in before[_NAMED:]):
        return True
    head = max((n for n, word in enumerate(before) if is_head(word.key, heads)), default=None)
    # `phone leather case` is a case; `phone 6 in case`, `phone case radio` are phones with more
    rest = () if head is None else (*before[head + 1 :], *behind)
    return any(word.role not in ("filler", "thing", "part") for word in rest)


def _is_last_of_name(before: Sequence[Word]) -> bool:
    """A part that ends a title right behind a model: `Acme E8 battery`."""
    left = [word for word in before[-2:] if word.role not in ("filler", "thing", "part")]
    return bool(left) and left[-1].is_code
