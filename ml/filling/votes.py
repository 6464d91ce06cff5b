"""Votes of similar items on a fact: whom to listen to is learnt for every parameter."""

# B queries, K neighbours, P parameters, C choices, O parameters in bins, F features of a pair

from __future__ import annotations

import msgspec
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from ml.data.choices import Choices
from ml.filling.items import ItemFacts, detailed
from ml.filling.shifts import Shifts
from ml.models.choice_head import Segments
from ml.models.neighbours import Near

_SIMILARITY, _TITLE = 3, 3  # features beside the parameters' own
_REACHES = (0.03, 0.12, 0.5)  # how near two numbers are, at three scales, in spreads


class VotesConfig(msgspec.Struct, frozen=True):
    """What a pair of items is described by, and how freely it is weighed.

    Attributes:
        details: exact values, distances of numbers and brands count beside the choices; the items
            must have them.
        hidden: width of the layer that weighs features together; 0: each by itself.
    """

    details: bool = False
    hidden: int = 0


class Votes(nn.Module):
    """Attention of a query over its neighbours, one softmax for every parameter asked for.

    A pair is described by what both agree on, what they differ in and by how far (of bins), how
    similar facts and titles are, and with details by equal values, near numbers and the same brand;
    `weight` says what of it matters for which parameter, `together` what matters together. Nothing
    here can learn an item by heart. Beside the neighbours stands the distribution of the training
    part, for when nobody near has the parameter. Differs from matching networks (Vinyals et al.,
    NeurIPS 2016, equation 1) in that there is one similarity for every parameter asked for.

    Args:
        choices: what can be answered.
        prior_C: the share of every choice among the training facts of its parameter.
        config: what a pair is described by.
        shifts: what becomes of a neighbour's number; None: it counts as it is.
    """

    prior: Tensor
    is_ordered: Tensor

    def __init__(
        self,
        choices: Choices,
        prior_C: Tensor,
        config: VotesConfig | None = None,
        shifts: Shifts | None = None,
    ) -> None:
        super().__init__()
        self.config = config or VotesConfig()
        parameters = len(choices.parameters)
        self.segments = Segments(choices)
        self.register_buffer("prior", prior_C)
        self.register_buffer("is_ordered", choices.is_ordered, persistent=False)
        features = features_of_a_pair(choices, self.config)
        self.weight = nn.Linear(features, parameters)
        nn.init.zeros_(self.weight.weight)
        nn.init.zeros_(self.weight.bias)
        with torch.no_grad():
            self.weight.weight[:, 3 * parameters] = 10.0  # the plain rule: softmax(similarity / .1)
            self.weight.weight[:, 3 * parameters + _SIMILARITY] = 5.0
        self.together = _together(features, self.config.hidden, parameters)
        self.nobody = nn.Parameter(torch.zeros(parameters))
        self.sharpness = nn.Parameter(torch.zeros(parameters))
        self.shifts = shifts

    def forward(self, queries: ItemFacts, near: Near, items: ItemFacts) -> Tensor:
        """Log-probabilities of every choice within its parameter, [B, C].

        `items` are those of the index that `near` points into.
        """
        choice_BKP = items.choice_NP[near.item_BK]
        pairs_BKF = self._compared(queries, near, items)
        share_BKP = self._shared(pairs_BKF, choice_BKP)
        vote_BC = share_BKP[:, -1][:, self.segments.parameter_of] * self.prior
        given_BKP = share_BKP[:, :-1] * (choice_BKP >= 0)
        if self.shifts is not None:
            query_BP = detailed(queries).number_NP
            item_BKP = detailed(items).number_NP[near.item_BK]
            given_BKP, moved_BC = self.shifts(pairs_BKF, query_BP, item_BKP, given_BKP)
            vote_BC = vote_BC + moved_BC
        vote_BC = vote_BC.scatter_add(1, choice_BKP.clamp_min(0).flatten(1), given_BKP.flatten(1))
        sharpness_C = self.sharpness.exp()[self.segments.parameter_of]
        return self.segments.log_softmax((vote_BC + 1e-6).log() * sharpness_C)

    def shares(self, queries: ItemFacts, near: Near, items: ItemFacts) -> Tensor:
        """How much each neighbour counts on each parameter, [B, K + 1, P]; the last is nobody."""
        pairs_BKF = self._compared(queries, near, items)
        return self._shared(pairs_BKF, items.choice_NP[near.item_BK])

    def _shared(self, pairs_BKF: Tensor, choice_BKP: Tensor) -> Tensor:
        attention_BKP = self.weight(pairs_BKF)
        if self.together is not None:
            attention_BKP = attention_BKP + self.together(pairs_BKF)
        attention_BKP = attention_BKP.masked_fill(choice_BKP < 0, float("-inf"))
        nobody_B1P = self.nobody.expand(len(pairs_BKF), 1, -1)
        share_BKP: Tensor = torch.cat((attention_BKP, nobody_B1P), dim=1).softmax(dim=1)
        return share_BKP

    def _compared(self, queries: ItemFacts, near: Near, items: ItemFacts) -> Tensor:
        choice_BKP = items.choice_NP[near.item_BK]
        pairs_BKF = self._pairs(queries.choice_NP[:, None], choice_BKP, near)
        if not self.config.details:
            return pairs_BKF
        return torch.cat((pairs_BKF, self._details(queries, near, items)), dim=-1)

    def _pairs(self, query_B1P: Tensor, choice_BKP: Tensor, near: Near) -> Tensor:
        both_BKP = (query_B1P >= 0) & (choice_BKP >= 0)
        apart_BKP = (query_B1P - choice_BKP).abs()
        agree_BKP = both_BKP & (apart_BKP == 0)
        close_BKP = both_BKP & (apart_BKP == 1) & self.is_ordered
        differ_BKP = both_BKP & (apart_BKP > 0)
        return torch.cat(
            (
                agree_BKP.float(),
                close_BKP.float(),
                differ_BKP.float(),
                _powers(near.facts_BK),
                _powers(near.title_BK),
            ),
            dim=-1,
        )

    def _details(self, queries: ItemFacts, near: Near, items: ItemFacts) -> Tensor:
        query, item = detailed(queries), detailed(items)[near.item_BK]
        same_BKP = (query.value_NP[:, None] == item.value_NP) & (item.value_NP > 0)
        number_B1O = query.number_NP[:, None, self.is_ordered]
        apart_BKO = (number_B1O - item.number_NP[:, :, self.is_ordered]).abs()
        apart_BKO = apart_BKO.nan_to_num(float("inf"))  # exp(-inf): as far as can be
        near_BKO = [torch.exp(-apart_BKO / reach) for reach in _REACHES]
        of_brand_BK = (query.brand_N[:, None] == item.brand_N) & (item.brand_N > 0)
        return torch.cat((same_BKP.float(), *near_BKO, of_brand_BK.float()[..., None]), dim=-1)


def features_of_a_pair(choices: Choices, config: VotesConfig) -> int:
    """F, by how many numbers two items are compared."""
    parameters, ordered = len(choices.parameters), int(choices.is_ordered.sum())
    details = parameters + len(_REACHES) * ordered + 1 if config.details else 0
    return 3 * parameters + _SIMILARITY + _TITLE + details


def _together(features: int, hidden: int, parameters: int) -> nn.Sequential | None:
    """A small network over all features of a pair, which says nothing before it is trained."""
    if not hidden:
        return None
    last = nn.Linear(hidden, parameters)
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    return nn.Sequential(nn.Linear(features, hidden), nn.ReLU(), last)


def _powers(similarity_BK: Tensor) -> Tensor:
    """The similarity, and how far it is into the upper ends of its range."""
    return torch.stack(
        (similarity_BK, F.relu(similarity_BK - 0.5), F.relu(similarity_BK - 0.8)), dim=-1
    )
