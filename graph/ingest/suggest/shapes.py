"""What one text looks like: an address, a check digit, an amount, a time, markup."""

from __future__ import annotations

import re
from functools import lru_cache

from graph.errors import ValueInvalid
from graph.records import Parameter
from graph.text import gtin_of, normalise_value, parse_number


def listed(names: str) -> frozenset[str]:
    return frozenset(names.split())


CURRENCIES = listed(
    "USD EUR GBP JPY CNY RMB INR AUD CAD CHF SEK NOK DKK PLN CZK HUF RON BGN TRY RUB UAH BRL "
    "MXN ARS CLP COP ZAR KRW TWD HKD SGD MYR THB IDR PHP VND AED SAR ILS EGP NGN KES PKR BDT NZD"
)
# Signs that stand for one currency; $ and ¥ stand for several.
SIGNS = {"€": "EUR", "£": "GBP", "₹": "INR", "元": "CNY", "₩": "KRW", "₺": "TRY", "₽": "RUB"}
_LANGUAGES = listed(
    "en de fr es it nl pt pl cs sk hu ro bg el sv da no nb fi et lv lt ru uk tr ar he fa hi bn "
    "ur th vi id ms ja ko zh chinese english german french spanish 中文 英文"
)
# Without those that end names as words do: `id`, `no`, `th`.
LANGUAGE_CODES = listed("en de fr es nl pt pl cs sk hu ro sv da fi ru uk tr ja ko zh it")
_URL = re.compile(r"(?:https?:)?//[^\s/]+\.[^\s]+|www\.[^\s]+\.[^\s]+", re.IGNORECASE)
_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp|svg|tiff?)(?:[?#!_@].*)?$", re.IGNORECASE)
_HTML = re.compile(r"</[a-zA-Z][^>]*>|<(?:br|p|div|li|img|span|table)\b[^>]*>", re.IGNORECASE)
_TIME = re.compile(
    r"\d{4}[-/.]\d\d?[-/.]\d\d?[T ]+\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:Z|UTC|[-+]\d\d:?\d\d))*"
)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,64}", re.IGNORECASE)
_MONEY_SIGNS = re.compile(r"[£$€¥₹￥]|\b[A-Z]{3}\b|元")  # what an import takes off a price
_SHOWN_SIGNS = re.compile(r"[£$€¥₹￥元₩₺₽]|\b(?:" + "|".join(sorted(CURRENCIES)) + r")\b")
_ABOUT = re.compile(r"[A-Za-z~≈约]{2,}|[~≈约]")
_STRUCTURE = re.compile(r"""\s*(?:\[\s*(?:["'{\[]|\])|\{\s*(?:["']|\}))""")
_CODE = re.compile(r"[\w./:#+-]*\d[\w./:#+-]*")
_WORD = re.compile(r"[^\W\d_]{2,}|[\u3040-\u30ff\u4e00-\u9fff]")
_LOOKED_AT = 5_000  # characters; cells may have a million
_CODE_CHARACTERS = 200
_YES_NO = Parameter(id="any", name="any", kind="boolean")


def is_url(text: str) -> bool:
    return _URL.fullmatch(text) is not None


def is_image_url(text: str) -> bool:
    return is_url(text) and _IMAGE.search(text) is not None


def is_html(text: str) -> bool:
    return "<" in text and _HTML.search(text[:_LOOKED_AT]) is not None


def is_structure(text: str) -> bool:
    """JSON, or something like it, written as a text."""
    return _STRUCTURE.match(text) is not None


def is_time(text: str) -> bool:
    """A date with a time of day; a date alone may be a property of a thing."""
    return _TIME.fullmatch(text) is not None


def is_random_id(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def is_code(text: str) -> bool:
    """One word with a digit in it."""
    return len(text) <= _CODE_CHARACTERS and _CODE.fullmatch(text) is not None


def is_gtin(text: str) -> bool:
    return gtin_of(text) is not None


def is_currency(text: str) -> bool:
    return text.upper() in CURRENCIES


def is_language(text: str) -> bool:
    return re.split(r"[-_]", text.lower())[0] in _LANGUAGES


def has_money_sign(text: str) -> bool:
    return _SHOWN_SIGNS.search(text) is not None


def money_sign(text: str) -> str | None:
    found = _SHOWN_SIGNS.search(text)
    return found[0] if found else None


def is_amount(text: str) -> bool:
    """A number, perhaps with a currency; `about 300` is an estimate and no price."""
    bare = _MONEY_SIGNS.sub("", text).strip()
    if _ABOUT.search(bare):
        return False
    number = number_of(bare)
    return number is not None and number >= 0


def is_nothing(text: str) -> bool:
    """An amount of 0."""
    return is_amount(text) and number_of(_MONEY_SIGNS.sub("", text).strip()) == 0


def is_count(text: str) -> bool:
    """How many there are, perhaps about: `12`, `-3`, `20+`, `>20`."""
    number = number_of(text.strip("<>≥≤~+ "))
    return number is not None and number.is_integer()


@lru_cache(maxsize=65_536)
def number_of(text: str) -> float | None:
    try:
        return parse_number(text)
    except ValueInvalid:
        return None


@lru_cache(maxsize=4_096)
def is_yes_no(text: str) -> bool:
    try:
        normalise_value(text, _YES_NO)
    except ValueInvalid:
        return False
    return True


def words(text: str) -> int:
    """Words of a text; where no spaces divide them, two characters count as one."""
    found = _WORD.findall(text[:_LOOKED_AT])
    single = sum(len(word) == 1 for word in found)
    return len(found) - single + (single + 1) // 2
