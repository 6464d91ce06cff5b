"""Where a text has the words of a query: places to be marked, not markup."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ml.grounding.tokens import tokens
from ml.search.forms import plain_form
from ml.search.words import folded, split_words

RANGES_MAX = 50  # of one text


def ranges(text: str, query: str) -> tuple[tuple[int, int], ...]:
    """Starts and ends, in order and apart from each other; in Chinese only two signs and more."""
    wanted = frozenset(map(plain_form, split_words(query)))
    found: list[tuple[int, int]] = []
    for start, end in _places(text, wanted):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif len(found) < RANGES_MAX:
            found.append((start, end))
        else:
            break
    return tuple(found)


def _places(text: str, wanted: frozenset[str]) -> Sequence[tuple[int, int]]:
    words = tokens(text)
    places = [(one.start, one.end) for one in words if plain_form(folded(one.key)) in wanted]
    for first, second in pairwise(words):
        if first.end == second.start and first.key + second.key in wanted:
            places.append((first.start, second.end))
    return sorted(places)
