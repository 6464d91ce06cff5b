"""The baseline: the longest value that training knows of the parameter, wherever it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ml.extraction.known_values import KnownValues
from ml.extraction.labels import labels_of
from ml.extraction.records import LabelledText
from ml.extraction.slots import Slots
from ml.extraction.tokens import tokenise


class Dictionary:
    """Looks up, learns nothing: what it reaches, no model deserves praise for."""

    def __init__(self, texts: Sequence[LabelledText]) -> None:
        labels = [labels_of(text) for text in texts]
        self._slots = Slots.of_texts(texts)
        self._counts: dict[tuple[str, str, str], int] = Counter(
            (label.category, parameter, label.text.low[start:end])
            for label in labels
            for parameter, ((start, end), *_) in label.spans.items()
        )
        numbers: dict[str, int] = {}
        for _, _, value in self._counts:
            numbers.setdefault(value, len(numbers))
        self._known = KnownValues(numbers)

    def extract(self, text: str, category: str) -> dict[str, str]:
        """Value by parameter."""
        tokens = tokenise(text)
        starts, ends = set(tokens.starts_T.tolist()), set(tokens.ends_T.tolist())
        hits = [h for h in self._known.hits(tokens) if h.start in starts and h.end in ends]
        found = {}
        for parameter in self._slots.asked(category):
            best = max(
                (
                    (hit.end - hit.start, count, -hit.start, hit.end)
                    for hit in hits
                    if (count := self._count(category, parameter, tokens.low[hit.start : hit.end]))
                ),
                default=None,
            )
            if best is not None:
                found[parameter] = text[slice(*tokens.clean.original_span(-best[2], best[3]))]
        return found

    def _count(self, category: str, parameter: str, value: str) -> int:
        return self._counts.get((category, parameter, value), 0)
