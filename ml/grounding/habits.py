"""Which parameters the items of a category have at all: `55 inch` is no wheel size of a TV."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from graph.records import StatedIn
from ml.grounding.kin import Kin, log_odds, probability

USUAL = 0.5  # what is less likely hardly any item of a category has
UNKNOWN = 0.5  # so much counts beside the categories known that another one is like them all
SLIPS = 0.002  # of items: of so many a dump says what none of their kind has
PEOPLE = ""  # the source of what they say
SURE = 0.8  # the most that is expected of a category whose own dumps could have said it
SILENT = 0.45  # so much of what other categories have is left where a dump is silent of its own

_Stated = Mapping[str, Mapping[str, tuple[int, int]]]


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
        kin: which other categories' models the items of a category are of.
    """

    stated: _Stated = field(default_factory=dict)
    items: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    sources: Mapping[str, frozenset[str]] = field(default_factory=dict)
    paths: Mapping[str, Sequence[str]] = field(default_factory=dict)
    below: Mapping[str | None, tuple[int, Mapping[str, int]]] = field(default_factory=dict)
    kin: Kin = field(default=Kin())

    @classmethod
    def of(
        cls,
        rows: Sequence[StatedIn],
        paths: Mapping[str, Sequence[str]],
        kin: Kin | None = None,
    ) -> Habits:
        """What dumps and people say of items, by their categories."""
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
        habits = cls(
            stated,
            items,
            {parameter: frozenset(of) for parameter, of in sources.items()},
            paths,
            kin=kin or Kin(),
        )
        return replace(habits, below=habits._counted())

    def likely(self, category: str | None, parameter: str) -> float:
        """Probability that an item has a parameter, in 0..1; 1 for a category of no graph."""
        if category is None or category not in self.paths:
            return 1.0
        own = self._own(category, parameter)
        if self._has(category, parameter):
            return own
        kin = self.kin.others(category)
        total = max(1.0, sum(kin.values()))
        others = sum(share * self._own(other, parameter) for other, share in kin.items())
        return own * (1 - sum(kin.values()) / total) + others / total

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

        1 where nothing speaks against it: one is above the other, or no title was asked.
        """
        if category is None or of_model is None:
            return 1.0
        if category in self.paths.get(of_model, ()) or of_model in self.paths.get(category, ()):
            return 1.0
        return self.kin.likely(category, of_model, maker)

    def _own(self, category: str, parameter: str) -> float:
        """By what is said in the category itself, and around it."""
        around = self._around(category, parameter)
        if (evidence := self._evidence(category, parameter)) is None:
            return around
        around = min(around, SURE)
        return probability(math.log(around / (1 - around)) + evidence)

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
        return log_odds(had, of, SLIPS)

    def _counted(self) -> dict[str | None, tuple[int, dict[str, int]]]:
        known, having = Counter[str | None](), defaultdict[str | None, Counter[str]](Counter)
        for category in self.items:
            has = [one for one in self.stated[category] if self._has(category, one)]
            for above in (None, *self.paths.get(category, (category,))):
                known[above] += 1
                having[above].update(has)
        return {above: (count, having[above]) for above, count in known.items()}
