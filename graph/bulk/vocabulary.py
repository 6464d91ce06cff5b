"""What the items of a bulk load speak of, each written once: the first to say it decides."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from graph.bulk.tables import (
    CsvText,
    cells_of,
    value_properties,
)
from graph.records import Named, Parameter, Value
from graph.repositories.item_rows import named_row, parameter_row
from graph.schema import Label, Relationship

NAMED_LABELS = (Label.BRAND, Label.CATEGORY, Label.MODEL)

_TABLES = (
    "CREATE TABLE told (id TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE named (label TEXT, id TEXT, name TEXT, names TEXT, PRIMARY KEY (label, id))"
    " WITHOUT ROWID",
)


class VocabularyFiles:
    """Writes values as they come, and what has names when all of them are known.

    Millions of values stay on disk: memory is that of one SQLite cache.
    """

    def __init__(
        self, folder: Path, parameters: Mapping[str, Parameter], provenance: Mapping[str, object]
    ) -> None:
        self.text = CsvText()
        self.nodes: Counter[Label] = Counter()
        self.edges: Counter[Relationship] = Counter()
        self._folder = folder
        self._parameters = parameters
        self._provenance = tuple(provenance.values())
        self._files = ExitStack()
        self._connection = _scratch_database(self._files, folder)
        self._values = self._open(Label.VALUE)
        self._declared = self._open(Label.PARAMETER)
        self._value_of = self._open(Relationship.VALUE_OF)
        self._subcategories = self._open(Relationship.SUBCATEGORY_OF)
        self._written: set[str] = set()

    def __enter__(self) -> VocabularyFiles:
        return self

    def __exit__(self, *failure: object) -> None:
        self._files.close()

    def _open(self, table: str) -> TextIO:
        path = self._folder / f"{table.lower()}.csv"
        return self._files.enter_context(path.open("w", encoding="utf-8", newline=""))

    def add_values(self, values: Iterable[Value]) -> None:
        for value in values:
            if not self._is_new(value.id):
                continue
            properties = value_properties(value)
            self._values.write(self.text.line(cells_of(properties)))
            self._value_of.write(self.text.line((value.id, value.parameter)))
            self.nodes[Label.VALUE] += 1
            self.edges[Relationship.VALUE_OF] += 1
            self._declare(value.parameter)

    def add_named(self, named: Iterable[tuple[Label, Named]]) -> None:
        for label, one in named:
            self._add_names(label, one)

    def add_steps(self, steps: Iterable[tuple[str, str]]) -> None:
        """Child and parent categories."""
        for child, parent in steps:
            if self._is_new(f"\n{child}\n{parent}"):
                self._subcategories.write(self.text.line((child, parent, *self._provenance)))
                self.edges[Relationship.SUBCATEGORY_OF] += 1

    def finish(self) -> None:
        for label in NAMED_LABELS:
            with self._open(label) as file:
                rows = self._connection.execute(
                    "SELECT id, name, names FROM named WHERE label = ?", (label,)
                )
                for id, name, names in rows:
                    file.write(self.text.line((id, name, json.loads(names))))
                    self.nodes[label] += 1

    def _declare(self, id: str) -> None:
        if id not in self._written:
            self._written.add(id)
            row = parameter_row(self._parameters[id])
            self._declared.write(self.text.line(cells_of(row)))
            self.nodes[Label.PARAMETER] += 1

    def _is_new(self, key: str) -> bool:
        cursor = self._connection.execute("INSERT OR IGNORE INTO told VALUES (?)", (key,))
        return cursor.rowcount > 0

    def _add_names(self, label: Label, named: Named) -> None:
        """The name is that of the first; names are everybody's, in the order they were said."""
        row = named_row(named)
        names = list(dict.fromkeys(_texts(row["names"])))
        added = self._connection.execute(
            "INSERT OR IGNORE INTO named VALUES (?, ?, ?, ?)",
            (label, named.id, named.name, json.dumps(names)),
        )
        if added.rowcount:
            return
        ((known,),) = self._connection.execute(
            "SELECT names FROM named WHERE label = ? AND id = ?", (label, named.id)
        )
        together = list(dict.fromkeys([*json.loads(known), *names]))
        self._connection.execute(
            "UPDATE named SET names = ? WHERE label = ? AND id = ?",
            (json.dumps(together), label, named.id),
        )


def _texts(names: object) -> list[str]:
    assert isinstance(names, list)
    return names


def _scratch_database(files: ExitStack, folder: Path) -> sqlite3.Connection:
    scratch = files.enter_context(tempfile.TemporaryDirectory(dir=folder, prefix="names-"))
    connection = sqlite3.connect(Path(scratch, "names.sqlite"), isolation_level=None)
    files.callback(connection.close)
    # It is thrown away at the end: neither journal nor sync is worth a write.
    for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -8000"):
        connection.execute(f"PRAGMA {pragma}")
    for table in _TABLES:
        connection.execute(table)
    connection.execute("BEGIN")
    return connection
