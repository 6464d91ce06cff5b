"""How much each component counts, learnt from what shoppers took next."""

# U shoppers, S candidates of each with the true one first, C components

from __future__ import annotations

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

HIDDEN = 24
EPOCHS = 8
LEAST_STEPS = 400  # more epochs than that where there are few shoppers
BATCH = 128  # and a sixteenth of all at most
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 1e-5


class Mixture(nn.Module):
    """One number out of all components, for items that somebody has had and for new ones.

    A line, and beside it a small curve: that two components agree is worth more than their sum.
    """

    def __init__(self, known: int, new: int) -> None:
        super().__init__()
        self.line = nn.Linear(known, 1, bias=False)
        self.curve = nn.Sequential(nn.Linear(known, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, 1))
        self.new = nn.Linear(new, 1, bias=False)

    def forward(self, known: Tensor, new: Tensor, is_new: Tensor) -> Tensor:
        """The scores: `known` and `new` end in components, `is_new` says which of them counts."""
        of_known: Tensor = (self.line(known) + self.curve(known)).squeeze(-1)
        if not is_new.any():
            return of_known
        return torch.where(is_new, self.new(new).squeeze(-1), of_known)


def fit_mixture(known_USC: Tensor, new_USC: Tensor, is_new_US: Tensor, seed: int) -> Mixture:
    """The mixture under which the first of each shopper's candidates is most likely.

    Source: conditional logit: McFadden, "Conditional logit analysis of qualitative choice
    behavior", 1974; ours adds the curve.
    """
    torch.manual_seed(seed)
    generator = Generator().manual_seed(seed)
    mixture = Mixture(known_USC.shape[2], new_USC.shape[2])
    optimiser = torch.optim.AdamW(mixture.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    batch = max(1, min(BATCH, len(known_USC) // 16))
    per_epoch = -(-len(known_USC) // batch)
    epochs = max(EPOCHS, -(-LEAST_STEPS // max(1, per_epoch)))
    steps = epochs * per_epoch
    step = 0
    for _ in range(epochs):
        for rows in torch.randperm(len(known_USC), generator=generator).split(batch):  # type: ignore[no-untyped-call]
            for group in optimiser.param_groups:
                group["lr"] = LEARNING_RATE * (1 - step / steps)
            score_BS = mixture(known_USC[rows], new_USC[rows], is_new_US[rows])
            target_B = torch.zeros(len(rows), dtype=torch.long)
            loss = functional.cross_entropy(score_BS, target_B)
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            step += 1
    return mixture.eval()
