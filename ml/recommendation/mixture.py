"""How much each component counts, learnt from what shoppers took next."""

# U shoppers, S candidates of each with the true one first, C components

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

PENALTY = 1e-3  # on squared weights: components that say the same share what they get
STEPS = 100


@dataclass(frozen=True, slots=True)
class Mixture:
    """Weights of the components, for items that somebody has had and for new ones."""

    known_C: Tensor
    new_C: Tensor

    def mixed(self, known: Tensor, new: Tensor, is_new: Tensor) -> Tensor:
        """The scores: `known` and `new` end in components, `is_new` says which of them counts."""
        return torch.where(is_new, new @ self.new_C, known @ self.known_C)


def fit_mixture(known_USC: Tensor, new_USC: Tensor, is_new_US: Tensor) -> Mixture:
    """The weights under which the first of each shopper's candidates is most likely.

    Source: conditional logit: McFadden, "Conditional logit analysis of qualitative choice
    behavior", 1974.
    """
    known_C = torch.zeros(known_USC.shape[2], requires_grad=True)
    new_C = torch.zeros(new_USC.shape[2], requires_grad=True)
    target_U = torch.zeros(len(known_USC), dtype=torch.long)
    optimiser = torch.optim.LBFGS([known_C, new_C], max_iter=STEPS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        mixed_US = Mixture(known_C, new_C).mixed(known_USC, new_USC, is_new_US)
        loss = F.cross_entropy(mixed_US, target_U)
        loss = loss + PENALTY * (known_C.square().sum() + new_C.square().sum())
        torch.autograd.backward(loss)
        return loss

    optimiser.step(closure)
    return Mixture(known_C.detach(), new_C.detach())
