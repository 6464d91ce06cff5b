"""Items with and without labels, and what is known of them, for the benchmark of labels."""

# N items, V values, E facts, P parameters, C choices

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import torch
from scipy import sparse
from torch import Tensor
from torch_geometric.data import HeteroData

from benchmarks.columns_of_items import read_items, snapshot_of
from graph.records import Item
from graph.schema import Label, Relationship
from graph.snapshot import EdgeType, Snapshot
from ml.data.choices import Choices
from ml.data.hetero import reverse_of
from ml.data.splits import Shares, check_split, families, split_by_group
from ml.runtime import generator
from ml.tasks.masking import without_edges

LEAST_OF_CLASS = 30  # items; a class of fewer is in no draw of a twentieth
NUMBER_CLASSES = 5  # of about equal share
_FIRST_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be learnt from labels: a parameter's first word, or the class of its number.

    Attributes:
        said_by: other parameters that give the answer away.
        same: first words that mean another.
        rest: the name of the class of all small classes; without one their items are not asked.
    """

    parameter: str
    said_by: tuple[str, ...] = ()
    same: Mapping[str, str] = field(default_factory=dict)
    rest: str | None = None

    def word(self, text: str) -> str:
        first = _FIRST_WORD.search(text.casefold())
        word = first.group() if first else ""
        return self.same.get(word, word)


# Of phone specifications. CPU and GPU are named after who makes them.
QUESTIONS = {
    "os": Question(
        "os",
        same={"windows": "microsoft", "ms": "microsoft", "wince": "microsoft"},
        rest="other",
    ),
    "chipset": Question(
        "chipset",
        said_by=("cpu", "gpu"),
        same={
            "bcm": "broadcom",
            "exynos": "samsung",
            "huawei": "hisilicon",
            "hummingbird": "samsung",
            "rochip": "rockchip",
            "snapdragon": "qualcomm",
            "unisoc": "spreadtrum",
        },
    ),
    "price": Question("launch-price-eur"),
}


@dataclass(frozen=True, slots=True)
class Answers:
    """The class of every item, int64 [N], -1 where it has none, and the classes' names."""

    classes: Tensor
    names: list[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """Items that say nothing of the labels, and the labels beside them.

    Attributes:
        whole: the graph of all items; row i is item i of everything else.
        train: the graph of the training part alone.
        train_rows, test_rows: int64; no family of look-alikes is in both.
        families: of each item.
    """

    whole: Snapshot
    train: Snapshot
    train_rows: Tensor
    test_rows: Tensor
    families: list[str]
    answers: Mapping[str, Answers]


def read_asked(folder: Path, mapping: Path, split_seed: int = 0) -> Asked:
    """The items of all gzipped CSV files of a folder.

    Raises:
        SystemExit: the folder has no such file.
    """
    files = sorted(folder.glob("*.csv.gz"))
    if not files:
        raise SystemExit(f"{folder} has no *.csv.gz; name the folder of the dump with --data.")
    items = sorted(read_items(files, mapping, "benchmark"), key=lambda item: item.id.encode())
    groups = families(
        [item.brand.id if item.brand else "" for item in items], [item.title for item in items]
    )
    split = split_by_group(groups, Shares(valid=0.0, test=0.2), seed=split_seed)
    check_split(split, groups)
    answers = {name: answers_of(items, asked, split.train) for name, asked in QUESTIONS.items()}
    silent = _without(items, {p for q in QUESTIONS.values() for p in (q.parameter, *q.said_by)})
    return Asked(
        whole=snapshot_of(silent),
        train=snapshot_of([silent[row] for row in split.train.tolist()]),
        train_rows=split.train,
        test_rows=split.test,
        families=groups,
        answers=answers,
    )


def _without(items: Sequence[Item], parameters: set[str]) -> list[Item]:
    return [
        msgspec.structs.replace(
            item, facts=tuple(f for f in item.facts if f.value.parameter not in parameters)
        )
        for item in items
    ]


def answers_of(items: Sequence[Item], question: Question, train_rows: Tensor) -> Answers:
    """Classes of words by how many items have them; bounds of numbers from the training part."""
    stated = [
        next((f.value for f in item.facts if f.value.parameter == question.parameter), None)
        for item in items
    ]
    if any(value is not None and value.number is not None for value in stated):
        numbers = [np.nan if v is None or v.number is None else v.number for v in stated]
        return _by_number(torch.tensor(numbers, dtype=torch.float64), train_rows)
    words = [None if value is None else question.word(value.text) for value in stated]
    counts = Counter(word for word in words if word is not None)
    names = sorted(word for word, count in counts.items() if count >= LEAST_OF_CLASS)
    names += [question.rest] if question.rest else []
    number = {name: at for at, name in enumerate(names)}
    rest = number[question.rest] if question.rest else -1
    classes = [-1 if word is None else number.get(word, rest) for word in words]
    return Answers(torch.tensor(classes), names)


def _by_number(number_N: Tensor, train_rows: Tensor) -> Answers:
    known = number_N[train_rows][number_N[train_rows].isfinite()]
    shares = torch.arange(1, NUMBER_CLASSES, dtype=torch.float64) / NUMBER_CLASSES
    bounds = known.quantile(shares)
    class_N = torch.bucketize(number_N, bounds).masked_fill(~number_N.isfinite(), -1)
    ends = ["", *(f"{bound:g}" for bound in bounds.tolist()), ""]
    return Answers(class_N, [f"{low}..{high}" for low, high in pairwise(ends)])


def facts_edge() -> EdgeType:
    """The edges by which an encoder hears of an item's facts."""
    return reverse_of((Label.MODEL, Relationship.HAS_PARAMETER, Label.VALUE))


def half_known(data: HeteroData, seed: int) -> HeteroData:
    """The graph in which every item keeps what it says of a parameter with a chance of one half."""
    value_E, item_E = data[facts_edge()].edge_index
    parameter_V = data[Label.VALUE].parameter
    shape = data[Label.MODEL].num_nodes, int(parameter_V.max()) + 1
    hidden_NP = torch.rand(shape, generator=generator(seed, "half known")) < 0.5
    return without_edges(data, facts_edge(), hidden_NP[item_E, parameter_V[value_E]])


@dataclass(frozen=True, slots=True)
class RawFeatures:
    """What stands in the graph, without an encoder.

    Attributes:
        stated: sparse [N, C + B], the choices that an item states, and its brand.
        numbers: float64 [N, P], scaled; NaN where none is stated.
        title: sparse [N, buckets], n-grams by their inverse document frequency.
    """

    stated: sparse.csr_matrix
    numbers: np.ndarray
    title: sparse.csr_matrix

    @classmethod
    def of(cls, data: HeteroData, choices: Choices, choice_V: Tensor, buckets: int) -> RawFeatures:
        """Of the items of a featurised graph, from the same edges that an encoder reads."""
        items = data[Label.MODEL].num_nodes
        value_E, item_E = data[facts_edge()].edge_index
        can_E = choice_V[value_E] >= 0
        stated = _marked(item_E[can_E], choice_V[value_E[can_E]], (items, len(choices)))
        made_by = reverse_of((Label.MODEL, Relationship.MADE_BY, Label.BRAND))
        brand_M, made_M = data[made_by].edge_index
        brands = _marked(made_M, brand_M, (items, data[Label.BRAND].num_nodes))
        model = data[Label.MODEL]
        used_NG = model.grams > 0
        cells = used_NG.nonzero()[:, 0].numpy(), model.grams[used_NG].numpy()
        weights = model.gram_weights[used_NG].double().numpy()
        return cls(
            stated=sparse.hstack((stated, brands)).tocsr(),
            numbers=_numbers(data, item_E, value_E),
            title=sparse.csr_matrix((weights, cells), shape=(items, buckets)),
        )

    def linear(self) -> sparse.csr_matrix:
        """For a linear model, which takes an unknown number for a middling one."""
        return sparse.hstack((self.stated, sparse.csr_matrix(np.nan_to_num(self.numbers)))).tocsr()

    def trees(self) -> np.ndarray:
        return np.hstack((self.stated.toarray(), self.numbers)).astype(np.float32)


def _marked(row_E: Tensor, column_E: Tensor, shape: tuple[int, int]) -> sparse.csr_matrix:
    marks = sparse.csr_matrix((np.ones(len(row_E)), (row_E.numpy(), column_E.numpy())), shape=shape)
    marks.data[:] = 1.0  # two values of one bin are one choice
    return marks


def _numbers(data: HeteroData, item_E: Tensor, value_E: Tensor) -> np.ndarray:
    """Means of what an item states of each parameter."""
    scaled_E, known_E = data[Label.VALUE].number[value_E].double().unbind(1)
    parameter_V = data[Label.VALUE].parameter
    shape = data[Label.MODEL].num_nodes, int(parameter_V.max()) + 1
    cell_E = item_E, parameter_V[value_E]
    count_NP = torch.zeros(shape, dtype=torch.float64)
    count_NP.index_put_(cell_E, known_E, accumulate=True)
    total_NP = torch.zeros_like(count_NP)
    total_NP.index_put_(cell_E, scaled_E * known_E, accumulate=True)
    mean_NP = total_NP / count_NP  # 0 / 0 is the NaN of what is not stated
    used_P = (count_NP > 0).any(0)
    numbers: np.ndarray = mean_NP[:, used_P].numpy()
    return numbers


def draws(answers: Answers, rows: Tensor, share: float, seeds: int) -> Iterator[Tensor]:
    """Which of the answered rows carry a label, once for each seed."""
    answered = rows[answers.classes[rows] >= 0]
    for seed in range(seeds):
        order = torch.randperm(len(answered), generator=generator(seed, "labels"))
        yield answered[order[: round(share * len(answered))]]
