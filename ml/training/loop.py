"""The training loop: the only one.

One step takes a batch of every task that is on, sums the losses by their weights, and moves the
weights once. Everything random in a step follows from the run's seed and the step's number, so that
a run that was killed goes on from its checkpoint to the same result.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import Tensor, nn, optim

from ml.errors import CheckpointNotWritten, TrainingDiverged
from ml.runtime import Runtime, generator, moved, seed_of
from ml.tasks.base import WHOLE, Shard
from ml.training import checkpoint
from ml.training.checkpoint import Position
from ml.training.config import TaskWeight, TrainingConfig
from ml.training.journal import Journal, NoJournal
from ml.training.objective import BatchStream, Objective

CHECKPOINT_EVERY_S = 30.0  # at most this much work is done again after a kill


class TrainingProgress(msgspec.Struct, frozen=True):
    """How far a run is. `rate` is in steps a second, `left_s` the time that the rest may take."""

    step: int
    steps: int
    loss: float
    rate: float | None
    left_s: float | None
    metrics: dict[str, float]


@dataclass(frozen=True, slots=True)
class Trained:
    """What a run came to; the objective holds the weights of the best evaluation."""

    steps: int
    seconds: float
    best_step: int
    metrics: Mapping[str, float]  # of the best evaluation, as `task/metric`


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run keeps its checkpoint, and what must be equal for another to go on from it."""

    path: Path
    run: str


def train(
    objective: Objective,
    config: TrainingConfig,
    weights: Mapping[str, TaskWeight],
    *,
    runtime: Runtime,
    shard: Shard = WHOLE,
    place: Place | None = None,
    journal: Journal | None = None,
    report: Callable[[TrainingProgress], None] = lambda progress: None,
    checkpoint_every_s: float = CHECKPOINT_EVERY_S,
) -> Trained:
    """Train until the steps are done or `patience` is at its end, going on from `place`.

    `report` is called after every step and may raise to stop the run: the checkpoint is written
    first, and the error goes through. What is interrupted within a step goes on from the
    checkpoint before it.

    Raises:
        GraphTooSmall: a task has no examples.
        TrainingDiverged: a loss is no finite number, or a weight at an evaluation.
        CheckpointInvalid, CheckpointNotWritten: as their names say.
    """
    run = _Run(objective, config, weights, runtime, shard, place)
    run.resume()
    try:
        run.go(journal or NoJournal(), report, checkpoint_every_s)
    except (TrainingDiverged, CheckpointNotWritten):
        raise
    except BaseException:
        # Whoever stops a run on a full disk still stops it; the checkpoint before is whole.
        with suppress(CheckpointNotWritten):
            if run.between_steps:
                run.save()
        raise
    return run.finish()


