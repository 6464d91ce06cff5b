"""Whether a question asks how many, or what most items have."""

from __future__ import annotations

from ml.asking.adjectives import meant
from ml.asking.amounts import find_sign
from ml.asking.draft import Draft
from ml.asking.grouping import asked_category, asks_category, is_by
from ml.asking.plan import BRAND, CATEGORY, Order, Plan
from ml.asking.ranking import Ranked, find_top, one_number

_KINDS = ("种", "kinds of", "types of", "sorts of", "different")
_COUNTERS = "款个台部种件只"
_BESIDE = 3  # spans between `which` and what it asks for


def counts(draft: Draft) -> bool:
    """`How many`, but not `how many grams`, which asks for a number in a unit."""
    place = draft.first("count")
    if place is None:
        return False
    draft.used.add(place)
    behind = place + 1
    kinds = draft.spans[place].text.lower().endswith(_KINDS)
    if (
        not kinds
        and draft.models
        and behind < len(draft.spans)
        and draft.parameter(behind, "number")
    ):
        return False  # 有多少像素
    if behind < len(draft.spans) and draft.spans[behind].does("unit"):
        return False
    free = (at for at in range(len(draft.spans)) if draft.free(at))
    if not any(draft.parameter(at, "number") for at in free):
        draft.used.update(draft.places("total"))  # how many Acme and Bolt have combined
    return True


def find_group_size(draft: Draft) -> None:
    """`Brands with more than 20 lamps`, 型号超过20款的品牌: how many items a group has."""
    if not draft.has("brand") and asked_category(draft) is None:
        return
    for place, span in enumerate(draft.spans):
        whole = draft.whole(place)
        if place in draft.used or whole is None:
            continue
        behind = draft.spans[place + 1] if place + 1 < len(draft.spans) else None
        items = behind is not None and (behind.is_kind("category") or behind.does("item"))
        counter = draft.chinese and span.text[-1] in _COUNTERS
        if not (items or counter):
            continue
        sign = find_sign(draft, place)
        if sign is None or sign == "about":
            continue
        draft.used.add(place)
        if sign in ("low", "low_too"):
            draft.group_low = whole + (sign == "low" and not draft.inclusive)
        elif sign in ("high", "high_too"):
            draft.group_high = whole - (sign == "high" and not draft.inclusive)
        return


def per_group(draft: Draft, ranked: Ranked | None, *, counted: bool) -> Plan | None:
    """What is asked of each brand, category or value: how many items it has, or what they have."""
    if ranked is None and (varied := most_varied(draft)) is not None:
        return varied
    average = draft.first("average")
    several = any(one.field == BRAND and len(one.values) > 1 for _, one in draft.conditions)
    brand, category = draft.first("brand"), asked_category(draft)
    word = brand if category is None else category
    each_one = draft.has("each") or (word is not None and is_by(draft, word))
    field = BRAND if brand is not None or (several and average is not None) else None
    if category is not None:
        field = CATEGORY
    year = meant("new", draft.lexicon)
    if field is None and draft.has("when") and year is not None:
        field = year.id
    if field is None and ranked is None and (average is not None or counted):
        field = _value_of_each(draft)
        each_one = each_one or field is not None
    if average is not None and field is not None and (ranked is not None or each_one):
        number = ranked[0] if ranked is not None else one_number(draft)
        if number is None:
            return None
        draft.used.update(
            {average, *draft.places("between"), *draft.places("brand", "who", "when", "each")}
            | ({category} if category is not None else set())
        )
        order = ranked[1] if ranked is not None else "highest"
        top = (draft.top or 1) if ranked is not None else None
        return Plan(
            "groups", fields=(field,), order_by=number.id, order=order, top=top, aggregate="average"
        )
    if counted and field is not None and each_one:
        draft.used.update((*draft.places("each"), *draft.places("brand", "when", "category")))
        return Plan("groups", fields=(field,))
    return None


