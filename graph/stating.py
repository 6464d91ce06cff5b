"""What becomes of a fact that a model states, beside what is said of its parameter already.

Reviewed stands above catalog, extracted and predicted, as in `graph.precedence`. Where an accepted
fact of a higher origin speaks of the parameter, a stated one is proposed at most, and left out
where it says the same. What a person rejected stays rejected. One fact is kept for each item,
value and origin: who reads the texts again, or is the same model, may change what was said, another
one only by being more confident.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from graph.records import Origin, StatedFact, Status

Outcome = Literal["written", "unchanged", "outranked", "rejected", "stale"]

_RANKS: Mapping[Origin, int] = {"reviewed": 0, "catalog": 1, "extracted": 2, "predicted": 3}
# A contradiction weighs like the step from a sure fact to one that is half as uncertain as can be.
_DISAGREEMENT = 0.5


@dataclass(frozen=True, slots=True)
class Standing:
    """One statement about a parameter as it is stored; `inherited` from the item's model."""

    parameter: str
    value: str
    origin: Origin
    status: Status
    confidence: float
    evidence: str | None
    model: str | None
    inherited: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a fact.

    Attributes:
        status: with which it is to be stored; None: nothing is.
        ends: what is stored of it ends: somebody of a higher origin says the same.
    """

    outcome: Outcome
    status: Status | None = None
    ends: bool = False


def settle_stated(fact: StatedFact, beside: Sequence[Standing], *, again: bool = False) -> Settled:
    """What becomes of it.

    Args:
        beside: everything that is said of the fact's parameter.
        again: it is in the place of what was read in the same texts before, whoever read that.
    """
    same = [one for one in beside if one.value == fact.value.id and not one.inherited]
    if any(one.origin == "reviewed" and one.status == "rejected" for one in same):
        return Settled("rejected")
    higher = _higher(fact.origin, beside)
    if any(not one.inherited for one in higher if one.value == fact.value.id):
        return Settled("outranked", ends=True)
    contradicted = _contradicts(fact.value.id, higher)
    status: Status = "proposed" if contradicted else fact.status
    own = next((one for one in same if one.origin == fact.origin), None)
    changed = own is None or _replaces(fact, status, own, again=again)
    outcome: Outcome = "outranked" if contradicted else "written" if changed else "unchanged"
    return Settled(outcome, status if changed else None)


def disagrees(value: str, beside: Sequence[Standing]) -> bool:
    """Whether anybody, accepted or proposed, says something else of the parameter."""
    return any(one.status != "rejected" and one.value != value for one in beside)


def worth(confidence: float, *, disagreement: bool) -> float:
    """How much an answer would teach: most where the model does not know, or is contradicted."""
    return 1.0 - 2.0 * abs(confidence - 0.5) + (_DISAGREEMENT if disagreement else 0.0)


class Turns:
    """Spreads a review list over parameters and items: what comes later of either counts less."""

    def __init__(self) -> None:
        self._taken: Counter[tuple[str, str]] = Counter()

    def next(self, item: str, parameter: str) -> int:
        """How many went before of this item or parameter, whichever are more."""
        keys = (("item", item), ("parameter", parameter))
        turn = max(self._taken[key] for key in keys)
        for key in keys:
            self._taken[key] = turn + 1
        return turn


def teaches(worth: float, turn: int) -> float:
    """The key of the review list; rounded, because it travels in cursors."""
    return round(worth / (1 + turn), 6)


def model_name(model: str | None) -> str:
    """`extraction` of `extraction@7`: versions of one model replace what the others said."""
    return (model or "").partition("@")[0]


def _higher(origin: Origin, beside: Sequence[Standing]) -> list[Standing]:
    rank = _RANKS[origin]
    return [one for one in beside if one.status == "accepted" and _RANKS[one.origin] < rank]


def _contradicts(value: str, higher: Sequence[Standing]) -> bool:
    """What the item's own facts say counts before what it has from its model."""
    own = [one for one in higher if not one.inherited]
    return bool(own or higher) and value not in {one.value for one in own or higher}


def _replaces(fact: StatedFact, status: Status, own: Standing, *, again: bool) -> bool:
    stored = (own.status, own.confidence, own.evidence or "", own.model)
    if (status, fact.confidence, fact.evidence, fact.model) == stored:
        return False
    same_model = model_name(fact.model) == model_name(own.model)
    return again or same_model or fact.confidence > own.confidence
