"""Numbers for the words, values and patterns of the training texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ml.extraction.labels import Labels
from ml.extraction.tokens import pattern_of

STRANGER = -1


def word_class(word: str) -> str:
    """Numbers of one length are one word: what matters is what stands beside them."""
    return f"#{min(len(word), 6)}" if word[0].isdigit() else word


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Ids by text; what training never met has none.

    Attributes:
        words: classes of lower-case words.
        values: in lower case.
        patterns: of values.
    """

    words: dict[str, int] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    patterns: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, labels: Iterable[Labels], weak_values: Iterable[str] = ()) -> Vocabulary:
        """Args: `weak_values`, in lower case, of texts that others labelled."""
        made = cls()
        for label in labels:
            for word in label.text.words:
                made.words.setdefault(word_class(word), len(made.words))
            for parameter, spans in label.spans.items():
                start, end = spans[0]
                made.values.setdefault(label.text.low[start:end], len(made.values))
                pattern = pattern_of(label.value(parameter))
                made.patterns.setdefault(pattern, len(made.patterns))
        for value in weak_values:
            made.values.setdefault(value, len(made.values))
        return made

    def word(self, word: str) -> int:
        return self.words.get(word_class(word), STRANGER)
