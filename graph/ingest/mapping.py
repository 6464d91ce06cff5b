"""Rows to items, as a mapping file says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache, partial

from graph.errors import DraftInvalid, ValueInvalid
from graph.ingest.cells import SHORT, CellInvalid, Cells, FieldReader, shown_columns
from graph.ingest.decimal_signs import DecimalSigns
from graph.ingest.items import assemble, category_path, change, model_named, with_other_names
from graph.ingest.linking import BrandNames
from graph.ingest.mapping_file import (
    BrandSpec,
    CategorySpec,
    FieldSpec,
    MappingFile,
    NamesSpec,
    NumberSpec,
    ParameterSpec,
    ReadSpec,
    TextSpec,
)
from graph.ingest.markup import visible_text
from graph.ingest.patterns import Pattern
from graph.ingest.readers import column_missing
from graph.ingest.rows import Row
from graph.records import Fact, Item, Named, Parameter, RecordRejected, Value
from graph.text import (
    clean_text,
    content_sku,
    format_number,
    item_id,
    model_id,
    normalise_value,
    parse_number,
)
from graph.text.numbers import DecimalSign

# Cells repeat (a dump has few chipsets and many phones); this many are remembered per parameter.
REMEMBERED_CELLS = 20_000

_NOTHING = FieldSpec()
# In the order in which errors are told: of a row with several the first is.
_SIMPLE = (
    *("description", "language", "price", "currency", "gtin", "mpn", "url", "image_url"),
    "in_stock",
)
_Read = Callable[[Mapping[str, object], Named | None], object]

_YES_NO = Parameter(id="in_stock", name="in stock", kind="boolean")
_CURRENCY = re.compile(r"[£$€¥₹￥]|\b[A-Z]{3}\b|元")
_TRAILING_UNIT = re.compile(r"[^\d\s.,]+\s*$")


class RowMapping:
    """A mapping ready for use: `apply` turns rows into items.

    Attributes:
        parameters: what the mapping declares, by id.
        target: what its rows are, products or models.
        changes: whether its rows say what has changed of products, and nothing else.
        options: how its files are read.
        cells_skipped: cells without meaning, by parameter or field, where the mapping says `skip`.
    """

    def __init__(self, mapping: MappingFile, brands: BrandNames | None = None) -> None:
        self._mapping = mapping
        self._brands = brands or BrandNames()
        self.target = mapping.target
        self.changes = mapping.changes
        self.options = mapping.file.options
        self._cells = Cells(mapping.file)
        self._parameters = [ParameterReader(spec, self._cells) for spec in mapping.parameters]
        self.parameters = {reader.parameter.id: reader.parameter for reader in self._parameters}
        self.cells_skipped: dict[str, int] = {}
        self._price_signs = DecimalSigns()
        fields = mapping.fields
        self._id = FieldReader(mapping.id or _NOTHING, self._cells)
        self._title = FieldReader(fields.title or _NOTHING, self._cells)
        self._brand = FieldReader(fields.brand or _NOTHING, self._cells)
        self._others = list(self._other_fields())

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
        if missing := sorted(needed - set(columns)):
            raise column_missing(file, missing[0], columns)

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

    @property
    def decimals_unsure(self) -> dict[str, str]:
        """A cell such as `30.000`, by parameter or `price`, that nothing says how to read."""
        signs = {reader.parameter.id: reader.signs for reader in self._parameters}
        every = {"price": self._price_signs, **signs}
        return {id: cell for id, one in every.items() if (cell := one.unsure) is not None}

    def notice(self, row: Row) -> None:
        """Learn from a row that somebody else maps: its names of a brand serve the rows after."""
        with suppress(CellInvalid):
            self._brand_of(row.cells)

    def id_of(self, row: Row, source: str) -> str | None:
        """The id that `row` would have, also where something else in it cannot be loaded."""
        cells = row.cells
        try:
            if self._mapping.target == "model":
                brand, title = self._brand_of(cells), self._title(cells, clean_text)
                return model_id(brand.name if brand else None, title) if title else None
            return item_id(source, self._sku(cells) or "")
        except (CellInvalid, ValueInvalid):
            return None

    def _item(self, cells: Mapping[str, object], source: str) -> Item:
        brand = self._brand_of(cells)
        try:
            if self.changes:
                fields = {name: read(cells, brand) for name, read in self._others}
                return change(source=source, sku=self._sku(cells) or "", **fields)
            return assemble(
                kind=self._mapping.target,
                source=source,
                sku=self._sku(cells) or "",
                title=self._title(cells, clean_text) or "",
                brand=brand,
                **{name: read(cells, brand) for name, read in self._others},
                facts=self._facts(cells),
            )
        except DraftInvalid as error:
            column = self._column_of(error.field)
            raise CellInvalid(column, error.value, error.reason, error.reject_code) from error

    def _other_fields(self) -> Iterator[tuple[str, _Read]]:
        """The fields that this mapping has, and how each is read; the first one wrong is told."""
        fields = self._mapping.fields
        if (names := fields.names) is not None:
            yield "names", lambda cells, brand: self._names(cells, names)
        if (category := fields.category) is not None:
            yield "categories", self._category_reader(category)
        if fields.model is not None:
            model = FieldReader(fields.model, self._cells)
            yield "model", lambda cells, brand: model(cells, lambda n: model_named(brand, n))
        for name, spec in self._simple_fields():
            build = _build_of(name, spec, self._price_signs)
            read = _reading(FieldReader(spec, self._cells), build, None)
            skips = isinstance(spec, ReadSpec) and spec.invalid == "skip"
            yield name, self._skipping(name, read) if skips else read

    def _category_reader(self, spec: CategorySpec) -> _Read:
        build = lru_cache(4_096)(partial(category_path, separator=spec.separator))
        reader = FieldReader(spec, self._cells)
        if (names := spec.names) is None:
            return _reading(reader, build, ())
        separator = names.separator or spec.separator
        with_names = lru_cache(4_096)(partial(with_other_names, separator=separator))
        return lambda cells, brand: with_names(
            reader(cells, build) or (), self._names(cells, names)
        )

    def _simple_fields(self) -> Iterator[tuple[str, FieldSpec]]:
        for name in _SIMPLE:
            if (spec := getattr(self._mapping.fields, name)) is not None:
                yield name, spec

    def _sku(self, cells: Mapping[str, object]) -> str | None:
        spec = self._mapping.id
        if spec is None or not spec.hash:
            return self._id(cells, clean_text) or None
        said = ["\x1e".join(self._cells.texts(cells, name)) for name in spec.sources]
        try:
            cleaned = [clean_text(text) for text in said]
        except ValueInvalid as error:
            raise CellInvalid(shown_columns(spec), error.value, error.reason) from error
        return content_sku(cleaned) if any(cleaned) else None

    def _brand_of(self, cells: Mapping[str, object]) -> Named | None:
        spec = self._mapping.fields.brand
        brand = self._brand(cells, self._brands.named)
        if brand is None or spec is None or spec.names is None:
            return brand
        names = (*brand.names, *self._names(cells, spec.names))
        brand = Named(id=brand.id, name=brand.name, names=tuple(dict.fromkeys(names)))
        self._brands.add(brand)  # from the next row on it is known by these
        return brand

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
            raise CellInvalid(shown_columns(spec), error.value, error.reason) from error

    def _facts(self, cells: Mapping[str, object]) -> list[Fact]:
        facts: list[Fact] = []
        for reader in self._parameters:
            try:
                facts += reader.facts(cells)
            except CellInvalid:
                if reader.spec.invalid == "reject":
                    raise
                self._skip(reader.parameter.id)
        return facts

    def _skipping(self, field: str, read: _Read) -> _Read:
        def skipping(cells: Mapping[str, object], brand: Named | None) -> object:
            try:
                return read(cells, brand)
            except CellInvalid:
                self._skip(field)
                return None

        return skipping

    def _skip(self, of: str) -> None:
        self.cells_skipped[of] = self.cells_skipped.get(of, 0) + 1

    def _required_columns(self) -> Iterable[str]:
        for spec in (self._mapping.id, self._mapping.fields.title):
            if spec is not None:
                yield from spec.sources

    def _field_columns(self) -> Iterable[str]:
        yield from self._mapping.file.fill_down
        for name in self._mapping.fields.__struct_fields__:
            if (spec := getattr(self._mapping.fields, name)) is not None:
                yield from spec.sources
                if isinstance(spec, BrandSpec | CategorySpec) and spec.names is not None:
                    yield from spec.names.sources

    def _column_of(self, field: str) -> str:
        spec = self._mapping.id if field == "id" else getattr(self._mapping.fields, field, None)
        return shown_columns(spec) if spec is not None else field


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
        # Of one column, the cell alone decides; what it said is remembered as it was written.
        self._only = spec.sources[0] if len(spec.sources) == 1 else None
        self._said: dict[str, list[Fact]] = {}
        self.signs = DecimalSigns()

    def facts(self, cells: Mapping[str, object]) -> list[Fact]:
        cell = None if self._only is None else cells.get(self._only)
        if type(cell) is not str or len(cell) > SHORT:
            return self._facts(cells)
        known = self._said.get(cell)
        if known is None:
            if len(self._said) >= REMEMBERED_CELLS:
                self._said.clear()
            known = self._said[cell] = self._facts(cells)
            if known and self.spec.kind == "number" and self.spec.decimal == "auto":
                for piece in self._pieces(cell):
                    self.signs.notice(piece)
        return known

    def _facts(self, cells: Mapping[str, object]) -> list[Fact]:
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
        matches = [text] if self._pattern is None else self._pattern.found(text)
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


def _reading(reader: FieldReader, build: Callable[[str], object], otherwise: object) -> _Read:
    def read(cells: Mapping[str, object], brand: Named | None) -> object:
        found = reader(cells, build)
        return otherwise if found is None else found

    return read


def _build_of(name: str, spec: FieldSpec, signs: DecimalSigns) -> Callable[[str], object]:
    if name == "in_stock":
        return _at_hand
    if isinstance(spec, TextSpec) and spec.markup == "html":
        return lambda raw: clean_text(visible_text(raw)) or None
    if isinstance(spec, NumberSpec):
        return lru_cache(REMEMBERED_CELLS)(partial(_amount, decimal=spec.decimal, signs=signs))
    return lambda raw: clean_text(raw) or None


def _amount(raw: str, *, decimal: DecimalSign, signs: DecimalSigns) -> float:
    if decimal == "auto":
        signs.notice(raw)
    number = parse_number(_CURRENCY.sub("", raw).strip(), decimal=decimal)
    if number < 0:
        raise ValueInvalid(value=raw, reason=f"{raw!r} is below zero")
    return number


def _at_hand(raw: str) -> bool:
    """Whether there are any, also from how many; a shop that sells ahead has less than none."""
    try:
        return normalise_value(raw, _YES_NO).text == "yes"
    except ValueInvalid:
        try:
            return parse_number(raw) > 0
        except ValueInvalid:
            pass
        raise
