"""Known values found in a text, inside of words too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ml.extraction.tokens import TokenText

_KEY = 3  # characters that lead to the values that begin so


@dataclass(frozen=True, slots=True)
class Hit:
    """The value number `value` stands at the characters `[start, end)`."""

    start: int
    end: int
    value: int


class KnownValues:
    """One pass over the characters of a text, whatever the number of values is."""

    def __init__(self, values: Mapping[str, int]) -> None:
        self._by_key: dict[str, list[tuple[str, int]]] = {}
        for value, number in values.items():
            self._by_key.setdefault(value[:_KEY], []).append((value, number))

    def hits(self, text: TokenText) -> list[Hit]:
        """Values of less than three characters, or of digits, only as whole tokens."""
        starts = set(text.starts_T.tolist())
        ends = set(text.ends_T.tolist())
        limit = int(text.ends_T[-1]) if len(text.ends_T) else 0
        low, found = text.low[:limit], []
        for at in range(limit):
            is_start = at in starts
            for length in (1, 2, _KEY) if is_start else (_KEY,):
                key = low[at : at + length]
                if len(key) < length:
                    continue
                for value, number in self._by_key.get(key, ()):
                    end = at + len(value)
                    if not low.startswith(value, at):
                        continue
                    whole = is_start and end in ends
                    if whole or not (len(value) < _KEY or value[0].isdigit()):
                        found.append(Hit(at, end, number))
        return found
