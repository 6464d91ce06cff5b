"""Shoppers who follow what items are like: after a kind comes its neighbour of the same colour."""

import json

import numpy as np

KINDS, COLOURS, PER_PAIR = 8, 3, 4


def item(kind, colour, number):
    return f"i{kind}{'abc'[colour]}{number}"


def attributes():
    """Each item with its kind and its colour."""
    return {
        item(kind, colour, number): [f"kind {kind}", f"colour {colour}"]
        for kind in range(KINDS)
        for colour in range(COLOURS)
        for number in range(PER_PAIR)
    }


def sequences(shoppers=240, length=7, seed=0):
    """A shopper keeps to a colour and goes from kind to kind; which of the items is chance."""
    random = np.random.default_rng(seed)
    found = {}
    for shopper in range(shoppers):
        kind, colour = int(random.integers(KINDS)), int(random.integers(COLOURS))
        found[f"s{shopper}"] = [
            item((kind + step) % KINDS, colour, int(random.integers(PER_PAIR)))
            for step in range(int(random.integers(4, length + 1)))
        ]
    return found


def write(folder, histories=None, known=None):
    """Both files, and where they are."""
    lines = (
        f"{shopper} {' '.join(items)}\n" for shopper, items in (histories or sequences()).items()
    )
    (folder / "sequences.txt").write_text("".join(lines))
    (folder / "attributes.json").write_text(json.dumps(attributes() if known is None else known))
    return folder / "sequences.txt", folder / "attributes.json"
