"""Of models of which categories the items of a category are, by what their titles name."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from scipy import special

SLIPS = 0.1  # of items: of so many the title names a model of another kind
_LEAST = 1e-300  # so that there is a logarithm


@dataclass(frozen=True, slots=True)
class AskedTitle:
    """A title that was asked which model it names.

    Attributes:
        category: of its item.
        of_model: the category of the model; None: it names none.
        maker: the brand that its item is known to be of.
    """

    category: str
    of_model: str | None
    maker: str | None = None


@dataclass(frozen=True, slots=True)
class Kin:
    """How many titles of a category name models of which other.

    Attributes:
        asked: by category, how many titles in it were asked, by the brand that each is known to be
            of, None for none.
        named: by category, how many of them name a model of each category, by brand as well.
        makers: by category, the brands of the models in it.
    """

    asked: Mapping[str, Mapping[str | None, int]] = field(default_factory=dict)
    named: Mapping[str, Mapping[tuple[str, str | None], int]] = field(default_factory=dict)
    makers: Mapping[str, Set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, titles: Iterable[AskedTitle], makers: Mapping[str, Set[str]]) -> Kin:
        asked = defaultdict[str, Counter[str | None]](Counter)
        named = defaultdict[str, Counter[tuple[str, str | None]]](Counter)
        for title in titles:
            asked[title.category][title.maker] += 1
            if title.of_model:
                named[title.category][title.of_model, title.maker] += 1
        return cls(asked, named, makers)

    def others(self, category: str) -> dict[str, float]:
        """By each other category that titles name models of, how likely its items are of such."""
        named = {of_model for of_model, _ in self.named.get(category, {})} - {category}
        return {of_model: self._likely(category, of_model) for of_model in sorted(named)}

    def likely(self, category: str, of_model: str, maker: str | None) -> float:
        """Probability that items of a category are of models of another; 1: no title was asked.

        What is known to be of a maker of such models is held against titles of such makers alone,
        because the catalogue of one maker says nothing of the many others that a shop may sell.
        """
        makers = self.makers.get(of_model, frozenset())
        if maker is None:
            return self._likely(category, of_model, {None, *makers})
        return self._likely(category, of_model, makers if maker in makers else None)

    def _likely(self, category: str, of_model: str, makers: Set[str | None] | None = None) -> float:
        """`makers`: titles of these alone count; None: all do."""
        asked = self.asked.get(category, {}).items()
        of = sum(n for maker, n in asked if makers is None or maker in makers)
        if not of:
            return 1.0
        named = self.named.get(category, {}).items()
        had = sum(
            n
            for (other, maker), n in named
            if other == of_model and (makers is None or maker in makers)
        )
        return probability(log_odds(had, of, SLIPS))


def log_odds(had: int, of: int, slips: float) -> float:
    """How much likelier more than `slips` of all items have it than less, as `had` of `of` do.

    Either way every share is as likely as any other.
    """
    more = float(special.betaincc(had + 1, of - had + 1, slips))
    less = float(special.betainc(had + 1, of - had + 1, slips))
    return math.log(max(more, _LEAST) / (1 - slips)) - math.log(max(less, _LEAST) / slips)


def probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(min(log_odds, 500.0), -500.0)))
