"""How alike two texts are, letter by letter and word by word."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from ml.matching.prepared import PreparedText
from ml.matching.rarity import Rarity

FUZZY_CHARS = 300  # partial ratios are quadratic

NAMES = (
    "ratio",
    "partial ratio",
    "words sorted",
    "words as a set",
    "first letters",
    "squashed ratio",
    "squashed partial",
    "words in common",
    "share of words in common",
    "share of the shorter in common",
    "share of the longer in common",
    "weighed words in common",
    "weighed share of the left",
    "weighed share of the right",
    "rarest word in common",
    "second rarest in common",
    "rarest word of the left alone",
    "rarest word of the right alone",
    "first word alike",
    "words before the first difference",
    "last word alike",
    "words of the left",
    "words of the right",
    "ratio of lengths",
)

# Those that could decide alone.
SIMILARITIES = (
    *("ratio", "partial ratio", "words sorted", "words as a set", "first letters"),
    *("squashed ratio", "share of words in common", "share of the shorter in common"),
    "weighed words in common",
)


def compare_strings(left: PreparedText, right: PreparedText, rarity: Rarity) -> Sequence[float]:
    """One number per name in NAMES."""
    a, b = left.text[:FUZZY_CHARS], right.text[:FUZZY_CHARS]
    squashed_a, squashed_b = left.squashed[:FUZZY_CHARS], right.squashed[:FUZZY_CHARS]
    return [
        fuzz.ratio(a, b),
        fuzz.partial_ratio(a, b),
        fuzz.token_sort_ratio(a, b),
        fuzz.token_set_ratio(a, b),
        JaroWinkler.similarity(a, b),
        fuzz.ratio(squashed_a, squashed_b),
        fuzz.partial_ratio(squashed_a, squashed_b),
        *_words_in_common(left, right, rarity),
        *_order(left.words, right.words),
    ]


def _words_in_common(left: PreparedText, right: PreparedText, rarity: Rarity) -> list[float]:
    common = left.word_set & right.word_set
    only_left, only_right = left.word_set - common, right.word_set - common
    shared = sorted(map(rarity, common), reverse=True)
    mass = sum(shared)
    mass_left, mass_right = mass + rarity.total(only_left), mass + rarity.total(only_right)
    count, sizes = len(common), (len(left.word_set), len(right.word_set))
    return [
        count,
        _share(count, sizes[0] + sizes[1] - count),
        _share(count, min(sizes)),
        _share(count, max(sizes)),
        _share(mass, mass_left + mass_right - mass),
        _share(mass, mass_left),
        _share(mass, mass_right),
        shared[0] if shared else 0.0,
        shared[1] if count > 1 else 0.0,
        max(map(rarity, only_left), default=0.0),
        max(map(rarity, only_right), default=0.0),
    ]


def _order(left: Sequence[str], right: Sequence[str]) -> list[float]:
    same_start = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        same_start += 1
    return [
        float(bool(left and right) and left[0] == right[0]),
        same_start,
        float(bool(left and right) and left[-1] == right[-1]),
        len(left),
        len(right),
        _share(min(len(left), len(right)), max(len(left), len(right))),
    ]


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
