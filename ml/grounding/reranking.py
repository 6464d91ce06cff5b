"""What a text may state, weighed once more by what similar items have: raised or lowered."""

# R candidates, F features

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from graph.records import FactText, ItemText
from ml.filling.trees import Trees
from ml.grounding.reading import Reading

if TYPE_CHECKING:
    from ml.filling.plausibility import Plausible, Question

Floats = NDArray[np.float64]

FEATURES = (
    "confidence",
    "share",
    "chosen",
    "cued",
    "known",
    "named",
    "rival_confidence",
    "again_confidence",
    "has_say",
    "probability",
    "lift",
    "behind_best",
    "agreeing",
    "alike",
    "rival_probability",
    "again_probability",
)
OF_TEXT = 8  # so many come first that come from the text alone
NOTHING = np.empty((0, len(FEATURES)))
LIKELY = 0.5  # share from which on a reading says what kind of item this is
_EDGE = 1e-3  # probabilities are kept so far from 0 and 1 before their logarithm is taken


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reading of a text, with what reading alone makes of it."""

    reading: Reading
    confidence: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """A confidence after what similar items say; None: they have no say."""

    confidence: float
    plausible: Plausible | None


class Similar(Protocol):
    """`ml.filling.plausibility.Plausibility`, which is slow to import."""

    def of(self, questions: Sequence[Question]) -> list[Plausible | None]: ...


@dataclass(frozen=True, slots=True)
class PlausibleReading:
    """A reranker with the similar items that it asks."""

    name: str
    reranker: Trees
    similar: Similar

    def weighed(
        self, items: Sequence[ItemText], candidates: Sequence[Sequence[Candidate]]
    ) -> list[list[Weighed]]:
        """For each candidate of each item; an item has what is known of it beside its text."""
        plausible = asked_of(self.similar, items, candidates)
        rows = [features(own, of) for own, of in zip(candidates, plausible, strict=True)]
        confidence_R = iter(self.reranker.confidence(np.concatenate([NOTHING, *rows])).tolist())
        return [[Weighed(next(confidence_R), one) for one in of] for of in plausible]


def asked_of(
    similar: Similar,
    items: Sequence[ItemText],
    candidates: Sequence[Sequence[Candidate]],
    families: Sequence[str] | None = None,
) -> list[list[Plausible | None]]:
    """What items like these say of every candidate; of `families`, where given, none is asked."""
    from ml.filling.plausibility import Question

    questions = [
        Question(_beside(item, candidate, own), _fact(candidate.reading), family)
        for item, own, family in zip(
            items, candidates, families or repeat(None, len(items)), strict=True
        )
        for candidate in own
    ]
    answers = iter(similar.of(questions))
    return [[next(answers) for _ in own] for own in candidates]


def _beside(item: ItemText, asked: Candidate, candidates: Sequence[Candidate]) -> ItemText:
    """The item, with what the other words of its text most probably state."""
    other = [
        _fact(one.reading)
        for one in candidates
        if one.reading.chosen and one.reading.share >= LIKELY and not _overlap(one, asked)
    ]
    return msgspec.structs.replace(item, facts=(*item.facts, *other))


def _fact(reading: Reading) -> FactText:
    value = reading.value
    return FactText(reading.parameter, "", value.id, value.text, value.number, value.unit)


def features(candidates: Sequence[Candidate], plausible: Sequence[Plausible | None]) -> Floats:
    """The numbers that a text's candidates are weighed by, [R, F]."""
    rows = [
        [*_of_text(one, candidates), *_of_similar(one, candidates, own, plausible)]
        for one, own in zip(candidates, plausible, strict=True)
    ]
    return np.array(rows, dtype=np.float64) if rows else NOTHING


def _of_text(one: Candidate, candidates: Sequence[Candidate]) -> Iterator[float]:
    reading = one.reading
    yield _logit(one.confidence)
    yield _logit(reading.share)
    yield reading.chosen
    yield reading.cued
    yield reading.known
    yield reading.how == "name"
    for kind in (_rivals, _again):
        yield _logit(max((other.confidence for _, other in kind(one, candidates)), default=0.0))


def _of_similar(
    one: Candidate,
    candidates: Sequence[Candidate],
    own: Plausible | None,
    plausible: Sequence[Plausible | None],
) -> Iterator[float]:
    yield own is not None
    if own is None:
        yield from (0.0,) * 5
    else:
        yield _logit(own.probability)
        yield _log(own.probability) - _log(own.prior)
        yield _log(own.probability) - _log(own.best_probability)
        yield _logit((own.agreeing + 1.0 * own.prior) / (own.alike + 1.0))
        yield math.log1p(own.alike)
    for kind in (_rivals, _again):
        others = (plausible[at] for at, _ in kind(one, candidates))
        yield max((_log(other.probability) for other in others if other), default=_log(0.0))


def _rivals(one: Candidate, all: Sequence[Candidate]) -> Iterator[tuple[int, Candidate]]:
    """What else the same words could state."""
    return (
        (at, other) for at, other in enumerate(all) if other is not one and _overlap(one, other)
    )


def _again(one: Candidate, all: Sequence[Candidate]) -> Iterator[tuple[int, Candidate]]:
    """What other words could state of the same parameter, where it is another value."""
    return (
        (at, other)
        for at, other in enumerate(all)
        if other.reading.parameter == one.reading.parameter
        and other.reading.value.id != one.reading.value.id
        and not _overlap(one, other)
    )


def _overlap(one: Candidate, other: Candidate) -> bool:
    return one.reading.start < other.reading.end and other.reading.start < one.reading.end


def _logit(probability: float) -> float:
    kept = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(kept / (1 - kept))


def _log(probability: float) -> float:
    return math.log(max(probability, _EDGE))
