"""Words of everyday life: what is one of them is no name with a typing error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from ml.search.words import folded

# Of one meaning, spelled in two ways; a list, because `duck` and `dusk` differ no more.
_SPELLINGS = """aluminum aluminium, armor armour, color colour, donut doughnut, fiber fibre,
flavor flavour, gray grey, jewelry jewellery, liter litre, meter metre, molding moulding,
mustache moustache, odor odour, pajama pyjama, pajamas pyjamas, theater theatre,
tire tyre, yogurt yoghurt"""
_OTHER = {
    one: other
    for pair in (pair.split() for pair in _SPELLINGS.split(","))
    for one, other in (pair, reversed(pair))
}
# How rare a word may be, in Zipf's scale: 6 is said once in a thousand words, 3 once in a million.
_ENGLISH_ZIPF = 2.6
_OTHER_ZIPF = 3.5  # each rarer word of six more languages would hide a misspelt name
_COMMON = 10_000  # times in a billion words
_OTHERS = ("de", "es", "fr", "it", "nl", "pt")
_CENTIBELS = 100  # that the lists are cut into, for one of Zipf's steps; they begin at his 9


@cache
def english_words() -> Mapping[str, int]:
    """With how often they are said in a billion words; folded."""
    found: dict[str, int] = {}
    for word, centibels in _words("en", "large", _ENGLISH_ZIPF):
        found.setdefault(word, round(10 ** (9 - centibels / _CENTIBELS)))
    return found


@cache
def everyday_words() -> frozenset[str]:
    """Those of English, and the frequent ones of other languages; folded. A second at first."""
    others = (_words(language, "small", _OTHER_ZIPF) for language in _OTHERS)
    return frozenset(english_words()).union(*({word for word, _ in one} for one in others))


def is_common(word: str) -> bool:
    """Whether it is one of the 7,000 English words that are said most."""
    return english_words().get(word, 0) >= _COMMON


def _words(language: str, size: str, zipf: float) -> Iterator[tuple[str, int]]:
    from wordfreq import available_languages, read_cBpack

    last = round((9 - zipf) * _CENTIBELS)
    by_centibels = read_cBpack(available_languages(size)[language])[: last + 1]
    for centibels, words in enumerate(by_centibels):
        yield from ((folded(word), centibels) for word in words if word.isalpha())


def in_other_spelling(word: str) -> str | None:
    """`grey` of `gray` and `gray` of `grey`; None: it has one spelling."""
    return _OTHER.get(word)
