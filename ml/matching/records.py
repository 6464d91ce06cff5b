"""What matching takes and gives: items as fields, labelled pairs, scores with reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# An item as it is listed: any names of fields, any text in them; what is which is found out.
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two items of which somebody knows whether they are the same product."""

    left: Fields
    right: Fields
    same: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """What spoke for a match or against it.

    Attributes:
        name: for people, such as `model numbers`.
        contribution: in log-odds of the raw score; above 0 speaks for the same product.
    """

    name: str
    contribution: float


@dataclass(frozen=True, slots=True)
class PairScore:
    """How likely two items are the same product.

    Attributes:
        score: calibrated probability in 0..1; that of an untrained matcher is a mere order.
        reasons: the strongest ones, the strongest first.
    """

    score: float
    reasons: tuple[Reason, ...]


def identity(fields: Fields) -> str:
    """The same for two records exactly if they say the same in the same fields."""
    return "\x1e".join(f"{name}\x1f{fields[name]}" for name in sorted(fields) if fields[name])
