"""Files of offers: a title, the product that a shop's comparison took it for, and a category."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ml.data.text_file import text_of
from ml.errors import OffersInvalid

TITLE, LABEL, CATEGORY = "product_title", "cluster_label", "category_label"
# What else these columns are called, the first that is there counts.
OTHER_NAMES = {
    TITLE: ("title", "name", "product_name"),
    LABEL: ("model", "model_name", "product"),
    CATEGORY: ("category", "category_name"),
}
_SHOWN_COLUMNS, _SHOWN_CHARS = 10, 40  # of a header, in an error
_CELL_CHARS = 2_000_000  # csv's own limit is far below a description that somebody pasted
_TOO_LONG = f"has a cell of more than {_CELL_CHARS:,} characters"


@dataclass(frozen=True, slots=True)
class Offer:
    """One row; `label` is the name of the product, with its size and colour."""

    title: str
    label: str


def read_offers(path: Path, categories: Collection[str] = ()) -> list[Offer]:
    """The offers of a CSV file, plain or gzip; of some categories, or of all.

    Raises:
        OffersInvalid: the file cannot be read, lacks a column, or has no offer of the categories.
    """
    wanted = {name.strip().casefold() for name in categories}
    offers: list[Offer] = []
    there: set[str] = set()
    needed = (TITLE, LABEL, CATEGORY) if wanted else (TITLE, LABEL)
    for row in rows_of(path, needed, {CATEGORY}):
        category = row.get(CATEGORY, "").strip()
        there.add(category)
        if not wanted or category.casefold() in wanted:
            offers.append(Offer(title=row[TITLE], label=row[LABEL]))
    if not offers:
        known = f"; its categories are {', '.join(sorted(there)[:10])}" if there else ""
        raise OffersInvalid(path=path, reason=f"has no offer that is asked for{known}")
    return offers


def rows_of(
    path: Path, columns: Sequence[str], optional: Collection[str] = ()
) -> Iterator[dict[str, str]]:
    """The rows of a CSV file, plain or gzip, that has these columns under one of their names.

    Each has these columns alone, and of the optional ones those that the file has.

    Raises:
        OffersInvalid: the file cannot be read, lacks a column, or a row lacks one of these cells.
    """
    invalid = partial(OffersInvalid, path=path, columns=columns)
    csv.field_size_limit(max(csv.field_size_limit(), _CELL_CHARS))
    text = io.StringIO(text_of(path, invalid), newline="")
    # Excel writes semicolons wherever the comma is a decimal sign.
    delimiter = max(",;\t", key=text.readline().count)
    text.seek(0)
    reader = csv.DictReader(text, delimiter=delimiter)
    try:
        header = reader.fieldnames or ()
        if any(len(name) > _CELL_CHARS for name in header):
            raise invalid(reason=_TOO_LONG, line=1)
        found = _found(header, (*columns, *optional))
        missing = next((name for name in columns if name not in found), None)
        if missing is not None:
            raise invalid(reason=_lacking(missing, header), line=1)
        for cells in reader:
            row = {name: cells[found[name]] for name in found}
            if not any((cell or "").strip() for cell in row.values()):
                continue  # what spreadsheets leave behind below a table
            if any(row[name] is None for name in columns):
                raise invalid(reason="has too few cells", line=reader.line_num)
            if any(len(row[name]) > _CELL_CHARS for name in columns):
                raise invalid(reason=_TOO_LONG, line=reader.line_num)
            yield row
    except csv.Error as error:
        # The limit of the module is that of the whole process, and may be higher than ours.
        reason = _TOO_LONG if "field limit" in str(error) else str(error)
        raise invalid(reason=reason, line=reader.line_num) from error


def _found(header: Sequence[str], wanted: Collection[str]) -> dict[str, str]:
    """What the file calls the columns; `Product Title` is `product_title`."""
    there = {"_".join(name.casefold().replace("-", " ").split()): name for name in reversed(header)}
    found = {}
    for column in wanted:
        name = next((one for one in (column, *OTHER_NAMES[column]) if one in there), None)
        if name is not None:
            found[column] = there[name]
    return found


def _lacking(column: str, header: Sequence[str]) -> str:
    *others, last = (repr(name) for name in OTHER_NAMES[column])
    shown = [repr(name[:_SHOWN_CHARS]) for name in header[:_SHOWN_COLUMNS]]
    more = ", …" if len(header) > _SHOWN_COLUMNS else ""
    it_has = f"; it has {', '.join(shown)}{more}" if shown else ""
    return f"has no column {column!r}, {', '.join(others)} or {last}{it_has}"
