"""Numbers that name a product all over the world."""

from __future__ import annotations

from graph.text import gtin_of
from ml.matching.records import Fields

_FIELDS = frozenset({"gtin", "ean", "upc", "isbn"})


def same_gtin(left: Fields, right: Fields) -> bool:
    """Whether both say the same valid number, with or without leading zeros."""
    return not _gtins(left).isdisjoint(_gtins(right))


def _gtins(fields: Fields) -> set[str]:
    said = (text for name, text in fields.items() if name.casefold() in _FIELDS and text)
    return {number for text in said if (number := gtin_of(text)) is not None}
