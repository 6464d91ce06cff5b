"""Cells of a row as texts, and fields out of them; most dumps are plain, so that way is short."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from graph.errors import ValueInvalid
from graph.ingest.mapping_file import FieldSpec, FileSpec
from graph.ingest.patterns import Pattern
from graph.ingest.readers import MAX_CELL_CHARACTERS

T = TypeVar("T")

SHORT = 128  # characters; longer cells rarely repeat
# What a name may have in it, such as dots and brackets, is no syntax.
_NAMED = re.compile(r"(?P<list>[^\[]+)\[(?P<key>[^=\[\]]+)=(?P<name>.+)\]\.(?P<value>[^\]]+)")


class CellInvalid(Exception):
    """One cell of the row at hand; becomes its `RecordRejected`."""

    def __init__(self, column: str, value: str, reason: str, code: str = "value_invalid") -> None:
        super().__init__(reason)
        self.column, self.value, self.reason, self.code = column, value, reason, code


class Cells:
    """Cells to text: literals decoded, those that say nothing left out, too long ones refused."""

    def __init__(self, spec: FileSpec) -> None:
        self._empty = frozenset(("", *spec.empty))
        self._literals = spec.cells == "python-bytes"

    def texts(self, cells: Mapping[str, object], column: str) -> list[str]:
        """The texts of one cell: none, one, or for a JSON list one for each of its items."""
        cell = cells.get(column)
        if cell is None:
            cell = _nested(cells, column)
        if isinstance(cell, str):
            text = self.text(column, cell)
            return [] if text is None else [text]
        if isinstance(cell, bytes):
            return self.texts({column: cell.decode("utf-8", "surrogateescape")}, column)
        if isinstance(cell, list | tuple):
            return [text for part in cell for text in self._item_texts(column, part)]
        if isinstance(cell, dict):
            hint = f", such as {column}.{next(iter(cell))}" if cell else ""
            raise CellInvalid(
                column, str(cell)[:40], f"is an object; the mapping must name one of its keys{hint}"
            )
        text = _scalar(cell)
        return [] if text in self._empty else [text]

    def text(self, column: str, cell: str) -> str | None:
        """The text of a cell that is one; None where it says nothing."""
        plain = len(cell) <= SHORT and not self._literals and cell.isascii()
        text = cell.strip() if plain else self._decoded(column, cell)
        return None if text in self._empty else text

    def _item_texts(self, column: str, part: object) -> list[str]:
        if isinstance(part, list | tuple):
            raise CellInvalid(column, "", "is a list in a list; one list of values is taken")
        return self.texts({column: part}, column)

    def _decoded(self, column: str, cell: str) -> str:
        if len(cell) > MAX_CELL_CHARACTERS:
            raise CellInvalid(
                column,
                cell[:40],
                f"is {len(cell):,} characters long; at most {MAX_CELL_CHARACTERS:,} are taken",
                "cell_too_long",
            )
        text = cell.strip()
        if self._literals and text.startswith(("b'", 'b"')):
            text = _from_bytes_literal(column, text)
        if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
            raise CellInvalid(
                column,
                text,
                "is not UTF-8; set the encoding under [file] in the mapping, or save the file anew",
                "not_utf8",
            )
        return text


class FieldReader:
    """Reads one field; what its part of the mapping asks for is looked up once, not by row."""

    def __init__(self, spec: FieldSpec, cells: Cells) -> None:
        self._spec = spec
        self._cells = cells
        self._pattern = Pattern(spec.pattern) if spec.pattern else None
        plain = spec.value is None and spec.join is None and self._pattern is None
        self._only = spec.sources[0] if plain and len(spec.sources) == 1 else None

    def __call__(self, cells: Mapping[str, object], build: Callable[[str], T]) -> T | None:
        """What `build` makes of the field, or None where the row says nothing."""
        cell = None if self._only is None else cells.get(self._only)
        if self._only is not None and type(cell) is str:
            raw = self._cells.text(self._only, cell)
        else:
            raw = self._raw(cells)
        if not raw:
            return None
        try:
            return build(raw)
        except ValueInvalid as error:
            raise CellInvalid(shown_columns(self._spec), raw, error.reason) from error

    def _raw(self, cells: Mapping[str, object]) -> str | None:
        spec = self._spec
        if spec.value is not None:
            return spec.value
        said = (text for name in spec.sources for text in self._cells.texts(cells, name))
        raw = spec.join.join(said) if spec.join is not None else next(said, None)
        if not raw or self._pattern is None:
            return raw
        try:
            return self._pattern.first(raw)
        except ValueInvalid as error:
            raise CellInvalid(shown_columns(spec), raw, error.reason) from error


def _from_bytes_literal(column: str, text: str) -> str:
    if "\\" not in text:
        return text[2:-1].strip()
    try:
        literal = ast.literal_eval(text)
        return literal.decode("utf-8").strip() if isinstance(literal, bytes) else text
    except (ValueError, SyntaxError, UnicodeDecodeError):
        raise CellInvalid(
            column, text, "is not a whole b'..' literal of UTF-8 text", "not_utf8"
        ) from None


def _nested(cells: Mapping[str, object], column: str) -> object:
    """`specs.ram` reaches into objects of JSON rows, `specs[name=RAM].value` into those of a list.

    The latter into the objects alone whose `name` is RAM.
    """
    named = _NAMED.fullmatch(column)
    if named is None:
        return _inside(cells, column.split("."))
    objects = _inside(cells, named["list"].split("."))
    found: list[object] = []
    for one in objects if isinstance(objects, list | tuple) else ():
        if isinstance(one, Mapping) and str(one.get(named["key"])).strip() == named["name"]:
            value = _inside(one, named["value"].split("."))
            found += value if isinstance(value, list | tuple) else [value]
    return found


def _inside(cell: object, keys: Sequence[str]) -> object:
    for key in keys:
        if isinstance(cell, list | tuple):  # of each object in a list
            cell = [part.get(key) for part in cell if isinstance(part, Mapping)]
        elif isinstance(cell, Mapping):
            cell = cell.get(key)
        else:
            return None
    return cell


def _scalar(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def shown_columns(spec: FieldSpec) -> str:
    return " + ".join(spec.sources) or "value"
