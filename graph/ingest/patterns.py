"""Regular expressions of mapping files: somebody else wrote them, so a search has a limit."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from graph.errors import MappingInvalid, ValueInvalid

# Some patterns take time by the power of the text. A cell takes microseconds otherwise.
SEARCH_LIMIT_S = 1.0
SLOW_CELLS_MAX = 20  # then it is not the cells


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

    def found(self, text: str) -> Iterator[str]:
        """The first group that took part in each match, else all of the match.

        Raises:
            ValueInvalid: the search took too long.
            MappingInvalid: it did so again and again.
        """
        try:
            # Other threads run on meanwhile: of a long search they need not know.
            for match in self._expression.finditer(
                text, timeout=SEARCH_LIMIT_S, concurrent=len(text) > 1_000
            ):
                yield next((group for group in match.groups() if group), match[0])
        except TimeoutError:
            self._slow_cells += 1
            reason = f"searching it with {self._expression.pattern!r} took over {SEARCH_LIMIT_S} s"
            if self._slow_cells > SLOW_CELLS_MAX:
                raise MappingInvalid(
                    path="mapping",
                    place="pattern",
                    reason=f"{reason}, {SLOW_CELLS_MAX} times before too; repeat nothing that can "
                    "match in two ways, as (a|aa)+ does",
                ) from None
            raise ValueInvalid(value=text[:100], reason=reason) from None
