"""Categories without any learning: of items with the same words, or named by the text itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from ml.categories.records import Guess
from ml.categories.terms import words_of
from ml.purpose.kinds import sells_accessories
from ml.purpose.reading import read_purpose

VOTERS = 10  # of the items that share the most words
SHARED_LEAST = 0.3  # of the words of a text; with fewer nothing is like it
NAMED = 1.0  # what a text that names a category counts: as an item with all of its words
TELLING_WORDS = 3
# Of the near items of a category so many, and such a share, are accessories where it sells them:
# the word for it brings near whatever has slipped in.
ALIKE_LEAST, ALIKE_SHARE = 2, 0.2


def guess(
    text: str,
    near: Sequence[tuple[str, str]],
    names: Mapping[str, Sequence[str]],
    heads: Collection[str] = (),
) -> Guess:
    """The share of votes is the confidence: an order and no probability.

    Args:
        near: category and title of items.
        names: of every category.
        heads: words for what these sell, as `heads_of` reads them from the names.
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
    like = likest >= SHARED_LEAST
    accessory = _accessory(text, ranked[0][0], near, names, heads) if like and ranked else None
    return Guess(
        ranked=tuple((category, vote / total) for category, vote in ranked),
        novelty=1 - likest,
        unknown=not like or accessory is not None,
        telling=tuple(sorted(telling, key=lambda word: (-telling[word], word))[:TELLING_WORDS]),
        accessory=accessory,
    )


def _accessory(
    text: str,
    category: str,
    near: Sequence[tuple[str, str]],
    names: Mapping[str, Sequence[str]],
    heads: Collection[str],
) -> str | None:
    """The word for it, where neither the category's name nor its near items are of such things."""
    found = read_purpose(text, heads)
    if found is None or sells_accessories(names.get(category, ())):
        return None
    titles = [title for where, title in near if where == category]
    alike = sum(read_purpose(title, heads) is not None for title in titles)
    sold = alike >= ALIKE_LEAST and alike >= ALIKE_SHARE * len(titles)
    return None if sold else text[found.start : found.end]


def _stems(text: str) -> set[str]:
    """`lamps` and `lamp` are one word."""
    return {word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words_of(text)}
