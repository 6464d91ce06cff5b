"""Offers of kettles and drills, each named by its shop in other words."""

import csv
import random

BRANDS = ("Orvik", "Tandem", "Lumeo", "Kestrel", "Zuvo", "Bramley")
KINDS = ("kettle", "drill", "lamp")
COLOURS = ("black", "white", "red")
NOISE = ("new", "free delivery", "boxed", "genuine", "best price", "uk plug")


def products(seed, count=40):
    rng = random.Random(seed)
    return [
        (rng.choice(BRANDS), f"{rng.choice('KDL')}{rng.choice('XYZ')}", rng.randint(100, 999))
        for _ in range(count)
    ]


def write_offers(path, seed, count=40):
    """Each product twice or three times; codes are written together and apart."""
    rng = random.Random(seed)
    rows = []
    for number, (brand, letters, digits) in enumerate(products(seed, count)):
        kind, colour = rng.choice(KINDS), rng.choice(COLOURS)
        label = f"{brand} {letters}{digits} {colour}"
        for _ in range(rng.choice((2, 3))):
            code = rng.choice((f"{letters}{digits}", f"{letters} {digits}", f"{letters}-{digits}"))
            said = [brand, code.lower(), kind, rng.choice(COLOURS), *rng.sample(NOISE, 2)]
            rows.append((" ".join(said).lower(), number, label, "Home"))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["product_title", "cluster_id", "cluster_label", "category_label"])
        writer.writerows(rows)
    return path
