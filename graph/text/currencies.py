"""Currencies as people write them: signs and words, to ISO 4217."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Each with what it is called, in small letters; the yen and the yuan share a sign.
_WRITTEN: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("EUR",): ("€", "eur", "euro", "euros", "欧元"),
    ("GBP",): ("£", "gbp", "pound", "pounds", "英镑"),
    ("USD",): ("$", "usd", "dollar", "dollars", "bucks", "美元"),
    ("CNY",): ("cny", "rmb", "yuan", "元", "块钱", "块", "人民币"),
    ("CNY", "JPY"): ("¥", "￥"),
    ("INR",): ("₹", "inr", "rupee", "rupees"),
}
_CODES: Mapping[str, tuple[str, ...]] = {
    word: codes for codes, words in _WRITTEN.items() for word in words
}
# For patterns of others, which ignore case.
SIGN = f"[{''.join(word for word in _CODES if not word.isalpha())}]"
WORD = f"(?:{'|'.join(sorted(filter(str.isalpha, _CODES), key=len, reverse=True))})(?![a-z])"
_SIGNS = re.compile(SIGN)


def currencies_of(written: str) -> tuple[str, ...]:
    """The codes that a sign or a word may mean; empty: it is none."""
    return _CODES.get(written.casefold(), ())


def currency_signs(text: str) -> list[str]:
    """The signs in a text, in its order."""
    return _SIGNS.findall(text)
