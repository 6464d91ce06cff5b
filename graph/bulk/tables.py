"""Nodes and relationships as lines of CSV that `neo4j-admin database import` reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec import structs

from graph.errors import ImportFailed
from graph.records import Fact, Item, ItemKind, Named, Parameter, Value
from graph.repositories.item_queries import HASH_PROPERTY, LABELS
from graph.repositories.item_rows import item_row, named_row, parameter_row, value_row
from graph.schema import Label, Relationship

# Between the texts of one cell. No name has it: cleaning takes it for a space.
ARRAY_DELIMITER = "\x1f"

_SPECIAL = re.compile(r'[",\r\n]')
_TYPES: Mapping[type, str] = {
    str: "string",
    bool: "boolean",
    int: "long",
    float: "double",
    list: "string[]",
    datetime: "datetime",
}
_NAMED = Named(id="-", name="-", names=("-",))
_PARAMETER = Parameter(id="-", name="-", kind="text", unit="-", names=("-",), decimals=1)
_VALUE = Value(id="-", parameter="-", text="-", number=1.0, unit="-")
# An item that says everything: its row shows which properties there are, and of which type.
_SAID: Mapping[object, object] = {
    str: "-",
    str | None: "-",
    float | None: 1.0,
    bool | None: True,
    tuple[str, ...]: ("-",),
    tuple[Fact, ...]: (),
    tuple[Named, ...]: (_NAMED,),
    Named | None: _NAMED,
}


@dataclass(frozen=True, slots=True)
class NodeTable:
    """Nodes of one kind: their labels, and their properties with the types of neo4j-admin."""

    labels: tuple[Label, ...]
    types: Mapping[str, str]

    @property
    def header(self) -> str:
        ids = f"id:ID({self.labels[0]})"
        return ",".join([ids, *(f"{name}:{type}" for name, type in self.types.items())]) + "\n"

    @property
    def argument(self) -> str:
        return f"--nodes={':'.join(self.labels)}="


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """Relationships of one type between nodes of two labels."""

    type: Relationship
    start: Label
    end: Label
    types: Mapping[str, str]

    @property
    def header(self) -> str:
        ends = [f":START_ID({self.start})", f":END_ID({self.end})"]
        return ",".join([*ends, *(f"{name}:{type}" for name, type in self.types.items())]) + "\n"

    @property
    def argument(self) -> str:
        return f"--relationships={self.type}="


def fact_properties(source: str, run: str, now: datetime) -> dict[str, object]:
    """What every fact of one load carries, as `item_queries.link` writes it; evidence aside."""
    return {
        "origin": "catalog",
        "status": "accepted",
        "confidence": 1.0,
        "source": source,
        "run": run,
        "valid_from": now,
    }


def item_table(kind: ItemKind) -> NodeTable:
    """The table of `item_row`: a property that is added there has a column here."""
    fields = {field.name: field.type for field in structs.fields(Item) if field.name != "kind"}
    whole = Item(kind=kind, **{name: _SAID[type] for name, type in fields.items()})  # type: ignore[arg-type]
    row = item_row(whole)["properties"]
    assert isinstance(row, dict)
    said = {name: value for name, value in row.items() if value is not None}
    hash = "-" if kind == "product" else ["-"]
    times = {"first_seen": datetime.min, "last_seen": datetime.min}
    types = _types({**said, HASH_PROPERTY[kind]: hash, **times})
    labels = (LABELS[kind],) if kind == "product" else (LABELS[kind], Label.ENTITY)
    return NodeTable(labels, types)


def named_table(label: Label) -> NodeTable:
    return NodeTable((label, Label.ENTITY), _types(without_id(named_row(_NAMED))))


def parameter_table() -> NodeTable:
    return NodeTable((Label.PARAMETER,), _types(without_id(parameter_row(_PARAMETER))))


def value_table() -> NodeTable:
    return NodeTable((Label.VALUE, Label.ENTITY), _types(without_id(value_properties(_VALUE))))


def value_properties(value: Value) -> dict[str, object]:
    """As `item_queries.MERGE_VALUES` writes it: found by its text."""
    return {**value_row(value), "names": [value.text]}


def edge_table(type: Relationship, start: Label, end: Label, *extra: str) -> EdgeTable:
    facts = _types(fact_properties("-", "-", datetime.min))
    return EdgeTable(type, start, end, {**facts, **dict.fromkeys(extra, "string")})


def bare_edge_table(type: Relationship, start: Label, end: Label) -> EdgeTable:
    return EdgeTable(type, start, end, {})


def node_table(label: Label, properties: Mapping[str, object]) -> NodeTable:
    """The table of one node: its properties show the types."""
    return NodeTable((label,), _types(without_id(properties)))


def without_id(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != "id"}


def cells_of(row: Mapping[str, object]) -> list[object]:
    """In the order of the header."""
    return [row["id"], *without_id(row).values()]


def _types(properties: Mapping[str, object]) -> dict[str, str]:
    return {name: _TYPES[type(value)] for name, value in properties.items()}


class CsvText:
    """Writes cells, and remembers what neo4j-admin has to be told about them."""

    def __init__(self) -> None:
        self.multiline = False  # reading such files costs it its parallelism
        self.longest = 0  # characters of a line

    def line(self, cells: Iterable[object]) -> str:
        text = ",".join(map(self.cell, cells)) + "\n"
        if len(text) > self.longest:
            self.longest = len(text)
        return text

    def cell(self, value: object) -> str:
        """A blank cell is no property; an empty text is one, and stands in quotes."""
        if value is None:
            return ""
        if type(value) is str:
            return value if value and not _SPECIAL.search(value) else self._quoted(value)
        if value is True or value is False:
            return "true" if value else "false"
        if isinstance(value, float | int):
            return repr(value)
        if isinstance(value, datetime):
            return value.isoformat()
        assert isinstance(value, list)
        return self._list(value)

    def _quoted(self, text: str) -> str:
        self.multiline = self.multiline or "\n" in text or "\r" in text
        return '"' + text.replace('"', '""') + '"'

    def _list(self, texts: list[str]) -> str:
        joined = ARRAY_DELIMITER.join(texts)
        if joined.count(ARRAY_DELIMITER) != len(texts) - 1:
            raise ImportFailed(
                file=repr(joined),
                place="name",
                reason="has the control character U+001F, which separates names in a bulk load; "
                "remove it from the mapping, or use `catalograph import`",
            )
        return self.cell(joined)
