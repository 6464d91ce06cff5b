"""Files that grow out of proportion, never end, or change while they are read."""

from __future__ import annotations

import gzip
import os
import tracemalloc

import pyarrow
import pyarrow.parquet
import pytest

from graph.errors import ImportFailed
from graph.ingest import arrays, files
from graph.ingest.readers import DumpReader, FileOptions
from graph.ingest.rows import Row


def read(path):
    with DumpReader(path, FileOptions()) as reader:
        return list(reader)


@pytest.fixture
def no_free_bytes(monkeypatch):
    monkeypatch.setattr(files, "UNPACKED_FREE_BYTES", 1_000)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.ndjson.gz", "a.json.gz"])
def test_what_unpacks_without_end_is_refused(tmp_path, no_free_bytes, name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(b'[{"sku": "' + b" " * 20_000_000 + b'"}]\n'))

    with pytest.raises(ImportFailed, match="400 times its size"):
        read(path)


def test_a_parquet_file_that_unpacks_out_of_proportion_is_refused(tmp_path, no_free_bytes):
    path = tmp_path / "a.parquet"
    table = pyarrow.table({"sku": ["x" * 1_000_000, "y" * 1_000_000]})
    pyarrow.parquet.write_table(table, path, compression="zstd", use_dictionary=False)

    with pytest.raises(ImportFailed, match="400 times its size"):
        read(path)


def test_one_long_value_in_many_rows_of_parquet_is_held_once(tmp_path):
    path = tmp_path / "a.parquet"
    long = "x" * 300_000
    pyarrow.parquet.write_table(pyarrow.table({"sku": [long] * 2_000}), path)

    tracemalloc.start()
    with DumpReader(path, FileOptions()) as reader:
        lengths = {len(row.cells["sku"]) for row in reader}
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert lengths == {300_000}
    assert peak < 100 * len(long)


def test_a_line_without_end_costs_one_reject_and_the_next_line_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "CSV_FIELD_LIMIT", 1_000)
    path = tmp_path / "a.csv"
    path.write_text("sku,title\n1," + "x" * 5_000 + "\n2,Lamp\n", encoding="utf-8")

    rejected, row = read(path)

    assert rejected.code == "row_unreadable"
    assert row.cells == {"sku": "2", "title": "Lamp"}


def test_a_header_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "CSV_FIELD_LIMIT", 1_000)
    path = tmp_path / "a.csv"
    path.write_text("x" * 5_000 + "\n", encoding="utf-8")

    with pytest.raises(ImportFailed, match="cannot be read as a header"):
        read(path)


def test_an_item_of_a_json_array_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "MAX_ITEM_BYTES", 1 << 20)
    path = tmp_path / "a.json"
    path.write_text('[{"sku": "' + "x" * (3 << 20) + '"}]', encoding="utf-8")

    with pytest.raises(ImportFailed, match="over 1 MiB long"):
        read(path)


def test_parquet_text_that_is_not_utf8_costs_its_row_alone(tmp_path):
    path = tmp_path / "a.parquet"
    raw = pyarrow.array([b"good", b"\xff\xfe"], pyarrow.binary())
    text = pyarrow.Array.from_buffers(pyarrow.string(), 2, raw.buffers())
    pyarrow.parquet.write_table(pyarrow.table({"sku": text}), path, use_dictionary=False)

    assert [row.cells["sku"] for row in read(path)] == [b"good", b"\xff\xfe"]


def test_a_file_that_is_written_to_while_it_is_read_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sku,title\n1,Lamp\n2,Desk\n", encoding="utf-8")
    rows = []

    def read_slowly():
        with DumpReader(path, FileOptions()) as reader:
            for row in reader:
                rows.append(row)
                path.write_text("sku,title\n3,Chair\n4,Shelf\n5,Bed\n", encoding="utf-8")

    with pytest.raises(ImportFailed, match="was changed while it was read"):
        read_slowly()
    assert isinstance(rows[0], Row)


def test_a_file_that_is_not_the_one_that_was_seen_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sku,title\n1,Lamp\n", encoding="utf-8")
    seen = files.FileState.of(path.stat())
    os.utime(path, ns=(0, 0))

    with (
        pytest.raises(ImportFailed, match="changed after this import was asked for"),
        DumpReader(path, FileOptions(), state=seen),
    ):
        pass


def test_bytes_of_a_json_array_that_are_no_text_are_told_with_their_place(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b'[{"sku": "1"}, {"sku": "\xff"}]')

    with pytest.raises(ImportFailed, match="invalid bytes in UTF8"):
        read(path)
