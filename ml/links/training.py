"""Training a factorisation within a budget of minutes, watched on the validation triples.

A run is never ended early: what a falling learning rate gains comes last.
"""

# B queries of a batch, D width, Q queries, T triples

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Generator, Tensor

from ml.errors import TrainingDiverged
from ml.links.factorisation import Factorisation
from ml.links.queries import Queries, both_directions
from ml.links.recipes import Recipe
from ml.links.scoring import rank_triples

CHECKS = 10  # times that a run looks at the validation triples
CHECK_TRIPLES = 2_000  # of the validation part: 0.01 in MRR is told apart
PROBE_SECONDS = 0.25

Notify = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Trained:
    """A factorisation at its best check.

    Attributes:
        epochs: that it took in all, in parts of one too.
        seconds: of training, checks included.
        valid_mrr: at the best check, over the triples that were looked at.
    """

    model: Factorisation
    epochs: float
    seconds: float
    valid_mrr: float


def train_factorisation(
    train_T3: Tensor,
    valid_T3: Tensor,
    *,
    entities: int,
    relations: int,
    recipe: Recipe,
    device: torch.device,
    seed: int,
    notify: Notify,
) -> Trained:
    """Learn from `train_T3`; `valid_T3` chooses when to stop and is never learnt from.

    Args:
        entities, relations: how many ids `train_T3` uses; `valid_T3` has no others.

    Raises:
        TrainingDiverged: the loss is not a finite number.
    """
    torch.manual_seed(seed)
    generator = Generator().manual_seed(seed)
    queries = Queries.of(both_directions(train_T3))
    model = Factorisation(entities, relations, recipe.model).to(device)
    optimiser = torch.optim.Adagrad(model.parameters(), lr=recipe.learning_rate, fused=True)
    product_dtype = faster_dtype(device, recipe.model.width)
    watch = _Watch(model, train_T3, valid_T3, generator, device)
    epoch_steps = -(-len(queries) // recipe.batch_queries)
    steps = max(recipe.epochs * epoch_steps, recipe.least_steps)
    step, progress, due, start = 0, 0.0, 1 / CHECKS, time.monotonic()
    while progress < 1:
        for query_B in queries.shuffled(recipe.batch_queries, generator):
            for group in optimiser.param_groups:
                cooled = min(1.0, (1 - progress) / recipe.cooldown)
                group["lr"] = recipe.learning_rate * cooled
            loss = model(queries, query_B, generator, product_dtype)
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            step += 1
            elapsed = time.monotonic() - start
            progress = max(step / steps, elapsed / (60 * recipe.minutes))
            if progress >= due:
                due = (math.floor(progress * CHECKS) + 1) / CHECKS
                if not loss.isfinite():
                    raise TrainingDiverged(task="links", step=step)
                mrr = watch.check()
                epochs = step / epoch_steps
                notify(f"{elapsed / 60:.1f} min, {epochs:.1f} epochs: validation MRR {mrr:.4f}")
                if progress >= 1:
                    break
    model.load_state_dict(watch.best_state)
    return Trained(model, step / epoch_steps, time.monotonic() - start, watch.best_mrr)


class _Watch:
    """The validation triples' MRR over time, and the weights at its best."""

    def __init__(
        self,
        model: Factorisation,
        train_T3: Tensor,
        valid_T3: Tensor,
        generator: Generator,
        device: torch.device,
    ) -> None:
        chosen = torch.randperm(len(valid_T3), generator=generator)[:CHECK_TRIPLES]
        self._model = model
        self._triple_T3 = valid_T3[chosen]
        self._known = Queries.of(both_directions(torch.cat((train_T3, valid_T3))))
        self._device = device
        self.best_mrr = -1.0
        self.best_state = model.state_dict()

    def check(self) -> float:
        rank_T2 = rank_triples(self._model, self._triple_T3, self._known, device=self._device)
        mrr = rank_T2.reciprocal().mean().item()
        if mrr > self.best_mrr:
            self.best_mrr = mrr
            self.best_state = copy.deepcopy(self._model.state_dict())
        return mrr


@cache  # once a process: two trainings in it get the same format, whatever else runs meanwhile
def faster_dtype(device: torch.device, width: int) -> torch.dtype:
    """The format in which this device multiplies matrices faster: a trial of half a second.

    Processors with bfloat16 in hardware are 2 to 4 times as fast in it, others half as fast.
    """
    seconds = {
        dtype: _product_seconds(device, width, dtype) for dtype in (torch.float32, torch.bfloat16)
    }
    return min(seconds, key=seconds.__getitem__)


def _product_seconds(device: torch.device, width: int, dtype: torch.dtype) -> float:
    """The quickest of some products: other work on the machine only ever adds time."""
    left = torch.ones(256, width, dtype=dtype, device=device)
    right = torch.ones(width, 2_048, dtype=dtype, device=device)
    best, end = float("inf"), time.monotonic() + PROBE_SECONDS
    while time.monotonic() < end:
        start = time.perf_counter()
        (left @ right)[0, 0].item()  # waits for a GPU
        best = min(best, time.perf_counter() - start)
    return best
