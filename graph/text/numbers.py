"""Numbers as catalogs write them, read and written."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from graph.text.excerpt import excerpt, refused

DecimalSign = Literal["auto", ".", ","]

_CACHED_CHARS = 64
_NUMBER_CHARS = 400  # the longest float written out has 309 digits before its point

_GROUP_SPACES = "\u00a0\u2009\u202f '’"
# A number inside a longer text; groups divided by spaces only where the caller allows them.
PLAIN_NUMBER = r"(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:[eE][-+]?\d{1,3}(?![\w.]))?"
SPACED_NUMBER = rf"\d{{1,3}}(?:[{_GROUP_SPACES}]\d{{3}})+(?!\d)(?:[.,]\d+)?"
# In a text a plain space divides groups where no number could begin: `20 000 mm`, not `8 256 GB`.
SURELY_SPACED_NUMBER = (
    r"\d{1,3}(?:[\u00a0\u2009\u202f]\d{3}| 0\d\d)"
    rf"(?:[{_GROUP_SPACES}]\d{{3}})*(?!\d)(?:[.,]\d+)?"
)
ABOUT = r"(?:(?:~|≈|about|approx(?:imately|\.)?|around|circa|ca\.?|约|大约)\s*)"

_SIMPLE = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_NUMBER = re.compile(
    rf"{ABOUT}?(?P<sign>[-+−])?(?:(?P<spaced>{SPACED_NUMBER})|(?P<plain>{PLAIN_NUMBER}))",
    re.ASCII | re.IGNORECASE,
)
_SPACES = re.compile(f"[{_GROUP_SPACES}]")
_MYRIADS = re.compile(r"\s*([万萬亿億])")
_POWERS = {"万": 4, "萬": 4, "亿": 8, "億": 8}
# 1,234,567 and the Indian 12,34,567; a first digit 0 means that the sign is a decimal one.
_GROUPED = {
    sign: re.compile(
        rf"[1-9]\d{{0,2}}(?:{re.escape(sign)}\d{{3}})+"
        rf"|[1-9]\d?(?:{re.escape(sign)}\d{{2}})+{re.escape(sign)}\d{{3}}",
        re.ASCII,
    )
    for sign in ".,"
}
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def fold_width(text: str) -> str:
    """Full-width letters, digits and signs as ASCII; every character keeps its position."""
    return text if text.isascii() else text.translate(_WIDTH)


def parse_number(text: str, *, decimal: DecimalSign = "auto") -> float:
    """The number that a cell holds, and nothing else: `1,234.5`, `1.234,5`, `15,49`, `~ 1 234`.

    With "auto", the last of two different signs is the decimal one, and a sign that stands twice
    divides groups. A comma alone divides groups when three digits follow it (`1,234` is 1234) and
    is a decimal sign otherwise; a point alone is always a decimal sign. `1.2万` is 12000.
    Raises ValueInvalid.
    """
    if len(text) <= _CACHED_CHARS:
        return _parse_number(text, decimal)
    return _parse_number.__wrapped__(text, decimal)


@lru_cache(maxsize=8_192)
def _parse_number(text: str, decimal: DecimalSign) -> float:
    if decimal != "," and len(text) < _CACHED_CHARS and _SIMPLE.fullmatch(text):
        return float(text) + 0.0  # -0.0 becomes 0.0
    match = _NUMBER.match(fold_width(text).strip()) if len(text) <= _NUMBER_CHARS else None
    behind = match.string[match.end() :] if match else text
    myriads = _MYRIADS.fullmatch(behind)
    if match is None or (behind and myriads is None):
        raise refused(
            text,
            f"{excerpt(text)} is not a number; expected digits with an optional sign and "
            "decimal point, such as 1234.5",
        )
    return number_of(match, decimal, power=_POWERS[myriads[1]] if myriads else 0)


def number_of(match: re.Match[str], decimal: DecimalSign, power: int = 0) -> float:
    """The number in a match with the groups `sign`, `spaced` and `plain`, times 10 ** `power`."""
    written = match["plain"] or _SPACES.sub("", match["spaced"])
    mantissa, _, exponent = written.replace("E", "e").partition("e")
    plain = _with_point(mantissa, decimal)
    if plain is None:
        raise refused(
            written,
            f"{excerpt(written)} is not a number with {_described(decimal)}; "
            "set the decimal sign of this column, or mend the cell",
        )
    number = float(f"{plain}e{int(exponent or 0) + power}")  # 1.1 * 10000 is not quite 11000
    if not math.isfinite(number):
        raise refused(written, f"{excerpt(written)} is too large for a number")
    return -number + 0.0 if match["sign"] in ("-", "−") else number


def _described(decimal: DecimalSign) -> str:
    return "one decimal sign" if decimal == "auto" else f"the decimal sign {decimal!r}"


def _with_point(written: str, decimal: DecimalSign) -> str | None:
    """`1.234,5` as `1234.5`; None when the signs stand where they cannot."""
    sign = _decimal_sign(written) if decimal == "auto" else decimal
    group = "," if sign == "." else "."
    whole, _, fraction = written.partition(sign)
    if group in whole:
        if not _GROUPED[group].fullmatch(whole):
            return None
        whole = whole.replace(group, "")
    if group in fraction or sign in fraction:
        return None
    return f"{whole or '0'}.{fraction or '0'}"


def _decimal_sign(written: str) -> Literal[".", ","]:
    comma, point = written.rfind(","), written.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    if comma >= 0:
        return "." if _GROUPED[","].fullmatch(written) else ","
    return "," if written.count(".") > 1 else "."


@lru_cache(maxsize=8_192)
def format_number(number: float) -> str:
    """The shortest text that reads back as the same number: `6.1`, `128`."""
    if not math.isfinite(number):
        raise refused(str(number), f"{number} is not a finite number")
    if number == int(number) and abs(number) < 1e16:  # beyond, not every digit is meant
        return str(int(number))
    shortest = repr(number)
    if "e" in shortest and 1e-9 < abs(number) < 1e16:
        return format(Decimal(shortest), "f")
    return shortest
