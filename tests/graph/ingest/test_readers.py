"""Reading dumps: every format, every compression, and every way a file can be broken."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from graph.errors import ImportFailed
from graph.ingest.readers import DumpReader, FileOptions
from graph.ingest.rows import Row
from graph.records import RecordRejected

ROWS = [{"sku": "1", "title": "Lamp, red"}, {"sku": "2", "title": "台灯"}]
CSV = 'sku,title\n1,"Lamp, red"\n2,台灯\n'


def read(path: Path, **options: str) -> list[Row | RecordRejected]:
    with DumpReader(path, FileOptions(**options)) as reader:
        return list(reader)


def cells(path: Path, **options: str) -> list[dict[str, object]]:
    rows = read(path, **options)
    assert all(isinstance(row, Row) for row in rows), rows
    return [row.cells for row in rows if isinstance(row, Row)]


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def zstd(content: bytes) -> bytes:
    sink = pyarrow.BufferOutputStream()
    with pyarrow.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize("compress", [bytes, gzip.compress, zstd], ids=["plain", "gzip", "zstd"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("dump.csv", CSV),
        ("dump.ndjson", "\n".join(json.dumps(row) for row in ROWS)),
        ("dump.jsonl", "\n\n".join(json.dumps(row) for row in ROWS) + "\n"),
        ("dump.json", json.dumps(ROWS)),
    ],
)
def test_a_dump_reads_the_same_in_every_format_and_compression(tmp_path, name, content, compress):
    path = written(tmp_path, name, compress(content.encode()))

    assert cells(path) == ROWS


def test_parquet_is_recognised_by_its_content(tmp_path):
    path = tmp_path / "dump.bin"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)

    assert cells(path) == ROWS


def test_compression_is_recognised_by_content_and_not_by_name(tmp_path):
    assert cells(written(tmp_path, "dump.csv.gz", CSV)) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_not_part_of_the_first_column(tmp_path, encoding):
    path = written(tmp_path, "dump.csv", CSV.encode(encoding))

    assert cells(path) == ROWS


def test_a_byte_order_mark_before_json_is_no_error(tmp_path):
    mark = b"\xef\xbb\xbf"

    assert cells(written(tmp_path, "a.json", mark + json.dumps(ROWS).encode())) == ROWS
    assert cells(written(tmp_path, "a.ndjson", mark + json.dumps(ROWS[0]).encode())) == ROWS[:1]


def test_an_encoding_that_the_mapping_names_is_used(tmp_path):
    path = written(tmp_path, "dump.csv", "sku;title\n1;Kühlschrank\n".encode("latin-1"))

    assert cells(path, encoding="latin-1", delimiter=";") == [{"sku": "1", "title": "Kühlschrank"}]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("dump.csv", "sku;title\n1;Lamp, small\n"),
        ("dump.csv", "sku\ttitle\n1\tLamp, small\n"),
        ("dump.csv", 'sku,title\n1,"Lamp, small"\n'),
        ("dump.tsv", "sku;title\n1;Lamp, small\n"),
    ],
)
def test_a_header_says_what_divides_its_cells(tmp_path, name, content):
    assert cells(written(tmp_path, name, content)) == [{"sku": "1", "title": "Lamp, small"}]


def test_lines_are_counted_where_a_cell_spans_several(tmp_path):
    path = written(tmp_path, "dump.csv", 'sku,title\n1,"two\nlines"\n2,x\n')

    assert [row.line for row in read(path)] == [2, 4]


@pytest.mark.parametrize("name", ["a.csv", "a.ndjson", "a.json", "a.parquet"])
def test_an_empty_file_is_refused(tmp_path, name):
    path = written(tmp_path, name, b"")

    with pytest.raises(ImportFailed, match=f"{name}: line 1: the file is empty"):
        read(path)


def test_a_file_that_is_not_there_is_refused_with_its_name(tmp_path):
    with pytest.raises(ImportFailed, match=r"none\.csv: open: cannot be read"):
        read(tmp_path / "none.csv")


def test_a_name_that_tells_no_format_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(ImportFailed, match=r"set format = "):
        read(written(tmp_path, "dump.dat", CSV))


@pytest.mark.parametrize("compress", [gzip.compress, zstd], ids=["gzip", "zstd"])
def test_a_file_cut_off_in_the_middle_gives_its_rows_and_then_fails(tmp_path, compress):
    whole = "sku,title\n" + "".join(f"{n},thing {n * 7919 % 10_007}\n" for n in range(200_000))
    content = compress(whole.encode())
    path = written(tmp_path, "dump.csv.gz", content[: len(content) * 3 // 4])
    rows = []

    with (
        DumpReader(path, FileOptions()) as reader,
        pytest.raises(ImportFailed, match=r"after line \d+: the file is cut off or damaged"),
    ):
        rows.extend(reader)

    assert len(rows) > 1_000


def test_a_row_of_the_wrong_width_is_rejected_and_the_rest_is_read(tmp_path):
    path = written(tmp_path, "dump.csv", "sku;title\n1;a;b, c\n2;c\n")

    with DumpReader(path, FileOptions(delimiter=";")) as reader:
        rejected, row = reader

    assert isinstance(rejected, RecordRejected)
    assert (rejected.line, rejected.code) == (2, "wrong_width")
    assert "3 cells, the header has 2" in rejected.reason
    assert rejected.value == "1;a;b, c"  # as the file has it, to be mended
    assert row == Row(line=3, cells={"sku": "2", "title": "c"})


def test_json_in_another_encoding_is_refused_with_a_remedy(tmp_path):
    path = tmp_path / "dump.ndjson"
    path.write_bytes('{"sku": 1}\n'.encode("utf-16"))

    with pytest.raises(ImportFailed, match=r"is UTF-16; .* iconv"):
        read(path)


def test_a_line_that_is_no_json_is_rejected_and_the_rest_is_read(tmp_path):
    path = written(tmp_path, "dump.ndjson", '{"sku": 1\n[1]\n{"sku": 2}\n')

    first, second, row = read(path)

    assert isinstance(first, RecordRejected)
    assert isinstance(second, RecordRejected)
    assert (first.line, second.line) == (1, 2)
    assert row == Row(line=3, cells={"sku": 2})


def test_a_json_array_that_breaks_off_gives_its_rows_and_then_fails(tmp_path):
    path = written(tmp_path, "dump.json", '[{"sku": 1}, {"sku": 2}, {"sk')
    rows = []

    with (
        DumpReader(path, FileOptions()) as reader,
        pytest.raises(ImportFailed, match="after record 2: is not a JSON array"),
    ):
        rows.extend(reader)

    assert [row.cells for row in rows] == [{"sku": 1}, {"sku": 2}]


def test_a_json_object_where_an_array_should_be_is_refused(tmp_path):
    with pytest.raises(ImportFailed, match="holds no array"):
        read(written(tmp_path, "dump.json", '{"items": []}'))


def test_a_file_that_only_claims_to_be_parquet_is_refused(tmp_path):
    with pytest.raises(ImportFailed, match="is not a whole Parquet file"):
        read(written(tmp_path, "dump.parquet", b"PAR1" + b"x" * 100))


def test_columns_of_one_name_are_told_apart_by_their_number(tmp_path):
    path = written(tmp_path, "dump.csv", "sku,price,price,price_2,,\n1,9,8,7,6,5\n")

    assert cells(path) == [
        {"sku": "1", "price": "9", "price_3": "8", "price_2": "7", "": "6", "_2": "5"}
    ]


def test_blank_cells_of_merged_ones_say_what_stands_above(tmp_path):
    path = written(tmp_path, "dump.csv", "brand,sku,size\nAcme,1,M\n,2,\nBolt,3,L\n  ,4,S\n")

    rows = cells(path, fill_down=("brand",))

    assert [row["brand"] for row in rows] == ["Acme", "Acme", "Bolt", "Bolt"]
    assert rows[1]["size"] == ""


def test_each_item_of_a_list_is_a_row_with_what_stands_around_it(tmp_path):
    shirt = {"name": "Shirt", "variants": [{"sku": 1}, {"sku": 2}]}
    lines = (shirt, {"name": "Hat", "variants": []}, {"name": "Bag", "variants": {"sku": 4}})
    path = written(tmp_path, "dump.ndjson", "\n".join(map(json.dumps, lines)))

    rows = read(path, each="variants")

    assert [(row.line, row.cells["name"], row.cells["variants"]) for row in rows] == [
        (1, "Shirt", {"sku": 1}),
        (1, "Shirt", {"sku": 2}),
        (2, "Hat", None),
        (3, "Bag", {"sku": 4}),
    ]


def test_a_quote_that_is_never_closed_costs_one_reject_and_not_the_memory(tmp_path):
    body = b"sku,title\n1,ok\n" + b'2,"open\n' + b"x" * 17_000_000 + b"\n3,ok\n"
    rows = read(written(tmp_path, "dump.csv", body))

    assert [row.line for row in rows if isinstance(row, Row)][:1] == [2]
    assert any(isinstance(row, RecordRejected) and "quote" in row.reason for row in rows)


def test_a_record_that_is_nested_too_deeply_is_rejected_and_the_rest_is_read(tmp_path):
    deep = "[" * 100_000 + "]" * 100_000
    content = '[{"sku": 1}, {"sku": 2, "x": ' + deep + '}, {"sku": 3, "x": [[1]]}]'

    first, rejected, last = read(written(tmp_path, "dump.json", content))

    assert isinstance(rejected, RecordRejected)
    assert "64 levels" in rejected.reason
    assert [row.cells["sku"] for row in (first, last)] == [1, 3]


def test_a_number_of_any_length_is_read_from_a_json_array(tmp_path):
    path = written(tmp_path, "dump.json", '[{"sku": 1, "n": ' + "9" * 60 + '}, {"sku": 2.5}]')

    first, second = cells(path)

    assert first["n"] == int("9" * 60)
    assert str(second["sku"]) == "2.5"


def test_a_time_that_python_has_no_value_for_is_read_as_text(tmp_path):
    path = tmp_path / "dump.parquet"
    column = pyarrow.array([0, 1], pyarrow.timestamp("ns"))
    pyarrow.parquet.write_table(pyarrow.table({"sku": ["1", "2"], "at": column}), path)

    assert [row["sku"] for row in cells(path)] == ["1", "2"]


def test_a_header_that_is_no_text_is_refused_with_the_remedy(tmp_path):
    twice = gzip.compress(gzip.compress(CSV.encode()))

    with pytest.raises(ImportFailed, match="compressed twice"):
        read(written(tmp_path, "dump.csv.gz", twice))


def test_text_in_another_encoding_than_the_mapping_says_is_refused(tmp_path):
    path = written(tmp_path, "dump.csv", CSV.encode("utf-16")[:-1])

    with pytest.raises(ImportFailed, match="is not text in the encoding"):
        read(path)


def test_an_open_quote_is_named_with_the_lines_it_took(tmp_path):
    path = written(tmp_path, "dump.csv", 'sku,title,x\n1,"open,x\n2,b\n3,c\n')

    (rejected,) = read(path)

    assert isinstance(rejected, RecordRejected)
    assert "lines 2 to 4 were read as one row" in rejected.reason


def test_a_number_that_python_refuses_to_read_is_told_with_its_record(tmp_path):
    path = tmp_path / "dump.json"
    path.write_text('[{"sku": 1}, {"sku": ' + "9" * 5_000 + "}]", encoding="utf-8")

    with (
        pytest.raises(ImportFailed, match="thousands of digits"),
        DumpReader(path, FileOptions()) as r,
    ):
        list(r)
