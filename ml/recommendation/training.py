"""Training a sequence network: every place of every history predicts the item after it."""

# B histories, L items of the longest, D width, N items, T targets

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ml.errors import TrainingDiverged
from ml.links.one_to_all import grouped_cross_entropy
from ml.recommendation.network import NetworkConfig, SequenceNetwork
from ml.recommendation.sequences import Histories, Ints, ItemFacts

Notify = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How a network is trained.

    Attributes:
        least_steps: more epochs than that where there is so little that they are over at once.
        candidates: items that a step tells the next ones from.
        targets: of one step, about, and a tenth of all at most; histories of like length are in one
            batch.
        warmup: share of the steps in which the learning rate rises; it falls to 0 to the end.
    """

    epochs: int = 15
    least_steps: int = 500
    targets: int = 1_500
    candidates: int = 1_500
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    warmup: float = 0.05


def train_network(
    histories: Histories,
    facts: ItemFacts,
    shape: NetworkConfig,
    config: TrainingConfig,
    *,
    seed: int,
    product_dtype: torch.dtype,
    notify: Notify,
    start: SequenceNetwork | None = None,
) -> SequenceNetwork:
    """Learn from all of `histories`, from `start` on if it is given.

    Raises:
        TrainingDiverged: the loss is not a finite number.
    """
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    network = start or SequenceNetwork(facts, shape)
    network.train()
    optimiser = torch.optim.AdamW(
        network.parameters(),
        lr=config.learning_rate,
        weight_decay=config.weight_decay,
        betas=(0.9, 0.98),
        fused=True,
    )
    targets = max(1, min(config.targets, len(histories.item_E) // 10))
    per_epoch = sum(1 for _ in _batches(histories, shape.last, targets, random))
    epochs = max(config.epochs, -(-config.least_steps // max(1, per_epoch)))
    steps = epochs * per_epoch
    warm = max(1, int(config.warmup * steps))
    counted_N = np.bincount(histories.item_E, minlength=len(facts))
    share_N = torch.from_numpy(counted_N / max(1, len(histories.item_E))).float()
    step = 0
    for epoch in range(1, epochs + 1):
        total, count = 0.0, 0
        for history_BL in _batches(histories, shape.last, targets, random):
            rate = min((step + 1) / warm, (steps - step) / max(1, steps - warm))
            for group in optimiser.param_groups:
                group["lr"] = config.learning_rate * max(0.0, rate)
            loss, asked = _loss(network, history_BL, share_N, config.candidates, product_dtype)
            optimiser.zero_grad()
            torch.autograd.backward(loss / asked)
            optimiser.step()
            step += 1
            total, count = total + loss.item(), count + asked
            if not np.isfinite(total):
                raise TrainingDiverged(task="recommendation", step=step)
        notify(f"epoch {epoch} of {epochs}: loss {total / max(1, count):.4f}")
    return network.eval()


def _loss(
    network: SequenceNetwork,
    history_BL: Tensor,
    share_N: Tensor,
    candidates: int,
    dtype: torch.dtype,
) -> tuple[Tensor, int]:
    """The summed cross-entropy of the next items, and how many there are.

    Told from the next items of the whole step and `candidates` others drawn evenly. That popular
    ones are there more often is taken back: minus the logarithm of the chance to be there (Bengio &
    Senecal, "Quick training of probabilistic neural nets by importance sampling", 2003), so that
    the loss stays an estimate of that over all items.
    """
    items = len(network.id_ND)
    hidden_N = torch.rand(items) < network.config.id_dropout
    item_ND = network.item_vectors(hidden_N)
    state_BLD = network(item_ND, history_BL[:, :-1])
    is_target_BL = history_BL[:, :-1] >= 0
    target_T = history_BL[:, 1:][is_target_BL]
    state_TD = state_BLD[is_target_BL]
    # What nobody has had in these histories, nobody could have said no to.
    drawn_N = (torch.rand(items) < candidates / items) & (share_N > 0)
    drawn_N[target_T] = True
    candidate_C = drawn_N.nonzero().flatten()
    place_N = drawn_N.cumsum(0) - 1
    absent_N = (1 - min(candidates / items, 1.0)) * (1 - share_N) ** len(target_T)
    offset_C = network.bias_N[candidate_C] - torch.log1p(-absent_N.clamp(max=0.999))[candidate_C]
    query_TD = torch.cat((state_TD, state_TD.new_ones(len(state_TD), 1)), dim=1)
    answer_CD = torch.cat((item_ND[candidate_C], offset_C.unsqueeze(1)), dim=1)
    row_T = torch.arange(len(target_T))
    loss = grouped_cross_entropy(
        query_TD,
        answer_CD,
        row_T,
        place_N[target_T],
        torch.ones_like(row_T),
        product_dtype=dtype,
    )
    return loss, len(target_T)


def _batches(
    histories: Histories, last: int, targets: int, random: np.random.Generator
) -> Iterator[Tensor]:
    """Histories of two items or more, those of like length together, in a random order."""
    length_U = np.minimum(histories.lengths, last + 1)
    shoppers = np.flatnonzero(length_U >= 2)
    order = shoppers[np.lexsort((random.random(len(shoppers)), length_U[shoppers]))]
    filled = np.cumsum(length_U[order] - 1) // targets
    batches = np.split(order, np.flatnonzero(np.diff(filled)) + 1) if len(order) else []
    for at in random.permutation(len(batches)):
        yield padded(histories, batches[at], last + 1)


def padded(histories: Histories, shoppers: Ints, last: int) -> Tensor:
    """`history_BL`: the last items of each, to the right; -1 where there is none."""
    rows = [histories[int(u)][-last:] for u in shoppers]
    length = max(1, *(len(row) for row in rows)) if rows else 1
    history_BL = np.full((len(rows), length), -1, dtype=np.int64)
    for at, row in enumerate(rows):
        if len(row):
            history_BL[at, -len(row) :] = row
    return torch.from_numpy(history_BL)
