"""Categories that a question asks for, and does not only name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ml.asking.draft import Draft
from ml.asking.spans import Span

_ASKS = ("which", "count", "each", "top", "most", "least", "highest", "lowest", "list", "common")


def without_brands(spans: Sequence[Span]) -> list[Span]:
    """哪家 asks for a brand, but for a shop where 店铺 stands behind."""
    found = list(spans)
    for place, behind in enumerate(spans[1:]):
        if found[place].does("which") and behind.is_kind("parameter"):
            kept = tuple(one for one in found[place].senses if one.id != "brand")
            found[place] = replace(found[place], senses=kept)
    return found


def with_kinds(spans: Sequence[Span]) -> list[Span]:
    """`Acme cameras` are things, where a category is called so and nothing that has cameras."""
    if any(
        one.does("item", "it", "them") or any(map(one.is_kind, ("category", "model", "series")))
        for one in spans
    ):
        return list(spans)
    return [
        _as_kind(span) if not place or not spans[place - 1].does("have", "not", "than") else span
        for place, span in enumerate(spans)
    ]


def _as_kind(span: Span) -> Span:
    kinds, word = span.of_kind("category"), span.text.lower()
    if not (kinds and span.is_kind("parameter") and word.endswith("s")):
        return span
    others = tuple(one for one in span.senses if one.kind != "category")
    return replace(span, senses=(*kinds, *others))


def asked_category(draft: Draft) -> int | None:
    """The place of the word that asks for categories; beside a name it says what this is."""
    return next((at for at in draft.places("category") if asks_category(draft, at)), None)


def asks_category(draft: Draft, place: int) -> bool:
    """Whether the word at a place asks for categories."""
    before, behind = _beside(draft, place, -1), _beside(draft, place, +1)
    if before is not None and draft.spans[before].does(*_ASKS):
        return True
    if is_by(draft, place):
        return True
    named = [at for at in (before, behind) if at is not None]
    if any(draft.spans[at].is_kind("category") for at in named):
        return False
    if behind is not None and draft.chinese and draft.spans[behind].does(*_ASKS):
        return True
    return before is None


def is_by(draft: Draft, place: int) -> bool:
    """`Products by category`."""
    return place > 0 and draft.spans[place - 1].text.lower() == "by"


def _beside(draft: Draft, place: int, step: int) -> int | None:
    """The next span that says anything but a number."""
    place += step
    while 0 <= place < len(draft.spans):
        if not draft.spans[place].does("ignore") and draft.whole(place) is None:
            return place
        place += step
    return None
