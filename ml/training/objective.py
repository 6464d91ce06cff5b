"""An encoder and the tasks that train it, as the one module that the loop steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Generator, Tensor, nn

from ml.errors import GraphTooSmall
from ml.runtime import generator
from ml.tasks.base import Shard, Task


class Objective(nn.Module):
    """The weighted sum of the tasks' losses.

    Args:
        encoder: shared by all tasks.
        tasks: each of its own name.
        parts: for a task's name the part of `encoder` that it trains, where that is not all of it.
    """

    def __init__(
        self,
        encoder: nn.Module,
        tasks: Sequence[Task[Any, Any]],
        parts: Mapping[str, nn.Module] | None = None,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.tasks = nn.ModuleDict({task.name: task for task in tasks})
        # In a mapping that torch does not look into: they are parameters of `encoder` already.
        self._parts = dict(parts or {})

    def task(self, name: str) -> Task[Any, Any]:
        found = self.tasks[name]
        assert isinstance(found, Task)
        return found

    def forward(
        self, batches: Mapping[str, Any], weights: Mapping[str, float], random: Generator
    ) -> tuple[Tensor, dict[str, Tensor], dict[str, float]]:
        """The loss to step on, each task's own loss, and the metrics as `task/metric`."""
        total = self._nothing()
        losses: dict[str, Tensor] = {}
        metrics: dict[str, float] = {}
        for name, batch in batches.items():
            outcome = self.task(name)(self._read_by(name), batch, random)
            if outcome.examples == 0:
                continue
            total = total + weights[name] * outcome.loss
            losses[name] = outcome.loss.detach()
            metrics.update({f"{name}/{m}": value for m, value in outcome.metrics.items()})
        return total, losses, metrics

    @torch.no_grad()
    def evaluate(self, names: Sequence[str], seed: int) -> dict[str, float]:
        """Every task's validation metrics as `task/metric`, with the same draws each time."""
        self.eval()
        device = next(self.parameters()).device
        found = {}
        for name in names:
            random = generator(seed, "evaluate", name, device=device)
            measured = self.task(name).evaluate(self._read_by(name), random)
            found.update({f"{name}/{metric}": value for metric, value in measured.items()})
        self.train()
        return found

    def quality(self, metrics: Mapping[str, float], weights: Mapping[str, float]) -> float | None:
        """The monitored metrics of the tasks by their weights; None where nothing was measured."""
        parts = [
            (weight, metrics[key])
            for name, weight in weights.items()
            if (key := f"{name}/{self.task(name).monitored}") in metrics
        ]
        total = sum(weight for weight, _ in parts)
        return sum(weight * value for weight, value in parts) / total if total else None

    def _read_by(self, name: str) -> nn.Module:
        return self._parts.get(name, self.encoder)

    def _nothing(self) -> Tensor:
        """A zero with a gradient path, for a step in which no task has an example."""
        return 0.0 * next(p for p in self.parameters() if p.requires_grad).sum()


class BatchStream:
    """One task's batches, epoch after epoch, from any place on."""

    def __init__(
        self, task: Task[Any, Any], seed: int, shard: Shard, taken: tuple[int, int] = (0, 0)
    ) -> None:
        self._task = task
        self._seed = seed
        self._shard = shard
        self._epoch, self._batch = taken
        self._open = self._from_here()

    @property
    def taken(self) -> tuple[int, int]:
        return self._epoch, self._batch

    def __next__(self) -> Any:  # noqa: ANN401 - whatever this task calls a batch
        batch = next(self._open, None)
        if batch is None:
            if self._batch == 0:
                raise GraphTooSmall(
                    missing=f"the task {self._task.name} has no training examples",
                    remedy="Load more items, or take a recipe without this task.",
                )
            self._epoch, self._batch = self._epoch + 1, 0
            self._open = self._from_here()
            return next(self)
        self._batch += 1
        return batch

    def _from_here(self) -> Iterator[Any]:
        order = generator(self._seed, "order", self._task.name, self._epoch)
        batches = self._task.batches(order, self._shard)
        for _ in range(self._batch):
            next(batches)
        return batches
