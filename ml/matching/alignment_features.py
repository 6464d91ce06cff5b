"""What one text says that the other does not, even in another spelling."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from ml.matching.prepared import PreparedText
from ml.matching.rarity import Rarity

ALIGNED_WORDS = 60  # of a text; the rest of a long description says little
_PREFIX, _TYPO = 0.8, 0.8  # how much of a word counts as said by a prefix, by a near spelling
_NEAR = 0.9  # Jaro-Winkler

NAMES = (
    "weight not said",
    "share not said",
    "words not said",
    "rarest not said",
    "second rarest not said",
    "numbers not said",
    "position of the first not said",
)


def compare_one_way(said: PreparedText, other: PreparedText, rarity: Rarity) -> Sequence[float]:
    """What `said` has and `other` lacks: one number per name in NAMES."""
    words = said.words[:ALIGNED_WORDS]
    total, missing, numbers, first = 0.0, [], 0, len(words)
    for position, word in enumerate(words):
        weight = rarity(word)
        total += weight
        lacking = 1 - _coverage(word, other)
        if lacking == 0:
            continue
        missing.append(lacking * weight)
        if lacking == 1:
            first = min(first, position)
            numbers += word in said.numbers
    missing.sort(reverse=True)
    mass = sum(missing)
    return [
        mass,
        mass / total if total else 0.0,
        len(missing),
        missing[0] if missing else 0.0,
        missing[1] if len(missing) > 1 else 0.0,
        numbers,
        first / len(words) if words else 1.0,
    ]


def _coverage(word: str, other: PreparedText) -> float:
    if word in other.word_set:
        return 1.0
    if len(word) < 3 or word[0].isdecimal():
        # `12` within `3120` is chance; `120gb` is none.
        return float(len(word) >= 4 and word in other.squashed)
    if word in other.squashed:
        return 1.0
    for candidate in other.words:
        if len(candidate) >= 3 and (word.startswith(candidate) or candidate.startswith(word)):
            return _PREFIX
    near = process.extractOne(word, other.words, scorer=JaroWinkler.similarity, score_cutoff=_NEAR)
    return 0.0 if near is None else _TYPO
