"""Items by name, ranked after a history of names; more items may come to those of the training."""

# N items, K best

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch

from ml.recommendation.recommender import Recommender
from ml.recommendation.sequences import Histories, ItemFacts


@dataclass(frozen=True)
class ItemRanking:
    """Ranks items by name after a history of names.

    Attributes:
        items: in the order of their positions in the recommender; so are `attributes`.
    """

    items: tuple[str, ...]
    attributes: tuple[str, ...]
    recommender: Recommender

    @cached_property
    def _place(self) -> dict[str, int]:
        return {item: at for at, item in enumerate(self.items)}

    @cached_property
    def _attribute_place(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.attributes)}

    def known(self, history: Sequence[str]) -> list[str]:
        """What of a history says something here.

        Nothing does an item that nobody has had, and whose attributes no such item has either.
        """
        says_N = self.recommender.components.says_N
        return [item for item in history if item in self._place and says_N[self._place[item]]]

    def with_new_items(self, attributes_of: Mapping[str, Sequence[str]]) -> ItemRanking:
        """The same with items that came after the training; nothing is learnt.

        They are ranked by what is known of them, as items that nobody has had in the training are,
        and say as much in a history. The others keep their scores. What is among the items already
        stays as it is; an item of which no attribute is known here is left out.

        Args:
            attributes_of: names of attributes by item; those that the training had not are ignored.
        """
        places = {
            item: [self._attribute_place[name] for name in names if name in self._attribute_place]
            for item, names in attributes_of.items()
            if item not in self._place
        }
        new = {item: places for item, places in places.items() if places}
        if not new:
            return self
        facts = ItemFacts.of(new.values(), len(self.attributes))
        recommender = self.recommender.with_new_items(facts)
        return ItemRanking((*self.items, *new), self.attributes, recommender)

    def rank(self, history: Sequence[str], count: int) -> list[tuple[str, float]]:
        """At most `count` items that are not in the history, the best first.

        The score is how likely an item is next against the best one, which has 1; none where
        nothing of the history is known.
        """
        taken = [self._place[item] for item in self.known(history)]
        if not taken:
            return []
        score_N = self.recommender.scores(Histories.of([taken]))[0]
        score_N[torch.tensor(taken)] = -torch.inf
        best_K, place_K = score_N.topk(min(count, len(score_N)))
        relative_K = torch.exp(best_K - best_K[0])
        found = zip(place_K.tolist(), best_K.tolist(), relative_K.tolist(), strict=True)
        return [(self.items[at], share) for at, best, share in found if best > -torch.inf]
