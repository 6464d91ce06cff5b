"""Questions that hold items against a named one: alike, the same in something, more or less."""

from __future__ import annotations

import re

from msgspec.structs import replace

from ml.asking.adjectives import meant
from ml.asking.counting import counts
from ml.asking.draft import Draft
from ml.asking.intents import yes_no
from ml.asking.naming import bind_names
from ml.asking.plan import BRAND, Condition, Order, Plan
from ml.asking.ranking import comparative, find_top, one_number
from ml.asking.sharing import shared_fields
from ml.asking.span import Span

_OTHER = re.compile(r"\b(?:other|others|else)\b|其他|其它|别的|还有", re.I)
_OTHERS = ("other", "others", "all", "all other", "the", "any", "any other", "all the")


def related(draft: Draft) -> Plan | None:
    """A plan that needs the named item to find others; None: the question is of another kind."""
    if not draft.models:
        return None
    plan = _related(draft)
    return None if plan is None else _as_asked(draft, plan)


def _as_asked(draft: Draft, plan: Plan) -> Plan:
    """The items that were found, or their brands, or whether there are any."""
    if plan.items or plan.ask not in ("items", "count"):
        return plan
    if draft.chinese:  # 还有谁 asks for the items themselves
        draft.used.update(at for at in draft.places("who") if draft.spans[at].text.endswith("有谁"))
    place = draft.first("brand")
    if place is None and not draft.chinese and (who := draft.first("who")) is not None:
        place = who
    if place is not None and not draft.spans[place].is_kind("brand"):
        draft.used.add(place)
        if _OTHER.search(draft.text):
            other = Condition(BRAND, same_as=draft.models[-1][1].id, negated=True)
            plan = replace(plan, conditions=(*plan.conditions, other))
        return replace(plan, ask="values" if plan.ask == "items" else "count", fields=(BRAND,))
    if plan.ask == "items" and yes_no(draft) and not draft.has("which", "recommend"):
        return replace(plan, ask="check")
    return plan


def _related(draft: Draft) -> Plan | None:
    ids = [model.id for _, model in draft.models]
    if len(ids) > 1:
        draft.used.update(draft.places("between"))
    if (place := draft.first("similar")) is not None and not draft.has("same"):
        draft.used.add(place)
        bind_names(draft)
        find_top(draft, 0)
        return Plan("similar", items=(ids[0],), top=draft.top)
    if draft.has("same"):
        return _same(draft)
    if (plan := _using(draft)) is not None:
        return plan
    if (plan := _as_much(draft)) is not None:
        return plan
    if (plan := _dated(draft)) is not None:
        return plan
    if (plan := _compared_twice(draft)) is not None:
        return plan
    if (place := _than(draft)) is not None:
        return _compared(draft, place)
    place = draft.first("difference")
    if len(ids) == 2 and place is not None and (parameter := one_number(draft)):
        draft.used.update((place, *draft.places("count", "unit", "how")))
        return Plan("difference", items=(ids[0], ids[1]), fields=(parameter.id,))
    return None


def _than(draft: Draft) -> int | None:
    """`than`, or a `more than` right before a named item."""
    models = {place for place, _ in draft.models}
    behind = (at for at in draft.places("more", "less") if draft.behind(at) in models)
    place = draft.first("than")
    return place if place is not None else next(behind, None)


def _same(draft: Draft) -> Plan | None:
    """`the same chipset as X`: what it is that is the same, and of whom."""
    fields = shared_fields(draft)
    if not fields:
        return None
    others, references = _references(draft)
    bind_names(draft)
    same = tuple(Condition(field, same_as=id) for field in fields for id in references)
    if others:
        return Plan("check", same, items=others)
    return Plan("count" if counts(draft) else "items", same)


