"""Whether a question asks how many, or what most items have."""

from __future__ import annotations

from ml.asking.adjectives import meant
from ml.asking.draft import Draft
from ml.asking.plan import Order, Plan
from ml.asking.ranking import find_top

_BESIDE = 3  # spans between `which` and what it asks for


def counts(draft: Draft) -> bool:
    """`How many`, but not `how many grams`, which asks for a number in a unit."""
    place = draft.first("count")
    if place is None:
        return False
    draft.used.add(place)
    behind = place + 1
    if draft.models and behind < len(draft.spans) and draft.parameter(behind, "number"):
        return False  # 有多少像素
    return not (behind < len(draft.spans) and draft.spans[behind].does("unit"))


def most_common(draft: Draft) -> Plan | None:
    """`Which socket is used the most`, `哪一年发布的台灯最多`: items by what they have."""
    many, few = draft.first("most", "highest"), draft.first("least", "lowest")
    if many is None:
        many = next((at for at in draft.places("common") if "最多" in draft.spans[at].text), None)
    place = many if many is not None else few
    field = _grouped_by(draft) if place is not None else None
    if place is None or field is None:
        return None
    draft.used.add(place)
    draft.used.update(draft.places("comparative", "common", "use", "which"))
    find_top(draft, place)
    order: Order = "highest" if many is not None else "lowest"
    return Plan("groups", fields=(field,), order=order, top=draft.top or 1)


def _grouped_by(draft: Draft) -> str | None:
    """The parameter right behind `which`, or the year where `when` is asked."""
    if (place := draft.first("when")) is not None and (year := meant("new", draft.lexicon)):
        draft.used.add(place)
        return year.id
    places = (draft.first("common"), draft.first("which"))
    behind = (range(place + 1, place + _BESIDE) for place in places if place is not None)
    for at in (at for range_ in behind for at in range_):
        if at < len(draft.spans) and draft.spans[at].is_kind("category"):
            return None
        if draft.free(at) and (named := draft.parameter(at, "text", "number")) is not None:
            draft.used.add(at)
            return named.id
    return None
