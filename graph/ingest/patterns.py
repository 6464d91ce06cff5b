"""Regular expressions of mapping files: somebody else wrote them, so a search has a limit."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import regex

from graph.errors import MappingInvalid, ValueInvalid

# Some patterns take time by the power of the text. A cell takes microseconds otherwise.
SEARCH_LIMIT_S = 1.0
# `regex` counts the processor time of the whole process: a collection of garbage between matches,
# or a busy thread, can use up the limit of an innocent cell, but hardly twice.
ATTEMPTS = 2
SLOW_CELLS_MAX = 20  # then it is not the cells

T = TypeVar("T")


class Pattern:
    """What a mapping looks for in a cell.

    Raises:
        ValueError: it is no regular expression.
    """

    def __init__(self, expression: str) -> None:
        try:
            self._expression = regex.compile(expression)
        except regex.error as error:
            raise ValueError(f"is not a regular expression: {error}") from error
        self._slow_cells = 0

    def first(self, text: str) -> str | None:
        """Of the first match, the first group that took part, else all of it; None without one.

        Raises:
            ValueInvalid: the search took too long.
            MappingInvalid: it did so again and again.
        """
        return self._in_time(self._first, text)

    def found(self, text: str) -> list[str]:
        """The same of each match; raises as `first` does."""
        return self._in_time(self._all, text)

    def _first(self, text: str, **limits: float) -> str | None:
        match = self._expression.search(text, **limits)
        return _told(match) if match else None

    def _all(self, text: str, **limits: float) -> list[str]:
        return [_told(match) for match in self._expression.finditer(text, **limits)]

    def _in_time(self, search: Callable[..., T], text: str) -> T:
        for _ in range(ATTEMPTS):
            with suppress(TimeoutError):
                # Other threads run on meanwhile: of a long search they need not know.
                return search(text, timeout=SEARCH_LIMIT_S, concurrent=len(text) > 1_000)
        self._slow_cells += 1
        reason = f"searching it with {self._expression.pattern!r} took over {SEARCH_LIMIT_S} s"
        if self._slow_cells > SLOW_CELLS_MAX:
            raise MappingInvalid(
                path="mapping",
                place="pattern",
                reason=f"{reason}, {SLOW_CELLS_MAX} times before too; repeat nothing that can "
                "match in two ways, as (a|aa)+ does",
            )
        raise ValueInvalid(value=text[:100], reason=reason)


def _told(match: regex.Match[str]) -> str:
    told: str = next((group for group in match.groups() if group), match[0])
    return told
