"""Global trade item numbers, as packages and dumps write them."""

from __future__ import annotations


def gtin_of(text: str) -> str | None:
    """The number with its 14 digits; None: it is none.

    8, 12, 13 or 14 digits, leading zeros perhaps lost, of which the last checks the others.
    Source: GS1 General Specifications, section 7.9.
    """
    digits = text.replace("-", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 14) or not int(digits):
        return None
    weighted = sum(
        int(digit) * (3 if position % 2 == 0 else 1)
        for position, digit in enumerate(reversed(digits[:-1]))
    )
    return digits.zfill(14) if (weighted + int(digits[-1])) % 10 == 0 else None
