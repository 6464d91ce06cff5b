"""Whether a question names models or what shops offer."""

from __future__ import annotations

from graph.records import ItemKind
from ml.asking.draft import Draft
from ml.asking.keys import stems
from ml.asking.plan import CURRENCY, ITEM, PRICE, STOCK, Condition, Plan

_OFFERS = frozenset(map(stems, ("offer", "listing", "product", "sku", "商品", "报价")))
_OFFER = stems("offer")
_MODELS = frozenset(map(stems, ("model", "机型", "型号")))


def named_kind(draft: Draft) -> ItemKind | None:
    """The kind that the first word for items says, if it says one."""
    for place, span in enumerate(draft.spans):
        if not span.does("item") or (place and _is_verb(draft, place)):
            continue
        if stems(span.text) in _OFFERS:
            return "product"
        if stems(span.text) in _MODELS:
            return "model"
    return None


def of_offers(plan: Plan) -> Plan | None:
    """Whether a model costs less than so much, or is in stock: what its offers say.

    For a price it is the lowest one: a yes or no would hide that there may be none at all. None:
    it is asked together with what is no matter of offers.
    """
    fields = {one.field for one in plan.conditions}
    if plan.ask != "check" or not plan.items or not fields & {PRICE, STOCK}:
        return plan
    among = Condition(ITEM, values=plan.items)
    if fields == {STOCK}:
        return Plan("check", (among, *plan.conditions))
    if len(plan.items) > 1 or not fields <= {PRICE, CURRENCY}:
        return None
    currency = (one for one in plan.conditions if one.field == CURRENCY)
    return Plan("aggregate", (among, *currency), fields=(PRICE,), aggregate="lowest")


def _is_verb(draft: Draft, place: int) -> bool:
    """`Who offers`, `the lamps that Acme offers`; `which Acme offers` are no lamps but offers."""
    before = draft.spans[place - 1]
    if stems(draft.spans[place].text) != _OFFER:
        return False
    if before.does("brand", "who") or before.text.lower() == "that":
        return True
    named = any(map(before.is_kind, ("brand", "model", "series")))
    offered = draft.text.lower().startswith("what")
    return named and (offered or any(span.is_kind("category") for span in draft.spans))
