"""The mapping file: which column is what, as TOML, checked before any row is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from graph.errors import MappingInvalid
from graph.filters import RESERVED
from graph.ingest.patterns import Pattern
from graph.ingest.readers import FileOptions, Format
from graph.records import ItemKind, Parameter, ParameterKind
from graph.text import find_unit
from graph.text.excerpt import excerpt
from graph.text.near import near_names

# What changes from hour to hour while a product stays what it is.
CHANGED_FIELDS = ("price", "currency", "in_stock")


class _Spec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the mapping file; a key that is not declared here is refused."""


class FileSpec(_Spec, frozen=True):
    """How the file is written, where its name and content do not tell."""

    format: Format | None = None
    encoding: str = "utf-8"
    delimiter: str | None = None
    # python-bytes: cells are written as b'..' literals, as str(bytes) leaves them.
    cells: Literal["plain", "python-bytes"] = "plain"
    # Cells that say nothing, besides blank ones.
    empty: tuple[str, ...] = ()
    # A list in JSON or Parquet each item of which is a row, such as the variants of a product.
    each: str | None = None
    # Columns whose blank cells say what the cell above says, as merged cells are written out.
    fill_down: tuple[str, ...] = ()

    @property
    def options(self) -> FileOptions:
        return FileOptions(
            format=self.format,
            encoding=self.encoding,
            delimiter=self.delimiter,
            each=self.each,
            fill_down=self.fill_down,
        )


class FieldSpec(_Spec, frozen=True):
    """Where a field's text comes from: the first column that says something, or all joined."""

    column: str | None = None
    columns: tuple[str, ...] = ()
    value: str | None = None  # the same for every row
    join: str | None = None
    pattern: str | None = None  # what of the cell is meant: its first group, or all of the match

    @property
    def sources(self) -> tuple[str, ...]:
        return ((self.column,) if self.column is not None else ()) + self.columns


class IdSpec(FieldSpec, frozen=True):
    """Where the SKU comes from; `hash` makes one of any text, where a dump has none."""

    hash: bool = False


class NamesSpec(FieldSpec, frozen=True):
    split: str | None = None


class BrandSpec(FieldSpec, frozen=True):
    names: NamesSpec | None = None  # other names the brand is known by


class CategoryNamesSpec(NamesSpec, frozen=True):
    separator: str | None = None  # None: that of the category


class CategorySpec(FieldSpec, frozen=True):
    separator: str = ">"
    names: CategoryNamesSpec | None = None  # other names of the last, or of each step


class ReadSpec(FieldSpec, frozen=True):
    """A field whose cells mean something that they may fail to say."""

    invalid: Literal["reject", "skip"] = "reject"  # the row, or only this cell


class TextSpec(FieldSpec, frozen=True):
    """Texts for people, which shops write as they show them."""

    markup: Literal["plain", "html"] = "plain"  # html: what between the tags is seen


class NumberSpec(ReadSpec, frozen=True):
    decimal: Literal["auto", ".", ","] = "auto"


class FieldsSpec(_Spec, frozen=True):
    title: FieldSpec | None = None
    names: NamesSpec | None = None
    brand: BrandSpec | None = None
    category: CategorySpec | None = None
    model: FieldSpec | None = None
    description: TextSpec | None = None
    language: FieldSpec | None = None
    price: NumberSpec | None = None
    currency: FieldSpec | None = None
    gtin: FieldSpec | None = None
    mpn: FieldSpec | None = None
    url: FieldSpec | None = None
    image_url: FieldSpec | None = None
    in_stock: ReadSpec | None = None


class ParameterSpec(NumberSpec, frozen=True, kw_only=True):
    """A parameter and how its values are read out of cells."""

    id: str
    name: str
    kind: ParameterKind = "text"
    unit: str | None = None
    names: tuple[str, ...] = ()
    split: str | None = None  # "8/16 GB" with "/" is 8 GB and 16 GB
    take: Literal["first", "all"] = "first"  # of the columns and matches that say something
    decimals: int | None = None  # numbers are rounded to so many
    minimum: float | None = None
    maximum: float | None = None


