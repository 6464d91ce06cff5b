"""Columns that say nothing about a thing, with the reason."""

from __future__ import annotations

import re

from graph.ingest.suggest import shapes
from graph.ingest.suggest.columns import Column
from graph.ingest.suggest.headers import is_foreign_id, is_position, roles_of, words_of
from graph.ingest.suggest.proposal import percent, shown
from graph.ingest.suggest.roles import STOCK_CELLS, Table, counts_rows, stock_share

MANY = 0.9  # of the cells
SOME_HTML = 0.3
LONG = 200  # characters in the mean: nobody filters by such a text
CONSTANT_ROWS = 20  # fewer rows say nothing about whether a column varies
NUMBERED, DENSE = 50, 0.2  # so many numbers, and of those between: sizes are fewer, sums sparse

_NUMBERED = re.compile(r"([^\W\d_]{1,4}[-_]?)(\d{1,9})")


def reason_to_ignore(column: Column, table: Table) -> tuple[str, str] | None:
    """A short reason and its evidence, or None for a column that is worth a parameter."""
    if not column.total:
        if column.unusable:
            return "no values", f"{column.unusable:,} cells hold lists of objects or over-long text"
        return "empty", f"no cell of {len(column.texts):,} says anything"
    for reason, share in (
        ("addresses", column.share(shapes.is_url)),
        ("times", column.share(shapes.is_time)),
        ("JSON as text", column.share(shapes.is_structure)),
        ("random ids", column.share(shapes.is_random_id)),
    ):
        if share >= MANY:
            return reason, f"{percent(share)} of {column.total:,} cells"
    if (share := column.share(shapes.is_html)) >= SOME_HTML:
        return "markup", f"HTML in {percent(share)} of {column.total:,} cells"
    if column.mean_length > LONG:
        return (
            "long text",
            f"{column.mean_length:,.0f} characters in the mean; no value to filter by",
        )
    return _no_property(column, table)


def _no_property(column: Column, table: Table) -> tuple[str, str] | None:
    """Plain texts and numbers that say what a row is, or how things stand, and not what is sold."""
    if counts_rows(column) and (is_position(column.label) or column.distinct > CONSTANT_ROWS):
        return "row numbers", "whole numbers that rise by one from row to row"
    if is_foreign_id(column.label):
        unique = percent(table.uniqueness([column]))
        return (
            "ids",
            f"by its name; it tells {unique} of the distinct rows apart, and is not the id",
        )
    if "in_stock" in roles_of(column.label) and stock_share(column) >= STOCK_CELLS:
        return "stock", "it changes from day to day, and another column says whether there are any"
    if numbered := _numbered(column):
        return "ids", numbered
    if (share := _names_of_columns(column, table)) >= MANY:
        return "names", f"{percent(share)} of {column.total:,} cells are names of other columns"
    if _is_constant(column):
        return "constant", f"says {shown(next(iter(column.counts)))!r} in every row"
    return None


def _numbered(column: Column) -> str:
    """`v143`: numbers behind one and the same letter, hundreds of them with few left out."""
    found = [_NUMBERED.fullmatch(text) for text in column.counts]
    letters = {match[1] for match in found if match}
    if column.distinct < NUMBERED or len(letters) > 1 or not all(found):
        return ""
    numbers = [int(match[2]) for match in found if match]
    if column.distinct < DENSE * (max(numbers) - min(numbers)):
        return ""
    return (
        f"{column.distinct:,} of the numbers {min(numbers):,} to {max(numbers):,} behind "
        f"{letters.pop()!r}: they count things, and measure none"
    )


def _names_of_columns(column: Column, table: Table) -> float:
    """`Size`, `Colour`: in which of the other columns rows differ."""
    if column.distinct > len(table.columns):
        return 0.0
    names = {words_of(one.label)[-1:] for one in table.columns if one is not column}
    return column.share(lambda text: len(words_of(text)) == 1 and words_of(text) in names)


def _is_constant(column: Column) -> bool:
    return (
        column.distinct == 1
        and column.filled == len(column.texts)
        and len(column.texts) >= CONSTANT_ROWS
    )
