"""A trained recommender: what to show after a history, and how it is learnt from histories."""

# B histories, N items, U histories learnt from, S candidates of each, C components

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from ml.links.training import faster_dtype
from ml.recommendation.alike import Bools
from ml.recommendation.components import Components
from ml.recommendation.counts import Counts
from ml.recommendation.mixture import Choices, Mixture, fit_mixture
from ml.recommendation.network import NetworkConfig
from ml.recommendation.sequences import Histories, Ints, ItemFacts
from ml.recommendation.training import Notify, TrainingConfig, train_network

BATCH = 128  # histories scored at a time: some 100 MB for 12,000 items
MIXED = 10_000  # histories that the mixture is fitted on
RIVALS = 100  # candidates beside the true one
PRETENDED_NEW = 0.1  # share of the items kept from the last network: to weigh new ones by


@dataclass(frozen=True, slots=True)
class RecommenderConfig:
    """How a recommender is learnt.

    Attributes:
        id_dropouts: of one network each; they are mixed. New items are scored by the last, which
            therefore has the highest.
        refresh: the networks' last training, on the newest items as well, which they were kept
            from while the mixture was fitted.
    """

    id_dropouts: tuple[float, ...] = (0.0, 0.3, 0.5)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    refresh: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(epochs=2, least_steps=60, learning_rate=5e-4)
    )
    seed: int = 0


@dataclass(frozen=True)
class Recommender:
    """Scores items after a history."""

    components: Components
    mixture: Mixture

    def with_new_items(self, facts: ItemFacts) -> Recommender:
        """The same over more items, which stand behind the others; nothing is learnt."""
        return Recommender(self.components.with_new_items(facts), self.mixture)

    def scores(self, histories: Histories) -> Tensor:
        """`score_BN`; what a history has already had is not left out."""
        known_BNC, new_BNC = self.components.scores(histories)
        with torch.no_grad():
            score_BN: Tensor = self.mixture(known_BNC, new_BNC, self.components.new_N)
        return score_BN


def train_recommender(
    histories: Histories,
    facts: ItemFacts,
    config: RecommenderConfig,
    *,
    notify: Notify,
    before_refresh: Callable[[Recommender], None] = lambda recommender: None,
) -> Recommender:
    """Learn from all but the last item of each history, weigh by the last, then learn from all.

    The last network is kept from a tenth of the items, on which the weights of new ones are learnt:
    attributes that were trained on an item itself say more of it than those of a new one can. The
    other networks stand in for it where these items are ranked as what they are.

    Args:
        before_refresh: is shown the recommender whose networks know nothing of the last items.

    Raises:
        TrainingDiverged: as its name says.
    """
    earlier = histories.without_last(1)
    items = len(facts)
    pretended_N = np.random.default_rng((config.seed, 1)).random(items) < PRETENDED_NEW
    given = _for_each(earlier, pretended_N, len(config.id_dropouts))
    product_dtype = faster_dtype(torch.device("cpu"), config.network.width)
    networks = []
    for at, id_dropout in enumerate(config.id_dropouts):
        shape = replace(config.network, id_dropout=id_dropout)
        notify(f"network {at + 1} of {len(config.id_dropouts)}, id dropout {id_dropout:g}")
        networks.append(
            train_network(
                given[at],
                facts,
                shape,
                config.training,
                seed=config.seed + at,
                product_dtype=product_dtype,
                notify=notify,
            )
        )
    learnt_PN = _learnt(given, items)
    as_if_new = Components(
        networks, Counts.of(earlier, facts), learnt_PN, torch.from_numpy(pretended_N)
    )
    mixture = _fitted(as_if_new, histories, config)
    counts = Counts.of(histories, facts)
    before_refresh(Recommender(Components(networks, counts, learnt_PN), mixture))
    if config.refresh.epochs:
        for at, network in enumerate(networks):
            notify(f"network {at + 1} of {len(networks)}, with the newest items")
            train_network(
                histories,
                facts,
                network.config,
                config.refresh,
                seed=config.seed + at,
                product_dtype=product_dtype,
                notify=notify,
                start=network,
            )
        # Too little for what the last network was kept from: the others go on speaking for it.
        learnt_PN = _learnt(_for_each(histories, pretended_N, len(networks)), items)
    return Recommender(Components(networks, counts, learnt_PN), mixture)


def _fitted(components: Components, histories: Histories, config: RecommenderConfig) -> Mixture:
    """The mixture under which the last items of the histories come first."""
    random = np.random.default_rng(config.seed)
    able = np.flatnonzero(histories.lengths >= 2)
    shoppers = random.permutation(able)[:MIXED]
    last_U = histories.item_E[histories.start_U1[shoppers + 1] - 1]
    given = histories.chosen(shoppers).without_last(1)
    rival_US = rivals(histories, shoppers, RIVALS, random)
    candidate_US = np.concatenate((last_U[:, None], rival_US), axis=1)
    known, new = [], []
    for rows, known_BNC, new_BNC in scored(components, given):
        candidate_BS1 = torch.from_numpy(candidate_US[rows]).unsqueeze(2)
        known.append(known_BNC.gather(1, candidate_BS1.expand(-1, -1, known_BNC.shape[2])))
        new.append(new_BNC.gather(1, candidate_BS1.expand(-1, -1, new_BNC.shape[2])))
    candidate = torch.from_numpy(candidate_US)
    choices = Choices(
        torch.cat(known),
        torch.cat(new),
        is_new_US=torch.from_numpy(components.counts.popularity_N == 0)[candidate],
        is_taken_as_new_US=components.new_N[candidate],
    )
    return fit_mixture(choices, config.seed)


def scored(components: Components, histories: Histories) -> Iterator[tuple[slice, Tensor, Tensor]]:
    for first in range(0, len(histories), BATCH):
        rows = slice(first, min(first + BATCH, len(histories)))
        yield rows, *components.scores(histories.chosen(np.arange(rows.start, rows.stop)))


def rivals(histories: Histories, shoppers: Ints, count: int, random: np.random.Generator) -> Ints:
    """`item_US`: strangers to each of the shoppers, out of what anybody has had.

    That nobody took what nobody has had says nothing of it: it may not have been there to take.
    """
    had_H, place_E = np.unique(histories.item_E, return_inverse=True)
    placed = Histories(place_E, histories.start_U1).chosen(shoppers)
    return had_H[strangers(placed, len(had_H), count, random)]


def strangers(histories: Histories, items: int, count: int, random: np.random.Generator) -> Ints:
    """`item_US`: items drawn evenly out of those that each shopper has not had, all different.

    Where there are too few, some come twice.
    """
    drawn_US = np.empty((len(histories), count), dtype=np.int64)
    for shopper in range(len(histories)):
        own = histories[shopper]
        drawn = np.unique(random.integers(items, size=2 * count + len(own)))
        free = np.setdiff1d(drawn, own, assume_unique=False)
        if len(free) < count:
            free = np.setdiff1d(np.arange(items), own)
        if not len(free):
            free = np.arange(items)
        drawn_US[shopper] = random.choice(free, count, replace=len(free) < count)
    return drawn_US


def _for_each(histories: Histories, pretended_N: Bools, networks: int) -> list[Histories]:
    """What each network learns from; the last one is kept from the pretended items."""
    return [histories] * (networks - 1) + [histories.without_items(pretended_N)]


def _learnt(given: Sequence[Histories], items: int) -> Tensor:
    """`learnt_PN`: which items are in what each network learns from."""
    had = [np.bincount(one.item_E, minlength=items) > 0 for one in given]
    return torch.from_numpy(np.stack(had))
