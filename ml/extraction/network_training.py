"""Training of the span network on labelled texts."""

# N texts, L pieces, T tokens, A parameters asked, W tokens of the longest span

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from ml.errors import TrainingDiverged
from ml.extraction.lessons import Lesson
from ml.extraction.network import SpanNetwork
from ml.extraction.network_inputs import NetworkInputs, inputs_of
from ml.extraction.pace import Pace
from ml.extraction.records import Notify
from ml.extraction.swaps import Swaps
from ml.extraction.tokens import LONGEST_SPAN
from ml.runtime import seed_of
from ml.text.tuning import Tuned, TuningConfig, Weights, merge, tune

# Of the transformer; chosen on one fold of 286 titles (LAB.md). What begins at zero, as adapters
# do, has further to go; of `head` nothing of it learns.
_RATES: Mapping[Tuned, float] = {"head": 0.0, "last": 2e-4, "adapters": 3e-3, "all": 2e-4}

# On two sets of 1,500 titles 4 and 8 epochs looked alike; on 286 titles 10 are better than 5.
_FEW_TEXTS = 500


@dataclass(frozen=True, slots=True)
class NetworkRecipe:
    """How the network is trained.

    Attributes:
        tuning: what of the transformer learns.
        epochs: None: 5, of few texts 10.
        backbone_rate, head_rate: highest learning rates; None: the one that suits `tuning`.
        warm_up: share of the steps in which the rates rise; then they fall to 0.
        value_dropout: share of the values that are hidden or replaced in a pass, so that the
            network learns to read what stands around them.
        noise: share of the other pieces that are hidden.
        swaps: share of the values that give way to others of their parameter in a pass, so that
            the network learns that any may stand there, and where it ends.
        absent_weight: of a parameter that a text's labels do not name, as silence.
    """

    tuning: TuningConfig = field(default_factory=TuningConfig)
    epochs: int | None = None
    batch: int = 16
    backbone_rate: float | None = None
    head_rate: float = 1e-3
    decay: float = 0.01
    warm_up: float = 0.08
    value_dropout: float = 0.12
    noise: float = 0.04
    swaps: float = 0.3
    absent_weight: float = 0.3
    clip: float = 1.0

    def epochs_of(self, texts: int) -> int:
        if self.epochs is None:
            return 10 if texts < _FEW_TEXTS else 5
        return self.epochs


