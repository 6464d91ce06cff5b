"""Which parameters the items of a category have at all: `55 inch` is no wheel size of a TV."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from graph.records import StatedIn

UNKNOWN = 0.5  # so much counts beside the categories known that another one is like them all
SLIP = 0.002  # of items: of so many a dump says what none of their kind has
PEOPLE = ""  # the source of what they say
SURE = 0.8  # the most that is expected of a category whose own dumps could have said it
LINKS = 1.0  # so much counts beside the models of a category's items that others are of none

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
        alike: by category, the share of its items whose models are of each category.
    """

    stated: _Stated = field(default_factory=dict)
    items: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    sources: Mapping[str, frozenset[str]] = field(default_factory=dict)
    paths: Mapping[str, Sequence[str]] = field(default_factory=dict)
    below: Mapping[str | None, tuple[int, Mapping[str, int]]] = field(default_factory=dict)
    alike: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        rows: Sequence[StatedIn],
        paths: Mapping[str, Sequence[str]],
        models: Iterable[tuple[str, str]] = (),
    ) -> Habits:
        """What dumps and people say of items, by their categories.

        Args:
            models: of an item its category and that of its model.
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
        habits = cls(
            stated,
            items,
            {parameter: frozenset(of) for parameter, of in sources.items()},
            paths,
            alike=_shares(models),
        )
        return replace(habits, below=habits._counted())

    def likely(self, category: str | None, parameter: str) -> float:
        """Probability that an item has a parameter, in 0..1; 1 for a category of no graph."""
        if category is None or category not in self.paths:
            return 1.0
        own = self._own(category, parameter)
        if self._has(category, parameter):
            return own
        alike = self.alike.get(category, {})
        others = [(share, self._own(other, parameter)) for other, share in alike.items()]
        return (1 - sum(alike.values())) * own + sum(share * other for share, other in others)

    def _own(self, category: str, parameter: str) -> float:
        """By what is said in the category itself, and around it."""
        around = self._around(category, parameter)
        if (evidence := self._evidence(category, parameter)) is None:
            return around
        around = min(around, SURE)
        return 1 / (1 + (1 - around) / around * math.exp(min(-evidence, 500.0)))

    def _around(self, category: str, parameter: str) -> float:
        """The share of the other categories that have it: of all, then of ever nearer ones."""
        itself, has = category in self.items, self._has(category, parameter)
        share = 1.0
        for above in (None, *self.paths[category]):
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

        How probable that it is said of so many of them is, where any share is as likely as any
        other, against how probable where all are slips.
        """
        had, refused = self.stated.get(category, {}).get(parameter, (0, 0))
        saying = self.sources.get(parameter, frozenset())
        silent = self.items.get(category, {}).items()
        of = sum(n for source, n in silent if source != PEOPLE and source in saying)
        of = max(of, had + refused)
        if not of:
            return None
        some = math.lgamma(had + 1) + math.lgamma(of - had + 1) - math.lgamma(of + 2)
        return some - had * math.log(SLIP) - (of - had) * math.log1p(-SLIP)

    def _counted(self) -> dict[str | None, tuple[int, dict[str, int]]]:
        known, having = Counter[str | None](), defaultdict[str | None, Counter[str]](Counter)
        for category in self.items:
            has = [one for one in self.stated[category] if self._has(category, one)]
            for above in (None, *self.paths[category]):
                known[above] += 1
                having[above].update(has)
        return {above: (count, having[above]) for above, count in known.items()}


def _shares(models: Iterable[tuple[str, str]]) -> dict[str, dict[str, float]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for category, of_model in models:
        counts[category][of_model] += 1
    return {
        category: {other: n / (of.total() + LINKS) for other, n in of.items()}
        for category, of in counts.items()
    }