class MappingFile(_Spec, frozen=True):
    """The whole file."""

    version: Literal[1]
    target: ItemKind
    fields: FieldsSpec
    id: IdSpec | None = None
    # Rows say what has changed of products that there are; what they do not say stays.
    changes: bool = False
    file: FileSpec = FileSpec()
    # Dumps in several files may have columns in some of them only: "ignore".
    missing_columns: Literal["refuse", "ignore"] = "refuse"
    parameters: tuple[ParameterSpec, ...] = ()


def load_mapping_file(path: Path) -> MappingFile:
    """Read and check a mapping.

    Raises:
        MappingInvalid: with the place, the reason, and the nearest key for a misspelt one.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise MappingInvalid(
            path=str(path), place="file", reason=f"cannot be read: {error.strerror}"
        ) from error
    except UnicodeDecodeError as error:
        raise MappingInvalid(path=str(path), place="file", reason="is not UTF-8") from error
    return parse_mapping(text, path=str(path))


def parse_mapping(text: str, *, path: str = "mapping") -> MappingFile:
    try:
        mapping = msgspec.convert(tomllib.loads(text), MappingFile)
    except tomllib.TOMLDecodeError as error:
        raise MappingInvalid(path=path, place="TOML", reason=str(error)) from error
    except msgspec.ValidationError as error:
        raise _explained(path, text, str(error)) from error
    _check(path, mapping)
    return mapping


def check_parameters(
    path: str, declared: Mapping[str, Parameter], known: Mapping[str, Parameter]
) -> None:
    """Refuse to store one parameter in two units: their numbers could not be compared.

    Raises:
        MappingInvalid: naming the parameter and what the graph has.
    """
    for id, parameter in declared.items():
        there = known.get(id)
        if there and _stored_as(there) != _stored_as(parameter):
            raise MappingInvalid(
                path=path,
                place=f"parameter {id}",
                reason=f"is a {_described(parameter)} here and a {_described(there)} in the graph; "
                "declare it as it is there (cells in other units are converted), or use another id",
            )


def _stored_as(parameter: Parameter) -> tuple[str, str | None, int | None]:
    return parameter.kind, parameter.unit, parameter.decimals


def _described(parameter: Parameter) -> str:
    unit = f" in {parameter.unit}" if parameter.unit else ""
    rounded = "" if parameter.decimals is None else f" of {parameter.decimals} decimals"
    return f"{parameter.kind}{unit}{rounded}"


def _explained(path: str, text: str, message: str) -> MappingInvalid:
    reason, _, place = message.partition(" - at ")
    place = place.strip("`").removeprefix("$").removeprefix(".")[:200] or "top level"
    if unknown := re.match(r"Object contains unknown field `(.+)`", reason):
        key = unknown[1]
        known = _known_keys()
        near = near_names(key, known)
        if key in known:
            reason = f"the key {excerpt(key)} has no meaning here; other tables have it"
        else:
            near_one = f"; did you mean {near[0]!r}?" if near else ""
            reason = f"the key {excerpt(key)} is not known{near_one}"
        if line := _line_of(text, key):
            place = f"line {line}, {place}"
    return MappingInvalid(path=path, place=place, reason=reason)


def _known_keys() -> list[str]:
    specs = (
        FileSpec,
        IdSpec,
        BrandSpec,
        CategoryNamesSpec,
        CategorySpec,
        NumberSpec,
        NamesSpec,
        TextSpec,
        FieldsSpec,
        ParameterSpec,
    )
    return sorted({key for spec in (*specs, MappingFile) for key in spec.__struct_fields__})


def _line_of(text: str, key: str) -> int | None:
    pattern = re.compile(rf"""(^|[\s{{,\[.])["']?{re.escape(key)}["']?\s*[=\].]""")
    return next(
        (number for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)), None
    )


def _check(path: str, mapping: MappingFile) -> None:
    """What types alone do not say."""
    _check_says_enough(path, mapping)
    if mapping.file.delimiter is not None and len(mapping.file.delimiter) != 1:
        raise MappingInvalid(path=path, place="file.delimiter", reason="is not one character")
    for name, spec in _fields(mapping):
        _check_field(path, name, spec)
    seen: set[str] = set()
    for position, parameter in enumerate(mapping.parameters):
        place = f"parameters[{position}] ({parameter.id})"
        if parameter.id in seen:
            raise MappingInvalid(path=path, place=place, reason="this id is declared twice")
        if parameter.id in RESERVED:
            raise MappingInvalid(
                path=path,
                place=place,
                reason=f"filters and questions mean a field of the item by {parameter.id!r}; "
                f"give it another id, such as '{parameter.id}-2'",
            )
        seen.add(parameter.id)
        _check_field(path, place, parameter)
        if parameter.unit is not None and find_unit(parameter.unit) is None:
            raise MappingInvalid(
                path=path, place=f"{place}.unit", reason=f"the unit {parameter.unit!r} is not known"
            )
        if parameter.unit is not None and parameter.kind != "number":
            raise MappingInvalid(path=path, place=place, reason='a unit needs kind = "number"')


def _check_says_enough(path: str, mapping: MappingFile) -> None:
    if mapping.target == "product" and mapping.id is None:
        raise MappingInvalid(
            path=path,
            place="id",
            reason='a product needs one: add `id = { column = "…" }` with the column of its SKU, '
            'or `id = { columns = ["…"], hash = true }` with those that tell rows apart',
        )
    if mapping.changes:
        _check_changes(path, mapping)
    elif mapping.fields.title is None:
        raise MappingInvalid(
            path=path,
            place="fields.title",
            reason="is missing: add the column of what a thing is called; where rows say no more "
            "than new prices or stock of what is there, add `changes = true` at the top",
        )


def _check_changes(path: str, mapping: MappingFile) -> None:
    said = {name for name, _ in _fields(mapping) if name.startswith("fields.")}
    others = sorted(said - {f"fields.{name}" for name in CHANGED_FIELDS})
    reason = None
    if mapping.target != "product":
        reason = 'are of products: target = "product"'
    elif others or mapping.parameters:
        place = others[0] if others else f"parameter {mapping.parameters[0].id}"
        reason = f"are of {', '.join(CHANGED_FIELDS)} alone; take {place} away"
    elif not said - {"fields.currency"}:
        reason = "need fields.price or fields.in_stock"
    if reason is not None:
        raise MappingInvalid(path=path, place="changes", reason=reason)


def _fields(mapping: MappingFile) -> list[tuple[str, FieldSpec]]:
    named = [
        (f"fields.{name}", getattr(mapping.fields, name))
        for name in mapping.fields.__struct_fields__
    ]
    named += [
        (f"{place}.names", spec.names)
        for place, spec in named
        if isinstance(spec, BrandSpec | CategorySpec)
    ]
    return [(name, spec) for name, spec in [("id", mapping.id), *named] if spec is not None]


def _check_field(path: str, place: str, spec: FieldSpec) -> None:
    if not spec.sources and spec.value is None:
        raise MappingInvalid(
            path=path, place=place, reason="names neither a column, columns nor a value"
        )
    for separator in ("separator", "split"):
        if getattr(spec, separator, None) == "":
            raise MappingInvalid(path=path, place=f"{place}.{separator}", reason="is empty")
    if spec.pattern is not None:
        try:
            Pattern(spec.pattern)
        except ValueError as error:
            raise MappingInvalid(path=path, place=f"{place}.pattern", reason=str(error)) from error
