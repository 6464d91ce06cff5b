"""What rules and an extractor that learnt from few labels read in the same titles.

    python -m benchmarks.two_readers --few train_0.2.jsonl --labels train.jsonl [--network none]

An extractor learns from `--few`. Of the other titles of `--labels` one half is a catalog that
states what its labels say, the other half is read by rules over that catalog, by the extractor
where it was trained and by rules where not, and by both as they serve. A fact is right where it is
the label, once also where it says the same in more words or fewer; only what the labels of its
title speak of is judged.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from app.services.builds import ACCEPT, PROPOSE
from benchmarks.habits import as_item, habits_of, lexicon_of
from graph.records import Named
from graph.text import normalise_value, slug
from ml.extraction.extractor import Extractor
from ml.extraction.reading import read_labelled
from ml.extraction.records import LabelledText
from ml.extraction.stacking import ExtractionConfig
from ml.grounding.grounder import RULES, Grounder
from ml.grounding.lexicon import Lexicon
from ml.grounding.records import ExtractedFact, TextToRead
from ml.grounding.stated import Stated
from ml.grounding.trained import TrainedReader
from ml.grounding.trust import Trust

PRECISIONS = (0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Told:
    """A fact beside the labels of its title."""

    confidence: float
    right: bool
    in_more_words: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--network", choices=["auto", "scratch", "none"], default="auto")
    parser.add_argument("--catalog", type=float, default=0.5, help="share of the other titles")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    few = read_labelled([options.few], print)
    learnt = {text.text for text in few}
    others = [one for one in read_labelled([options.labels], print) if one.text not in learnt]
    random.Random(options.seed).shuffle(others)
    asked, rest = others[: len(others) // 2], others[len(others) // 2 :]
    known = rest[: int(len(others) * options.catalog)]
    config = ExtractionConfig(network=options.network, seed=options.seed)
    extractor = Extractor.train(few, config, notify=print)
    trained_for = {slug(name) for text in few for name in text.values}
    found = _read(known, asked, extractor, trained_for)
    print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())


def _read(
    known: Sequence[LabelledText],
    asked: Sequence[LabelledText],
    extractor: Extractor,
    trained_for: set[str],
) -> dict[str, dict[str, float]]:
    lexicon = lexicon_of(known)
    lexicon = replace(lexicon, habits=habits_of(known, {one.category for one in (*known, *asked)}))
    trust = Trust.learnt([as_item(one, lexicon) for one in known], lexicon)
    reader = TrainedReader("extraction@1", extractor)
    items = [
        TextToRead({"title": one.text}, category=Named(one.category, one.category)) for one in asked
    ]
    by_rules = Grounder(lexicon, trust).ground(items)
    by_extractor = reader.read(items, lexicon)
    ways: dict[str, Sequence[Sequence[ExtractedFact]]] = {
        RULES: by_rules,
        "extractor where it was trained": [
            [*learnt, *(one for one in read if one.parameter not in trained_for)]
            for learnt, read in zip(by_extractor, by_rules, strict=True)
        ],
        "both": Grounder(lexicon, trust, reader=reader).ground(items),
    }
    said = [as_item(one, lexicon).facts for one in asked]
    values = sum(map(len, said))
    return {
        name: _counted(
            [
                told
                for text, facts, of in zip(asked, said, found, strict=True)
                for told in _told(text, Stated.of(facts), of, lexicon)
            ],
            values,
        )
        for name, found in ways.items()
    }


def _told(
    text: LabelledText, stated: Stated, facts: Sequence[ExtractedFact], lexicon: Lexicon
) -> Iterator[Told]:
    labelled = {slug(name) for name in text.values}
    for fact in facts:
        if fact.parameter in labelled and fact.relation == "HAS_PARAMETER":
            value = normalise_value(fact.normalized.text, lexicon.parameters[fact.parameter])
            yield Told(fact.confidence, stated.has(value), bool(stated.agrees(value)))


def _counted(told: Sequence[Told], values: int) -> dict[str, float]:
    confidence = np.array([one.confidence for one in told])
    accepted, waiting = confidence >= ACCEPT, (confidence >= PROPOSE) & (confidence < ACCEPT)
    measures: dict[str, float] = {
        "accepted": int(accepted.sum()),
        "proposed": int(waiting.sum()),
    }
    for way in ("right", "in_more_words"):
        right = np.array([getattr(one, way) for one in told])
        measures |= {
            f"accepted_{way}": int((accepted & right).sum()),
            f"proposed_{way}": int((waiting & right).sum()),
            **_recall_at(confidence, right, values, way),
        }
    return measures


def _recall_at(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], values: int, way: str
) -> dict[str, float]:
    """Of what labels say, how much the surest facts hold of which so many are right."""
    found = np.cumsum(right[np.argsort(-confidence)])
    precision = found / np.arange(1, len(found) + 1)
    return {
        f"recall_at_{bar}_{way}": round(float(found[precision >= bar].max(initial=0) / values), 3)
        for bar in PRECISIONS
    }


if __name__ == "__main__":
    main()
