"""What a question takes over from the one before it in the same session."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from graph.records import Parameter, Record
from ml.asking.draft import Draft
from ml.asking.plan import BRAND, ITEM, OWN_FIELDS, Condition, Order, Plan

_LISTS = ("items", "count", "values", "groups", "aggregate")


class Before(Record, frozen=True, forbid_unknown_fields=True):
    """The plan of the question before, and the ids of the items that answered it."""

    plan: Plan
    answered: tuple[str, ...] = ()


def carried(before: Before) -> tuple[Condition, ...]:
    """The conditions under which `of them` goes on."""
    plan = before.plan
    among = tuple(one for one in plan.conditions if one.field == ITEM and one.values)
    if among:
        return among
    if plan.order_by is None and plan.ask in _LISTS and not (plan.items or plan.either):
        return plan.conditions
    ids = before.answered or plan.items
    return (Condition(ITEM, values=ids),) if ids else plan.conditions


def fragment(
    draft: Draft,
    before: Before,
    models: Sequence[str],
    ranked: tuple[Parameter, Order] | None,
) -> Plan | None:
    """`And Huawei?`, `what about the weight?`: the plan before with what is said now in it."""
    plan = before.plan
    changed = False
    if models:
        swapped = _with_models(plan, tuple(models))
        changed, plan = swapped is not plan, swapped
    if plan.items and any(one.field in OWN_FIELDS for _, one in draft.conditions):
        return None  # of which of them what was asked of one would be asked
    for _, condition in draft.conditions:
        kept = tuple(one for one in plan.conditions if one.field != condition.field)
        plan = replace(plan, conditions=(*kept, condition))
        changed = True
    if ranked is not None:
        parameter, order = ranked
        # Of several named ones it is asked which; beside a single one there is nothing to compare.
        among = (Condition(ITEM, values=plan.items),) if len(plan.items) > 1 else ()
        plan = replace(
            plan, ask="items", items=(), conditions=(*plan.conditions, *among), fields=(),
            order_by=parameter.id, order=order, top=plan.top or 1, aggregate=None,
        )  # fmt: skip
        changed = True
    named = [
        (place, found)
        for place in range(len(draft.spans))
        if place not in draft.used and (found := draft.parameter(place))
    ]
    if named:
        parameter = named[0][1]
        draft.used.update(at for at, _ in named)
        plan = _with_field(plan, [one.id for _, one in named], parameter)
        changed = True
    elif (at := draft.first("brand")) is not None and plan.fields:
        draft.used.add(at)
        plan, changed = replace(plan, fields=(BRAND,)), True
    return plan if changed else None


def _with_models(plan: Plan, models: tuple[str, ...]) -> Plan:
    if plan.items:
        return replace(plan, items=models)
    conditions = tuple(
        replace(one, same_as=one.same_as and models[0], above=one.above and models[0],
                below=one.below and models[0])
        for one in plan.conditions
    )  # fmt: skip
    return replace(plan, conditions=conditions) if conditions != plan.conditions else plan


def _with_field(plan: Plan, ids: list[str], parameter: Parameter) -> Plan:
    if plan.ask in ("values", "difference", "aggregate") or plan.fields:
        return replace(plan, fields=tuple(dict.fromkeys(ids)))
    if plan.order_by and parameter.kind == "number":
        return replace(plan, order_by=parameter.id)
    if plan.items:
        return replace(plan, ask="values", fields=tuple(dict.fromkeys(ids)), conditions=())
    return plan
