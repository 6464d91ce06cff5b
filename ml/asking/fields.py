"""Which facts of named items a question asks for."""

from __future__ import annotations

from graph.records import Parameter
from ml.asking.adjectives import dimension_of, fits, meant
from ml.asking.draft import Draft
from ml.asking.grouping import asked_category
from ml.asking.measured import usual
from ml.asking.plan import BRAND, CATEGORY
from ml.asking.words_zh import ADJECTIVES

_MEASURED = frozenset({"heavy", "large", "tall", "wide", "long", "thick", "expensive"})
_PART = 0.75  # how sure a word is that is but a part of a name


def asked_fields(draft: Draft) -> tuple[str, ...]:
    """Parameters that are asked for: named, or meant by `how heavy`, `when`, `who makes`."""
    fields: list[str] = []
    for place in range(len(draft.spans)):
        if place in draft.used:
            continue
        named = _of_kind(draft, place) or draft.parameter(place)
        if named is not None:
            draft.used.add(place)
            if _is_modifier(draft, place):
                continue
            if not _said_twice(draft, place, fields):
                fields.append(named.id)
        elif draft.spans[place].does("who") and _is_asked_by_name(draft, fields):
            draft.used.add(place)
        elif (meant_ := _meant_by(draft, place, fields)) is not None:
            draft.used.add(place)
            fields.append(meant_)
    if not fields and (place_ := draft.first("dimensions")) is not None:
        draft.used.add(place_)
        sides = (meant(meaning, draft.lexicon) for meaning in ("tall", "wide", "thick"))
        fields += [one.id for one in sides if one is not None]
    if not fields and (place_ := draft.first("unit")) is not None:
        measured = usual(draft, draft.spans[place_].unit or "")
        fields += [measured.id] if measured else []
    return tuple(dict.fromkeys(fields))


def _is_modifier(draft: Draft, place: int) -> bool:
    """`Shade finish` is a finish; `charging time`, of which `time` is but a part, is not known."""
    behind = place + 1
    if draft.chinese or not draft.free(behind) or draft.is_parted(place, behind):
        return False
    senses = draft.spans[behind].of_kind("parameter")
    own = {one.id for one in draft.parameters(place)}
    if not senses or own & {one.id for one in senses}:
        return False
    sure = max(one.sure for one in senses)
    draft.doubt *= 1.0 if sure > _PART else 0.4
    return True


def _of_kind(draft: Draft, place: int) -> Parameter | None:
    """What a text says where `what kind of` stands beside: `what kind of shade`."""
    if not draft.has("kind"):
        return None
    found = draft.parameter(place, "text")
    if found is not None:
        draft.used.update(draft.places("kind"))
    return found


def _meant_by(draft: Draft, place: int, fields: list[str]) -> str | None:
    """The field that a word asks for without naming it."""
    span = draft.spans[place]
    if span.does("brand", "who"):
        return BRAND
    if span.does("category") and place == asked_category(draft):
        return CATEGORY
    if adjective := span.of_kind("adjective"):
        if _is_misnamed(draft, adjective[0].id):
            return None
        draft.used.update(draft.places("how"))
        if _is_named(draft, adjective[0].id):
            draft.used.add(place)
            return None
        found = meant(adjective[0].id, draft.lexicon)
        return found.id if found else None
    if span.does("when") and not fields:
        year = meant("new", draft.lexicon)
        return year.id if year else None
    if span.does("how_much") and (meaning := _how(span.text)):
        if _is_misnamed(draft, meaning):
            draft.doubt = 0.0  # how long it takes to charge
        if _is_named(draft, meaning):
            return None
        found = meant(meaning, draft.lexicon)
        return found.id if found else None
    return None


def _is_asked_by_name(draft: Draft, fields: list[str]) -> bool:
    """`Who is the author of A?`: a text that is asked for, and not who makes it."""
    named = (draft.parameter(at) for at in range(len(draft.spans)) if draft.free(at))
    asked = (draft.lexicon.parameters.get(field) for field in fields)
    return any(one is not None and one.kind == "text" for one in (*named, *asked))


def _is_named(draft: Draft, meaning: str) -> bool:
    """Whether the question names what it measures by an adjective: `how big is the shade`."""
    named = (draft.parameter(at, "number") for at in range(len(draft.spans)))
    return any(one is not None and fits(meaning, one) for one in named)


def _is_misnamed(draft: Draft, meaning: str) -> bool:
    """`How long does it charge`: what is named is measured in nothing that can be long."""
    if meaning not in ("long", "short"):
        return False
    named = [one for at in range(len(draft.spans)) if (one := draft.parameter(at, "number"))]
    spans = {dimension_of(one) for one in named if one.unit}
    return bool(spans) and not spans & {"time", "length"}


def _how(text: str) -> str | None:
    """多重 asks for a weight."""
    return next(
        (one for one in sorted(_MEASURED) if text[-1] in ADJECTIVES.get(one, "").split("|")), None
    )


def _said_twice(draft: Draft, place: int, fields: list[str]) -> bool:
    """Whether a span only says again what the one beside it has said: `battery capacity`."""
    before = place - 1
    while before >= 0 and (draft.silent(before) or draft.spans[before].does("how_much", "count")):
        before -= 1
    return (
        before >= 0
        and before in draft.used
        and not draft.is_parted(before, place)
        and any(one.id in fields for one in draft.parameters(place))
    )
