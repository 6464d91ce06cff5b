"""What looking up finds without learning: gazetteers, and the strings that training labels."""

from __future__ import annotations

from collections.abc import Callable

from ml.entities.featurizer import Featurizer
from ml.entities.phrases import LONGEST
from ml.entities.spelling import plain

_MOSTLY = 0.5

Span = tuple[str, int, int]
Lookup = Callable[[str], str | None]


def in_gazetteers(featurizer: Featurizer) -> Lookup:
    """The type that most of the lists with the phrase speak of."""

    def found(phrase: str) -> str | None:
        lists = featurizer.phrases.holders.get(phrase, ())
        votes = [
            kind for kind in (featurizer.leaning[list_] for list_ in lists) if kind is not None
        ]
        return featurizer.labels.types[max(votes, key=votes.count)] if votes else None

    return found


def in_training(featurizer: Featurizer) -> Lookup:
    """The type that the string mostly has where it stands in the training titles."""

    def found(phrase: str) -> str | None:
        shares = featurizer.lexicon.shares.get(phrase, {})
        best = max(shares, key=shares.__getitem__, default=None)
        if best is None or shares[best] < _MOSTLY:
            return None
        return featurizer.labels.types[best]

    return found


def longest_matches(text: str, lookup: Lookup) -> list[Span]:
    """From left to right the longest phrase that begins here and is one."""
    text = plain(text)
    spans, start = [], 0
    while start < len(text):
        for end in range(min(start + LONGEST, len(text)), start, -1):
            kind = lookup(text[start:end])
            if kind is not None:
                spans.append((kind, start, end))
                start = end
                break
        else:
            start += 1
    return spans
