"""A word as texts may write it as well: in the other number, in another spelling."""

from __future__ import annotations

from functools import lru_cache

from ml.grounding.plurals import number_forms, singular
from ml.text.everyday import in_other_spelling

_REMEMBERED = 65_536


@lru_cache(maxsize=_REMEMBERED)
def spellings(word: str) -> tuple[str, ...]:
    """A word of small letters and how else it is spelled in the same number: `tires`, `tyres`."""
    other = in_other_spelling(word)
    if other is not None:
        return word, other
    others = filter(None, map(in_other_spelling, number_forms(word)))
    return word, *(form for one in others for form in number_forms(one)[:1])


@lru_cache(maxsize=_REMEMBERED)
def all_forms(word: str) -> tuple[str, ...]:
    """Itself first: `tire`, `tyre`, `tires`, `tyres`."""
    spelled = spellings(word)
    return *spelled, *(form for one in spelled for form in number_forms(one))


@lru_cache(maxsize=_REMEMBERED)
def plain_form(word: str) -> str:
    """The one that stands for all of them."""
    one = singular(word)
    return min(one, in_other_spelling(one) or one)
