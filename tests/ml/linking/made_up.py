"""A catalogue of kettles, drills and lamps, and shop offers of them."""

import random

from ml.linking.records import CatalogModel
from ml.linking.scoring import LinkingConfig

# Enough for a catalogue this small, in a second or two.
QUICK = LinkingConfig(trees=30, bag=1, folds=3, leaves=7, least_rows=3)

BRANDS = {"Orvik": "kettle", "Tandem": "drill", "Lumeo": "lamp", "Kestrel": "kettle"}
LINES = ("Aster", "Boreal", "Cirro", "Delta", "Ember", "Fjord", "Garnet", "Halo")
VARIANTS = ("", "Plus", "Mini", "Pro")
COLOURS = ("Black", "Ivory", "Copper", "Signal Red")
SIZES = ("1.7 l", "1.2 l", "0.8 l")
NOISE = ("new", "free delivery", "boxed", "genuine", "2 year warranty", "best price", "uk plug")


def catalogue():
    """Each line of a brand as 10 and 20, in four variants that differ by one word."""
    return [
        model(brand, f"{brand} {line} {number} {variant}".strip(), number=place)
        for brand in BRANDS
        for line in LINES[:6]
        for number in (10, 20)
        for place, variant in enumerate(VARIANTS)
    ]


def model(brand, name, *, number=0, names=(), **facts):
    stated = {
        "Colour": COLOURS,
        "Capacity": (SIZES[number % len(SIZES)],),
        "Model numbers": (f"{brand[:2].upper()}-{abs(hash_of(name)) % 900 + 100}X",),
        **facts,
    }
    return CatalogModel(
        id=name.lower().replace(" ", "-"), name=name, names=names, brand=brand, facts=stated
    )


def hash_of(text):
    return sum(ord(letter) * (place + 7) for place, letter in enumerate(text))


def offers(models, *, each=2, seed=0):
    """Titles of the models, and as many of makers that no catalogue has."""
    rng = random.Random(seed)
    rows = [(title_of(found, rng), found.id) for found in models for _ in range(each)]
    strangers = [
        (title_of(model("Zuvo", f"Zuvo {line} {number}"), rng), None)
        for line in LINES
        for number in (10, 20, 30)
        for _ in range(each)
    ]
    return [*rows, *strangers]


def title_of(found, rng):
    said = [found.name.lower(), rng.choice(COLOURS).lower(), *rng.sample(NOISE, 2)]
    if rng.random() < 0.5:
        said.insert(1, found.facts["Capacity"][0])
    return " ".join(said)


def halves(models):
    """Models to learn from and models to be judged by, so that no name is in both."""
    return models[::2], models[1::2]
