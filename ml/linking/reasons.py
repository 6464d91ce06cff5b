"""Why a model was linked, in words a person understands."""

from __future__ import annotations

from collections.abc import Iterator

from ml.linking.catalogue import Entry, value_words
from ml.linking.features import SAME_SIZE, best_name, covers
from ml.linking.title import Title
from ml.linking.words import quantity_of

MOST = 6


def reasons_for(title: Title, entry: Entry) -> tuple[str, ...]:
    """The strongest first: name, model number, brand, then values."""
    return tuple(dict.fromkeys(_reasons(title, entry)))[:MOST]


def _reasons(title: Title, entry: Entry) -> Iterator[str]:
    name = best_name(title, entry)
    covered = [word for word in name if covers(title, word)]
    missing = [word for word in name if not covers(title, word)]
    if covered:
        yield f"name covered: {' '.join(covered)}"
    for stem in sorted(title.stems & entry.stems, key=lambda stem: (-len(stem), stem)):
        yield f"model number {stem}"
    if entry.brand in title.brands:
        yield f"brand {entry.model.brand}"
    if missing:
        yield f"name not covered: {' '.join(missing)}"
    yield from _values(title, entry)


def _values(title: Title, entry: Entry) -> Iterator[str]:
    for parameter, values in entry.model.facts.items():
        for value in values:
            words = value_words(value)
            if words and all(_states(title, word) for word in words):
                yield f"{value} is a {parameter.lower()} of it"


def _states(title: Title, word: str) -> bool:
    if word in title.words:
        return True
    found = quantity_of(word)
    if found is None:
        return False
    return any(
        abs(size - found[1]) <= SAME_SIZE * abs(found[1])
        for size in title.quantities.get(found[0], ())
    )
