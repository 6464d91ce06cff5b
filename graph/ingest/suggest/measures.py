"""What a column says about a thing: the parameters that an import can read out of it."""

from __future__ import annotations

import dataclasses

from graph.ingest.suggest import shapes
from graph.ingest.suggest.columns import Column
from graph.ingest.suggest.headers import is_question
from graph.ingest.suggest.lists import separators, text_of
from graph.ingest.suggest.measure import (
    GAIN,
    SEVERAL,
    WHOLE_CELLS,
    Measure,
    decimal_sign,
    read_share,
)
from graph.ingest.suggest.parts import (
    ends_of_ranges,
    quantities_among_text,
    sides_of,
    year_before_text,
    years_of_dates,
    yes_no_before_text,
)
from graph.ingest.suggest.proposal import percent
from graph.ingest.suggest.units_in_cells import alike, units_in

FEW = 5  # cells say too little for a pattern
TRIED_ROWS = 1_500  # more would not change a share by much


def measures_of(column: Column, unit: str | None) -> list[Measure]:
    """The parameters of a column; `unit` is what its name says, such as `weight_g`."""
    column = column.thinned(TRIED_ROWS)
    if column.pattern is None:  # a column has one pattern; here it is free
        leading = yes_no_before_text(column)
        if leading and leading[0].read > column.share(shapes.is_yes_no) + GAIN:
            return leading
    if whole := _yes_no(column) or _number(column, unit) or _quantity(column):
        return [whole]
    if column.pattern is not None or column.total < FEW:
        return [text_of(column)]
    return (
        year_before_text(column)
        or years_of_dates(column)
        or sides_of(column)
        or ends_of_ranges(column)
        or quantities_among_text(column)
        or [text_of(column)]
    )


def _yes_no(column: Column) -> Measure | None:
    share = column.share(shapes.is_yes_no)
    digits = all(text in ("0", "1") for text in column.counts)
    if share < WHOLE_CELLS or (digits and not is_question(column.label)):
        return None
    return Measure("boolean", f"yes or no in {percent(share)} of {column.total:,} cells")


def _number(column: Column, unit: str | None) -> Measure | None:
    share = column.share(lambda text: shapes.number_of(text) is not None)
    if share < WHOLE_CELLS or column.share(_is_code_number) > SEVERAL:
        return None
    evidence = f"a number in {percent(share)} of {column.total:,} cells"
    decimal = decimal_sign(column)
    if decimal != "auto":
        evidence += f", {decimal!r} before its decimals"
    if unit is not None:
        evidence += f"; the name of the column says {unit}"
    return Measure("number", evidence, unit=unit, decimal=decimal)


def _is_code_number(text: str) -> bool:
    """Leading zeros belong to codes, and so do more digits than a number keeps."""
    return text.isdigit() and ((len(text) > 1 and text[0] == "0") or len(text) > 15)


def _quantity(column: Column) -> Measure | None:
    """Cells that are a number with a unit, or several of them, and nothing else."""
    units = units_in(column, whole=True)
    for unit, cells in units.most_common(2):
        if sum(n for other, n in units.items() if alike(other, unit)) < 0.5 * column.total:
            continue
        best: Measure | None = None
        for split in (None, *separators(column, GAIN)):
            measure = Measure(
                "number",
                "",
                unit=unit,
                split=split,
                take_all=split is not None,
                decimal=decimal_sign(column),
            )
            share = read_share(measure, column)
            if share >= WHOLE_CELLS and (best is None or share > best.read + GAIN):
                best = dataclasses.replace(measure, read=share)
        if best is not None:
            said = _unit_evidence(best, column, cells / column.total)
            return dataclasses.replace(best, evidence=said)
    return None


def _unit_evidence(measure: Measure, column: Column, with_unit: float) -> str:
    said = f"unit {measure.unit} in {percent(with_unit)} of {column.total:,} cells"
    if measure.read < 1:
        said += f", {percent(measure.read)} can be read"
    if measure.split:
        several = column.share(lambda text: measure.split in text)  # type: ignore[operator]
        said += f"; several divided by {measure.split!r} in {percent(several)}"
    return said
