"""What extraction learns from, a labelled text, as opposed to what it answers with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Notify = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text and what is known of it.

    Attributes:
        category: empty where it is unknown.
        values: by parameter; None: somebody looked, and the text does not say it.
    """

    text: str
    category: str
    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Extraction:
    """One value of one parameter, and where the text says it.

    Attributes:
        value: exactly `text[start:end]` of the text that was given.
        confidence: share of such answers that are right, in 0..1.
    """

    parameter: str
    value: str
    start: int
    end: int
    confidence: float