def train_network(
    network: SpanNetwork,
    lessons: Sequence[Lesson],
    recipe: NetworkRecipe,
    *,
    dtype: torch.dtype,
    seed: int,
    notify: Notify,
    pace: Pace | None = None,
) -> None:
    """In place; the same seed gives the same weights on the same machine.

    Args:
        pace: of all the networks that this is one of; None: it is the only one.

    Raises:
        TrainingDiverged: the loss is no number.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed_of("span network", seed))
        tune(network.backbone.transformer, recipe.tuning)
        if recipe.tuning.tuned != "all":
            weights = Weights.of(network)
            notify(f"{weights.learning:,} of {weights.all:,} weights learn")
        rng = random.Random(seed)
        epochs = recipe.epochs_of(len(lessons))
        steps = epochs * math.ceil(len(lessons) / recipe.batch)
        optimizer = _optimizer(network, recipe)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: _share(step, steps, recipe.warm_up)
        )
        pace = pace or Pace(epochs * len(lessons))
        network.train()
        swaps = Swaps.of(lessons)
        for epoch in range(epochs):
            total = 0.0
            made = [swaps.swapped(lesson, recipe.swaps, rng) for lesson in lessons]
            for batch in _batches(made, recipe.batch, rng):
                with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
                    loss = _loss(network, batch, recipe, rng)
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(network.parameters(), recipe.clip)
                optimizer.step()
                schedule.step()
                total += loss.item() * len(batch)
            if not math.isfinite(total):
                raise TrainingDiverged(task="the span network", step=epoch)
            notify(
                f"network, epoch {epoch + 1} of {epochs}: loss {total / len(lessons):.3f}; "
                f"{pace.after(len(lessons))}"
            )
        merge(network.backbone.transformer)
        network.eval()


def _loss(
    network: SpanNetwork, batch: Sequence[Lesson], recipe: NetworkRecipe, rng: random.Random
) -> Tensor:
    inputs = inputs_of([lesson.question for lesson in batch], network.backbone, network.slots)
    _hide(inputs, batch, network, recipe, rng)
    span_NATW, silence_NA = network(inputs)
    gold_NAX, weight_NA = _targets(batch, inputs, recipe)
    every_NAX = torch.cat((span_NATW.flatten(2), silence_NA.unsqueeze(-1)), dim=-1)
    right_NA = every_NAX.masked_fill(~gold_NAX, -math.inf).logsumexp(-1)
    loss_NA = every_NAX.logsumexp(-1) - right_NA
    loss_NA = torch.where(weight_NA > 0, loss_NA, 0.0)  # without an answer: infinite
    return (loss_NA * weight_NA).sum() / weight_NA.sum().clamp(min=1)


def _targets(
    batch: Sequence[Lesson], inputs: NetworkInputs, recipe: NetworkRecipe
) -> tuple[Tensor, Tensor]:
    """Right answers, spans and then silence [N,A,T*W+1], and how much each question counts."""
    N, A = inputs.slot_NA.shape
    T = inputs.first_NT.shape[1]
    gold_NAX = torch.zeros(N, A, T * LONGEST_SPAN + 1, dtype=torch.bool)
    weight_NA = torch.zeros(N, A)
    for n, lesson in enumerate(batch):
        for a, parameter in enumerate(lesson.question.parameters):
            if parameter in lesson.silent or parameter in lesson.absent:
                gold_NAX[n, a, -1] = True
                weight_NA[n, a] = recipe.absent_weight if parameter in lesson.absent else 1.0
            for first, length in lesson.spans.get(parameter, ()):
                if first < T and length < LONGEST_SPAN and inputs.is_token_NT[n, first]:
                    gold_NAX[n, a, first * LONGEST_SPAN + length] = True
                    weight_NA[n, a] = 1.0
    return gold_NAX, weight_NA


def _hide(
    inputs: NetworkInputs,
    batch: Sequence[Lesson],
    network: SpanNetwork,
    recipe: NetworkRecipe,
    rng: random.Random,
) -> None:
    """Replace pieces of some values, and a few others, in place."""
    marks = network.backbone.marks
    noisy_NL = torch.rand(inputs.piece_NL.shape) < recipe.noise
    noisy_NL &= (inputs.piece_NL != marks.pad) & (inputs.shape_NL > 0)
    inputs.piece_NL[noisy_NL] = marks.mask
    vocabulary = network.backbone.embedding.num_embeddings
    for n, lesson in enumerate(batch):
        tokens = int(inputs.is_token_NT[n].sum())
        for first, length in {span for spans in lesson.spans.values() for span in spans}:
            if first + length >= tokens or rng.random() >= recipe.value_dropout:
                continue
            piece = marks.mask if rng.random() < 0.7 else rng.randrange(vocabulary)
            start = inputs.first_NT[n, first]
            end = inputs.last_NT[n, first + length] + 1
            inputs.piece_NL[n, start:end] = piece


def _batches(lessons: Sequence[Lesson], size: int, rng: random.Random) -> Iterator[list[Lesson]]:
    """In random order, texts of similar length together: less of a batch is padding."""
    order = list(lessons)
    rng.shuffle(order)
    pool = 8 * size
    batches = []
    for at in range(0, len(order), pool):
        similar = sorted(order[at : at + pool], key=lambda lesson: len(lesson.question.text.words))
        batches += [similar[n : n + size] for n in range(0, len(similar), size)]
    rng.shuffle(batches)
    yield from batches


def _optimizer(network: SpanNetwork, recipe: NetworkRecipe) -> torch.optim.Optimizer:
    inner = [p for p in network.backbone.parameters() if p.requires_grad]
    inside = set(map(id, network.backbone.parameters()))
    head = [p for p in network.parameters() if id(p) not in inside]
    rate = recipe.backbone_rate
    if rate is None:
        rate = _RATES[recipe.tuning.tuned]
    return torch.optim.AdamW(
        [
            {"params": inner, "lr": rate},
            {"params": head, "lr": recipe.head_rate},
        ],
        weight_decay=recipe.decay,
        fused=True,
    )


def _share(step: int, steps: int, warm_up: float) -> float:
    rising = max(1, int(steps * warm_up))
    if step < rising:
        return (step + 1) / rising
    return max(0.0, (steps - step) / max(1, steps - rising))
