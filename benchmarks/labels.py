"""What pretraining is worth where few items carry a label, against features as they are.

    uv run --with scikit-learn --with lightgbm python -m benchmarks.labels [--data FOLDER]
    uv run --with scikit-learn python -m benchmarks.labels --ablation --seeds 1

A fifth of the families of look-alikes is held out. The encoder is trained on the rest without
labels, and nothing sees the parameters that are asked for or that give them away. Then a twentieth
and a fifth of the labels are learnt from, once for each seed of pretraining and of the draw; of the
items either everything is known, or half of the parameters of each, of the held-out ones as well.
Logistic regression reads vectors and raw features alike, with C by cross-validation.

The first table has mean accuracies on the held-out items (macro-F1 in brackets), the second
differences of accuracy in points: paired by item, the mean over the seeds, with 95 % intervals
(bootstrap over families) and the number of seeds in which it is above 0. The best peer is that of
the best mean on the held-out items, which is to its favour. `--ablation` trains on each task alone,
on those of the recipe, on these and one more, and on all together, with as many steps each, and
compares the vectors with those of random weights.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import numpy as np
import torch
from scipy import sparse
from sklearn.metrics import f1_score
from torch_geometric.data import HeteroData

from benchmarks.label_learners import (
    HOW_TO_GET_LIGHTGBM,
    boosted,
    boosting_is_here,
    logistic,
    scaled,
)
from benchmarks.label_questions import (
    QUESTIONS,
    Asked,
    RawFeatures,
    draws,
    half_known,
    read_asked,
)
from benchmarks.offers import data_folder
from graph.schema import Label
from graph.snapshot import Snapshot
from ml.errors import GraphTooSmall
from ml.evaluation.intervals import bootstrap_interval
from ml.item_features import features_of, readable
from ml.models.items import ItemEncoder
from ml.pretraining import Material, material_of, pretrain
from ml.runtime import generator, runtime
from ml.training.recipes import Recipe, TaskName, recipe

SHARES = (0.05, 0.2)
KNOWN = ("half", "all")
TASKS: tuple[TaskName, ...] = get_args(TaskName)
NONE = "none"
PEERS = ("raw", "raw, title", "LightGBM", "random")
OURS = ("vectors", "vectors, raw", "vectors, raw, title")

Cell = tuple[str, str, float]  # label, what is known, share of the labels
Learner = Callable[[np.ndarray, np.ndarray, np.ndarray, int], np.ndarray]


@dataclass(slots=True)
class Found:
    """Predictions of one way for one cell: hits bool [T] and macro-F1, by seed."""

    hits: list[np.ndarray] = field(default_factory=list)
    macro_f1: list[float] = field(default_factory=list)

    @property
    def accuracy(self) -> float:
        return float(np.mean(self.hits))


@dataclass(frozen=True, slots=True)
class Difference:
    """Of two ways, in shares of the items.

    Attributes:
        above: seeds in which it is above 0.
    """

    value: float
    low: float
    high: float
    above: int

    def __str__(self) -> str:
        low, value, high = (f"{100 * end:+.1f}" for end in (self.low, self.value, self.high))
        return f"{value} [{low}, {high}] {self.above}"


class Bench:
    """What is asked, and what the ways have answered so far."""

    def __init__(self, asked: Asked, labels: Sequence[str], seeds: int) -> None:
        self.asked = asked
        self.seeds = seeds
        self.whole = readable(asked.whole)
        self.cells: list[Cell] = [
            (label, known, share) for label in labels for known in KNOWN for share in SHARES
        ]
        self.found: dict[tuple[Cell, str], Found] = {}
        self._rows = {cell: self._rows_of(cell) for cell in self.cells}

    def _rows_of(self, cell: Cell) -> tuple[list[np.ndarray], np.ndarray]:
        """The items that carry a label, by seed, and those that are judged."""
        label, _, share = cell
        answers, test_rows = self.asked.answers[label], self.asked.test_rows
        learnt = [rows.numpy() for rows in draws(answers, self.asked.train_rows, share, self.seeds)]
        return learnt, test_rows[answers.classes[test_rows] >= 0].numpy()

    def known(self, of: Material, seed: int) -> dict[str, HeteroData]:
        """All items as this encoder reads them, by what is known of them."""
        data = features_of(self.whole, of.featurizer, of.encoder.text.tokenizer)
        return {"half": half_known(data, seed), "all": data}

    def learn(
        self,
        way: str,
        features: Mapping[str, sparse.csr_matrix | np.ndarray],
        seed: int,
        learner: Learner = logistic,
    ) -> None:
        """Answers every cell from features of all items, given by what is known of them."""
        for cell in self.cells:
            label, known, _ = cell
            learnt, judged = self._rows[cell][0][seed], self._rows[cell][1]
            class_N = self.asked.answers[label].classes.numpy()
            x = features[known]
            predicted = learner(x[learnt], class_N[learnt], x[judged], seed)
            found = self.found.setdefault((cell, way), Found())
            found.hits.append(predicted == class_N[judged])
            classes = range(len(self.asked.answers[label].names))
            found.macro_f1.append(
                f1_score(
                    class_N[judged], predicted, labels=classes, average="macro", zero_division=0
                )
            )
        _say(f"seed {seed}: {way}")

    def ways(self, cell: Cell, names: Sequence[str]) -> dict[str, Found]:
        """Those of these ways that have answered a cell."""
        return {way: self.found[cell, way] for way in names if (cell, way) in self.found}

    def most_frequent(self, cell: Cell) -> float:
        label, judged = cell[0], self._rows[cell][1]
        return float(np.bincount(self.asked.answers[label].classes[judged]).max() / len(judged))

    def labelled(self, cell: Cell) -> int:
        return len(self._rows[cell][0][0])

    def difference(self, cells: Sequence[Cell], way: str, other: str) -> Difference:
        """By how much more items `way` names rightly; of several cells together."""
        gains = [
            np.stack(self.found[cell, way].hits).astype(float) - self.found[cell, other].hits
            for cell in cells
        ]
        gain_ST = np.concatenate(gains, axis=1)
        items = np.concatenate([self._rows[cell][1] for cell in cells])
        families = [self.asked.families[row] for row in items.tolist()]
        _, family_T = np.unique(families, return_inverse=True)
        low, high = _interval(gain_ST.mean(0), family_T)
        above = int((gain_ST.mean(1) > 0).sum())
        return Difference(float(gain_ST.mean()), low, high, above)


def _interval(gain_T: np.ndarray, family_T: np.ndarray) -> tuple[float, float]:
    """Of the mean over items, whole families drawn together.

    The mean is a ratio, of the families' sums to their sizes; its linear part is a mean over
    families (Efron & Tibshirani 1993, chapter 13; the delta method).
    """
    mean, sizes = gain_T.mean(), np.bincount(family_T)
    own = mean + (np.bincount(family_T, gain_T) - mean * sizes) / sizes.mean()
    return bootstrap_interval(torch.from_numpy(own), generator("labels"))


def main() -> None:
    options = _options()
    torch.set_num_threads(1)
    bench = Bench(read_asked(options.data, options.mapping), options.labels, options.seeds)
    report = ablate(bench, options) if options.ablation else compare(bench, options)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1), encoding="utf-8")


def compare(bench: Bench, options: argparse.Namespace) -> dict[str, object]:
    """Prints the table of the ways, and returns it."""
    if not boosting_is_here():
        print(HOW_TO_GET_LIGHTGBM, file=sys.stderr)
    skipped: dict[TaskName, str] = {}
    for seed in range(options.seeds):
        config = _recipe(options.tasks, options.steps, seed)
        start = material_of(bench.asked.train, config)
        known = bench.known(start, seed)
        raw = _raw(start, bench.whole, known)
        linear = {how: scaled(of.linear()) for how, of in raw.items()}
        bench.learn("raw", linear, seed)
        titled = {how: _joined(linear[how], scaled(of.title)) for how, of in raw.items()}
        bench.learn("raw, title", titled, seed)
        if boosting_is_here():
            bench.learn("LightGBM", {how: of.trees() for how, of in raw.items()}, seed, boosted)
        bench.learn("random", _vectors(start.encoder, known), seed)
        if options.tasks:
            trained = pretrain(bench.asked.train, config, runtime=runtime("cpu"))
            skipped |= trained.skipped
            _say(f"seed {seed}: {trained.trained.steps} steps, {dict(trained.trained.metrics)}")
            vectors = _vectors(trained.encoder, known)
            bench.learn("vectors", vectors, seed)
            for way, features in (("vectors, raw", linear), ("vectors, raw, title", titled)):
                joined = {how: _joined(features[how], vectors[how]) for how in KNOWN}
                bench.learn(way, joined, seed)
    accuracies = [_accuracies(bench, cell) for cell in bench.cells]
    differences = [_differences(bench, cell) for cell in bench.cells]
    print(f"{_table(accuracies)}\n\n{_table(differences)}")
    _say_left_out(skipped)
    return {
        "accuracies": accuracies,
        "differences": differences,
        "left_out": skipped,
        "options": _plain(options),
    }


def ablate(bench: Bench, options: argparse.Namespace) -> dict[str, object]:
    """Prints the table of the tasks, and returns it."""
    skipped: dict[TaskName, str] = {}
    names = {NONE: None}  # in the order of the rows
    for seed in range(options.seeds):
        start = material_of(bench.asked.train, _recipe((), options.steps, seed))
        known = bench.known(start, seed)
        bench.learn(NONE, _vectors(start.encoder, known), seed)
        for name, tasks in _combinations(skipped):
            try:
                config = _recipe(tasks, options.steps, seed)
                trained = pretrain(bench.asked.train, config, runtime=runtime("cpu"))
            except GraphTooSmall as error:
                skipped |= dict.fromkeys(tasks, error.missing.removeprefix(f"{name}: "))
                continue
            bench.learn(name, _vectors(trained.encoder, known), seed)
            names[name] = None
            _say(f"seed {seed}: {name}, {trained.trained.seconds:.0f} s")
    rows = [
        {
            "tasks": name,
            **{_named(cell): f"{bench.found[cell, name].accuracy:.3f}" for cell in bench.cells},
            "minus none": "" if name == NONE else str(bench.difference(bench.cells, name, NONE)),
        }
        for name in names
    ]
    print(f"{_table(rows)}\n\nOn by default: {', '.join(_default())}.")
    _say_left_out(skipped)
    return {"tasks": rows, "left_out": dict(skipped), "options": _plain(options)}


def _combinations(skipped: Mapping[TaskName, str]) -> Iterator[tuple[str, tuple[TaskName, ...]]]:
    """Each task, those of the recipe, these and one more, and all; what this graph can teach."""
    yielded = set()
    ways = [
        *((task, (task,)) for task in TASKS),
        ("default", _default()),
        *((f"default and {task}", (*_default(), task)) for task in TASKS),
        ("all", TASKS),
    ]
    for name, tasks in ways:
        left = tuple(sorted({task for task in tasks if task not in skipped}))
        if left and left not in yielded:
            yielded.add(left)
            yield (name if len(left) > 1 else left[0]), left


def _default() -> tuple[TaskName, ...]:
    return tuple(task for task, weight in recipe("quick").tasks.items() if weight.weight)


def _recipe(tasks: Sequence[TaskName], steps: int, seed: int) -> Recipe:
    weights = {f"tasks.{task}.weight": float(task in tasks) for task in TASKS}
    # Not the seed of the held-out part: the hash that chose it would choose the validation part.
    return recipe("quick", {"training.steps": steps, "training.seed": seed + 1, **weights})


def _raw(
    start: Material, whole: Snapshot, known: Mapping[str, HeteroData]
) -> dict[str, RawFeatures]:
    choices, buckets = start.choices, start.featurizer.fitted.config.grams.buckets
    assert choices is not None  # otherwise there is no value to be a label either
    choice_V = choices.of_values(whole)
    return {how: RawFeatures.of(data, choices, choice_V, buckets) for how, data in known.items()}


@torch.inference_mode()
def _vectors(encoder: ItemEncoder, known: Mapping[str, HeteroData]) -> dict[str, sparse.csr_matrix]:
    """Vectors as they are, but for their common mean: it says nothing and slows the fit."""
    encoder.eval()
    vectors = {}
    for how, data in known.items():
        x_ND = encoder(data)[Label.MODEL].double()
        vectors[how] = scaled(sparse.csr_matrix((x_ND - x_ND.mean(0)).numpy()))
    return vectors


def _joined(*blocks: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.hstack(blocks).tocsr()


def _accuracies(bench: Bench, cell: Cell) -> dict[str, str]:
    return {
        "labels": _named(cell),
        "n": str(bench.labelled(cell)),
        "most frequent": f"{bench.most_frequent(cell):.3f}",
        **{
            way: f"{found.accuracy:.3f} ({np.mean(found.macro_f1):.3f})"
            for way, found in bench.ways(cell, (*PEERS, *OURS)).items()
        },
    }


def _differences(bench: Bench, cell: Cell) -> dict[str, str]:
    peers = bench.ways(cell, PEERS)
    best = max(peers, key=lambda way: peers[way].accuracy)
    row = {"labels": _named(cell), "best peer": best}
    for way in bench.ways(cell, OURS):
        for other, name in (("raw", "raw"), (best, "best peer")):
            row[f"({way}) - {name}"] = str(bench.difference([cell], way, other))
    return row


def _named(cell: Cell) -> str:
    label, known, share = cell
    return f"{label}, {known}, {share:.0%}"


def _table(rows: Sequence[Mapping[str, str]]) -> str:
    heads = list(rows[0])
    lines = [heads, ["---"] * len(heads), *([row[head] for head in heads] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _say_left_out(skipped: Mapping[TaskName, str]) -> None:
    for task, reason in skipped.items():
        print(f"\nTask left out: {task}: {reason}.")


def _say(what: str) -> None:
    print(f"{time.process_time():.0f} s of CPU: {what}", file=sys.stderr, flush=True)


def _plain(options: argparse.Namespace) -> dict[str, object]:
    return {
        name: str(value) if isinstance(value, Path) else value
        for name, value in vars(options).items()
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    mapping = Path(__file__).parents[1] / "examples" / "mappings" / "gsmarena.toml"
    parser.add_argument("--data", type=Path, default=data_folder() / "gsmarena_2019")
    parser.add_argument("--mapping", type=Path, default=mapping)
    parser.add_argument("--labels", type=_some_of(QUESTIONS), default=list(QUESTIONS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--tasks", type=_some_of([*TASKS, NONE]), default=list(_default()))
    parser.add_argument("--ablation", action="store_true", help="the tasks one by one")
    parser.add_argument("--json", type=Path, help="a file for what is printed")
    options = parser.parse_args()
    options.tasks = [task for task in options.tasks if task != NONE]
    return options


def _some_of(names: Sequence[str] | Mapping[str, object]) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        chosen = text.split(",")
        if unknown := [name for name in chosen if name not in names]:
            known = ", ".join(names)
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: there are {known}")
        return chosen

    return read


if __name__ == "__main__":
    main()
