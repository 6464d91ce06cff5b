"""What can be answered when a fact is asked for: values of each parameter, numbers in bins."""

# V values of a snapshot, C choices, P parameters

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise

import msgspec
import numpy as np
import pyarrow as pa
import torch
from torch import Tensor

from graph.schema import Label
from graph.snapshot import Snapshot
from ml.data.features import ITEMS, items_of, of_parameters, targets_of
from ml.errors import GraphTooSmall
from ml.ranges import Count


class ChoiceConfig(msgspec.Struct, frozen=True):
    """When a value can be an answer.

    Attributes:
        value_facts: training facts a value needs; the rest of its parameter is one choice, `rare`.
        most_numbers: different numbers of a parameter that are each a choice; more are binned.
        bins: how many bins of about equal share.
    """

    value_facts: Count = 5
    most_numbers: Count = 24
    bins: Count = 16


class Choice(msgspec.Struct, frozen=True):
    """One answer: a value, a range of numbers, or (with neither) that it is a rare one."""

    parameter: str
    value: str | None = None
    low: float | None = None
    high: float | None = None


class Choices:
    """All answers, those of one parameter side by side.

    Args:
        choices: in the order of their numbers 0..C-1; of a parameter either bins, ascending, or
            values and then the rare one.
    """

    def __init__(self, choices: list[Choice]) -> None:
        self.choices = choices
        self.parameters = list(dict.fromkeys(choice.parameter for choice in choices))
        self._rows = {choice.value: row for row, choice in enumerate(choices) if choice.value}
        self._first: dict[str, int] = {}
        for row, choice in enumerate(choices):
            self._first.setdefault(choice.parameter, row)

    def __len__(self) -> int:
        return len(self.choices)

    @classmethod
    def fit(
        cls,
        snapshot: Snapshot,
        train: Mapping[str, Tensor] | None = None,
        config: ChoiceConfig | None = None,
    ) -> Choices:
        """The answers that facts of the training items support.

        Raises:
            GraphTooSmall: no item of the training part has a fact.
        """
        config = config or ChoiceConfig()
        facts = np.concatenate(
            [targets_of(snapshot, label, items_of(snapshot, label, train)) for label in ITEMS]
        )
        values = snapshot.nodes.get(Label.VALUE)
        if values is not None:
            facts = of_parameters(values, facts)
        if values is None or not len(facts):
            raise GraphTooSmall(
                missing="no fact in the training part",
                remedy="import a dump whose mapping has parameters, or widen the filter",
            )
        stated, counts = np.unique(facts, return_counts=True)
        table = values.take(pa.array(stated)).append_column("count", pa.array(counts))
        by_parameter: dict[str, list[dict[str, object]]] = {}
        for row in table.select(["id", "parameter", "number", "count"]).to_pylist():
            by_parameter.setdefault(row["parameter"], []).append(row)
        return cls(
            [
                choice
                for parameter in sorted(by_parameter)
                for choice in _choices_of(parameter, by_parameter[parameter], config)
            ]
        )

    def of_values(self, snapshot: Snapshot) -> Tensor:
        """The choice of every value of any snapshot, int64 [V]; -1 where its parameter has none."""
        if (table := snapshot.nodes.get(Label.VALUE)) is None:
            return torch.empty(0, dtype=torch.long)
        columns = (table[name].to_pylist() for name in ("id", "parameter", "number"))
        rows = [self.of_value(*cells) for cells in zip(*columns, strict=True)]
        return torch.tensor(rows, dtype=torch.long)

    def of_value(self, id: str, parameter: str | None, number: float | None) -> int:
        if parameter is None or (first := self._first.get(parameter)) is None:
            return -1
        if parameter in self._cuts:
            if number is None or number != number:
                return -1
            return first + int(np.searchsorted(self._cuts[parameter], number))
        last = first + int(self.sizes[self.parameters.index(parameter)]) - 1
        return self._rows.get(id, last)

    @cached_property
    def parameter_of(self) -> Tensor:
        """The number of each choice's parameter, int64 [C]."""
        number = {parameter: at for at, parameter in enumerate(self.parameters)}
        return torch.tensor([number[choice.parameter] for choice in self.choices])

    @cached_property
    def sizes(self) -> Tensor:
        """How many choices each parameter has, int64 [P]."""
        return torch.bincount(self.parameter_of, minlength=len(self.parameters))

    @cached_property
    def is_rare(self) -> Tensor:
        """Which choices only say that a value is a rare one, bool [C]."""
        return torch.tensor([c.value is None and c.low is None for c in self.choices])

    @cached_property
    def is_ordered(self) -> Tensor:
        """Of which parameters the choices are bins, bool [P]."""
        ordered_P = torch.zeros(len(self.parameters), dtype=torch.bool)
        ordered_P[self.parameter_of] = torch.tensor([c.low is not None for c in self.choices])
        return ordered_P

    @cached_property
    def _cuts(self) -> dict[str, np.ndarray]:
        """Halfway between the bins of each binned parameter."""
        bins: dict[str, list[Choice]] = {}
        for choice in self.choices:
            if choice.low is not None:
                bins.setdefault(choice.parameter, []).append(choice)
        return {
            parameter: np.array(
                [(left.high + right.low) / 2 for left, right in pairwise(of)]  # type: ignore[operator]
            )
            for parameter, of in bins.items()
        }

    def to_json(self) -> bytes:
        return msgspec.json.encode(self.choices)

    @classmethod
    def from_json(cls, encoded: bytes) -> Choices:
        """Raises `msgspec.ValidationError` for what `to_json` did not write."""
        return cls(msgspec.json.decode(encoded, type=list[Choice]))


def _choices_of(
    parameter: str, rows: list[dict[str, object]], config: ChoiceConfig
) -> list[Choice]:
    numbers = np.array([np.nan if row["number"] is None else row["number"] for row in rows], float)
    counts = np.array([row["count"] for row in rows])
    known = np.isfinite(numbers)
    if len(np.unique(numbers[known])) > config.most_numbers:
        return _bins(parameter, numbers[known], counts[known], config.bins)
    frequent = [str(row["id"]) for row in rows if row["count"] >= config.value_facts]  # type: ignore[operator]
    return [*(Choice(parameter, value) for value in frequent), Choice(parameter)]


def _bins(parameter: str, numbers: np.ndarray, counts: np.ndarray, bins: int) -> list[Choice]:
    """Ranges of about equal numbers of facts; a number that many state is a range of its own."""
    order = numbers.argsort()
    numbers, counts = numbers[order], counts[order]
    middle = (counts.cumsum() - counts / 2) / counts.sum()
    bin_of = np.minimum((middle * bins).astype(int), bins - 1)
    return [
        Choice(parameter, low=float(part.min()), high=float(part.max()))
        for part in (numbers[bin_of == bin] for bin in np.unique(bin_of))
    ]
