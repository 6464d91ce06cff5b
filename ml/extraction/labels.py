"""Labels found in their texts: which characters, which tokens say the value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ml.extraction.cleaning import clean
from ml.extraction.records import LabelledText
from ml.extraction.tokens import LONGEST_SPAN, TokenText, tokenise


@dataclass(frozen=True, slots=True)
class Labels:
    """A text in tokens, and where it says what.

    Attributes:
        spans: by parameter, the characters of every place that says its value.
        silent: parameters that it is known not to say.
    """

    text: TokenText
    category: str
    spans: dict[str, tuple[tuple[int, int], ...]]
    silent: frozenset[str]

    def token_spans(self, parameter: str) -> tuple[tuple[int, int], ...]:
        """First token and length - 1 of the places; a part of a word is the whole word."""
        found = []
        for start, end in self.spans.get(parameter, ()):
            first, last = self.text.covering(start, end)
            if last - first < LONGEST_SPAN and 0 <= first <= last:
                found.append((first, last - first))
        return tuple(dict.fromkeys(found))

    def value(self, parameter: str) -> str:
        start, end = self.spans[parameter][0]
        return self.text.clean.text[start:end]


def labels_of(text: LabelledText) -> Labels:
    """A value that is not in the text is left out, as if nobody had asked for it."""
    tokens = tokenise(text.text)
    spans = {}
    for parameter, value in text.values.items():
        places = [] if value is None else places_of(value, tokens)
        if places:
            spans[parameter] = tuple(places)
    silent = frozenset(name for name, value in text.values.items() if value is None)
    return Labels(tokens, text.category, spans, silent)


def places_of(value: str, text: TokenText) -> list[tuple[int, int]]:
    """Characters of every place; where whole tokens say it, only those."""
    wanted = clean(value).text.strip()
    if not wanted:
        return []
    places = []
    at = text.clean.text.find(wanted)
    limit = int(text.ends_T[-1]) if len(text.ends_T) else 0
    while at >= 0 and at + len(wanted) <= limit:
        places.append((at, at + len(wanted)))
        at = text.clean.text.find(wanted, at + 1)
    starts, ends = set(text.starts_T.tolist()), set(text.ends_T.tolist())
    whole = [(start, end) for start, end in places if start in starts and end in ends]
    return whole or places


def says_all(texts: Sequence[LabelledText]) -> bool:
    """Whether the labels name all that a text says.

    Where nobody ever wrote that a text does not say something, what is not named is not said.
    """
    return not any(value is None for text in texts for value in text.values.values())
