"""Words of everyday English: what is one of them is no name with a typing error."""

from __future__ import annotations

from functools import cache

# Of one meaning, spelled in two ways; a list, because `duck` and `dusk` differ no more.
_SPELLINGS = """aluminum aluminium, armor armour, color colour, donut doughnut, fiber fibre,
flavor flavour, gray grey, jewelry jewellery, liter litre, meter metre, molding moulding,
mustache moustache, odor odour, pajamas pyjamas, theater theatre, tire tyre, yogurt yoghurt"""
_OTHER = {
    one: other
    for pair in (pair.split() for pair in _SPELLINGS.split(","))
    for one, other in (pair, reversed(pair))
}
_ONLY_LISTED = 50  # the count that the list gives to words it has not met: names, rare forms


@cache
def everyday_words() -> frozenset[str]:
    """In small letters; .2 s the first time."""
    from spellchecker import SpellChecker

    counts = SpellChecker(language="en").word_frequency.dictionary
    return frozenset(word for word, count in counts.items() if count > _ONLY_LISTED)


def in_other_spelling(word: str) -> str | None:
    """`grey` of `gray` and `gray` of `grey`; None: it has one spelling."""
    return _OTHER.get(word)
