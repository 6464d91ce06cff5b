"""Texts that say of what kind a thing is, which its category says as well: `Organic Tea`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ml.asking.lexicon import AskingLexicon
from ml.asking.values import ValueSense


def before_kinds(
    keys: Sequence[str], first: int, lexicon: AskingLexicon, found: Mapping[int, list[ValueSense]]
) -> dict[int, list[ValueSense]]:
    """Values by the last word of their phrase, where the words behind may name a category.

    `Organic teas` are of the category and state `Organic` or `Organic Tea`: not the one rare text.
    """
    meant = dict(found)
    for last in sorted(found):
        for cut in range(first + 1, last + 1):
            kind, phrase = tuple(keys[cut : last + 1]), tuple(keys[first:cut])
            if not any(one.kind == "category" for one in lexicon.senses.get(kind, ())):
                continue
            if both := lexicon.texts.or_with(found.get(cut - 1, ()), phrase, kind):
                meant[cut - 1] = both
                meant[last] = [one for one in found[last] if not _is_among(one, both)]
    return meant


def _is_among(value: ValueSense, others: Sequence[ValueSense]) -> bool:
    return any(
        one.parameter == value.parameter and set(value.ids) <= set(one.ids) for one in others
    )
