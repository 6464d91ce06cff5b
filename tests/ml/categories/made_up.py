"""Titles of kinds of things that no catalog has, in words that shops use."""

import random

from ml.categories.records import LabelledTitle

KINDS = {
    "Lanterns": ("lantern", "lamp", "candle", "wick", "glow", "lumen"),
    "Kettles": ("kettle", "boil", "spout", "litre", "whistle", "steam"),
    "Desks": ("desk", "oak", "drawer", "legs", "table", "cm"),
    "Tents": ("tent", "person", "poles", "pegs", "dome", "camping"),
}
BRANDS = ("acme", "orvik", "zuvo", "bolt")


def titles(each=12, kinds=tuple(KINDS), seed=0):
    """So many products of each kind, each with a brand and a number that say nothing."""
    chance = random.Random(seed)
    return [
        LabelledTitle(
            f"{chance.choice(BRANDS)} {' '.join(chance.sample(KINDS[kind], 3))} "
            f"x{chance.randrange(100, 999)}",
            kind,
            f"{kind} {n}",
        )
        for kind in kinds
        for n in range(each)
    ]


def write_offers(path, offers):
    rows = ["product_title,cluster_label,category_label"]
    rows += [f"{one.title},{one.group},{one.category}" for one in offers]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path
