"""Which first extractors serve that learnt from a few labels, and which of them should.

    python -m benchmarks.promotion --labels oa-mine/train.jsonl --texts 5 10 20 40 --draws 20

Draws a few texts of a file, learns from them as `catalograph finetune extraction --network none`
does, and says of how many draws a version would serve: by the interval of its F1, resampled, and by
the comparison of single answers that decides. Other texts of the file say whether it is better than
looking up in truth.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from app.services.promotion import SURE
from ml.errors import GraphTooSmall
from ml.extraction.evaluation import EvaluationConfig, evaluate_extraction, train_and_judge
from ml.extraction.reading import read_labelled
from ml.extraction.stacking import ExtractionConfig

ASKED = 400  # other texts, by which it is seen which is better


class Draw(NamedTuple):
    """Attributes: `better`, by how much its F1 of other texts is above that of looking up."""

    by_interval: bool
    by_answers: bool
    better: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--texts", type=int, nargs="+", default=[5, 10, 20, 40])
    parser.add_argument("--draws", type=int, default=20)
    args = parser.parse_args()
    lines = args.labels.read_text(encoding="utf-8").splitlines()
    for number in args.texts:
        draws = [one for seed in range(args.draws) if (one := _draw(lines, number, seed))]
        better = sum(draw.better > 0 for draw in draws)
        print(f"{number} texts: {len(draws)} draws teach something, {better} better in truth")
        for name in ("by_interval", "by_answers"):
            serve = [draw for draw in draws if getattr(draw, name)]
            worse = sum(draw.better <= 0 for draw in serve)
            print(f"  {name}: {len(serve)} serve, {worse} of them no better", flush=True)


def _draw(lines: Sequence[str], number: int, seed: int) -> Draw | None:
    """None: too few of its texts say a value."""
    drawn = random.Random(seed).sample(lines, number + ASKED)
    config = ExtractionConfig(network="none", seed=seed)
    with TemporaryDirectory() as folder:
        few, rest = Path(folder, "few.jsonl"), Path(folder, "rest.jsonl")
        few.write_text("\n".join(drawn[:number]), encoding="utf-8")
        rest.write_text("\n".join(drawn[number:]), encoding="utf-8")
        try:
            texts = read_labelled([few], _silent)
            _, metrics, baselines, held = train_and_judge(texts, config, notify=_silent)
            truth = evaluate_extraction([few], rest, EvaluationConfig(config), notify=_silent)
        except GraphTooSmall:
            return None
    found, least = metrics["micro_f1"], baselines["dictionary"]["micro_f1"]
    chance = held.beside_baseline("dictionary").chance()
    return Draw(
        found.low > least,
        found.value > least and chance <= SURE,
        truth.metrics["micro_f1"].value - truth.baselines["dictionary"]["micro_f1"],
    )


def _silent(note: str) -> None:
    pass


if __name__ == "__main__":
    main()
