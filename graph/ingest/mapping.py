"""Rows to items, as a mapping file says."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import TypeVar

from graph.errors import DraftInvalid, ImportFailed, ValueInvalid
from graph.ingest.items import assemble, category_path, model_named
from graph.ingest.linking import BrandNames
from graph.ingest.mapping_file import (
    FieldSpec,
    FileSpec,
    MappingFile,
    NamesSpec,
    NumberSpec,
    ParameterSpec,
)
from graph.ingest.patterns import Pattern
from graph.ingest.readers import MAX_CELL_CHARACTERS, Row
from graph.records import Fact, Item, Named, Parameter, RecordRejected, Value
from graph.text import (
    clean_text,
    content_sku,
    format_number,
    item_id,
    model_id,
    normalise_value,
    parse_number,
    slug,
)

T = TypeVar("T")

# Cells repeat (a dump has few chipsets and many phones); this many are remembered per parameter.
REMEMBERED_CELLS = 20_000

_YES_NO = Parameter(id="in_stock", name="in stock", kind="boolean")
_CURRENCY = re.compile(r"[£$€¥₹￥]|\b[A-Z]{3}\b|元")
_TRAILING_UNIT = re.compile(r"[^\d\s.,]+\s*$")


class CellInvalid(Exception):
    """One cell of the row at hand; becomes its `RecordRejected`."""

    def __init__(self, column: str, value: str, reason: str, code: str = "value_invalid") -> None:
        super().__init__(reason)
        self.column, self.value, self.reason, self.code = column, value, reason, code


class RowMapping:
    """A mapping ready for use: `apply` turns rows into items.

    Attributes:
        parameters: what the mapping declares, by id.
        target: what its rows are, products or models.
        options: how its files are read.
        cells_skipped: cells without meaning, by parameter, where the mapping says `skip`.
    """

    def __init__(self, mapping: MappingFile, brands: BrandNames | None = None) -> None:
        self._mapping = mapping
        self._brands = brands or BrandNames()
        self.target = mapping.target
        self.options = mapping.file.options
        self._cells = Cells(mapping.file)
        self._parameters = [ParameterReader(spec, self._cells) for spec in mapping.parameters]
        self.parameters = {reader.parameter.id: reader.parameter for reader in self._parameters}
        self.cells_skipped: dict[str, int] = {}
        self._patterns: dict[str, Pattern] = {}
        # Categories repeat from row to row.
        self._category = lru_cache(4_096)(category_path)

    def check_columns(self, file: str, columns: tuple[str, ...]) -> None:
        """Refuse a file that lacks a column the mapping needs.

        Raises:
            ImportFailed: with the columns there are, and the nearest one.
        """
        needed = set(self._required_columns())
        if self._mapping.missing_columns == "refuse":
            needed |= {
                column for spec in self._mapping.parameters for column in spec.sources
            } | set(self._field_columns())
        missing = sorted(needed - set(columns))
        if not missing:
            return
        by_slug = {slug(name): name for name in columns}
        near = difflib.get_close_matches(slug(missing[0]), by_slug, n=1)
        hint = f"did you mean {by_slug[near[0]]!r}? " if near else ""
        raise ImportFailed(
            file=file,
            place="line 1",
            reason=f"has no column {missing[0]!r}; {hint}its columns are "
            f"{', '.join(repr(name) for name in columns[:30])}",
        )

    def apply(self, row: Row, source: str) -> Item | RecordRejected:
        """The item that `row` states, or why it states none."""
        try:
            return self._item(row.cells, source)
        except CellInvalid as error:
            return RecordRejected(
                source=source,
                line=row.line,
                field=error.column,
                value=error.value[:200],
                code=error.code,
                reason=error.reason,
                row=row.cells,
            )

    def notice(self, row: Row) -> None:
        """Learn from a row that somebody else maps: its names of a brand serve the rows after."""
        with suppress(CellInvalid):
            self._brand_of(row.cells)

    def id_of(self, row: Row, source: str) -> str | None:
        """The id that `row` would have, also where something else in it cannot be loaded."""
        fields, cells = self._mapping.fields, row.cells
        try:
            if self._mapping.target == "model":
                brand, title = self._brand_of(cells), self._text(cells, fields.title)
                return model_id(brand.name if brand else None, title) if title else None
            return item_id(source, self._sku(cells) or "")
        except (CellInvalid, ValueInvalid):
            return None

    def _item(self, cells: Mapping[str, object], source: str) -> Item:
        fields = self._mapping.fields
        text = self._text
        brand = self._brand_of(cells)
        try:
            return assemble(
                kind=self._mapping.target,
                source=source,
                sku=self._sku(cells) or "",
                title=text(cells, fields.title) or "",
                names=self._names(cells, fields.names),
                brand=brand,
                categories=self._categories_of(cells),
                model=self._built(cells, fields.model, lambda name: model_named(brand, name)),
                description=text(cells, fields.description),
                language=text(cells, fields.language),
                price=self._number(cells, fields.price),
                currency=text(cells, fields.currency),
                gtin=text(cells, fields.gtin),
                mpn=text(cells, fields.mpn),
                url=text(cells, fields.url),
                image_url=text(cells, fields.image_url),
                in_stock=self._built(cells, fields.in_stock, _yes_no),
                facts=self._facts(cells),
            )
        except DraftInvalid as error:
            column = self._column_of(error.field)
            raise CellInvalid(column, error.value, error.reason, error.reject_code) from error

    def _sku(self, cells: Mapping[str, object]) -> str | None:
        spec = self._mapping.id
        if spec is None or not spec.hash:
            return self._text(cells, spec)
        said = ["\x1e".join(self._cells.texts(cells, name)) for name in spec.sources]
        try:
            cleaned = [clean_text(text) for text in said]
        except ValueInvalid as error:
            raise CellInvalid(_shown_columns(spec), error.value, error.reason) from error
        return content_sku(cleaned) if any(cleaned) else None

    def _text(self, cells: Mapping[str, object], spec: FieldSpec | None) -> str | None:
        """Cleaned text of a field, or None where the row says nothing."""
        return self._built(cells, spec, clean_text) or None

    def _built(
        self, cells: Mapping[str, object], spec: FieldSpec | None, build: Callable[[str], T]
    ) -> T | None:
        if spec is None:
            return None
        raw = self._raw(cells, spec)
        if not raw:
            return None
        try:
            return build(raw)
        except ValueInvalid as error:
            raise CellInvalid(_shown_columns(spec), raw, error.reason) from error

    def _raw(self, cells: Mapping[str, object], spec: FieldSpec) -> str | None:
        if spec.value is not None:
            return spec.value
        said = (text for name in spec.sources for text in self._cells.texts(cells, name))
        raw = spec.join.join(said) if spec.join is not None else next(said, None)
        if raw and spec.pattern:
            return self._searched(spec, raw)
        return raw

    def _searched(self, spec: FieldSpec, raw: str) -> str | None:
        assert spec.pattern is not None
        pattern = self._patterns.get(spec.pattern)
        if pattern is None:
            pattern = self._patterns[spec.pattern] = Pattern(spec.pattern)
        try:
            return next(pattern.found(raw), None)
        except ValueInvalid as error:
            raise CellInvalid(_shown_columns(spec), raw, error.reason) from error

    def _number(self, cells: Mapping[str, object], spec: NumberSpec | None) -> float | None:
        def amount(raw: str) -> float:
            number = parse_number(_CURRENCY.sub("", raw).strip(), decimal=spec.decimal)  # type: ignore[union-attr]
            if number < 0:
                raise ValueInvalid(value=raw, reason=f"{raw!r} is below zero")
            return number

        return self._built(cells, spec, amount)

    def _brand_of(self, cells: Mapping[str, object]) -> Named | None:
        spec = self._mapping.fields.brand
        brand = self._built(cells, spec, self._brands.named)
        if brand is None or spec is None or spec.names is None:
            return brand
        names = (*brand.names, *self._names(cells, spec.names))
        brand = Named(id=brand.id, name=brand.name, names=tuple(dict.fromkeys(names)))
        self._brands.add(brand)  # from the next row on it is known by these
        return brand

    def _categories_of(self, cells: Mapping[str, object]) -> tuple[Named, ...]:
        spec = self._mapping.fields.category
        if spec is None:
            return ()
        return self._built(cells, spec, lambda raw: self._category(raw, spec.separator)) or ()

    def _names(self, cells: Mapping[str, object], spec: NamesSpec | None) -> tuple[str, ...]:
        if spec is None:
            return ()
        raw = [text for name in spec.sources for text in self._cells.texts(cells, name)]
        parts = [
            part for text in raw for part in (text.split(spec.split) if spec.split else [text])
        ]
        try:
            return tuple(dict.fromkeys(name for part in parts if (name := clean_text(part))))
        except ValueInvalid as error:
            raise CellInvalid(_shown_columns(spec), error.value, error.reason) from error

    def _facts(self, cells: Mapping[str, object]) -> list[Fact]:
        facts: list[Fact] = []
        for reader in self._parameters:
            try:
                facts += reader.facts(cells)
            except CellInvalid:
                if reader.spec.invalid == "reject":
                    raise
                id = reader.parameter.id
                self.cells_skipped[id] = self.cells_skipped.get(id, 0) + 1
        return facts

    def _required_columns(self) -> Iterable[str]:
        for spec in (self._mapping.id, self._mapping.fields.title):
            if spec is not None:
                yield from spec.sources

    def _field_columns(self) -> Iterable[str]:
        for name in self._mapping.fields.__struct_fields__:
            if (spec := getattr(self._mapping.fields, name)) is not None:
                yield from spec.sources

    def _column_of(self, field: str) -> str:
        spec = self._mapping.id if field == "id" else getattr(self._mapping.fields, field, None)
        return _shown_columns(spec) if spec is not None else field


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
            text = self._decoded(column, cell)
            return [] if text in self._empty else [text]
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


class ParameterReader:
    """Reads the facts of one parameter out of a row."""

    def __init__(self, spec: ParameterSpec, cells: Cells) -> None:
        self.spec = spec
        self.parameter = Parameter(
            id=spec.id,
            name=spec.name,
            kind=spec.kind,
            unit=spec.unit,
            names=tuple(dict.fromkeys((spec.name, *spec.names))),
            decimals=spec.decimals,
        )
        self._cells = cells
        self._pattern = Pattern(spec.pattern) if spec.pattern else None
        self._values = lru_cache(REMEMBERED_CELLS)(self.read)

    def facts(self, cells: Mapping[str, object]) -> list[Fact]:
        facts: list[Fact] = []
        for column in self.spec.sources:
            for text in self._cells.texts(cells, column):
                try:
                    values = self._values(text)
                except ValueInvalid as error:
                    raise CellInvalid(column, text, error.reason) from error
                facts += [Fact(value=value, evidence=column) for value in values]
            if facts and self.spec.take == "first":
                break
        if not facts and self.spec.value is not None:
            facts = [Fact(value=value, evidence="") for value in self._constant(self.spec.value)]
        return facts

    def _constant(self, text: str) -> tuple[Value, ...]:
        try:
            return self._values(text)
        except ValueInvalid as error:
            raise CellInvalid("value", text, error.reason) from error

    def read(self, text: str) -> tuple[Value, ...]:
        """The values that one cell states; none where the pattern finds nothing.

        Raises:
            ValueInvalid: the cell means nothing for this parameter.
        """
        pieces = self._pieces(text)
        values = [
            normalise_value(piece, self.parameter, decimal=self.spec.decimal) for piece in pieces
        ]
        for value in values:
            self._check_range(value)
        return tuple({value.id: value for value in values}.values())

    def _pieces(self, text: str) -> list[str]:
        matches = [text] if self._pattern is None else list(self._pattern.found(text))
        if self.spec.take == "first":
            matches = matches[:1]
        if not self.spec.split:
            return matches
        return [piece for match in matches for piece in self._split(match)]

    def _split(self, text: str) -> list[str]:
        pieces = [piece.strip() for piece in text.split(self.spec.split) if piece.strip()]
        unit = _TRAILING_UNIT.search(pieces[-1]) if pieces and self.parameter.unit else None
        if unit is None:
            return pieces
        return [p if _TRAILING_UNIT.search(p) else f"{p} {unit[0]}" for p in pieces]

    def _check_range(self, value: Value) -> None:
        low, high = self.spec.minimum, self.spec.maximum
        if value.number is None:
            return
        if (low is not None and value.number < low) or (high is not None and value.number > high):
            raise ValueInvalid(
                value=value.text,
                reason=f"{value.text} is outside {_bound(low)}..{_bound(high)}, "
                f"the range of {self.parameter.name}",
            )


def _bound(number: float | None) -> str:
    return "" if number is None else format_number(number)


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
    """`specs.ram` reaches into objects of JSON rows."""
    cell: object = cells
    for key in column.split("."):
        if not isinstance(cell, Mapping):
            return None
        cell = cell.get(key)
    return cell


def _scalar(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _yes_no(raw: str) -> bool:
    return normalise_value(raw, _YES_NO).text == "yes"


def _shown_columns(spec: FieldSpec) -> str:
    return " + ".join(spec.sources) or "value"
