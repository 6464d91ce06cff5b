"""Categories without any learning: of items with the same words, or named by the text itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from ml.categories.records import Guess
from ml.categories.terms import words_of

VOTERS = 10  # of the items that share the most words
SHARED_LEAST = 0.3  # of the words of a text; with fewer nothing is like it
NAMED = 1.0  # what a text that names a category counts: as an item with all of its words
TELLING_WORDS = 3


def guess(text: str, near: Sequence[tuple[str, str]], names: Mapping[str, Sequence[str]]) -> Guess:
    """The share of votes is the confidence: an order and no probability.

    Args:
        near: category and title of items.
        names: of every category.
    """
    asked = _stems(text)
    shared = [(asked & _stems(title), category) for category, title in near]
    voters = sorted(shared, key=lambda one: -len(one[0]))[:VOTERS]
    votes: dict[str, float] = defaultdict(float)
    said: dict[str, Counter[str]] = defaultdict(Counter)
    likest = 0.0
    for words, category in voters:
        share = len(words) / max(1, len(asked))
        votes[category] += share**2  # an item with all words counts as four with half of them
        likest = max(likest, share)
        said[category].update(words)
    for category, called in names.items():
        if any((words := _stems(name)) and words <= asked for name in called):
            votes[category] += NAMED
            likest = 1.0
    total = sum(votes.values())
    ranked = sorted(votes.items(), key=lambda one: (-one[1], one[0])) if total else []
    telling = said[ranked[0][0]] if ranked else Counter[str]()
    return Guess(
        ranked=tuple((category, vote / total) for category, vote in ranked),
        novelty=1 - likest,
        unknown=likest < SHARED_LEAST,
        telling=tuple(sorted(telling, key=lambda word: (-telling[word], word))[:TELLING_WORDS]),
    )


def _stems(text: str) -> set[str]:
    """`lamps` and `lamp` are one word."""
    return {word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words_of(text)}
