"""What is said to be the same: `the same socket and colour`, 同品牌, 灯座一样."""

from __future__ import annotations

from collections.abc import Iterable

from ml.asking.adjectives import meant
from ml.asking.draft import Draft
from ml.asking.naming import negation
from ml.asking.plan import BRAND, CATEGORY

_BESIDE = 4  # spans between `same` and what it is said of
_BEFORE = (
    "一样",
    "相同",
    "一致",
    "相等",
    "一模一样",
    "完全相同",
)  # behind it


def shared_fields(draft: Draft) -> tuple[str, ...]:
    """The fields of all that is said to be the same, used up with the words that say so."""
    fields: list[str] = []
    for place in list(draft.places("same")):
        found = _beside(draft, place)
        draft.used.add(place)
        if found is None:
            continue
        at, field = found
        fields.append(field)
        draft.used.update(  # 灯罩一样大
            one
            for one in (place - 1, place + 1)
            if draft.free(one) and draft.spans[one].of_kind("adjective")
        )
        draft.used.add(at)
        fields += _joined(draft, at, place)
    if not fields:
        measured = (
            (at, meant(span.of_kind("adjective")[0].id, draft.lexicon))
            for at, span in enumerate(draft.spans)
            if at not in draft.used and span.of_kind("adjective")
        )
        at, parameter = next((one for one in measured if one[1] is not None), (-1, None))
        if parameter is not None:  # 一样重
            fields.append(parameter.id)
            draft.used.add(at)
    shared = set(fields)
    draft.used.update(  # `the same socket type`
        at
        for at in range(len(draft.spans))
        if draft.free(at) and shared & {one.id for one in draft.parameters(at)}
    )
    return tuple(dict.fromkeys(fields))


def _field(draft: Draft, at: int) -> str | None:
    span = draft.spans[at]
    if at in draft.used:
        return None
    if span.is_kind("parameter") and (parameter := draft.parameter(at)):
        return None if negation(draft, at) else parameter.id
    if span.does("category"):
        return CATEGORY
    return BRAND if span.does("brand") else None


def _beside(draft: Draft, place: int) -> tuple[int, str] | None:
    """The nearest field, first on the side where the language puts it."""
    behind = range(place + 1, min(place + 1 + _BESIDE, len(draft.spans)))
    before = range(place - 1, max(place - 1 - _BESIDE, -1), -1)
    last = draft.chinese and draft.spans[place].text in _BEFORE
    for side in (before, behind) if last else (behind, before):
        if (found := _first(draft, side)) is not None:
            return found
    lone = ((at, field) for at in range(len(draft.spans)) if (field := _field(draft, at)))
    return min(lone, key=lambda one: abs(one[0] - place), default=None)


def _first(draft: Draft, side: Iterable[int]) -> tuple[int, str] | None:
    models = {place for place, _ in draft.models}
    for at in side:
        if at in models or draft.spans[at].does("same"):
            return None
        if field := _field(draft, at):
            return at, field
    return None


def _joined(draft: Draft, at: int, place: int) -> list[str]:
    """`socket and colour`: further fields, each with nothing but `and` between."""
    found = []
    for step in (1, -1):
        one, joined = at + step, draft.is_parted(at, at + step) if _inside(draft, at + step) else 0
        while _inside(draft, one) and one != place:
            span = draft.spans[one]
            if joined and (field := _field(draft, one)):
                found.append(field)
                draft.used.add(one)
                joined = 0
            elif span.does("and"):
                joined = 1
            elif not draft.silent(one):
                break
            if _inside(draft, one + step):
                joined = joined or draft.is_parted(one, one + step)
            one += step
    return found


def _inside(draft: Draft, at: int) -> bool:
    return 0 <= at < len(draft.spans)
