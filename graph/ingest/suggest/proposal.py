"""What a suggestion consists of: decisions with their evidence, and how the sample fared."""

from __future__ import annotations

from typing import Literal

from graph.records import ItemKind, ParameterKind, Record

SHOWN_CHARACTERS = 60  # of an example cell
EXAMPLES = 3

Use = Literal["file", "field", "parameter", "ignored"]


class Decision(Record, frozen=True):
    """What becomes of one column, and why."""

    column: str  # several that are read together are joined by " + "
    use: Use
    name: str  # of the field or the parameter; of what is ignored, a short reason
    evidence: str
    kind: ParameterKind | None = None
    unit: str | None = None
    examples: tuple[str, ...] = ()


class Trial(Record, frozen=True):
    """The sample, read as the suggestion says."""

    rows: int
    items: int
    duplicates: int
    facts: int
    rejected: int
    reject_codes: dict[str, int]
    example_reject: str | None
    cells_skipped: dict[str, int]


class Suggestion(Record, frozen=True):
    """A mapping file as text, and everything that speaks for it."""

    files: tuple[str, ...]
    target: ItemKind
    rows_read: int
    rows_sampled: int
    whole: bool  # the sample came from all of the file
    unreadable: int  # rows that the reader rejected before any mapping
    toml: str
    decisions: tuple[Decision, ...]
    notes: tuple[str, ...]
    trial: Trial


def shown(text: str) -> str:
    """A cell as evidence quotes it: on one line, short, and of printable characters alone."""
    line = " ".join(text[: 4 * SHOWN_CHARACTERS].split())
    line = "".join(c if c.isprintable() and not "\ud800" <= c <= "\udfff" else "�" for c in line)
    return line if len(line) <= SHOWN_CHARACTERS else line[: SHOWN_CHARACTERS - 1] + "…"


def percent(share: float) -> str:
    """`96 %`; what is not all is never shown as 100, what is not nothing never as 0."""
    rounded = round(100 * share)
    if rounded == 100 and share < 1:
        return "over 99 %"
    return "under 1 %" if rounded == 0 and share > 0 else f"{rounded} %"
