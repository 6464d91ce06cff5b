"""Groups of words in a text that may be a name of something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set

from graph.text import find_quantities
from ml.grounding.tokens import Token, is_han, stands_alone

Phrase = tuple[str, ...]

# Three words, or six Chinese characters: longer ones are descriptions.
_BUDGET, _WORD_COSTS, _CHARACTER_COSTS = 6, 2, 1
_JOINED = re.compile(r"[ .'’&+-]{0,2}")  # between words of one name; a comma ends it
_APPOSED = re.compile(r" ?[/()（）] ?")

FREE, TAKEN = -1, -2
_BUT = -3  # and below: free for every role but one


def free_but(role: int) -> int:
    """The place of a phrase that may be a name in every role but one."""
    return _BUT - role


def phrases(
    text: str, words: Sequence[Token], told: Mapping[int, int], named: Mapping[int, int]
) -> Set[tuple[Phrase, int]]:
    """Every group of words that may be a name, with the role that it may be a name in.

    Args:
        words: of this text.
        told: by the position of a word, the one role whose entity has the word in its name, or
            `TAKEN` where it is of several, or of a whole name.
        named: by the position of a word that is of a whole name, the role of that.

    Returns:
        Phrases with a role, with `FREE` for any, or with `free_but` of one: `Acme/Akme` has a
        second name beside the known one, which is neither in its place nor another word.
    """
    known = {**told, **dict.fromkeys(_measured(text, words), TAKEN)}
    found = set()
    for first, last, role in _groups(text, words, known):
        if _is_telling(words[first : last + 1]):
            phrase = tuple([word.key for word in words[first : last + 1]])
            beside = _apposed(text, words, first, last, named) if role == FREE else None
            found.add((phrase, role if beside is None else free_but(beside)))
    return found


def spelled(text: str, words: Sequence[Token], phrase: Phrase) -> str:
    """A phrase as the text that it is from writes it, where it stands first."""
    size = len(phrase)
    for first in range(len(words) - size + 1):
        start, end = words[first].start, words[first + size - 1].end
        same = tuple([word.key for word in words[first : first + size]]) == phrase
        if same and stands_alone(text, start, end):
            return text[start:end]
    raise ValueError(f"{phrase} is not in {text!r}")


def _groups(
    text: str, words: Sequence[Token], told: Mapping[int, int]
) -> Iterator[tuple[int, int, int]]:
    for first, word in enumerate(words):
        spent, role = 0, FREE
        for last in range(first, len(words)):
            if last > first and not _are_joined(text, words[last - 1], words[last]):
                break
            spent += _cost(words, first, last)
            role = _both(role, told.get(last, FREE))
            if spent > _BUDGET or role == TAKEN:
                break
            if stands_alone(text, word.start, words[last].end):
                yield first, last, role


def _are_joined(text: str, left: Token, right: Token) -> bool:
    between = text[left.end : right.start]
    if is_han(left.key) or is_han(right.key):
        return not between
    return _JOINED.fullmatch(between) is not None


def _apposed(
    text: str, words: Sequence[Token], first: int, last: int, named: Mapping[int, int]
) -> int | None:
    """The role of the name that a slash or a bracket joins these words to."""
    for left, right, other in ((first - 1, first, first - 1), (last, last + 1, last + 1)):
        if other in named and _APPOSED.fullmatch(text[words[left].end : words[right].start]):
            return named[other]
    return None


def _cost(words: Sequence[Token], first: int, last: int) -> int:
    if is_han(words[last].key):
        return _CHARACTER_COSTS
    glued = last > first and words[last - 1].end == words[last].start
    return 0 if glued and not is_han(words[last - 1].key) else _WORD_COSTS


def _both(left: int, right: int) -> int:
    if FREE in (left, right):
        return max(left, right) if TAKEN not in (left, right) else TAKEN
    return left if left == right else TAKEN


def _measured(text: str, words: Sequence[Token]) -> Iterator[int]:
    """Words that are part of a number with its unit."""
    spans = [(start, end) for start, end, _, _ in find_quantities(text)]
    for at, word in enumerate(words):
        if any(start < word.end and word.start < end for start, end in spans):
            yield at


def _is_telling(words: Sequence[Token]) -> bool:
    """A lone letter or Chinese character is in many words, and a bare number is a number."""
    if len(words) == 1:
        return words[0].end - words[0].start > 1 and not words[0].key[0].isdigit()
    return not all(word.key[0].isdigit() or word.key == "plus" for word in words)
