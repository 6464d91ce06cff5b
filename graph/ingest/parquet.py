"""The cells of a Parquet file, row by row, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow
import pyarrow.parquet

BATCH_ROWS = 2_000
BATCH_BYTES = 32 << 20  # of rows as long as the average of their group


class ParquetRows:
    """An open file.

    A column that repeats its values is read as these and where they stand: one long value in a
    million rows is a small file, and would be a large batch.
    """

    def __init__(self, source: object) -> None:
        metadata = pyarrow.parquet.read_metadata(source)
        repeated = sorted({name for name, one in _chunks(metadata) if _is_repeated(one)})
        self._file = pyarrow.parquet.ParquetFile(source, read_dictionary=repeated)
        self.columns: list[str] = self._file.schema_arrow.names
        self.unpacked_bytes = sum(chunk.total_uncompressed_size for _, chunk in _chunks(metadata))

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        metadata = self._file.metadata
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            row_bytes = group.total_byte_size / max(group.num_rows, 1)
            size = max(1, min(BATCH_ROWS, int(BATCH_BYTES / max(row_bytes, 1))))
            for batch in self._file.iter_batches(batch_size=size, row_groups=[number]):
                yield from zip(*(_cells_of(column) for column in batch.columns), strict=True)


def _chunks(
    metadata: pyarrow.parquet.FileMetaData,
) -> Iterator[tuple[str, pyarrow.parquet.ColumnChunkMetaData]]:
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        for place in range(group.num_columns):
            chunk = group.column(place)
            yield chunk.path_in_schema, chunk


def _is_repeated(chunk: pyarrow.parquet.ColumnChunkMetaData) -> bool:
    return chunk.physical_type == "BYTE_ARRAY" and any(
        "DICTIONARY" in encoding for encoding in chunk.encodings
    )


def _cells_of(column: pyarrow.Array) -> list[object]:
    if pyarrow.types.is_dictionary(column.type):
        values = _cells_of(column.dictionary)
        return [None if at is None else values[at] for at in column.indices.to_pylist()]
    try:
        return column.to_pylist()  # type: ignore[no-any-return]
    except UnicodeDecodeError:  # as bytes; the rows whose cell is no text are rejected by that
        return column.cast(pyarrow.binary()).to_pylist()  # type: ignore[no-any-return]
    except (ValueError, OverflowError):  # times that Python has no value for, as nanoseconds
        return column.cast(pyarrow.string()).to_pylist()  # type: ignore[no-any-return]
