"""How much each component counts, learnt from what shoppers took next."""

# U shoppers, S candidates of each with the true one first, C components

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

HIDDEN = 24
EPOCHS = 8
LEAST_STEPS = 400  # more epochs than that where there are few shoppers
BATCH = 128  # and a sixteenth of all at most
LEARNING_RATE = 3e-3
LEARNING_RATE_NEW = 1e-2  # a line of a few weights, and few of the choices are of new items
WEIGHT_DECAY = 1e-5


class Mixture(nn.Module):
    """One number out of all components, for items that somebody has had and for new ones.

    A line, and for known ones beside it a small curve: that two components agree is worth more than
    their sum.
    """

    def __init__(self, known: int, new: int) -> None:
        super().__init__()
        self.line = nn.Linear(known, 1, bias=False)
        self.curve = nn.Sequential(nn.Linear(known, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, 1))
        self.new = nn.Linear(new, 1, bias=False)

    def forward(self, known: Tensor, new: Tensor, is_new: Tensor) -> Tensor:
        """The scores: `known` and `new` end in components, `is_new` says which of them counts."""
        of_known = self.of_known(known)
        return torch.where(is_new, self.of_new(new), of_known) if is_new.any() else of_known

    def of_known(self, known: Tensor) -> Tensor:
        score: Tensor = (self.line(known) + self.curve(known)).squeeze(-1)
        return score

    def of_new(self, new: Tensor) -> Tensor:
        score: Tensor = self.new(new).squeeze(-1)
        return score


@dataclass(frozen=True)
class Choices:
    """What each of many shoppers took, the first, out of what else they could have taken.

    Attributes:
        is_new_US: nobody has had it.
        is_taken_as_new_US: the same, and some others of which `new_USC` says what could be said if
            nobody had.
    """

    known_USC: Tensor
    new_USC: Tensor
    is_new_US: Tensor
    is_taken_as_new_US: Tensor


def fit_mixture(choices: Choices, seed: int) -> Mixture:
    """The mixture under which the first of each shopper's candidates is most likely.

    Each choice is learnt from as it was, and as if nobody had had the items taken as new: that
    teaches how new items are scored, and leaves the known ones as they are.

    Source: conditional logit: McFadden, "Conditional logit analysis of qualitative choice
    behavior", 1974; ours adds the curve.
    """
    torch.manual_seed(seed)
    generator = Generator().manual_seed(seed)
    shoppers = len(choices.known_USC)
    mixture = Mixture(choices.known_USC.shape[2], choices.new_USC.shape[2])
    batch = max(1, min(BATCH, shoppers // 16))
    per_epoch = -(-shoppers // batch)
    epochs = max(EPOCHS, -(-LEAST_STEPS // max(1, per_epoch)))
    steps = epochs * per_epoch
    groups = [
        {"params": [*mixture.line.parameters(), *mixture.curve.parameters()], "lr": LEARNING_RATE},
        {"params": mixture.new.parameters(), "lr": LEARNING_RATE_NEW},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY)
    falling = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, steps)
    for _ in range(epochs):
        for rows in torch.randperm(shoppers, generator=generator).split(batch):  # type: ignore[no-untyped-call]
            optimiser.zero_grad()
            torch.autograd.backward(_loss(mixture, choices, rows))
            optimiser.step()
            falling.step()
    return mixture.eval()


def _loss(mixture: Mixture, choices: Choices, rows: Tensor) -> Tensor:
    known_BS = mixture.of_known(choices.known_USC[rows])
    new_BS = mixture.of_new(choices.new_USC[rows])
    is_new_BS = choices.is_new_US[rows]
    is_taken_as_new_BS = choices.is_taken_as_new_US[rows]
    first_B = torch.zeros(len(rows), dtype=torch.long)
    as_it_was = torch.where(is_new_BS, new_BS, known_BS)
    as_if_new = torch.where(is_taken_as_new_BS, new_BS, known_BS.detach())
    return functional.cross_entropy(as_it_was, first_B) + functional.cross_entropy(
        as_if_new, first_B
    )
