"""Which field is the name, the brand, the price and the model number, found out from the data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from ml.matching.records import Fields

SAMPLE = 2_000  # items are enough to tell a price from a brand

# Usual names are a hint that decides between fields of the same shape, and no more.
USUAL_NAMES = ("title", "name", "product", "标题", "名称")
_USUAL = {
    "name": USUAL_NAMES,
    "brand": ("brand", "manufacturer", "maker", "vendor", "品牌"),
    "price": ("price", "cost", "价格"),
    "code": ("modelno", "model", "mpn", "sku", "partno", "part number", "型号"),
}
_HINT = 0.5
_LEAST = 0.45  # of a score; below it the role has no field
_NUMBER = re.compile(r"[^\w]*\d[\d.,]*[^\w]*\w{0,3}")


@dataclass(frozen=True, slots=True)
class Roles:
    """Names of fields; usually one each, two where two shops call the same thing differently."""

    name: tuple[str, ...] = ()
    brand: tuple[str, ...] = ()
    price: tuple[str, ...] = ()
    code: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a field looks like; shares lie in 0..1, those of values are of the filled ones."""

    filled: float
    distinct: float
    words: float
    numeric: float
    coded: float
    in_others: float


def find_roles(items: Sequence[Fields]) -> Roles:
    """Looks at the shape of the values: how many, how long, numbers, repeated, told elsewhere."""
    sample = items[:: max(1, len(items) // SAMPLE)]
    names = dict.fromkeys(name for item in sample for name in item)
    shapes = {name: shape for name in names if (shape := _shape(name, sample)) is not None}
    taken: set[str] = set()
    found = {}
    for role in ("price", "name", "brand", "code"):
        free = {name: shape for name, shape in shapes.items() if name not in taken}
        found[role] = _fields_for(role, free, sample)
        taken.update(found[role])
    return Roles(**found)


def _shape(name: str, items: Sequence[Fields]) -> _Shape | None:
    values = [item[name].strip() for item in items if item.get(name, "").strip()]
    if not values:
        return None
    count = len(values)
    others = [
        (item[name].strip().casefold(), " ".join(t for n, t in item.items() if n != name))
        for item in items
        if item.get(name, "").strip()
    ]
    return _Shape(
        filled=count / sum(name in item for item in items),
        distinct=len(set(values)) / count,
        words=sum(len(value.split()) for value in values) / count,
        numeric=sum(_NUMBER.fullmatch(value) is not None for value in values) / count,
        coded=sum(_looks_coded(value) for value in values) / count,
        in_others=sum(value in text.casefold() for value, text in others) / count,
    )


def _looks_coded(value: str) -> bool:
    return len(value.split()) <= 2 and any(map(str.isdecimal, value)) and len(value) >= 3


def _fields_for(
    role: str, shapes: Mapping[str, _Shape], items: Sequence[Fields]
) -> tuple[str, ...]:
    """The fittest field, and the fittest of those that stand in its place in other items."""
    scores = {
        name: _fitness(role, shape) + _HINT * _is_usual(role, name)
        for name, shape in shapes.items()
    }
    order = sorted((name for name in scores if scores[name] >= _LEAST), key=lambda n: -scores[n])
    if not order:
        return ()
    best = order[0]
    instead = (name for name in order[1:] if not _stand_together(best, name, items))
    return (best, *islice(instead, 1))


def _stand_together(one: str, other: str, items: Sequence[Fields]) -> bool:
    return any(one in item and other in item for item in items)


def _is_usual(role: str, name: str) -> bool:
    return name.casefold().strip().replace("_", " ") in _USUAL[role]


def _fitness(role: str, shape: _Shape) -> float:
    """How well the shape fits, in about 0..1."""
    short = shape.words <= 4
    if role == "price":
        return shape.numeric * (0.4 if shape.coded > 0.99 and shape.distinct > 0.95 else 0.6)
    if role == "name":
        long_enough = min(1.0, shape.words / 4)
        not_prose = 1.0 if shape.words <= 25 else 0.5
        return shape.filled * shape.distinct * long_enough * not_prose * (1 - shape.numeric)
    if role == "brand":
        return short * (1 - shape.distinct) * (0.4 + 0.6 * shape.in_others) * (1 - shape.coded)
    return short * shape.coded * shape.distinct * (1 - 0.3 * (shape.numeric > 0.9))