class _Run:
    def __init__(
        self,
        objective: Objective,
        config: TrainingConfig,
        weights: Mapping[str, TaskWeight],
        runtime: Runtime,
        shard: Shard,
        place: Place | None,
    ) -> None:
        self.config = config
        self.weights = {name: weight for name, weight in weights.items() if weight.weight > 0}
        self.runtime = runtime
        self.shard = shard
        self.place = place
        self.objective = objective.to(runtime.device)
        self.stepped = _in_step(self.objective, runtime, shard)
        self.optimiser = optim.AdamW(
            (p for p in objective.parameters() if p.requires_grad),
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
        )
        self.position = Position(run=place.run if place else "", step=0, taken={}, seconds=0.0)
        self.best: dict[str, Tensor] = {}
        self.streams: dict[str, BatchStream] = {}
        self.between_steps = True  # otherwise weights, position and batches are of two steps
        self._begun = time.monotonic()

    def resume(self) -> None:
        if self.place is not None and self.place.path.exists():
            self.position, tensors = checkpoint.load(self.place.path, self.place.run)
            self.objective.load_state_dict(checkpoint.part("model", tensors))
            checkpoint.restore_optimiser(self.optimiser, checkpoint.part("optimiser", tensors))
            self.best = checkpoint.part("best", tensors)
        self.streams = {
            name: BatchStream(
                self.objective.task(name),
                self.config.seed,
                self.shard,
                self.position.taken.get(name, (0, 0)),
            )
            for name in self.weights
        }

    def go(
        self,
        journal: Journal,
        report: Callable[[TrainingProgress], None],
        checkpoint_every_s: float,
    ) -> None:
        saved_at, first = time.monotonic(), self.position.step
        self._begun = saved_at - self.position.seconds
        begun = saved_at
        while not self._done():
            self.between_steps = False
            loss, numbers = self._step()
            now = time.monotonic()
            if self._evaluates():
                numbers |= self._evaluate()
            self.between_steps = True
            journal.write(self.position.step, {"loss": loss, **numbers})
            if now - saved_at >= checkpoint_every_s:
                self.save()
                saved_at = now
            rate = (self.position.step - first) / max(now - begun, 1e-9)
            report(self._progress(loss, rate, numbers))

    def save(self) -> None:
        """Written by one process of all that train together: they hold the same weights."""
        if self.place is None or self.shard.rank != 0:
            return
        taken = {name: stream.taken for name, stream in self.streams.items()}
        seconds = time.monotonic() - self._begun
        position = msgspec.structs.replace(self.position, taken=taken, seconds=seconds)
        optimiser = checkpoint.optimiser_tensors(self.optimiser)
        tensors = {
            **checkpoint.prefixed("model", self.objective.state_dict()),
            **checkpoint.prefixed("optimiser", optimiser),
            **checkpoint.prefixed("best", self.best),
        }
        checkpoint.save(self.place.path, position, tensors)

    def finish(self) -> Trained:
        if self.best:
            self.objective.load_state_dict(self.best)
        self.objective.eval()
        self.save()
        position = self.position
        return Trained(
            steps=position.step,
            seconds=time.monotonic() - self._begun,
            best_step=position.best_step or position.step,
            metrics=position.metrics,
        )

    def _step(self) -> tuple[float, dict[str, float]]:
        step, device = self.position.step, self.runtime.device
        seed = seed_of(self.config.seed, "step", step, self.shard.rank)
        torch.manual_seed(seed)  # dropout draws from the global generators
        learning_rate = self.config.learning_rate_at(step)
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate
        weights = self._weights_at(step)
        batches = {name: moved(next(self.streams[name]), device) for name in weights}
        with self.runtime.autocast():
            random = generator(seed, device=device)
            loss, losses, numbers = self.stepped(batches, weights, random)
        for name, own in losses.items():
            if not math.isfinite(value := own.item()):
                raise TrainingDiverged(task=name, step=step)
            numbers[f"{name}/loss"] = value
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        if self.config.gradient_norm is not None:
            nn.utils.clip_grad_norm_(self.objective.parameters(), self.config.gradient_norm)
        self.optimiser.step()
        self.position = msgspec.structs.replace(self.position, step=step + 1)
        return loss.item(), {"learning_rate": learning_rate, **numbers}

    def _weights_at(self, step: int) -> dict[str, float]:
        at = {name: weight.at(step, self.config.steps) for name, weight in self.weights.items()}
        return {name: weight for name, weight in at.items() if weight > 0}

    def _done(self) -> bool:
        patience, position = self.config.patience, self.position
        tired = patience is not None and position.worse >= patience
        return tired or position.step >= self.config.steps

    def _evaluates(self) -> bool:
        every, step = self.config.evaluate_every, self.position.step
        return step == self.config.steps or (every is not None and step % every == 0)

    def _evaluate(self) -> dict[str, float]:
        """The metrics now; the weights are kept if nothing before was better."""
        if not all(bool(p.isfinite().all()) for p in self.objective.parameters()):
            raise TrainingDiverged(task=next(iter(self.weights)), step=self.position.step)
        metrics = self.objective.evaluate(list(self.weights), self.config.seed)
        plain = {name: weight.weight for name, weight in self.weights.items()}
        quality = self.objective.quality(metrics, plain)
        position = self.position
        if quality is None or position.best is None or quality > position.best:
            self.best = checkpoint.weights(self.objective)
            self.position = msgspec.structs.replace(
                position, best=quality, best_step=position.step, worse=0, metrics=metrics
            )
        else:
            self.position = msgspec.structs.replace(position, worse=position.worse + 1)
        return metrics

    def _progress(self, loss: float, rate: float, numbers: dict[str, float]) -> TrainingProgress:
        step, steps = self.position.step, self.config.steps
        return TrainingProgress(
            step=step,
            steps=steps,
            loss=loss,
            rate=rate,
            left_s=(steps - step) / rate if rate else None,
            metrics=numbers,
        )


def _in_step(objective: Objective, runtime: Runtime, shard: Shard) -> Callable[..., Any]:
    """The objective, in step with its twins in the other processes where there are any."""
    if shard.of == 1:
        return objective
    devices = [runtime.device.index] if runtime.device.type == "cuda" else None
    # A task may leave parameters of the encoder untouched, and may be off for a part of the run.
    return nn.parallel.DistributedDataParallel(
        objective, device_ids=devices, find_unused_parameters=True
    )
