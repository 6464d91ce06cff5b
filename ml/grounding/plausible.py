"""What rules read in the texts of items, weighed once more by what similar items have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from graph.records import ItemText
from ml.grounding.reading import Reading

if TYPE_CHECKING:
    from ml.filling.plausibility import Plausible
    from ml.grounding.reranking import Candidate, Weighed

_SWAYED = 0.1  # of confidence, from which on a person is told which way similar items pulled
MOST_WEIGHED = 64  # candidates of one field; a page of quantities keeps what reading makes of it
FEW = 3  # alike that state a parameter; fewer are no reason to give


@dataclass(frozen=True, slots=True)
class Read:
    """A reading of one field with its confidence.

    Attributes:
        confidence: that it is right where the item has such a parameter at all.
        weighed_by: NAME@VERSION of what weighed it once more; None: reading alone is sure of it.
        before: its confidence by reading alone, where it was weighed once more.
    """

    field: str
    reading: Reading
    confidence: float
    weighed_by: str | None = None
    before: float | None = None
    plausible: Plausible | None = None

    @property
    def sureness(self) -> float:
        """Probability that the item has this value, in 0..1."""
        return self.confidence * self.reading.usual


class Weigher(Protocol):
    """`ml.grounding.reranking.PlausibleReading`, which is slow to import."""

    @property
    def name(self) -> str:
        """NAME@VERSION."""

    def weighed(
        self, items: Sequence[ItemText], candidates: Sequence[Sequence[Candidate]]
    ) -> Sequence[Sequence[Weighed]]: ...


def weighed(
    weigher: Weigher, items: Sequence[ItemText], reads: Sequence[Sequence[Read]]
) -> list[list[Read]]:
    """The surest reading of each place, with the confidence that similar items leave it.

    What the model of an item says or denies itself keeps its confidence: nothing similar knows
    better, and neither do fields with more than `MOST_WEIGHED` candidates. Fields of one item are
    weighed apart, because words of two fields are no rivals.
    """
    from ml.grounding.judging import surest
    from ml.grounding.reranking import Candidate

    kept: list[list[Read]] = [[] for _ in reads]
    parts = []
    for place, own in enumerate(reads):
        for field in dict.fromkeys(one.field for one in own):
            part = [one for one in own if one.field == field]
            if len(part) <= MOST_WEIGHED:
                parts.append((place, part))
            else:
                kept[place] += [one for one in part if one.reading.chosen]
    candidates = [[Candidate(one.reading, one.confidence) for one in part] for _, part in parts]
    found = weigher.weighed([items[place] for place, _ in parts], candidates)
    for (place, part), asked, of in zip(parts, candidates, found, strict=True):
        now = [_weighed(one, again, weigher.name) for one, again in zip(part, of, strict=True)]
        best = surest(asked, [one.sureness for one in now])
        kept[place] += [one for one, is_best in zip(now, best, strict=True) if is_best]
    return kept


def _weighed(read: Read, again: Weighed, name: str) -> Read:
    if read.reading.expected is not None:
        return read
    return replace(
        read,
        confidence=again.confidence,
        weighed_by=name,
        before=read.confidence,
        plausible=again.plausible,
    )


def reasons_of(read: Read) -> Iterator[str]:
    """What similar items had to say, for people."""
    if read.before is None:
        return
    said = read.plausible
    if said is not None and said.alike >= FEW:
        value = read.reading.value.text
        yield f"{said.agreeing} of {said.alike} alike have {value}"
        if said.rank > 1 and said.best_probability > said.probability:
            yield f"the likeliest for one like this is {said.best}"
    if abs(read.confidence - read.before) >= _SWAYED:
        way = "raised" if read.confidence > read.before else "lowered"
        yield f"{way} from {read.before:.2f} by what similar items have"
