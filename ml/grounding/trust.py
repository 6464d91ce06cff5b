"""How far each kind of reading can be trusted, learnt from items whose facts are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Literal

from graph.records import ItemText
from ml.grounding.lexicon import Lexicon, named_in
from ml.grounding.reading import Reading, read

# Before anything is known: 7 of 10 readings are right, as if 4 of them had been looked at.
PRIOR = 0.7
PRIOR_COUNT = 4.0

Kind = tuple[str, ...]
NameKind = Literal["brand", "category"]


def kinds(reading: Reading) -> tuple[Kind, ...]:
    """What is counted of a reading, from the most particular to the most general."""
    sure = "sure" if reading.share >= 0.9 else "unsure"
    how = "cued" if reading.cued else reading.how
    known = "known" if reading.known else "new"
    return (
        (reading.parameter, reading.value.id),
        (reading.parameter, how, known, sure),
        (how, known, sure),
    )


@dataclass(frozen=True, slots=True)
class Trust:
    """How often readings of a kind were right, of how many that could be judged."""

    counts: Mapping[Kind, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def learnt(cls, items: Iterable[ItemText], lexicon: Lexicon) -> Trust:
        """From titles of items that say in facts of their own, or of their model, what is so.

        A parameter of which nothing is known says nothing of a reading.
        """
        counts: dict[Kind, list[int]] = defaultdict(lambda: [0, 0])
        for item in items:
            for what, named, known in (
                ("brand", item.brand, lexicon.brands),
                ("category", item.category, lexicon.categories),
            ):
                found = named_in(item.title, known) if named else None
                if named and found:
                    for kind in _kinds_of_name(what, found.thing.id):
                        counts[kind][0] += found.thing.id == named.id
                        counts[kind][1] += 1
            facts = facts_of(item)
            category = item.category.id if item.category else None
            for reading in read(item.title, lexicon, category=category):
                if reading.parameter in facts and not reading.denied:
                    for kind in kinds(reading):
                        counts[kind][0] += reading.value.id in facts[reading.parameter]
                        counts[kind][1] += 1
        return cls({kind: (right, judged) for kind, (right, judged) in counts.items()})

    def confidence(self, reading: Reading) -> float:
        """Probability that the reading is right, in 0..1.

        The share of right ones among all of its kind; fewer of the kind, and what is known of more
        general kinds counts more (Beta priors, one inside of the other).
        """
        belief = self._belief(kinds(reading))
        if reading.expected is not None:  # the model says so itself, or something else
            belief = belief ** (0.5 if reading.expected else 2.0)
        return min(belief * reading.share, 1.0)

    def of_name(self, what: NameKind, id: str) -> float:
        """The same for a brand or a category that a text names."""
        return self._belief(_kinds_of_name(what, id))

    def _belief(self, kinds: tuple[Kind, ...]) -> float:
        belief = PRIOR
        for kind in reversed(kinds):
            right, judged = self.counts.get(kind, (0, 0))
            belief = (right + PRIOR_COUNT * belief) / (judged + PRIOR_COUNT)
        return belief


def _kinds_of_name(what: str, id: str) -> tuple[Kind, ...]:
    return (f"@{what}", id), (f"@{what}",)


def facts_of(item: ItemText) -> dict[str, Set[str]]:
    """The ids of its values by parameter; its model's where it says nothing itself."""
    facts: dict[str, set[str]] = defaultdict(set)
    for fact in (*item.facts, *item.inherited):
        facts[fact.parameter].add(fact.value)
    return dict(facts)
