"""What the span network learns from: a question with its answers."""

from __future__ import annotations

from dataclasses import dataclass

from ml.extraction.network_inputs import Question

Span = tuple[int, int]  # first token, and how many more belong to it


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question with its answers.

    Attributes:
        spans: by parameter, first token and length - 1 of every place that says the value.
        silent: parameters that the text is known not to say.
        absent: parameters that its labels do not name.
    """

    question: Question
    spans: dict[str, tuple[Span, ...]]
    silent: frozenset[str]
    absent: frozenset[str]
