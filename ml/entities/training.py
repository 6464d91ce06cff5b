"""Training of one network: without labels first, then with them."""

# B titles, L characters

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Generator, Tensor, nn

from ml.entities.config import TaggingConfig
from ml.entities.inputs import UNKNOWN, EncodedTitle, TitleBatch, batches_by_length
from ml.entities.network import TitleNetwork
from ml.entities.pretraining import hide
from ml.errors import TrainingDiverged
from ml.links.training import Notify

PRETRAINING_RATE = 2e-3
RATE = 2e-3
MADE_UP_WEIGHT = 0.2  # labels of a title are 10 nats at first, a hidden character is 8
UNKNOWN_SHARE = 0.2  # of the characters: at 5 % the network knows the names by heart after 3 epochs
_CLIP = 5.0
_PRETRAINING_BATCH = 64


def pretrain(
    network: TitleNetwork,
    titles: Sequence[EncodedTitle],
    made_up: Sequence[EncodedTitle],
    config: TaggingConfig,
    generator: Generator,
    *,
    notify: Notify,
) -> None:
    """Recover hidden characters of all titles, and the labels of the made-up ones."""
    pool = [*titles, *made_up]
    steps = config.pretraining_epochs * -(-len(pool) // _PRETRAINING_BATCH)
    if not steps:
        return
    optimiser, schedule = _optimiser(network, PRETRAINING_RATE, steps)
    network.train()
    network.drop(config.pretraining_dropout)
    for epoch in range(config.pretraining_epochs):
        total = 0.0
        batches = batches_by_length([*map(len, pool)], _PRETRAINING_BATCH, generator)
        for rows in batches:
            batch = TitleBatch.of([pool[row] for row in rows])
            is_made_up_B = torch.tensor([row >= len(titles) for row in rows])
            seen, hidden_BL = hide(batch, generator)
            h_BLH = network.context(seen)
            loss = network.recovery_loss(h_BLH, batch.character_BL, hidden_BL)
            total += loss.item()
            if is_made_up_B.any():
                nll_B = network.crf(network.emissions(h_BLH), batch.label_BL, batch.mask_BL)
                loss = loss + MADE_UP_WEIGHT * (nll_B * is_made_up_B).sum() / is_made_up_B.sum()
            _step(network, loss, optimiser, schedule)
        notify(f"pretraining {epoch + 1}/{config.pretraining_epochs}: {total / len(batches):.2f}")


def finetune(
    network: TitleNetwork,
    titles: Sequence[EncodedTitle],
    config: TaggingConfig,
    generator: Generator,
    *,
    notify: Notify,
) -> None:
    """Raise the probability of the labels; the rate falls to 0 over a fixed number of epochs."""
    steps = config.epochs * -(-len(titles) // config.batch_titles)
    optimiser, schedule = _optimiser(network, RATE, steps)
    network.train()
    network.drop(config.dropout)
    for epoch in range(config.epochs):
        total = 0.0
        batches = batches_by_length([*map(len, titles)], config.batch_titles, generator)
        for rows in batches:
            batch = _with_unknown(TitleBatch.of([titles[row] for row in rows]), generator)
            emission_BLK = network.emissions(network.context(batch))
            loss = network.crf(emission_BLK, batch.label_BL, batch.mask_BL).mean()
            total += loss.item()
            _step(network, loss, optimiser, schedule)
        notify(f"epoch {epoch + 1}/{config.epochs}: loss {total / len(batches):.2f}")


def _with_unknown(batch: TitleBatch, generator: Generator) -> TitleBatch:
    unknown_BL = torch.rand(batch.mask_BL.shape, generator=generator) < UNKNOWN_SHARE
    return replace(
        batch, character_BL=batch.character_BL.masked_fill(unknown_BL & batch.mask_BL, UNKNOWN)
    )


_Schedule = torch.optim.lr_scheduler.LRScheduler


def _optimiser(
    network: nn.Module, rate: float, steps: int
) -> tuple[torch.optim.Optimizer, _Schedule]:
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps + 1)
    return optimiser, schedule


def _step(
    network: nn.Module, loss: Tensor, optimiser: torch.optim.Optimizer, schedule: _Schedule
) -> None:
    if not torch.isfinite(loss):
        raise TrainingDiverged(task="entities", step=schedule.last_epoch)
    optimiser.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
    optimiser.step()
    schedule.step()
