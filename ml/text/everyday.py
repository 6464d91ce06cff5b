"""Words of everyday English: what is one of them is no name with a typing error."""

from __future__ import annotations

from functools import cache

_ONLY_LISTED = 50  # the count that the list gives to words it has not met: names, rare forms


@cache
def everyday_words() -> frozenset[str]:
    """In small letters; .2 s the first time."""
    from spellchecker import SpellChecker

    counts = SpellChecker(language="en").word_frequency.dictionary
    return frozenset(word for word, count in counts.items() if count > _ONLY_LISTED)
