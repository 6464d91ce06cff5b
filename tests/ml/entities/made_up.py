"""Made-up titles of several kinds of goods, in which a maker stands before what it makes."""

from __future__ import annotations

import random

from ml.entities.records import LabelledTitle

MAKERS = ("山月", "北岸", "oakfir", "青石屋", "Luma", "海灯")
GOODS = ("台灯", "双人帐篷", "水壶", "羊毛围巾", "电钻", "办公椅", "茶")
BEFORE = ("新款", "包邮 ", "2026 ", "【特价】", "正品")
BEHIND = (" 红色", "大号", " 送礼", "500ml", "/一件")


def titles(count: int, seed: int = 0) -> list[LabelledTitle]:
    draw = random.Random(seed)
    return [title(draw, MAKERS, GOODS) for _ in range(count)]


def title(draw: random.Random, makers: tuple[str, ...], goods: tuple[str, ...]) -> LabelledTitle:
    text = draw.choice(BEFORE)
    spans = []
    for kind, names in (("MAKER", makers), ("WARE", goods)):
        name = draw.choice(names)
        spans.append((kind, len(text), len(text) + len(name)))
        text += name + draw.choice(("", " "))
    return LabelledTitle(text + draw.choice(BEHIND), tuple(spans))


def as_bieos(rows: list[LabelledTitle]) -> str:
    return "\n".join("".join(f"{sign}\t{label}\n" for sign, label in lines(row)) for row in rows)


def lines(row: LabelledTitle) -> list[tuple[str, str]]:
    labels = ["O"] * len(row.text)
    for kind, start, end in row.entities:
        if end - start == 1:
            labels[start] = f"S-{kind}"
            continue
        labels[start:end] = [f"I-{kind}"] * (end - start)
        labels[start], labels[end - 1] = f"B-{kind}", f"E-{kind}"
    return list(zip(row.text, labels, strict=True))
