"""Rows that are not yet one thing each: lists of variants, and cells that were merged."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec import structs

from graph.ingest.mapping_file import FileSpec
from graph.ingest.rows import Row
from graph.ingest.suggest.headers import roles_of
from graph.ingest.suggest.proposal import Decision, percent

MOSTLY = 0.5  # of the rows have the list
BLANK, FILLED = 0.2, 0.02  # of the cells, at least: fewer are gaps, or one note at the top
REPEATED = 0.1  # of the cells behind another; merged cells end where something new is said
_TELLS_APART, _IS_SOLD = {"id", "gtin"}, {"price", "in_stock"}
_SAID_ONCE = {"category", "subcategory", "brand", "title", "model"}


def reshaped(
    spec: FileSpec, rows: Sequence[Row], columns: Sequence[str] | None, *, all_rows: bool
) -> tuple[FileSpec, list[Decision]]:
    """How the file is better read, and why.

    Args:
        all_rows: whether each of `rows` follows the one before it in the file.
    """
    if columns is None:
        return _each_of_a_list(spec, rows)
    return _filled_down(spec, rows, columns) if all_rows else (spec, [])


def _each_of_a_list(spec: FileSpec, rows: Sequence[Row]) -> tuple[FileSpec, list[Decision]]:
    names = dict.fromkeys(name for row in rows for name in row.cells)
    for name in names:
        lists = [objects for row in rows if (objects := _objects(row.cells.get(name)))]
        if len(lists) < MOSTLY * len(rows):
            continue
        keys = {key for objects in lists for one in objects for key in one}
        roles = {role for key in keys for role in roles_of(key)}
        if roles & _TELLS_APART and roles & _IS_SOLD:
            count = sum(map(len, lists))
            why = f"{count:,} objects in the lists of {len(lists):,} rows, each with its own "
            why += " and ".join(sorted(roles & (_TELLS_APART | _IS_SOLD)))
            decision = Decision(name, "file", f"each {name}", f"{why}: each is a row")
            return structs.replace(spec, each=name), [decision]
    return spec, []


def _objects(cell: object) -> list[dict[str, object]]:
    is_list = isinstance(cell, list) and all(isinstance(one, dict) for one in cell)
    return cell if is_list else []  # type: ignore[return-value]


def _filled_down(
    spec: FileSpec, rows: Sequence[Row], columns: Sequence[str]
) -> tuple[FileSpec, list[Decision]]:
    merged: list[str] = []
    decisions: list[Decision] = []
    for column in columns:
        cells = [str(row.cells.get(column) or "").strip() for row in rows]
        said = [cell for cell in cells if cell]
        blank = 1 - len(said) / len(cells)
        if (
            not cells[0]
            or not BLANK <= blank <= 1 - FILLED
            or not _SAID_ONCE & set(roles_of(column))
        ):
            continue
        again = sum(one == other for one, other in pairwise(said))
        if again <= REPEATED * len(said):
            merged.append(column)
            why = f"blank in {percent(blank)} of the rows, and what it says differs from what it "
            decisions.append(
                Decision(column, "file", "filled down", why + "said before: taken for merged cells")
            )
    return structs.replace(spec, fill_down=tuple(merged)), decisions
