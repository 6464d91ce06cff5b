"""Plausible prices: what the phone cost when new, less its age, in the currency of the shop."""

from __future__ import annotations

import re

from offers.draw import Draw
from offers.phones import Phone

AS_OF_YEAR = 2025
_TIERS = (  # chipset, price at launch in USD
    (r"Apple A|Snapdragon 8|Tensor|Dimensity 9|Kirin 9|Exynos (9[89]|[25]\d{3}|[48]\d{3})", 780),
    (r"S5L|OMAP|Snapdragon S\d|K3V2|Exynos 3110", 520),
    (r"Snapdragon [67]|Dimensity|Kirin|Exynos|Helio [GPX]\d", 330),
)
_ENTRY_USD, _FEATURE_USD = 170, 60
_CHEAP_BRANDS, _CHEAP_PERCENT = ("Infinix", "Meizu", "POCO", "Redmi", "Tecno", "realme"), 65
_EXTRAS = (  # words in the model's name, percent of the price
    (r"Fold|Flip|razr|Magic V|Mate X|Find N", 150),
    (r"Ultra|Pro Max|Premium", 160),
    (r"\bPro\b|Plus|\+|XL", 118),
    (r"lite|Lite|mini|\bSE\b|FE|\d[ae]\b", 68),
)
# Percent of the price at launch that is left after 0, 1, 2 ... years; then the last one.
_LEFT = (100, 86, 70, 56, 45, 37, 30, 25, 21, 18, 15, 13, 12)
_USED_PERCENT = 74
_PER_STORAGE_STEP_PERCENT = 9
_FLOOR_USD = 24
_PER_100_USD = {"USD": 100, "GBP": 84, "EUR": 98, "CNY": 700}  # with what each market adds in tax


def price(phone: Phone, storage_step: int, used: bool, currency: str, draw: Draw) -> str:
    """`storage_step` counts the larger variants of the same phone from 0."""
    age = max(0, AS_OF_YEAR - phone.year)
    cents = 100 * _launch_usd(phone) * _LEFT[min(age, len(_LEFT) - 1)] // 100
    cents = cents * (100 + _PER_STORAGE_STEP_PERCENT * storage_step) // 100
    cents = cents * (_USED_PERCENT if used else 100) // 100
    cents = max(cents, 100 * _FLOOR_USD) * (88 + draw.below(25)) // 100
    whole = cents * _PER_100_USD[currency] // 10_000
    return _with_usual_end(whole, currency, draw)


def _launch_usd(phone: Phone) -> int:
    chipset, model = phone.cells["chipset"], phone.model
    if not phone.cells["os"].strip() or "MB" in phone.cells["storage"]:
        return _FEATURE_USD
    usd = next((usd for pattern, usd in _TIERS if re.search(pattern, chipset)), _ENTRY_USD)
    usd = usd * (_CHEAP_PERCENT if phone.brand in _CHEAP_BRANDS else 100) // 100
    for pattern, percent in _EXTRAS:
        if re.search(pattern, model):
            return usd * percent // 100
    return usd


def _with_usual_end(whole: int, currency: str, draw: Draw) -> str:
    """1299.00, 249.99 or 2488, as shops round in that currency."""
    if currency == "CNY":
        return str(whole // 10 * 10 + draw.pick((8, 9, 9, 0)))
    if whole >= 100:
        whole = whole // 10 * 10 + draw.pick((9, 9, 5, 4, 0))
    return f"{whole}.{draw.pick(('99', '99', '00', '95', '50'))}"