def _value_of_each(draft: Draft) -> str | None:
    """`Per year`, `by socket`, 每种灯座: the parameter by whose values items are told apart."""
    for place in range(1, len(draft.spans)):
        each = draft.spans[place - 1].does("each") or is_by(draft, place)
        if each and draft.free(place) and (named := draft.parameter(place)) is not None:
            draft.used.add(place)
            return named.id
    return None


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


def most_varied(draft: Draft) -> Plan | None:
    """`Which socket is used by the most brands`, 哪个品牌的灯座种类最多: one field by another."""
    place = draft.first("most", "least", "highest", "lowest")
    if place is None and draft.top is not None:
        # `top 3 sockets by number of brands`
        place = next((at for at, one in enumerate(draft.spans) if one.does("count")), None)
    fields = [(at, field) for at in range(len(draft.spans)) if (field := _told_apart(draft, at))]
    if place is None or len(fields) != 2 or fields[0][1] == fields[1][1]:
        return None
    group, counted = fields
    if draft.chinese:
        counted, group = sorted(fields, key=lambda one: _letters_between(draft, place, one[0]))
    elif group[0] > place or _tells_items_apart(draft, counted[0]):
        return None
    if not _stand_beside(draft, place, counted[0]):
        return None
    draft.used.update(
        (place, group[0], counted[0], *draft.places("which", "count", "category", "sort", "who"))
    )
    find_top(draft, place)
    order: Order = "lowest" if draft.spans[place].does("least", "lowest") else "highest"
    top = draft.top or 1
    return Plan("groups", fields=(group[1],), order=order, top=top, counted=counted[1])


def _told_apart(draft: Draft, place: int) -> str | None:
    """The field of texts that a free span names; of brands and categories only the bare word."""
    if not draft.free(place) or draft.spans[place].is_kind("brand"):
        return None
    if draft.spans[place].does("brand"):
        return BRAND
    if draft.spans[place].does("category") and asks_category(draft, place):
        return CATEGORY
    named = draft.parameter(place, "text")
    return named.id if named is not None else None


def _letters_between(draft: Draft, place: int, other: int) -> int:
    first, last = sorted((place, other))
    between = draft.text[draft.spans[first].end : draft.spans[last].start]
    return len(between.replace("的", "").strip())


def _stand_beside(draft: Draft, place: int, other: int) -> bool:
    """Whether nothing that says something of its own stands between two spans."""
    between = range(min(place, other) + 1, max(place, other))
    return all(
        draft.silent(at)
        or draft.spans[at].does("count", "category", "sort")
        or draft.spans[at].is_kind("numeral")
        for at in between
    )


def _tells_items_apart(draft: Draft, place: int) -> bool:
    """`The most LED lamps`: what stands behind the value is counted."""
    behind = draft.behind(place)
    return behind is not None and draft.spans[behind].is_kind("category")


def _is_compound(draft: Draft, place: int) -> bool:
    """`Which lamp socket`: a name right behind what has it, in the singular."""
    behind = draft.spans[place + 1] if place + 1 < len(draft.spans) else None
    named = behind is not None and behind.is_kind("parameter")
    return named and not draft.spans[place].text.endswith("s")


def _grouped_by(draft: Draft) -> str | None:
    """The parameter right behind `which`, or the year where `when` is asked."""
    if (place := draft.first("when")) is not None and (year := meant("new", draft.lexicon)):
        draft.used.add(place)
        return year.id
    for place in (draft.first("common"), draft.first("which")):
        for at in () if place is None else range(place + 1, place + _BESIDE):
            if at < len(draft.spans) and draft.spans[at].is_kind("category"):
                if draft.chinese or not _is_compound(draft, at):
                    break
                continue
            if draft.free(at) and (named := draft.parameter(at, "text", "number")) is not None:
                draft.used.add(at)
                return named.id
    return None
