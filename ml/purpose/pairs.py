"""Whether one of two titles offers what is made for the other: the case, and the phone it fits."""

from __future__ import annotations

from ml.purpose.phrases import stem, words_of
from ml.purpose.reading import Purpose, end_of_offer, read_purpose


def made_for(left: str, right: str) -> Purpose | None:
    """What one of the two offers that is made for the other.

    Everything that the one names beside itself has to be in the other, and nothing of its own: two
    shops may well write one accessory with and without the word for it.
    """
    return _made_for(left, right) or _made_for(right, left)


def _made_for(title: str, other: str) -> Purpose | None:
    purpose = read_purpose(title)
    if purpose is None:
        return None
    others = words_of(other)
    if any(word.is_accessory or word.role in ("of", "relation") for word in others):
        return None
    known = {stem(word.key) for word in others}
    words = words_of(title)
    named = [
        word for word in words[: end_of_offer(words)] if word.role is None and not word.quantity
    ]
    start = purpose.object_start if purpose.relation else 0
    wanted = {stem(word.key) for word in named if word.start >= start}
    own = {stem(word.key) for word in named if word.start < start}
    return purpose if wanted and wanted <= known and not own & known else None
