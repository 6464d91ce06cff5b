"""Plans to the queries of the graph."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from graph.filters import RESERVED, Filter, Has, OneOf, Range, Term
from graph.filters.terms import Quantity
from graph.records import ItemKind
from graph.repositories import answers
from graph.repositories.asked_items import Query, Relation, Scope, Several
from ml.asking.plan import BRAND, CATEGORY, CURRENCY, ITEM, STOCK, Condition, Plan

if TYPE_CHECKING:
    from ml.asking.lexicon import AskingLexicon


@dataclass(frozen=True, slots=True)
class Compiled:
    """One query, the kind of items that it speaks of, and the parameters that its rows show."""

    query: Query
    kind: ItemKind
    shown: tuple[str, ...]


def compiled(plan: Plan, lexicon: AskingLexicon, *, limit: int) -> Compiled:
    """A plan that has passed the checks as the one query that answers it."""
    kind = _kind(plan, lexicon)
    # Of products the models are meant, where it is models that are named.
    of_models = kind == "product" and not _names_products(plan, lexicon)
    terms = partial(_terms, item="model" if of_models else "id")
    scope = Scope(
        kind,
        # The condition that fewest items meet comes first: a query starts at the first.
        Filter(tuple(terms(sorted(plan.conditions, key=partial(_met, lexicon))))),
        tuple(_relations(plan.conditions)),
        tuple(Filter(tuple(terms((one,)))) for one in plan.either),
        tuple(_several(plan.conditions)),
        from_values=_are_fewer_than_in_category(plan.conditions, lexicon),
    )
    shown = tuple(answers.parameters_in(scope))
    bare = not (plan.conditions or plan.either or plan.kind)
    every = lexicon.is_mixed and bare and plan.ask in ("count", "values") and not plan.items
    every = every and plan.fields in ((BRAND,), (CATEGORY,))
    return Compiled(_query(plan, scope, shown, limit, every=every), kind, shown)


def _query(plan: Plan, scope: Scope, shown: tuple[str, ...], limit: int, *, every: bool) -> Query:
    if plan.items:
        return _about_items(plan, scope, shown, limit)
    field = plan.fields[0] if plan.fields else None
    if every:
        return answers.every(scope, field or "", counted=plan.ask == "count", limit=limit)
    match plan.ask:
        case "items" if plan.order_by and plan.order:
            asked = tuple(field for field in plan.fields if field != BRAND)
            return answers.ranked(
                scope,
                plan.order_by,
                plan.order,
                plan.top or 1,
                (*shown, *asked),
                last=plan.last,
                limit=limit,
            )
        case "items":
            return answers.items(scope, shown, limit=min(plan.top or limit, limit))
        case "aggregate":
            return answers.aggregate(scope, field or "", plan.aggregate or "average")
        case "groups" if plan.order_by:
            order = plan.order or "highest"
            return answers.means(
                scope, field or "", plan.order_by, order=order, top=plan.top, limit=limit
            )
        case "values" | "groups":
            return answers.groups(
                scope,
                field or "",
                order=plan.order or "highest",
                top=plan.top,
                low=plan.group_low,
                high=plan.group_high,
                counted=plan.counted,
                limit=limit,
            )
        case "count" | "check" | "difference" | "similar" | "facts":
            return answers.count(scope, field)
        case _:
            assert_never(plan.ask)


def _about_items(plan: Plan, scope: Scope, shown: tuple[str, ...], limit: int) -> Query:
    match plan.ask:
        case "check" if plan.order_by and plan.order:
            top = plan.top or 1
            return answers.ranked(
                scope, plan.order_by, plan.order, top, shown, last=plan.last, limit=limit
            )
        case "check":
            return answers.check(scope, plan.items, shown)
        case "similar":
            return answers.alike(scope.kind, plan.items[0], scope, limit=min(plan.top or 10, limit))
        case "facts":
            return answers.facts(scope.kind, plan.items, None)
        case _:
            return answers.facts(scope.kind, plan.items, plan.fields)


def _kind(plan: Plan, lexicon: AskingLexicon) -> ItemKind:
    """Offers where they are named, or what only they have; else models where the graph has any."""
    if not lexicon.has_models or _names_products(plan, lexicon):
        return "product"
    if not can_be_of_products(plan, lexicon):
        return "model"
    fields = {*plan.fields, plan.order_by, *(condition.field for condition in plan.conditions)}
    if plan.of_prices or fields & {STOCK, CURRENCY}:
        return "product"
    alone = any(_is_of_products(one, lexicon) for one in plan.conditions)
    return plan.kind or ("product" if alone else "model")


def can_be_of_products(plan: Plan, lexicon: AskingLexicon) -> bool:
    """Whether there are products beside models, and none is held to a named model."""
    related = any(one.related_to for one in plan.conditions)
    return lexicon.is_mixed and not (plan.items or related)


def among_products(plan: Plan, lexicon: AskingLexicon) -> Plan | None:
    """The same asked of products, where models say nothing and the question leaves it open."""
    if plan.kind is not None or plan.denied:
        return None
    if can_be_of_products(plan, lexicon):
        return replace(plan, kind="product")
    lone = plan.ask == "values" and len(plan.fields) == 1
    if not (lexicon.is_mixed and plan.items and (lone or plan.ask == "check")) or plan.order_by:
        return None
    of_them = (Condition(ITEM, values=plan.items), *plan.conditions)
    return replace(plan, items=(), conditions=of_them, kind="product")


def known_by_offers(plan: Plan, lexicon: AskingLexicon) -> tuple[str, ...]:
    """The models that a plan names, where nothing is known of them but what offers say.

    None where the same can be asked among the offers.
    """
    silent = all(_is_silent(id, lexicon) for id in plan.named)
    if not lexicon.is_mixed or plan.kind == "model" or not silent:
        return ()
    related = any(one.related_to for one in plan.conditions)
    return plan.named if related or among_products(plan, lexicon) is None else ()


def with_items(plan: Plan, other: Mapping[str, str]) -> Plan:
    """The plan with other items in the place of those that it names."""

    def changed(condition: Condition) -> Condition:
        ids = (condition.same_as, condition.above, condition.below)
        same_as, above, below = (id and other.get(id, id) for id in ids)
        values = condition.values
        if condition.field == ITEM:
            values = tuple(other.get(value, value) for value in values)
        return replace(condition, values=values, same_as=same_as, above=above, below=below)

    return replace(
        plan,
        items=tuple(other.get(id, id) for id in plan.items),
        conditions=tuple(map(changed, plan.conditions)),
        either=tuple(map(changed, plan.either)),
    )


def _is_silent(id: str, lexicon: AskingLexicon) -> bool:
    model = lexicon.models.get(id)
    return model is not None and model.kind == "model" and not model.weight


def _names_products(plan: Plan, lexicon: AskingLexicon) -> bool:
    """Whether the items that it names are products; the checks see to it that all are."""
    return any(lexicon.models[id].kind == "product" for id in plan.named if id in lexicon.models)


def _is_of_products(condition: Condition, lexicon: AskingLexicon) -> bool:
    """A brand or a category of which there is no model."""
    return not condition.negated and any(
        (condition.field, value) in lexicon.without_models for value in condition.values
    )


def _terms(conditions: Sequence[Condition], *, item: str) -> Iterator[Term]:
    """Terms of a filter; `item` is the field that the ids of named items are of."""
    for condition in conditions:
        if condition.is_relation:
            continue
        field = condition.field
        if field == ITEM:
            field = item
        if field == STOCK:
            yes = f"{STOCK}=yes" in condition.values
            yield Term(field, OneOf(("yes" if yes else "no",)), condition.negated)
        elif condition.is_range:
            if condition.negated:
                yield Term(field, Has())  # of what nothing is said, nothing is known
            yield Term(field, _range(condition), condition.negated)
        elif condition.stated and condition.values:  # anything but a no
            yield Term(field, Has())
            yield Term(field, OneOf(condition.values), negated=True)
        elif condition.stated:
            yield Term(field, Has(), condition.negated)
        else:
            own = (CATEGORY, CURRENCY, "id", "model")
            if condition.negated and field not in own and not _is_yes(condition):
                yield Term(field, Has())  # of what nothing is said, nothing is known
            yield Term(field, OneOf(condition.values), condition.negated)


def _met(lexicon: AskingLexicon, condition: Condition) -> int:
    """About how many items meet a condition."""
    if condition.is_range:
        low = -math.inf if condition.low is None else condition.low
        high = math.inf if condition.high is None else condition.high
        known = lexicon.numbers.get(condition.field, ())
        return sum(items for number, items in known if low <= number <= high)
    if condition.values and not condition.negated:
        return sum(lexicon.items.get(value, 0) for value in condition.values)
    return lexicon.stated.get(condition.field, 0)


def _are_fewer_than_in_category(conditions: Sequence[Condition], lexicon: AskingLexicon) -> bool:
    """Whether less is looked at from the values of a parameter than in the category.

    Twice as many as state them, because products have what their models state.
    """
    said = [one for one in conditions if not one.negated]
    if any(one.field == BRAND for one in said):  # a brand has fewer items still
        return False
    there = [
        sum(lexicon.in_categories.get(id, 0) for id in one.values)
        for one in said
        if one.field == CATEGORY
    ]
    met = [
        _met(lexicon, one)
        for one in said
        if one.field not in RESERVED and (one.values or one.is_range)
    ]
    return bool(there and met) and 2 * min(met) < min(there)


def _is_yes(condition: Condition) -> bool:
    return condition.values == (f"{condition.field}=yes",)


def _range(condition: Condition) -> Range:
    low = None if condition.low is None else Quantity(condition.low)
    high = None if condition.high is None else Quantity(condition.high)
    if low and high:
        return Range(low, high)
    return Range(low, high, condition.low_inclusive, condition.high_inclusive)


def _relations(conditions: tuple[Condition, ...]) -> Iterator[Relation]:
    for condition in conditions:
        field, negated = condition.field, condition.negated
        if condition.same_as:
            yield Relation(field, condition.same_as, "same", negated)
        elif condition.above:
            yield Relation(field, condition.above, "above", negated)
        elif condition.below:
            yield Relation(field, condition.below, "below", negated)


def _several(conditions: tuple[Condition, ...]) -> Iterator[Several]:
    for one in conditions:
        if one.is_count:
            yield Several(one.field, one.count_low, one.count_high, one.negated)
