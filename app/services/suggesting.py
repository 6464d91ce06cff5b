"""Mappings that nobody has written yet, and rows as they would be stored: no database is needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graph.errors import ImportFailed
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import MappingFile, load_mapping_file, parse_mapping
from graph.ingest.preview import PreviewRow, preview_file
from graph.ingest.suggest import Suggestion, suggest
from graph.records import ItemKind, Record
from graph.text import item_id

SAMPLE_ROWS = 5_000
SUGGESTED = "the suggested mapping"


class FilePreview(Record, frozen=True):
    """The first rows of a file, and what they were read with."""

    file: str
    mapping: str  # a path, or that it was suggested
    rows: tuple[PreviewRow, ...]
    cells_skipped: dict[str, int]
    decimals_unsure: dict[str, str]


def suggest_mapping(
    files: Sequence[Path], *, rows: int = SAMPLE_ROWS, target: ItemKind | None = None
) -> Suggestion:
    """A mapping for `files`, with its evidence.

    Raises:
        ImportFailed: a file is missing, empty or broken, or has no row that can be read.
    """
    _require(files)
    return suggest(files, rows=rows, target=target)


def preview_import(
    files: Sequence[Path], *, source: str, mapping_file: Path | None, rows: int
) -> list[FilePreview]:
    """The first `rows` rows of each file, with a mapping of one's own or a suggested one.

    Raises:
        ValueInvalid: `source` is no name of a source.
        MappingInvalid, ImportFailed: as an import would.
    """
    item_id(source, "any")
    _require(files)
    mapping = _mapping(files, mapping_file)
    previews = []
    for file in files:
        reader = RowMapping(mapping)
        found = preview_file(file, reader, source=source, limit=rows)
        previews.append(
            FilePreview(
                file=str(file),
                mapping=str(mapping_file or SUGGESTED),
                rows=tuple(found),
                cells_skipped=dict(reader.cells_skipped),
                decimals_unsure=reader.decimals_unsure,
            )
        )
    return previews


def _mapping(files: Sequence[Path], mapping_file: Path | None) -> MappingFile:
    if mapping_file is not None:
        return load_mapping_file(mapping_file)
    return parse_mapping(suggest(files).toml, path=SUGGESTED)


def _require(files: Sequence[Path]) -> None:
    for file in files:  # all of them, before the first is read
        if not file.is_file():
            reason = "is a folder; name its files" if file.is_dir() else "there is no such file"
            raise ImportFailed(file=str(file), place="open", reason=reason)
