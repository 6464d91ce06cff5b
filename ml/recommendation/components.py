"""All that speaks for a next item on one scale: networks and counts, for known and new items."""

# B histories, N items, C components, D width

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np
import torch
from torch import Tensor

from ml.recommendation.counts import CountName, Counts
from ml.recommendation.network import SequenceNetwork
from ml.recommendation.sequences import Histories
from ml.recommendation.training import padded

COUNTS: tuple[CountName, ...] = get_args(CountName)


class Components:
    """Scores of every item after a history, one column for each component.

    `new_N` marks items that nobody has had: what is learnt of an item's own, and what is counted,
    says nothing of them. Their columns are those of `new_names`.

    Args:
        learnt_N: items that the networks were trained on.
    """

    def __init__(
        self, networks: Sequence[SequenceNetwork], counts: Counts, learnt_N: Tensor
    ) -> None:
        self.networks = tuple(networks)
        self.counts = counts
        self.learnt_N = learnt_N
        self.new_N = torch.from_numpy(counts.popularity_N == 0)
        self.names = (*(f"network_{at}" for at in range(len(networks))), *COUNTS)
        self.new_names = (*self.names[: len(networks)], "attribute_cosine", "new")
        with torch.no_grad():
            self._hidden_N = ~learnt_N
            everything_N = torch.ones_like(learnt_N)
            self._item_ND = [network.item_vectors(self._hidden_N) for network in self.networks]
            self._bare_ND = [network.item_vectors(everything_N) for network in self.networks]

    @torch.no_grad()
    def scores(self, histories: Histories) -> tuple[Tensor, Tensor]:
        """`known_BNC` and `new_BNC`, standardised over the items of each history.

        The second is what could be said if nobody had had the item, on the scale of the first.
        """
        known, new = [], []
        for at, network in enumerate(self.networks):
            history_BL = padded(histories, np.arange(len(histories)), network.config.last)
            state_BD = network(self._item_ND[at], history_BL)[:, -1]
            bias_N = network.bias_N.masked_fill(self._hidden_N, 0.0)
            score_BN = state_BD @ self._item_ND[at].T + bias_N
            mean_B1, scale_B1 = _spread(score_BN)
            known.append((score_BN - mean_B1) / scale_B1)
            new.append((state_BD @ self._bare_ND[at].T - mean_B1) / scale_B1)
        for name in COUNTS:
            score_BN = torch.from_numpy(self.counts.scores(name, histories))
            mean_B1, scale_B1 = _spread(score_BN)
            known.append((score_BN - mean_B1) / scale_B1)
            if name == "attribute_cosine":
                new.append(known[-1])
        new.append(torch.ones_like(known[0]))
        return torch.stack(known, dim=2), torch.stack(new, dim=2)


def _spread(score_BN: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation over the items; a component that tells none apart becomes 0."""
    mean_B1 = score_BN.mean(dim=1, keepdim=True)
    return mean_B1, score_BN.std(dim=1, keepdim=True).clamp(min=1e-6)
