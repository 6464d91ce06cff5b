"""How a run of the training loop goes, as frozen data."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import msgspec

from ml.ranges import Count, Positive, Seed, Share
from ml.runtime import Precision

Schedule = Literal["constant", "one_cycle", "linear"]


class TaskWeight(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much a task counts in the sum of the losses, and in which part of the run."""

    weight: Annotated[float, msgspec.Meta(ge=0, le=1e6)] = 1.0  # 0: the task is off
    begins: Share = 0.0
    ends: Share = 1.0

    def at(self, step: int, steps: int) -> float:
        """The weight at one step of a run of `steps`."""
        return self.weight if self.begins <= step / steps < self.ends else 0.0


class TrainingConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """AdamW with one schedule of the learning rate over a fixed number of steps."""

    steps: Count = 1_000
    # Far above what any network bears, and far below what float32 has no word for.
    learning_rate: Annotated[float, msgspec.Meta(gt=0, le=10)] = 5e-3
    weight_decay: Annotated[float, msgspec.Meta(ge=0, le=10)] = 0.02
    schedule: Schedule = "one_cycle"
    warmup: Share = 0.1  # share of the steps in which the learning rate rises
    gradient_norm: Positive | None = 1.0  # longer gradients are cut to it; None leaves them
    seed: Seed = 1
    precision: Precision = "auto"
    evaluate_every: Count | None = None  # steps; None: only at the end
    patience: Count | None = None  # evaluations without a better one that end the run early

    def learning_rate_at(self, step: int) -> float:
        """Rises to `learning_rate` and falls to 0, as 1cycle does without its momentum.

        Smith and Topin, "Super-Convergence", 2018; the cosine form of torch's `OneCycleLR`.
        """
        if self.schedule == "constant":
            return self.learning_rate
        warm = max(1.0, self.warmup * self.steps)
        if step < warm:
            return self.learning_rate * (step + 1) / (warm + 1)
        done = (step - warm) / max(1.0, self.steps - warm)
        if self.schedule == "linear":
            return self.learning_rate * (1 - done)
        return self.learning_rate * (1 + math.cos(math.pi * done)) / 2
