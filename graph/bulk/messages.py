"""What the processes of a bulk load tell each other, in the order of the rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from graph.errors import ImportFailed, MappingInvalid
from graph.ingest.mapping_file import MappingFile
from graph.records import Named, RecordRejected, Value
from graph.schema import Label, Relationship


@dataclass(frozen=True, slots=True)
class Slice:
    """What a process needs to know: number `index` of `of` that share the rows of `files`."""

    index: int
    of: int
    files: tuple[Path, ...]
    mapping: MappingFile
    source: str
    run: str
    now: datetime
    folder: Path


class Claim(NamedTuple):
    """A row that would like to be the item of an id."""

    line: int
    id: str
    title: str
    content_hash: str


class Mapped(NamedTuple):
    """Slice to load: what has become of a chunk's rows, each in its place."""

    chunk: int
    file: int
    bytes_read: int
    rows: list[Claim | RecordRejected]


@dataclass(slots=True)
class Verdict:
    """Load to slice, by place: what is not written, or under another id; all else is."""

    dropped: set[int] = field(default_factory=set)
    renamed: dict[int, str] = field(default_factory=dict)
    shown: set[int] = field(default_factory=set)  # rows that `Written` shall hold


class Written(NamedTuple):
    """Slice to load: a chunk is written; what its items speak of, as far as it may be new."""

    chunk: int
    values: list[Value]
    named: list[tuple[Label, Named]]
    steps: list[tuple[str, str]]  # child and parent categories
    shown: dict[int, dict[str, object]]


class Ended(NamedTuple):
    """Slice to load: there are no more chunks."""

    edges: dict[Relationship, int]
    cells_skipped: dict[str, int]
    decimals_unsure: dict[str, str]
    multiline: bool
    longest: int


class Failed(NamedTuple):
    """Slice to load: an error of ours, in parts; pickle does not make what is made by names."""

    kind: type[ImportFailed] | type[MappingInvalid]
    fields: dict[str, str]

    @classmethod
    def of(cls, error: ImportFailed | MappingInvalid) -> Failed:
        return cls(type(error), vars(error))

    @property
    def error(self) -> ImportFailed | MappingInvalid:
        return self.kind(**self.fields)


Message = Mapped | Written | Ended | Failed
