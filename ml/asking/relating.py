"""Questions that hold items against a named one: alike, the same in something, more or less."""

from __future__ import annotations

from ml.asking.adjectives import meant
from ml.asking.counting import counts
from ml.asking.draft import Draft
from ml.asking.naming import bind_names, negation
from ml.asking.plan import BRAND, Condition, Plan
from ml.asking.ranking import comparative, find_top, one_number
from ml.asking.spans import Span

_BESIDE = 4  # spans between `same` and what it is said of


def related(draft: Draft) -> Plan | None:
    """A plan that needs the named item to find others; None: the question is of another kind."""
    if not draft.models:
        return None
    ids = [model.id for _, model in draft.models]
    if len(ids) > 1:
        draft.used.update(draft.places("between"))
    if (place := draft.first("similar")) is not None and not draft.has("same"):
        draft.used.add(place)
        bind_names(draft)
        find_top(draft, 0)
        return Plan("similar", items=(ids[0],), top=draft.top)
    if (place := draft.first("same")) is not None:
        return _same(draft, place)
    if (plan := _using(draft)) is not None:
        return plan
    if (plan := _as_much(draft)) is not None:
        return plan
    if (plan := _dated(draft)) is not None:
        return plan
    if (place := _than(draft)) is not None:
        return _compared(draft, place)
    place = draft.first("difference")
    if len(ids) == 2 and place is not None and (parameter := one_number(draft)):
        draft.used.add(place)
        return Plan("difference", items=(ids[0], ids[1]), fields=(parameter.id,))
    return None


def _than(draft: Draft) -> int | None:
    """`than`, or a `more than` right before a named item."""
    models = {place for place, _ in draft.models}
    behind = (at for at in draft.places("more", "less") if draft.behind(at) in models)
    place = draft.first("than")
    return place if place is not None else next(behind, None)


def _same(draft: Draft, place: int) -> Plan | None:
    """`the same chipset as X`: what it is that is the same, and of whom."""
    fields = _shared_fields(draft, place)
    if not fields:
        return None
    chosen = sorted(fields) if draft.has("and") else [min(fields)]
    near = [one for one in chosen if one[0] <= _BESIDE] or [min(fields)]
    shared = {field for _, _, field in near}
    draft.used.update(at for _, at, _ in near)
    draft.used.update(
        at
        for at in range(len(draft.spans))
        if draft.free(at) and shared & {one.id for one in draft.parameters(at)}
    )
    draft.used.add(place)
    *others, (_, reference) = draft.models
    bind_names(draft)
    same = tuple(Condition(field, same_as=reference.id) for _, _, field in near)
    if others:
        return Plan("check", same, items=tuple(model.id for _, model in others))
    return Plan("count" if counts(draft) else "items", same)


def _shared_fields(draft: Draft, place: int) -> list[tuple[int, int, str]]:
    """What may be the same: how far from the word it stands, where, and the field."""
    fields = []
    for at, span in enumerate(draft.spans):
        if at in draft.used:
            continue
        if span.is_kind("parameter") and (parameter := draft.parameter(at)):
            if not negation(draft, at):
                fields.append((abs(at - place), at, parameter.id))
        elif span.does("brand"):
            fields.append((abs(at - place), at, BRAND))
    if fields:
        return fields
    measured = (
        (at, meant(span.of_kind("adjective")[0].id, draft.lexicon))
        for at, span in enumerate(draft.spans)
        if span.of_kind("adjective")
    )
    return [(abs(at - place), at, one.id) for at, one in measured if one]  # 一样重


def _using(draft: Draft) -> Plan | None:
    """`lamps using the socket of X`: what others have, said without the word `same`."""
    category = next(
        (at for at, one in enumerate(draft.spans) if _is_subject(draft, at, one)),
        None,
    )
    use = draft.first("use")
    if category is None or use is None or len(draft.models) != 1:
        return None
    model = draft.models[0][0]
    for at in range(use + 1, len(draft.spans)):
        parameter = draft.parameter(at) if draft.free(at) else None
        if parameter is None:
            continue
        english = category < use < at < model
        chinese = use < model < at < category
        if english or chinese:
            draft.used.add(at)
            bind_names(draft)
            same = Condition(parameter.id, same_as=draft.models[0][1].id)
            return Plan("count" if counts(draft) else "items", (same,))
    return None


def _as_much(draft: Draft) -> Plan | None:
    """`As heavy as X`: the same weight."""
    for at in range(1, len(draft.spans) - 1):
        adjective = draft.spans[at].of_kind("adjective")
        around = draft.spans[at - 1].does("as") and draft.spans[at + 1].does("as")
        if not adjective or not around or at in draft.used:
            continue
        parameter = meant(adjective[0].id, draft.lexicon)
        *others, (place, reference) = draft.models
        if parameter is None or place < at:
            return None
        draft.used.add(at)
        bind_names(draft)
        same = (Condition(parameter.id, same_as=reference.id),)
        if others:
            return Plan("check", same, items=tuple(model.id for _, model in others))
        return Plan("count" if counts(draft) else "items", same)
    return None


def _dated(draft: Draft) -> Plan | None:
    """`Released before X`: in an earlier year."""
    models = {place for place, _ in draft.models}
    year = meant("new", draft.lexicon)
    place = next((at for at in draft.places("before", "after") if draft.behind(at) in models), None)
    if place is None or year is None or draft.chinese:
        return None
    *others, (at, reference) = draft.models
    if at < place:
        return None
    later = draft.spans[place].does("after")
    draft.used.add(place)
    draft.used.update(
        one for one in range(len(draft.spans)) if draft.free(one) and year in draft.parameters(one)
    )
    bound = Condition(
        year.id, above=reference.id if later else None, below=None if later else reference.id
    )
    if others:
        return Plan("check", (bound,), items=tuple(model.id for _, model in others))
    bind_names(draft)
    return Plan("count" if counts(draft) else "items", (bound,))


def _is_subject(draft: Draft, place: int, span: Span) -> bool:
    """What others may be called: lamps, models, or the name of a brand: `which Acmes`."""
    return (
        span.is_kind("category")
        or span.does("item")
        or (draft.free(place) and span.is_kind("brand"))
    )


def _compared(draft: Draft, than: int) -> Plan | None:
    """`heavier than X`: the item behind `than` is what others are held against."""
    reference = next((model for place, model in draft.models if place > than), None)
    found = comparative(draft, than) if reference else None
    if reference is None or found is None:
        return None
    parameter, order = found
    draft.used.add(than)
    others = [model.id for _, model in draft.models if model is not reference]
    if others and (place := draft.first("difference", "how_much", "count")) is not None:
        draft.used.add(place)
        return Plan("difference", items=(others[0], reference.id), fields=(parameter.id,))
    bound = Condition(
        parameter.id,
        above=reference.id if order == "highest" else None,
        below=reference.id if order == "lowest" else None,
    )
    if others:
        return Plan("check", (bound,), items=tuple(others))
    bind_names(draft)
    return Plan("count" if counts(draft) else "items", (bound,))
