"""How far each kind of reading can be trusted, learnt from items whose facts are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from graph.records import ItemText, Named
from ml.grounding.lexicon import Found, Lexicon, all_named_in, has_shape, named_in
from ml.grounding.reading import Reading, read
from ml.grounding.stated import Stated

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
            for kind, named in _names_judged(item, lexicon):
                counts[kind][0] += named
                counts[kind][1] += 1
            stated = Stated.by(item)
            category = item.category.id if item.category else None
            for reading in read(item.title, lexicon, category=category):
                right = stated.agrees(reading.value)
                if right is not None and not reading.denied:
                    for kind in kinds(_as_of_others(reading, stated, lexicon)):
                        counts[kind][0] += right
                        counts[kind][1] += 1
        return cls({kind: (right, judged) for kind, (right, judged) in counts.items()})

    def confidence(self, reading: Reading) -> float:
        """Probability that the reading is right, in 0..1.

        The share of right ones among all of its kind; fewer of the kind, and what is known of more
        general kinds counts more (Beta priors, one inside of the other).
        """
        belief = self._belief(kinds(reading))
        if reading.expected is not None:  # the model says so too, or something else
            belief = belief ** (0.5 if reading.expected else 2.0)
        return min(belief * reading.share, 1.0)

    def of_name(self, what: NameKind, found: Found[Named], title: str) -> float:
        """The same for a brand or a category that a title names."""
        return self._belief(_kinds_of_name(what, found, title))

    def _belief(self, kinds: tuple[Kind, ...]) -> float:
        belief = PRIOR
        for kind in reversed(kinds):
            right, judged = self.counts.get(kind, (0, 0))
            belief = (right + PRIOR_COUNT * belief) / (judged + PRIOR_COUNT)
        return belief


def _as_of_others(reading: Reading, stated: Stated, lexicon: Lexicon) -> Reading:
    """As it is read where the item itself is not known: then a value of its own would be new."""
    value = reading.value
    if lexicon.items.get(value.id) != 1 or not stated.has(value):
        return reading
    if reading.how != "name":
        return replace(reading, known=False)
    if has_shape(value.text, reading.parameter, lexicon.shapes):
        return replace(reading, how="shape", known=False)
    return reading


def _names_judged(item: ItemText, lexicon: Lexicon) -> Iterator[tuple[Kind, bool]]:
    """Each kind of name in the title of an item that has such a thing, and whether it is that.

    Brands wherever they stand, not only the longest: a short one is seldom the longest by accident
    where makers are known, and often where they are not.
    """
    if item.brand is not None:
        for found in all_named_in(item.title, lexicon.brands):
            kinds = {("@brand", found.thing.id), *_kinds_of_name("brand", found, item.title)}
            yield from ((kind, found.thing.id == item.brand.id) for kind in kinds)
    if item.category is not None and (named := named_in(item.title, lexicon.categories)):
        for kind in _kinds_of_name("category", named, item.title):
            yield kind, named.thing.id == item.category.id


def _kinds_of_name(what: NameKind, found: Found[Named], title: str) -> tuple[Kind, ...]:
    """What a title begins with is mostly who made it; `Earth` in the midst of one is a word."""
    of, id = f"@{what}", found.thing.id
    if what == "category":
        return (of, id), (of,)
    if any(map(str.isalnum, title[: found.start])):
        return (of, id, "later"), (of, id), (of, "", "later")
    return (of, id, "first"), (of, "", "first")
