"""All that speaks for a next item on one scale: networks and counts, for known and new items."""

# B histories, N items, M of them new, A more that were added, P networks, C components, S of them
# said by like items, R items that only some networks were trained on

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import get_args

import numpy as np
import torch
from scipy import sparse
from torch import Tensor
from torch.nn import functional

from ml.recommendation.alike import said_by, speakers, speakers_for
from ml.recommendation.counts import CountName, Counts, enlarged
from ml.recommendation.network import SequenceNetwork
from ml.recommendation.sequences import Histories, ItemFacts
from ml.recommendation.training import padded

COUNTS: tuple[CountName, ...] = get_args(CountName)
ALIKE: tuple[CountName, ...] = ("item_cosine", "transitions", "popularity", "trend")


class Components:
    """Scores of every item after a history, one column for each component.

    `new_N` marks items that are scored as if nobody had had them: what is learnt of an item's own,
    and what is counted, says nothing of them. What is said of the items like them does, and their
    attributes. Their columns are those of `new_names`.

    Where a network was kept from an item that others were trained on, those speak for it. It
    describes such an item, and a new one, by attributes of items that it was trained on: the
    vectors of all others are as they were drawn.

    Args:
        learnt_PN: items that each network was trained on; of the others it knows attributes only.
        pretended_N: items to treat as new that are not; the last network must not have had them.

    Attributes:
        says_N: which items say anything in a history.
    """

    def __init__(
        self,
        networks: Sequence[SequenceNetwork],
        counts: Counts,
        learnt_PN: Tensor,
        pretended_N: Tensor | None = None,
    ) -> None:
        self.networks = tuple(networks)
        self.counts = counts
        self.learnt_PN = learnt_PN
        self._trained = len(counts.popularity_N)  # more may be added behind them
        self.new_N = torch.from_numpy(counts.popularity_N == 0)
        if pretended_N is not None:
            self.new_N = self.new_N | pretended_N
        self.names = (*(f"network_{at}" for at in range(len(networks))), *COUNTS)
        last = f"network_{len(networks) - 1}"
        own, said = (last, "attribute_cosine"), (last, *ALIKE)
        self.new_names = (*own, *(f"alike_{name}" for name in said), "new")
        self._own_columns = [self.names.index(name) for name in own]
        self._said_columns = [self.names.index(name) for name in said]
        self._lent_R = (learnt_PN.any(dim=0) & ~learnt_PN.all(dim=0)).nonzero().flatten()
        self._new_M = self.new_N.nonzero().flatten()
        self._share_MN = speakers(counts.attribute_NK, self.new_N.numpy())
        self._told_PK = [
            counts.attribute_NK[learnt_N].getnnz(axis=0) > 0 for learnt_N in learnt_PN.numpy()
        ]
        facts = counts.facts
        self.says_N = learnt_PN.any(dim=0) | self._is_described(facts)
        with torch.no_grad():
            self._item_ND = [
                torch.where(
                    learnt_N[:, None],
                    network.item_vectors(),
                    network.vectors_of_new(facts.only(told_K)),
                )
                for network, learnt_N, told_K in zip(
                    self.networks, learnt_PN, self._told_PK, strict=True
                )
            ]
            self._bias_N = [
                network.bias_N.masked_fill(~learnt_N, 0.0)
                for network, learnt_N in zip(self.networks, learnt_PN, strict=True)
            ]

    @torch.no_grad()
    def with_new_items(self, facts: ItemFacts) -> Components:
        """The same with more items behind those there are: they are scored as new ones.

        The others keep their scores: all is standardised over what there was in the training. In a
        history an added item is what its attributes are.

        Args:
            facts: of the added items; their attributes are those of the training.
        """
        added, items = len(facts), len(self.new_N) + len(facts)
        more = copy(self)
        more.counts = self.counts.with_new_items(facts)
        more.learnt_PN = functional.pad(self.learnt_PN, (0, added), value=False)
        more.new_N = functional.pad(self.new_N, (0, added), value=True)
        more._new_M = more.new_N.nonzero().flatten()
        added_AK = more.counts.attribute_NK[len(self.new_N) :]
        share_AN = speakers_for(added_AK, self.counts.attribute_NK, ~self.new_N.numpy())
        more._share_MN = sparse.vstack(
            [enlarged(share, share.shape[0], items) for share in (self._share_MN, share_AN)],
            format="csr",
        )
        more._item_ND = [
            torch.cat((item_ND, network.vectors_of_new(facts.only(told_K))))
            for item_ND, network, told_K in zip(
                self._item_ND, self.networks, self._told_PK, strict=True
            )
        ]
        more.says_N = torch.cat((self.says_N, self._is_described(facts)))
        more._bias_N = [functional.pad(bias_N, (0, added)) for bias_N in self._bias_N]
        return more

    def _is_described(self, facts: ItemFacts) -> Tensor:
        """Which items have an attribute that some network was told of, bool [N]."""
        told = facts.only(np.any(self._told_PK, axis=0))
        return torch.from_numpy(np.diff(told.start_N1) > 0)

    @torch.no_grad()
    def scores(self, histories: Histories) -> tuple[Tensor, Tensor]:
        """`known_BNC`, standardised over the items of each history, and `new_BNC` out of it.

        The second is 0 for items that are not new.
        """
        known = []
        for at, network in enumerate(self.networks):
            history_BL = padded(histories, np.arange(len(histories)), network.config.last)
            state_BD = network(self._item_ND[at], history_BL)[:, -1]
            known.append(state_BD @ self._item_ND[at].T + self._bias_N[at])
        counted = [torch.from_numpy(self.counts.scores(name, histories)) for name in COUNTS]
        columns = [_standardised(score_BN, self._trained) for score_BN in (*known, *counted)]
        known_BNC = torch.stack(columns, dim=2)
        new_BNC = self._of_new(known_BNC)
        self._lend(known_BNC)
        return known_BNC, new_BNC

    def _lend(self, known_BNC: Tensor) -> None:
        """Put in, for items that a network was kept from, the mean of those that were not."""
        networks = len(self.networks)
        learnt_RP = self.learnt_PN[:, self._lent_R].T
        score_BRP = known_BNC[:, self._lent_R, :networks]
        mean_BR1 = (score_BRP * learnt_RP).sum(dim=2, keepdim=True) / learnt_RP.sum(dim=1)[:, None]
        known_BNC[:, self._lent_R, :networks] = torch.where(learnt_RP, score_BRP, mean_BR1)

    def _of_new(self, known_BNC: Tensor) -> Tensor:
        new_BNC = known_BNC.new_zeros((*known_BNC.shape[:2], len(self.new_names)))
        if len(self._new_M):
            said_BNS = known_BNC[:, :, self._said_columns].numpy()
            said_BMS = torch.from_numpy(said_by(self._share_MN, said_BNS))
            own_BMO = known_BNC[:, self._new_M][:, :, self._own_columns]
            one_BM1 = torch.ones_like(own_BMO[:, :, :1])
            new_BNC[:, self._new_M] = torch.cat((own_BMO, said_BMS, one_BM1), dim=2)
        return new_BNC


def _standardised(score_BN: Tensor, trained: int) -> Tensor:
    """Mean 0 and deviation 1 over the `trained` first; what tells none of them apart becomes 0."""
    trained_BT = score_BN[:, :trained]
    mean_B1 = trained_BT.mean(dim=1, keepdim=True)
    return (score_BN - mean_B1) / trained_BT.std(dim=1, keepdim=True).clamp(min=1e-6)
