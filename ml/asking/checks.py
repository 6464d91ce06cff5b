"""Whether a plan, whoever made it, speaks of what the graph has, and in a way that makes sense."""

from __future__ import annotations

from collections.abc import Iterator

from ml.asking.lexicon import AskingLexicon
from ml.asking.plan import BRAND, CATEGORY, CURRENCY, ITEM, Condition, Plan

_CONDITIONS_MAX = 32
_TOP_MAX = 1_000


def complaints(plan: Plan, lexicon: AskingLexicon) -> list[str]:
    """What is wrong with a plan, for people; empty: it can be asked of the graph."""
    return list(_complaints(plan, lexicon))


def _complaints(plan: Plan, lexicon: AskingLexicon) -> Iterator[str]:
    if (
        len(plan.conditions) + len(plan.either) > _CONDITIONS_MAX
        or len(plan.fields) > _CONDITIONS_MAX
    ):
        yield f"it has more than {_CONDITIONS_MAX} conditions or fields"
    if plan.last and (plan.top is None or plan.order_by is None):
        yield "`last` needs `top` and `order_by`"
    if plan.top is not None and not 0 < plan.top <= _TOP_MAX:
        yield f"`top` is {plan.top}; it lies between 1 and {_TOP_MAX}"
    for id in plan.items:
        if id not in lexicon.models:
            yield f"there is no model {id!r}"
    if len({lexicon.models[id].kind for id in plan.named if id in lexicon.models}) > 1:
        yield "a model and a product are not held against each other"
    for condition in (*plan.conditions, *plan.either):
        yield from _of_condition(condition, lexicon)
    for field in (*plan.fields, *((plan.counted,) if plan.counted is not None else ())):
        if field not in (BRAND, CATEGORY) and field not in lexicon.parameters:
            yield f"there is no parameter {field!r}"
    yield from _of_ask(plan, lexicon)


def _of_condition(condition: Condition, lexicon: AskingLexicon) -> Iterator[str]:
    field = condition.field
    parameter = lexicon.parameters.get(field)
    if parameter is None and field not in (BRAND, CATEGORY, CURRENCY, ITEM):
        yield f"there is no parameter {field!r}"
        return
    said = (
        bool(condition.values) and not condition.stated,
        condition.is_range,
        condition.stated,
        condition.same_as is not None,
        condition.above is not None,
        condition.below is not None,
        condition.is_count,
    )
    if sum(said) != 1:
        yield f"the condition on {field!r} must ask for one thing"
    numeric = condition.is_range or condition.above is not None or condition.below is not None
    if numeric and (parameter is None or parameter.kind != "number"):
        yield f"{field!r} has no numbers"
    if condition.is_count and parameter is None:
        yield f"the values of {field!r} are not counted"
    for id in (condition.same_as, condition.above, condition.below):
        if id is not None and id not in lexicon.models:
            yield f"there is no model {id!r}"
    yield from _of_values(condition, lexicon)


def _of_values(condition: Condition, lexicon: AskingLexicon) -> Iterator[str]:
    field = condition.field
    if field == CURRENCY:
        return  # where no price is in it, none is found
    known = {BRAND: lexicon.brands, CATEGORY: lexicon.categories, ITEM: lexicon.models}.get(field)
    for value in condition.values:
        if known is not None and value not in known:
            yield f"there is no {field} {value!r}"
        if known is None and not value.startswith(f"{field}="):
            yield f"{value!r} is no value of {field!r}"


def _of_ask(plan: Plan, lexicon: AskingLexicon) -> Iterator[str]:
    if (plan.order_by is None) != (plan.order is None) and (
        plan.ask != "groups" or plan.order is None
    ):
        yield "`order` and `order_by` belong together"
    for field in (plan.order_by, *(plan.fields if plan.ask in ("aggregate", "difference") else ())):
        if field is not None and (
            field not in lexicon.parameters or lexicon.parameters[field].kind != "number"
        ):
            yield f"{field!r} has no numbers"
    if CATEGORY in plan.fields and plan.ask == "items":
        yield "the categories of items are not asked for by what ranks these"
    if plan.items and plan.ask in ("items", "aggregate", "groups"):
        yield f"{plan.ask!r} is not asked of named items"
    needs = {"values": 0, "check": 0, "difference": 2, "similar": 1, "facts": 1}.get(plan.ask, 0)
    if len(plan.items) < needs:
        yield f"{plan.ask!r} needs {needs} named items"
    if plan.ask in ("groups", "aggregate", "difference", "values") and not plan.fields:
        yield f"{plan.ask!r} needs a field"
    if plan.ask == "aggregate" and plan.aggregate is None:
        yield "`aggregate` must say which one"
    if plan.ask == "check" and not plan.conditions and plan.order_by is None:
        yield "there is nothing to check"
    yield from _of_further(plan)


def _of_further(plan: Plan) -> Iterator[str]:
    if plan.denied and (plan.ask != "check" or plan.items):
        yield "`denied` is said of a check of all items"
    sized = plan.group_low is not None or plan.group_high is not None
    if sized and (plan.ask != "groups" or plan.order_by is not None):
        yield "`group_low` and `group_high` are said of groups by their items"
    if plan.counted is not None and (plan.ask != "groups" or plan.order_by is not None):
        yield "`counted` is said of groups by how many values they have"
    if plan.counted is not None and plan.counted in plan.fields:
        yield "`counted` is another field than the one that groups"
    if any(one.is_relation for one in plan.either):
        yield "`either` takes no relations to named items and no counts of values"
