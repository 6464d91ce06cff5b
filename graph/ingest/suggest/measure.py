"""One parameter that a column may state, tried with the importer's own reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from msgspec import structs

from graph.errors import ValueInvalid
from graph.ingest.cells import Cells
from graph.ingest.mapping import ParameterReader
from graph.ingest.mapping_file import FileSpec, ParameterSpec
from graph.ingest.suggest.columns import Column
from graph.records import ParameterKind

WHOLE_CELLS = 0.9  # of the cells must be read by what takes all of a cell
PARTS = 0.6  # of the cells must hold what a pattern finds among other text
SEVERAL = 0.05  # of the cells must hold the sign that divides values
GAIN = 0.01  # of the cells more must be read by what is less plain

_ENDS_BEHIND = {
    sign: re.compile(rf"\d{re.escape(sign)}(?:\d{{1,2}}|\d{{4,}})(?!\d)") for sign in ",."
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One parameter that a column states; `suffix` tells it from others of the same column."""

    kind: ParameterKind
    evidence: str
    unit: str | None = None
    pattern: str | None = None
    split: str | None = None
    take_all: bool = False
    decimal: Literal["auto", ".", ","] = "auto"
    suffix: str = ""
    read: float = 1.0  # the share of cells that say something to it

    def spec(self, column: Column, *, id: str, name: str) -> ParameterSpec:
        return ParameterSpec(
            id=id,
            name=name,
            kind=self.kind,
            unit=self.unit,
            column=column.name,
            pattern=column.pattern or self.pattern,
            split=self.split,
            take="all" if self.take_all or column.is_list else "first",
            decimal=self.decimal,
            # One odd cell must not cost the row; an import counts those it leaves out.
            invalid="skip",
        )


def read_share(measure: Measure, column: Column) -> float:
    """The share of texts that an import would read, tried with its own reader."""
    plain = structs.replace(measure.spec(column, id="tried", name="tried"), pattern=measure.pattern)
    reader = ParameterReader(plain, Cells(FileSpec()))

    def says_something(text: str) -> bool:
        try:
            return bool(reader.read(text))
        except ValueInvalid:
            return False

    return column.share(says_something)


def decimal_sign(column: Column) -> Literal["auto", ","]:
    """`,` where cells can only be read so; the importer tells all else by itself."""
    comma = column.share(lambda text: _ENDS_BEHIND[","].search(text) is not None)
    point = column.share(lambda text: _ENDS_BEHIND["."].search(text) is not None)
    return "," if comma > 10 * point else "auto"
