"""What is known of a title and what is found in one."""

from __future__ import annotations

from dataclasses import dataclass

from ml.errors import SpansInvalid


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity found in a text: `text[start:end]`.

    Attributes:
        type: as the labels that were learnt from call it.
        start: in characters of the text as it was given.
        end: of the first character behind it.
        confidence: calibrated probability that exactly this span is one of this type, in 0..1.
    """

    type: str
    text: str
    start: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class LabelledTitle:
    """A text with all of its entities: type, start and end, from left to right.

    Raises:
        SpansInvalid: a span lies outside of the text, is empty, or overlaps the one before.
    """

    text: str
    entities: tuple[tuple[str, int, int], ...]

    def __post_init__(self) -> None:
        free = 0
        for kind, start, end in self.entities:
            if not free <= start < end <= len(self.text):
                raise SpansInvalid(text=self.text, type=kind, start=start, end=end)
            free = end
