"""Which parameters the items of a category have at all: `55 inch` is no wheel size of a TV."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from scipy import special

from graph.records import StatedIn

UNKNOWN = 0.5  # so much counts beside the categories known that another one is like them all
SLIPS = 0.002  # of items: of so many a dump says what none of their kind has
PEOPLE = ""  # the source of what they say
SURE = 0.8  # the most that is expected of a category whose own dumps could have said it
SILENT = 0.45  # so much of what other categories have is left where a dump is silent of its own
LINK_SLIPS = 0.1  # of items: of so many the title names a model of another kind
LEAST = 1e-300  # so that there is a logarithm

_Stated = Mapping[str, Mapping[str, tuple[int, int]]]


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
class Habits:
    """How likely an item of a category has a parameter, before its text is read.

    Where a dump says it of some items in a category, others of it may have it too; where a dump
    says it in other categories alone, the items of this one hardly do. Where no dump says, it is as
    with the categories around: the more of them have it, and the nearer they are in the tree, the
    likelier.

    Attributes:
        stated: by category and parameter, of how many items it is said, and of how many a person
            has refused it.
        items: by category and source, how many items it says anything of.
        sources: by parameter, which say it of any item.
        paths: by each category that there is, the ids from the root to itself.
        below: by category, itself and those under it of which something is said, and by parameter
            those that have it; all of them by `None`.
        asked: by category, how many titles in it were asked which model they name.
        named: by category, how many of them name one of each category.
        asked_by, named_by: the same by the brand too that a title is known to be of, None for none.
        makers: by category, the brands of the models in it.
    """

    stated: _Stated = field(default_factory=dict)
    items: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    sources: Mapping[str, frozenset[str]] = field(default_factory=dict)
    paths: Mapping[str, Sequence[str]] = field(default_factory=dict)
    below: Mapping[str | None, tuple[int, Mapping[str, int]]] = field(default_factory=dict)
    asked: Mapping[str, int] = field(default_factory=dict)
    named: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    asked_by: Mapping[str, Mapping[str | None, int]] = field(default_factory=dict)
    named_by: Mapping[str, Mapping[tuple[str, str | None], int]] = field(default_factory=dict)
    makers: Mapping[str, Set[str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        rows: Sequence[StatedIn],
        paths: Mapping[str, Sequence[str]],
        asked: Iterable[AskedTitle] = (),
        makers: Mapping[str, Set[str]] | None = None,
    ) -> Habits:
        """What dumps and people say of items, by their categories.

        Args:
            makers: by category, the brands of the models in it.
        """
        stated: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
        items: dict[str, dict[str, int]] = defaultdict(dict)
        sources: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            had, refused = stated[row.category].get(row.parameter, (0, 0))
            stated[row.category][row.parameter] = (had + row.items, refused + row.refused)
            if row.items:
                of = items[row.category].get(row.source, 0)
                items[row.category][row.source] = max(of, row.items)
                sources[row.parameter].add(row.source)
        asked_by = defaultdict[str, Counter[str | None]](Counter)
        named_by = defaultdict[str, Counter[tuple[str, str | None]]](Counter)
        for title in asked:
            asked_by[title.category][title.maker] += 1
            if title.of_model:
                named_by[title.category][title.of_model, title.maker] += 1
        habits = cls(
            stated,
            items,
            {parameter: frozenset(of) for parameter, of in sources.items()},
            paths,
            asked={category: sum(by.values()) for category, by in asked_by.items()},
            named={category: _in_all(by) for category, by in named_by.items()},
            asked_by=asked_by,
            named_by=named_by,
            makers=makers or {},
        )
        return replace(habits, below=habits._counted())

    def likely(self, category: str | None, parameter: str) -> float:
        """Probability that an item has a parameter, in 0..1; 1 for a category of no graph."""
        if category is None or category not in self.paths:
            return 1.0
        own = self._own(category, parameter)
        if self._has(category, parameter):
            return own
        others = [
            (self._kin(category, other), self._own(other, parameter))
            for other in self.named.get(category, {})
            if other != category
        ]
        total = max(1.0, sum(kin for kin, _ in others))
        others = [(kin / total, likely) for kin, likely in others]
        return own * (1 - sum(kin for kin, _ in others)) + sum(kin * one for kin, one in others)

    def worth(self, category: str | None, parameter: str) -> float:
        """What a reading is worth, in 0..1: what most other categories have, silence cannot deny.

        A dump that has no column for the colour of kettles says nothing of it: what is read of it
        waits for a person.
        """
        likely = self.likely(category, parameter)
        if category is None or category not in self.paths:
            return likely
        return max(likely, SILENT * self._around(category, parameter, unknown=0.0))

    def may_be_of(
        self, category: str | None, of_model: str | None, maker: str | None = None
    ) -> float:
        """Probability that items of a category are of models of another, in 0..1.

        1 where nothing speaks against it: one is above the other, or no title was asked. What is
        known to be of a maker of such models is held against titles of such makers alone, because
        the catalogue of one maker says nothing of the many others that a shop may sell.
        """
        if category is None or of_model is None or category not in self.asked:
            return 1.0
        if category in self.paths.get(of_model, ()) or of_model in self.paths.get(category, ()):
            return 1.0
        makers = self.makers.get(of_model, frozenset())
        if maker is None:
            return self._kin_by(category, of_model, {None, *makers})
        if maker in makers:
            return self._kin_by(category, of_model, makers)
        return self._kin(category, of_model)

    def _kin_by(self, category: str, of_model: str, makers: Set[str | None]) -> float:
        asked, named = self.asked_by[category], self.named_by.get(category, {})
        of = sum(asked.get(maker, 0) for maker in makers)
        if not of:
            return 1.0
        had = sum(named.get((of_model, maker), 0) for maker in makers)
        return _probability(_log_odds(had, of, LINK_SLIPS))

    def _kin(self, category: str, of_model: str) -> float:
        named = self.named.get(category, {}).get(of_model, 0)
        return _probability(_log_odds(named, self.asked[category], LINK_SLIPS))

    def _own(self, category: str, parameter: str) -> float:
        """By what is said in the category itself, and around it."""
        around = self._around(category, parameter)
        if (evidence := self._evidence(category, parameter)) is None:
            return around
        around = min(around, SURE)
        return _probability(math.log(around / (1 - around)) + evidence)

    def _around(self, category: str, parameter: str, unknown: float = 1.0) -> float:
        """The share of the other categories that have it: of all, then of ever nearer ones.

        `unknown`: what is taken for so of those that are not known.
        """
        itself, has = category in self.items, self._has(category, parameter)
        share = unknown
        for above in (None, *self.paths.get(category, (category,))):
            known, having = self.below.get(above, (0, {}))
            weight = UNKNOWN if above is None else 1.0
            others = having.get(parameter, 0) - has + weight * share
            share = others / (known - itself + weight)
        return share

    def _has(self, category: str, parameter: str) -> bool:
        evidence = self._evidence(category, parameter)
        return evidence is not None and evidence > 0

    def _evidence(self, category: str, parameter: str) -> float | None:
        """What is said of its own items, as log-odds; None: nothing, and nobody could.

        A dump that says it in other categories would; a person says one thing at a time.
        """
        had, refused = self.stated.get(category, {}).get(parameter, (0, 0))
        saying = self.sources.get(parameter, frozenset())
        silent = self.items.get(category, {}).items()
        of = sum(n for source, n in silent if source != PEOPLE and source in saying)
        of = max(of, had + refused)
        if not of:
            return None
        return _log_odds(had, of, SLIPS)

    def _counted(self) -> dict[str | None, tuple[int, dict[str, int]]]:
        known, having = Counter[str | None](), defaultdict[str | None, Counter[str]](Counter)
        for category in self.items:
            has = [one for one in self.stated[category] if self._has(category, one)]
            for above in (None, *self.paths.get(category, (category,))):
                known[above] += 1
                having[above].update(has)
        return {above: (count, having[above]) for above, count in known.items()}


def _in_all(named: Mapping[tuple[str, str | None], int]) -> Counter[str]:
    """How many name a model of each category, of whatever maker their items are."""
    total = Counter[str]()
    for (of_model, _), titles in named.items():
        total[of_model] += titles
    return total


def _log_odds(had: int, of: int, slips: float) -> float:
    """How much likelier more than `slips` of all items have it than less, as `had` of `of` do.

    Either way every share is as likely as any other.
    """
    more = float(special.betaincc(had + 1, of - had + 1, slips))
    less = float(special.betainc(had + 1, of - had + 1, slips))
    return math.log(max(more, LEAST) / (1 - slips)) - math.log(max(less, LEAST) / slips)


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(min(log_odds, 500.0), -500.0)))
