"""Made-up offers of two shops: tools, lamps, bags and teas, each listed in the shop's own way."""

from __future__ import annotations

import random

from ml.matching.records import LabelledPair

KINDS = {
    "drill": ("Boreal", "Hamrex", "volt", (12, 18, 36)),
    "lamp": ("Lumio", "Kandel", "watt", (5, 9, 40)),
    "backpack": ("Trailfox", "Norden", "litre", (20, 35, 60)),
    "tea": ("Camelia", "Assamo", "gram", (50, 100, 250)),
}
COLOURS = ("black", "red", "green", "white")


def product(number: int) -> dict[str, object]:
    """A product as it is; those in a row of three are siblings that differ in size and number."""
    draw = random.Random(number // 3)
    kind = draw.choice(sorted(KINDS))
    one, two, unit, sizes = KINDS[kind]
    return {
        "kind": kind,
        "brand": draw.choice((one, two)),
        "code": f"{kind[0]}{draw.choice('kxz')}-{100 + number}",
        "size": (sizes[number % 3], unit),
        "colour": draw.choice(COLOURS),
        "price": draw.randrange(10, 200) + 10 * (number % 3) + 0.99,
    }


def in_left_shop(thing: dict[str, object]) -> dict[str, str]:
    number, unit = thing["size"]
    return {
        "title": f"{thing['brand']} {thing['kind']} {thing['code']} {number} {unit} "
        f"{thing['colour']}",
        "brand": str(thing["brand"]),
        "price": f"{thing['price']:.2f}",
    }


def in_right_shop(thing: dict[str, object], draw: random.Random) -> dict[str, str]:
    number, unit = thing["size"]
    code = str(thing["code"]).replace("-", "").upper() if draw.random() < 0.8 else ""
    return {
        "title": f"{thing['kind'].title()} by {thing['brand']}, {number}-{unit} {code}".strip(),
        "brand": str(thing["brand"]) if draw.random() < 0.7 else "",
        "price": f"$ {thing['price'] * draw.uniform(0.95, 1.05):.2f}",
    }


def pairs(count: int, seed: int = 0, *, products: int = 90) -> list[LabelledPair]:
    """A quarter matches, a half siblings, the rest anything."""
    draw = random.Random(seed)
    found = []
    for n in range(count):
        number = draw.randrange(products)
        other = number
        if n % 4 in (1, 2):
            other = number - number % 3 + (number + draw.choice((1, 2))) % 3
        elif n % 4 == 3:
            other = draw.choice([x for x in range(products) if x // 3 != number // 3])
        left, right = in_left_shop(product(number)), in_right_shop(product(other), draw)
        found.append(LabelledPair(left, right, same=number == other))
    return found


def as_text(labelled: list[LabelledPair]) -> str:
    return "".join(
        f"{_record(pair.left)}\t{_record(pair.right)}\t{pair.same:d}\n" for pair in labelled
    )


def _record(fields: dict[str, str]) -> str:
    return " ".join(f"COL {name} VAL {text}" for name, text in fields.items())
