"""Whether one of two items is made for the other, by what shops call their titles."""

from __future__ import annotations

from functools import lru_cache

from ml.matching.records import Fields
from ml.matching.roles import USUAL_NAMES
from ml.purpose.pairs import made_for


def accessory_of(left: Fields, right: Fields) -> str | None:
    """The word for what one of them is, as `case`, if the other is what that is made for."""
    titles = _title(left), _title(right)
    return _found(*titles) if all(titles) else None


def _title(fields: Fields) -> str:
    """Of a field that is called as titles are; only one that is called otherwise is not seen."""
    usual = (text for name in USUAL_NAMES for said, text in fields.items() if _is(name, said))
    return next((text for text in usual if text.strip()), "")


def _is(name: str, field: str) -> bool:
    return field.casefold().strip().replace("_", " ") == name


@lru_cache(maxsize=4_096)
def _found(left: str, right: str) -> str | None:
    purpose = made_for(left, right)
    return purpose.thing if purpose else None
