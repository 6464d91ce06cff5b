"""Prices in what people type: `under 300`, `100-200 euro`, `$300`, `300元以下`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from app.services.comparisons import AT_LEAST, AT_MOST
from graph.filters import Quantity, Range
from graph.text.currencies import SIGN, WORD, currencies_of
from graph.text.units import find_unit
from ml.asking.keys import han_number
from ml.grounding.tokens import HAN, is_han

_DIGITS = r"\d{1,9}(?:[.,]\d{3})*(?:[.,]\d{1,2})?(?:\s?[万萬](?!像素))?"
_SPELLED = r"(?<![\d.])[零一二两三四五六七八九十百千万]{2,}(?=[元块])"  # 三百元
_NUMBER = rf"({_DIGITS}|{_SPELLED})"
_CODE = r"(?:us(?=\$)|(?:usd|eur|gbp|cny|rmb|inr)\s?(?=\d))"  # `US$300`, `usd 300`
_MONEY = rf"{_CODE}?{SIGN}?\s*{_NUMBER}(?![\d.,]*\d)\s*(?:{SIGN}|{WORD})?"
# What stands behind such a pattern may be a unit, or what is counted.
_OPEN = r"(?P<open>)"
_BEHIND = re.compile(r"[a-z%\"″°\d]", re.IGNORECASE)
_AT_MOST = (
    rf"(?:{AT_MOST}|cheaper than|moins ch(?:er|ère)s? que|sous|günstiger als|billiger als"
    r"|budget(?: of| is| de| von)?:?|max(?:imum|imal)?|<=?|≤)"
)
_AT_LEAST = rf"(?:{AT_LEAST}|starting (?:at|from)|dès|min(?:imum)?|>=?|≥)"
_BETWEEN_TWO = r"(?:between|entre|zwischen)"
_TO_WORD = r"(?:to|and|et|à|und|bis)(?![^\W\d_])"
_TO = rf"\s*(?:-|–|~|{_TO_WORD}|至|到)\s*"
_SURE = rf"(?:{SIGN}|{WORD})"
_SURE_OF_BOTH = rf"[^a-z]*(?:{_TO_WORD}[^a-z]*)?{_SURE}"  # `100 to 200 euro`
# Words for money that are for pieces or weights as well say nothing alone: `3块`, `20 pounds`.
_SURE_ALONE = rf"(?:{SIGN}|(?!pounds?\b|块(?!钱)){WORD})"
_ABOUT = (
    r"(?:around|about|approx(?:imately|\.)?|roughly|circa|environ|autour de|etwa|ungefähr|rund"
    r"|大约|大概|约)"
)
_ITS_END = r"\b(?! d[e'’]| als|\s*\d)"  # and less, not `and less than 200`
_OR_LESS = (
    rf"(?:(?:or|and) (?:less|under|below|cheaper)|(?:ou|et) moins|(?:oder|und) weniger){_ITS_END}"
)
_OR_MORE = rf"(?:(?:or|and) (?:more|over|above|up)|(?:ou|et) plus|(?:oder|und) mehr){_ITS_END}"
_PAID = r"(?:价格|价位|售价|价钱|預算|预算)\s*[在是为:：]?\s*"
_BETWEEN = re.compile(r"\s*(?:,|，|、|and|but|et|mais|und|aber|且|并且|和)?\s*", re.IGNORECASE)
_UNIT_CHARS = 4  # at most, of units that are written in Chinese
_NEAR = 0.2  # what `around` leaves open, as a share
_CURRENCY_SAID = re.compile(_SURE, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PriceWords:
    """A range of prices, and where it stands in the text.

    Attributes:
        currencies: ISO 4217, those that its sign or word may mean; empty: it has none.
        is_near: the text says about how much, and no end of a range.
    """

    condition: Range
    start: int
    end: int
    currencies: tuple[str, ...] = ()
    is_near: bool = False


def find_price(
    text: str, *, begins_anew: Callable[[str], bool] = lambda behind: False
) -> PriceWords | None:
    """The first price that the text asks for: `under 2 kg` speaks of none.

    Args:
        begins_anew: whether what stands behind a number is neither its unit nor counted by it.
    """
    found = _first(text, begins_anew)
    if found is None or (found.condition.low and found.condition.high):
        return found
    left = text[: found.start] + " " * (found.end - found.start) + text[found.end :]
    other = _first(left, begins_anew)
    return (
        found
        if other is None
        else _both(text, *sorted((found, other), key=attrgetter("start"))) or found
    )


def _both(text: str, one: PriceWords, other: PriceWords) -> PriceWords | None:
    """`over 100 and under 200`; None: they are no two ends of one range."""
    low = one.condition.low or other.condition.low
    high = one.condition.high or other.condition.high
    ends = [end for one in (one, other) for end in (one.condition.low, one.condition.high) if end]
    if len(ends) != 2 or not low or not high or low.number > high.number:
        return None
    if not _BETWEEN.fullmatch(text[one.end : other.start]):
        return None
    currencies = one.currencies or other.currencies
    return PriceWords(Range(low, high), one.start, other.end, currencies)


def _first(text: str, begins_anew: Callable[[str], bool]) -> PriceWords | None:
    for pattern, low, high in _PATTERNS:
        match = pattern.search(text)
        if match is None or not _is_price(match, begins_anew):
            continue
        least = _quantity(match[low]) if low else None
        most = _quantity(match[high]) if high else None
        is_near = low == high
        if is_near and least and most:
            least, most = _near(least, 1 - _NEAR), _near(most, 1 + _NEAR)
        if least and most and least.number > most.number:
            continue
        currencies = _currencies(match[0])
        return PriceWords(Range(least, most), *match.span(), currencies, is_near)
    return None


def _is_price(match: re.Match[str], begins_anew: Callable[[str], bool]) -> bool:
    behind = match.string[match.end() :].lstrip()
    if _CURRENCY_SAID.search(match[0]) is None and _begins_with_unit(behind):
        return False
    if "open" not in match.groupdict() or not _BEHIND.match(behind):
        return True
    if not match.string.removesuffix(behind)[-1].isspace():
        return False
    return _CURRENCY_SAID.search(match[0]) is not None or begins_anew(behind)


def _begins_with_unit(behind: str) -> bool:
    """分贝 and 公斤, which stand right in front of what they measure."""
    if not behind or not is_han(behind):
        return False
    return any(find_unit(behind[:end]) is not None for end in range(1, _UNIT_CHARS + 1))


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# Each with the groups of its lower and its upper end; one for both is a price that is near.
_PATTERNS: tuple[tuple[re.Pattern[str], int | None, int | None], ...] = (
    (_compiled(rf"{_BETWEEN_TWO}\s+{_MONEY}{_TO}{_MONEY}{_OPEN}"), 1, 2),
    (_compiled(rf"{_PAID}{_MONEY}{_TO}{_MONEY}(?:之间)?"), 1, 2),
    (
        _compiled(
            rf"(?<![^\W{HAN}])(?<![.,-])(?={_SURE_OF_BOTH}){_MONEY}{_TO}{_MONEY}(?:之间)?{_OPEN}"
        ),
        1,
        2,
    ),
    (_compiled(rf"(?<![\w.,-])(?=[^a-z]*{_SURE}){_MONEY}\s*{_OR_LESS}"), None, 1),
    (_compiled(rf"(?<![\w.,-])(?=[^a-z]*{_SURE}){_MONEY}\s*{_OR_MORE}"), 1, None),
    (_compiled(rf"(?<!\w){_ABOUT}\s*(?=[^a-z]*{_SURE}){_MONEY}{_OPEN}"), 1, 1),
    (_compiled(rf"(?<![\d.,])(?=[^a-z]*{_SURE}){_MONEY}\s*(?:左右|上下)"), 1, 1),
    (_compiled(rf"(?<!\w){_AT_MOST}\s*{_MONEY}{_OPEN}"), None, 1),
    (_compiled(rf"(?<!\w){_AT_LEAST}\s*{_MONEY}{_OPEN}"), 1, None),
    (
        _compiled(
            rf"(?:(?<!不)(?:低于|少于|便宜于)|不(?:超过|到|高于|多于)|预算[是为:：]?)\s*{_MONEY}{_OPEN}"
        ),
        None,
        1,
    ),
    (_compiled(rf"(?:高于|超过|不(?:低于|少于))\s*{_MONEY}{_OPEN}"), 1, None),
    (_compiled(rf"(?<![\d.,]){_MONEY}\s*(?:以下|以内|之内|内)"), None, 1),
    (_compiled(rf"(?<![\d.,]){_MONEY}\s*(?:以上|起)"), 1, None),
    (_compiled(rf"(?<![a-z\d.,-])(?={_CODE}|{SIGN}|[\d.,]+\s*{_SURE_ALONE}){_MONEY}{_OPEN}"), 1, 1),
)


def _currencies(written: str) -> tuple[str, ...]:
    codes = map(currencies_of, _CURRENCY_SAID.findall(written))
    return next(filter(None, codes), ())


def _near(price: Quantity, share: float) -> Quantity:
    return Quantity(round(price.number * share, 2))


def _quantity(written: str) -> Quantity:
    """`1,299.50` and `1.299,50` are the same; three digits behind a sign are thousands."""
    if not written[0].isdigit():
        return Quantity(han_number(written) or 0.0)
    amount = written.rstrip(" 万萬")
    whole = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", amount)
    return Quantity(float(f"{whole.replace(',', '.')}e{0 if amount == written else 4}"))
