"""Rows as a file has them to rows as a mapping reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import structs

from graph.records import Record, RecordRejected

Cell = object  # str from CSV; whatever JSON or Parquet holds otherwise


class Row(Record, frozen=True):
    """One row as the file has it; `line` counts from 1 (for JSON and Parquet: the record).

    `rejected` is what became of it in an earlier import.
    """

    line: int
    cells: dict[str, Cell]
    rejected: RecordRejected | None = None


def told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Columns of one name by their number: `Price`, `Price_2`."""
    told: dict[str, None] = {}
    for name in names:
        number, own = 1, name
        while own in told or (number > 1 and own in names):
            number += 1
            own = f"{name}_{number}"
        told[own] = None
    return tuple(told)


def items_of(row: Row | RecordRejected, each: str | None) -> Iterator[Row | RecordRejected]:
    """A row for each item of the list `each`, with what stands around it; the row if it is none."""
    if each is None or isinstance(row, RecordRejected):
        yield row
        return
    items = row.cells.get(each)
    if not isinstance(items, list | tuple):
        yield row
        return
    for item in items or (None,):
        yield structs.replace(row, cells={**row.cells, each: item})


class FilledDown:
    """Blank cells of some columns say what the cell above them says."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self._above: dict[str, object] = dict.fromkeys(columns, "")

    def __call__(self, row: Row | RecordRejected) -> Row | RecordRejected:
        if not self._above or isinstance(row, RecordRejected):
            return row
        cells = dict(row.cells)
        for column, above in self._above.items():
            cell = cells.get(column)
            if cell is None or (isinstance(cell, str) and not cell.strip()):
                cells[column] = above
            else:
                self._above[column] = cell
        return structs.replace(row, cells=cells)
