"""Hidden facts of unseen items: how many are named, and how many could be filled in unasked."""

# N items, P parameters, C choices, M facts asked for

from __future__ import annotations

import msgspec
import torch
from torch import Tensor

from ml.data.choices import Choices
from ml.evaluation.ties import ends_of_ties
from ml.filling.items import ItemFacts
from ml.models.choice_head import Segments

MANY_CHOICES = 10


class HiddenFacts(msgspec.Struct, frozen=True):
    """Shares in 0..1 over the facts that were hidden, the parameter being given.

    Attributes:
        accuracy: facts whose value is named.
        accuracy_many: the same of the parameters with ten choices and more.
        macro_accuracy: mean over the parameters.
        mrr: mean reciprocal rank among the choices of the parameter, ties at their mean rank.
        facts: how many were asked for.
    """

    accuracy: float
    accuracy_many: float
    macro_accuracy: float
    mrr: float
    facts: int


class Filled(msgspec.Struct, frozen=True):
    """What is filled in by itself above a confidence that was chosen on other items."""

    threshold: float
    share: float
    precision: float


def hide_half(items: ItemFacts, seed: int) -> Tensor:
    """A random half of what is known of every item, bool [N, P]; the same for the same seed."""
    draws = torch.rand(items.choice_NP.shape, generator=torch.Generator().manual_seed(seed))
    hidden_NP: Tensor = (draws < 0.5) & (items.choice_NP >= 0)
    return hidden_NP


def measure(score_NC: Tensor, items: ItemFacts, hidden_NP: Tensor, choices: Choices) -> HiddenFacts:
    """How well scores, made without the hidden facts, name them."""
    item_M, parameter_M = hidden_NP.nonzero(as_tuple=True)
    choice_M = items.choice_NP[item_M, parameter_M]
    rank_M = _ranks(score_NC, item_M, choice_M, choices)
    hits_M = Segments(choices).hits(score_NC, item_M, choice_M).float()
    asked_P = torch.bincount(parameter_M, minlength=len(choices.parameters))
    hits_P = torch.bincount(parameter_M, hits_M, minlength=len(choices.parameters))
    many_M = choices.sizes[parameter_M] >= MANY_CHOICES
    return HiddenFacts(
        accuracy=hits_M.mean().item(),
        accuracy_many=hits_M[many_M].mean().item(),
        macro_accuracy=(hits_P[asked_P > 0] / asked_P[asked_P > 0]).mean().item(),
        mrr=(1 / rank_M).mean().item(),
        facts=len(item_M),
    )


def confident(
    score_NC: Tensor, items: ItemFacts, hidden_NP: Tensor, choices: Choices
) -> tuple[Tensor, Tensor]:
    """Of every hidden fact the confidence of the best guess, and whether it holds: [M], bool [M].

    That a value is a rare one is no guess: its confidence is 0.
    """
    item_M, parameter_M = hidden_NP.nonzero(as_tuple=True)
    best_M = Segments(choices).best(score_NC)[item_M, parameter_M]
    confidence_M = score_NC[item_M, best_M].exp().masked_fill(choices.is_rare[best_M], 0.0)
    return confidence_M, best_M == items.choice_NP[item_M, parameter_M]


def threshold_for(
    precision: float, confidence_M: Tensor, hits_M: Tensor, margin: float = 0.0
) -> float:
    """The lowest confidence from which on at least that share of the guesses holds; inf: none.

    With a margin z it holds not only of these guesses but of their like: the lower bound of the
    share has to reach it (Wilson, JASA 1927; 1.645 is one-sided 95 %).
    """
    order_M = confidence_M.argsort(descending=True)
    count_M = torch.arange(1, len(order_M) + 1, dtype=torch.float64)
    share_M = hits_M[order_M].cumsum(0) / count_M
    middle_M = share_M + margin**2 / (2 * count_M)
    spread_M = (share_M * (1 - share_M) / count_M + (margin / (2 * count_M)) ** 2).sqrt()
    bound_M = (middle_M - margin * spread_M) / (1 + margin**2 / count_M)
    sorted_M = confidence_M[order_M]
    is_end_M = torch.from_numpy(ends_of_ties(sorted_M.numpy()))
    good_M = (is_end_M & (bound_M >= precision)).nonzero().flatten()
    return float(sorted_M[good_M[-1]]) if len(good_M) else float("inf")


def filled(threshold: float, confidence_M: Tensor, hits_M: Tensor) -> Filled:
    above_M = confidence_M >= threshold
    held = hits_M[above_M].float().mean().item() if bool(above_M.any()) else 1.0
    return Filled(threshold=threshold, share=above_M.float().mean().item(), precision=held)


def _ranks(score_NC: Tensor, item_M: Tensor, choice_M: Tensor, choices: Choices) -> Tensor:
    rank_M = torch.ones(len(item_M))
    parameter_M = choices.parameter_of[choice_M]
    first = 0
    for parameter, size in enumerate(choices.sizes.tolist()):
        asked_M = (parameter_M == parameter).nonzero().flatten()
        of_MK = score_NC[item_M[asked_M], first : first + size]
        own_M1 = score_NC[item_M[asked_M], choice_M[asked_M]][:, None]
        rank_M[asked_M] += (of_MK > own_M1).sum(1) + ((of_MK == own_M1).sum(1) - 1) / 2
        first += size
    return rank_M
