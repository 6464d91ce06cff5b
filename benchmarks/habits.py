"""What it brings to know which parameters the items of a category have.

    python -m benchmarks.habits --labels train.jsonl [--seed N]

Labelled titles of several categories (the layout of `evaluate extraction`) are a catalog in five
parts: of four the graph is taken to state what the labels say, the titles of the fifth are read by
rules, with habits and without. The parts are drawn twice: over titles, so that every category is
known, and over categories, so that nothing is known of those that are read. A reading is foreign
where no label of its category speaks of the parameter.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from app.services.builds import ACCEPT, PROPOSE
from graph.records import FactText, ItemText, Named, Parameter, StatedIn, ValueView
from graph.text import normalise_value, slug
from ml.extraction.reading import read_labelled
from ml.extraction.records import LabelledText
from ml.grounding.habits import Habits
from ml.grounding.lexicon import Lexicon
from ml.grounding.reading import read
from ml.grounding.trust import Trust

PARTS = 5


@dataclass(frozen=True, slots=True)
class Read:
    """A reading of a title, beside the labels of the title."""

    confidence: float
    right: bool
    foreign: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    texts = read_labelled([options.labels], print)
    found = {
        "categories known": _run(texts, _by_title(texts, options.seed)),
        "categories unknown": _run(texts, _by_category(texts, options.seed)),
    }
    print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())


def _by_title(texts: Sequence[LabelledText], seed: int) -> list[int]:
    parts = [at % PARTS for at in range(len(texts))]
    random.Random(seed).shuffle(parts)
    return parts


def _by_category(texts: Sequence[LabelledText], seed: int) -> list[int]:
    categories = sorted({text.category for text in texts})
    random.Random(seed).shuffle(categories)
    part = {category: at % PARTS for at, category in enumerate(categories)}
    return [part[text.category] for text in texts]


def _run(texts: Sequence[LabelledText], parts: Sequence[int]) -> dict[str, dict[str, float]]:
    spoken_of = {(text.category, slug(name)) for text in texts for name in text.values}
    found: dict[str, list[Read]] = {"without habits": [], "with habits": []}
    for part in range(PARTS):
        known = [text for text, of in zip(texts, parts, strict=True) if of != part]
        asked = [text for text, of in zip(texts, parts, strict=True) if of == part]
        lexicon = lexicon_of(known)
        habits = habits_of(known, {text.category for text in texts})
        for name, words in (
            ("without habits", lexicon),
            ("with habits", replace(lexicon, habits=habits)),
        ):
            trust = Trust.learnt([as_item(text, words) for text in known], words)
            for text in asked:
                found[name] += _reads(text, words, trust, spoken_of)
    return {name: _counted(reads) for name, reads in found.items()}


def _reads(
    text: LabelledText, lexicon: Lexicon, trust: Trust, spoken_of: set[tuple[str, str]]
) -> Iterator[Read]:
    said = {fact.value for fact in as_item(text, lexicon).facts}
    for one in read(text.text, lexicon, category=text.category):
        yield Read(
            trust.confidence(one) * one.usual,
            one.value.id in said,
            (text.category, one.parameter) not in spoken_of,
        )


def _counted(reads: Sequence[Read]) -> dict[str, float]:
    accepted = [one for one in reads if one.confidence >= ACCEPT]
    waiting = [one for one in reads if PROPOSE <= one.confidence < ACCEPT]
    return {
        "accepted": len(accepted),
        "accepted_right": sum(one.right for one in accepted),
        "accepted_foreign": sum(one.foreign for one in accepted),
        "proposed": len(waiting),
        "proposed_right": sum(one.right for one in waiting),
        "proposed_foreign": sum(one.foreign for one in waiting),
        "brier": sum((one.confidence - one.right) ** 2 for one in reads) / max(len(reads), 1),
    }


def lexicon_of(texts: Sequence[LabelledText]) -> Lexicon:
    names = {name for text in texts for name, value in text.values.items() if value}
    parameters = {slug(name): Parameter(slug(name), name, "text") for name in sorted(names)}
    empty = Lexicon.of(parameters.values(), [])
    items: Counter[str] = Counter()
    values: dict[str, FactText] = {}
    for text in texts:
        for fact in as_item(text, empty).facts:
            items[fact.value] += 1
            values[fact.value] = fact
    views = [
        ValueView(id, one.parameter, one.text, one.number, one.unit, items=items[id])
        for id, one in values.items()
    ]
    return Lexicon.of(parameters.values(), views)


def as_item(text: LabelledText, lexicon: Lexicon) -> ItemText:
    facts = []
    for name, value in text.values.items():
        if value and (parameter := lexicon.parameters.get(slug(name))):
            one = normalise_value(value, parameter)
            facts.append(FactText(parameter.id, name, one.id, one.text, one.number, one.unit))
    category = Named(text.category, text.category)
    return ItemText("product", text.text, category=category, facts=tuple(facts))


def habits_of(texts: Sequence[LabelledText], categories: set[str]) -> Habits:
    stated = Counter(
        (text.category, slug(name))
        for text in texts
        for name, value in text.values.items()
        if value
    )
    rows = [StatedIn(category, "labels", one, n) for (category, one), n in stated.items()]
    return Habits.of(rows, {category: [category] for category in categories})


if __name__ == "__main__":
    main()
