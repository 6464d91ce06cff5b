"""Made-up shop titles whose values follow rules that can be learnt."""

from __future__ import annotations

import json
import random
from pathlib import Path

from ml.extraction.records import LabelledText

COLORS = ("Red", "Deep Blue", "Moss Green", "Ivory", "Black", "Light Grey", "Copper")
BRANDS = ("Lumora", "Halden", "Vetra", "Okti", "Brunnic", "Sableton", "Nordwick")
SHAPES = {"Desk Lamp": "lamps", "Floor Lamp": "lamps", "Oxford": "shoes", "Ankle Boot": "shoes"}


def texts(number: int = 120, seed: int = 0) -> list[LabelledText]:
    """`BRAND KIND, COLOR, SIZE`; lamps have watts, shoes sizes; every fifth names no color."""
    rng = random.Random(seed)
    return [_text(rng) for _ in range(number)]


def _text(rng: random.Random) -> LabelledText:
    brand, kind = rng.choice(BRANDS), rng.choice(sorted(SHAPES))
    color = None if rng.random() < 0.2 else rng.choice(COLORS)
    number = rng.randrange(3, 99)
    size = f"{number}W" if SHAPES[kind] == "lamps" else f"{number} EU"
    text = ", ".join(part for part in (f"{brand} {kind}", color, size) if part)
    measure = "Power" if SHAPES[kind] == "lamps" else "Size"
    values = {"Brand": brand, "Kind": kind, "Color": color, measure: size}
    return LabelledText(text, SHAPES[kind], values)


def write(path: Path, labelled: list[LabelledText]) -> Path:
    path.write_text("".join(line(text) + "\n" for text in labelled), encoding="utf-8")
    return path


def line(text: LabelledText) -> str:
    scores = {name: {value or "n/a": 1} for name, value in text.values.items()}
    return json.dumps({"input": text.text, "category": text.category, "target_scores": scores})
