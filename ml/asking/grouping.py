"""Categories and brands that a question asks for, and does not only name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ml.asking.draft import Draft
from ml.asking.plan import BRAND, CATEGORY
from ml.asking.span import Span

_ASKS = ("which", "count", "each", "top", "most", "least", "highest", "lowest", "list", "common")
_WHOSE = ("谁",)
_FEWEST = 4  # spans of a question for brands that names nothing
_IS = (
    "is", "was", "are", "is not", "isn't", "not", "named", "called", "是", "为", "不是", "叫",
    "属于",
)  # fmt: skip


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


def group_asked(draft: Draft) -> str | None:
    if (place := asked_category(draft)) is not None:
        draft.used.add(place)
        return CATEGORY
    return BRAND if _asks_brand(draft) or _weighs_brands(draft) else None


def _weighs_brands(draft: Draft) -> bool:
    """`Does Acme or Bolt have more lamps`, 谁的台灯多: by how many items they have."""
    several = any(one.field == BRAND and len(one.values) > 1 for _, one in draft.conditions)
    items = [
        at for at, one in enumerate(draft.spans) if one.is_kind("category") or one.does("item")
    ]
    if not several or not items:
        return False
    if draft.chinese:
        ends = draft.spans[-1].text in ("多", "少", "更多", "更少")
        return ends and items[-1] < len(draft.spans) - 1
    return items[-1] > 0 and draft.spans[items[-1] - 1].does("comparative", "diminutive", "more")


def _asks_brand(draft: Draft) -> bool:
    """`Which brand`, `who makes`; 都有谁 asks for the items themselves."""
    place = draft.first("brand")
    if place is None and (place := draft.first("who")) is not None:
        if not draft.conditions and len(draft.spans) < _FEWEST:
            return False  # who are you
        items = draft.spans[place].text.endswith(_WHOSE) and bool(draft.conditions)
        draft.used.update((place,) if items else ())
        place = None if items else place
    if place is None or draft.spans[place].is_kind("brand"):
        return False
    draft.used.add(place)
    return not _is_apposition(draft, place)


def _is_apposition(draft: Draft, place: int) -> bool:
    """`The Acme brand`, 品牌是艾克美: beside the name of one it only says that this is one."""
    before = place - 1
    if draft.spans[place].text.startswith("哪") or (before >= 0 and _asks_which(draft, before)):
        return False
    if before >= 0 and draft.spans[before].is_kind("brand"):
        return True
    said = place + 1
    while said < len(draft.spans) and draft.spans[said].text.lower() in _IS:
        said += 1
    return said < len(draft.spans) and draft.spans[said].is_kind("brand")


def _asks_which(draft: Draft, place: int) -> bool:
    return draft.spans[place].does("which", "count", "most", "least")
