"""Names of items as people say them."""

from __future__ import annotations


def with_brand(name: str, brand: str | None) -> str:
    """Titles of offers name their brand, names of models do not: a `90` is an `Acme 90`."""
    return f"{brand} {name}" if brand and brand.casefold() not in name.casefold() else name