def _references(draft: Draft) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The items that are asked about, and those that they are held to: `the same as A and B`.

    Of `A or B` it cannot be told which one others are held to.
    """
    *others, reference = [model.id for _, model in draft.models]
    joints = _joints(draft)
    if not others or joints is None or yes_no(draft):
        return tuple(others), (reference,)
    first = draft.models[0][0]
    said = [at for at, span in enumerate(draft.spans) if span.does("same", "than")]
    behind = any(at < first for at in said)
    if not behind and not (draft.chinese and draft.spans[max(first - 1, 0)].does("and")):
        return tuple(others), (reference,)
    if any(draft.spans[at].does("or") for at in joints):
        draft.doubt = 0.0
    draft.used.update(joints)
    return (), (*others, reference)


def _joints(draft: Draft) -> list[int] | None:
    """What stands between the named items, where it only joins them."""
    first, last = draft.models[0][0], draft.models[-1][0]
    named = {place for place, _ in draft.models}
    between = [at for at in range(first, last) if at not in named]
    joined = all(draft.spans[at].does("and", "or") or draft.silent(at) for at in between)
    return between if first >= 0 and joined else None


def _using(draft: Draft) -> Plan | None:
    """`lamps using the socket of X`: what others have, said without the word `same`."""
    if len(draft.models) != 1:
        return None
    model = draft.models[0][0]
    named = _named_of(draft, model)
    if named is None:
        return None
    first, last = min(model, named), max(model, named)
    english = not draft.chinese and _others_use(draft, first)
    chinese = draft.chinese and _others_use_in_chinese(draft, first, last)
    parameter = draft.parameter(named)
    if not (english or chinese) or parameter is None:
        return None
    draft.used.update((named, *draft.places("use", "have")))
    draft.used.update(draft.places("who") if chinese else ())
    draft.used.update(at for at in draft.places("which") if not english or at < first)
    bind_names(draft)
    same = Condition(parameter.id, same_as=draft.models[0][1].id)
    return Plan("count" if counts(draft) else "items", (same,))


def _named_of(draft: Draft, model: int) -> int | None:
    """The parameter that is said to be the item's: `the socket of X`, `X's socket`, X的灯座."""
    for step in (1, -1):
        at = model + step
        while 0 <= at < len(draft.spans) and not draft.parameter(at):
            if not draft.silent(at) or draft.spans[at].does("use", "have"):
                break
            at += step
        else:
            if draft.free(at):
                return at
    return None


def _others_use(draft: Draft, first: int) -> bool:
    """`Which lamps use`, `lamps with`, `brands that use`, before what is the item's."""
    subjects = [at for at in range(first) if _is_subject(draft, at, draft.spans[at])]
    said = [at for at in range(first) if not draft.silent(at) or draft.spans[at].does("item")]
    for at in subjects:
        uses = any(draft.spans[one].does("use", "have", "as") for one in range(at + 1, first))
        ahead = draft.spans[at - 1] if at else None
        asked = ahead is None or ahead.does("which", "count", "list") or at == said[0]
        other = ahead is not None and ahead.text.lower() in _OTHERS
        if uses and (asked or other):
            return True
    return False


def _others_use_in_chinese(draft: Draft, first: int, last: int) -> bool:
    """哪些台灯用X的灯座, 用X的灯座的台灯, X的灯座还用在哪些台灯上."""
    uses = [at for at, one in enumerate(draft.spans) if one.does("use", "have")]
    for at, span in enumerate(draft.spans):
        if first <= at <= last or not _is_subject(draft, at, span):
            continue
        asked = at > 0 and draft.spans[at - 1].does("which", "count")
        asked = asked or span.does("brand", "who")
        if at < first and asked and any(at < one < first for one in uses):
            return True
        behind = span.does("who") or any(one < at for one in uses)
        if at > last and asked and behind and any(one > last for one in uses):
            return True
        if at > last and any(one < first for one in uses) and not asked:
            return True
    return False


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
    """`Released before X`, X之后的, 晚于X: in an earlier or a later year."""
    models = {place for place, _ in draft.models}
    year = meant("new", draft.lexicon)
    dates = draft.places("before", "after")
    place = next((at for at in dates if _dates(draft, at, models)), None)
    if place is None or year is None:
        return None
    *others, (at, reference) = draft.models
    if (at < place) != _is_behind(draft, place):
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


def _is_behind(draft: Draft, place: int) -> bool:
    """之后 stands behind what it speaks of, `after` and 晚于 before it."""
    return draft.chinese and not draft.spans[place].text.endswith("于")


def _dates(draft: Draft, place: int, models: set[int]) -> bool:
    item = draft.before(place) if _is_behind(draft, place) else draft.behind(place)
    return item in models


def _is_subject(draft: Draft, place: int, span: Span) -> bool:
    """What others may be called: lamps, models, brands, or one of these: `which Acmes`."""
    return (
        span.is_kind("category")
        or span.does("item", "brand")
        or (span.does("who") and (draft.chinese or place == 0))
        or (draft.free(place) and span.is_kind("brand"))
    )


def _compares(draft: Draft) -> bool:
    """Whether a word of its own says what is more."""
    return any(
        place not in draft.used
        and (span.of_kind("adjective") or span.does("comparative", "diminutive", "more", "less"))
        for place, span in enumerate(draft.spans)
    )


def _compared(draft: Draft, than: int) -> Plan | None:
    """`heavier than X`: the item behind `than` is what others are held against."""
    reference = next((model for place, model in draft.models if place > than), None)
    differs = draft.first("difference")
    if reference is not None and len(draft.models) == 2 and differs is not None:
        used = set(draft.used)
        number = None if _compares(draft) else one_number(draft)  # how much more flux
        if number is not None:
            draft.used.update((than, differs))
            ids = tuple(model.id for _, model in draft.models)
            return Plan("difference", items=ids, fields=(number.id,))
        draft.used = used
    used = set(draft.used)
    found = comparative(draft, than) if reference else None
    if reference is None or found is None:
        return None
    first = max(draft.used - used, default=than)
    parameter, order = found
    draft.used.add(than)
    others, references = _beyond_whom(draft, than, reference.id)
    if not others and len(references) == 1 and (more := _further(draft, reference.id)) is not None:
        joint, second = more
        if joint < first:
            draft.doubt = 0.0  # less than A but with a bigger shade: of what it is less is not said
        bind_names(draft)
        both = (_beyond(parameter.id, order, reference.id), second)
        return Plan("count" if counts(draft) else "items", both)
    if others and (place := draft.first("difference", "how_much", "count")) is not None:
        draft.used.add(place)
        return Plan("difference", items=(others[0], reference.id), fields=(parameter.id,))
    bounds = tuple(_beyond(parameter.id, order, id) for id in references)
    if others:
        return Plan("check", bounds, items=others)
    bind_names(draft)
    return Plan("count" if counts(draft) else "items", bounds)


def _beyond(field: str, order: Order, item: str) -> Condition:
    above, below = (item, None) if order == "highest" else (None, item)
    return Condition(field, above=above, below=below)


def _further(draft: Draft, reference: str) -> tuple[int, Condition] | None:
    """`Lighter than A but with more flux`, 比A轻但光通量更大: a second bound by the same item."""
    joint = next(draft.places("and"), None)
    if joint is None:
        return None
    more = next(
        (
            at
            for at, span in enumerate(draft.spans)
            if at > joint
            and draft.free(at)
            and (
                span.does("comparative", "diminutive")
                or any(one.degree == "comparative" for one in span.of_kind("adjective"))
            )
        ),
        None,
    )
    used = set(draft.used)
    found = comparative(draft, more) if more is not None else None
    if found is None:
        draft.used = used
        return None
    return joint, _beyond(found[0].id, found[1], reference)


def _compared_twice(draft: Draft) -> Plan | None:
    """`Heavier than A and lighter than B`, 比A重、比B轻: each has a bound of its own."""
    thans = list(draft.places("than"))
    if len(thans) != len(draft.models) or len(thans) != 2:
        return None
    used, bounds = set(draft.used), []
    for than, (place, reference) in zip(thans, draft.models, strict=True):
        draft.used.add(than)
        found = comparative(draft, place if draft.chinese else than) if place > than else None
        if found is None:
            draft.used = used
            return None
        parameter, order = found
        bounds.append(_beyond(parameter.id, order, reference.id))
    bind_names(draft)
    return Plan("count" if counts(draft) else "items", tuple(bounds))


def _beyond_whom(
    draft: Draft, than: int, reference: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The items that are asked about, and those that they are held to."""
    if all(place > than for place, _ in draft.models):
        others, references = _references(draft)
        if not others:
            return others, references
    named = (model.id for _, model in draft.models)
    return tuple(id for id in named if id != reference), (reference,)
