"""The currency that a question names: prices in any other are not asked for."""

from __future__ import annotations

from msgspec.structs import replace

from graph.text import currencies_of, currency_signs
from ml.asking.draft import Draft
from ml.asking.keys import stems
from ml.asking.plan import CURRENCY, PRICE, Condition, Plan
from ml.asking.span import Span

_PAID = ("cheap", "expensive")


def says_money(draft: Draft, place: int) -> bool:
    """Whether the number there is one of a currency: `$40`, 40块, `cheaper than 40 pounds`."""
    if not draft.lexicon.offers:
        return False
    span = draft.spans[place]
    before, behind = draft.text[: span.start].rstrip(), draft.text[span.end :].lstrip()
    signed = currency_signs(before[-1:]) or currency_signs(behind[:1])
    return bool(signed) or bool(_unit_of(span) and (span.unit is None or _speaks_of_prices(draft)))


def is_paid(draft: Draft, place: int) -> bool:
    """Whether a word says money: 块 is none where no price is in it, and something counts in 块."""
    span, known = draft.spans[place], draft.lexicon.currencies
    counts = bool(draft.parameters(place)) and bool(known)
    return span.does("money") and not (counts and not {*currencies_of(span.text)} & {*known})


def _speaks_of_prices(draft: Draft) -> bool:
    return any(
        any(one.id in _PAID for one in span.of_kind("adjective"))
        or any(one.id == PRICE for one in span.of_kind("parameter"))
        for span in draft.spans
    )


def _unit_of(span: Span) -> str:
    """The end of a number that is a currency as well as a unit: pounds, and 块 for pieces."""
    text = span.text.rstrip()
    ends = (text[-1:], *text.split()[-1:])
    return next((end for end in ends if span.number is not None and currencies_of(end)), "")


def in_currency(draft: Draft, plan: Plan) -> Plan | None:
    """The plan over the prices of the currency that is named; None: it asks for no prices."""
    named = currency_signs(draft.text)
    for place, span in enumerate(draft.spans):
        if is_paid(draft, place):
            named.append(span.text)
            draft.used.add(place)
        elif plan.of_prices and (unit := _unit_of(span)) and says_money(draft, place):
            named.append(unit)
    if plan.of_prices and not draft.lexicon.currencies:
        return plan  # prices are bare numbers: they are compared as they are
    # What several names may mean in common: `¥100 RMB`.
    codes = [found for one in named if (found := currencies_of(one) or _singular(one))]
    if not codes or not draft.lexicon.offers:
        return plan
    if not plan.of_prices:
        return None
    common = tuple(code for code in codes[0] if all(code in other for other in codes))
    others = tuple(one for one in plan.conditions if one.field != CURRENCY)
    condition = Condition(CURRENCY, values=common)
    return replace(plan, conditions=(*others, condition)) if common else None


def of_one_currency(plan: Plan, currencies: tuple[str, ...]) -> Plan:
    """The plan with means of prices in the commonest currency, where none is named."""
    compared = plan.ask == "groups" and plan.order_by == PRICE and len(currencies) > 1
    if not compared or any(one.field == CURRENCY for one in plan.conditions):
        return plan
    chosen = Condition(CURRENCY, values=currencies[:1])
    return replace(plan, conditions=(*plan.conditions, chosen))


def _singular(written: str) -> tuple[str, ...]:
    return currencies_of(" ".join(stems(written)))
