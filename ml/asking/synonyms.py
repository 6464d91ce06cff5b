"""Words of the dictionaries by those that mean the same."""

from __future__ import annotations

from collections import defaultdict

from ml.asking.keys import stems
from ml.asking.meanings import goods, makers, meanings


def translated(word: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Other words of the same meaning, but for the names of goods."""
    return [] if word in GOODS else SYNONYMS.get(word, [])


def _synonyms() -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for words in (*meanings(), *makers()):
        keys = [stems(word) for word in words]
        for key in keys:
            found[key] += [other for other in keys if other != key and other not in found[key]]
    return dict(found)


SYNONYMS = _synonyms()
GOODS = frozenset(stems(word) for words in goods() for word in words)
