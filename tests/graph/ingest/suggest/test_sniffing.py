"""How a file is written: format, encoding, delimiter, cells; said only where it must be."""

from __future__ import annotations

import gzip

import pytest

from graph.errors import ImportFailed
from graph.ingest.mapping_file import FileSpec
from graph.ingest.suggest.sample import take_sample
from graph.ingest.suggest.sniffing import sniff

TITLES = "Brass lamp, tall\nOak desk; with, drawers\nLinen sofa\n"


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content", "spec"),
    [
        ("a.csv", "a,b\n1,2\n", FileSpec()),
        ("a.csv", "a;b\n1;2,5\n", FileSpec(delimiter=";")),
        ("a.csv", "a\tb\n1\t2\n", FileSpec(delimiter="\t")),
        ("a.tsv", "a\tb\n1\t2\n", FileSpec()),
        ("a.txt", "a|b\n1|2\n3|4\n", FileSpec(format="csv", delimiter="|")),
        ("a.csv", 'a,b\n"1;1;1","2"\n', FileSpec()),
        ("a.txt", TITLES, FileSpec()),
        ("a.dat", TITLES, FileSpec(format="lines")),
        ("a.txt", "Oak lamp, tall\nOak desk, low\n", FileSpec()),
        ("a.txt", "A very good lamp of oak|tall\nAn even better desk|low\n", FileSpec()),
        ("a.csv", "title\n" + TITLES, FileSpec(delimiter="\t")),
        ("a.ndjson", '{"a": 1}\n', FileSpec()),
        ("a.json", '[{"a": 1}]', FileSpec()),
        ("a.json", '{"a": 1}\n{"a": 2}\n', FileSpec(format="ndjson")),
        ("dump", '{"a": 1}\n', FileSpec(format="ndjson")),
        ("a.csv", "a,b\n名,ü\n", FileSpec()),
        ("a.csv", "a,b\nrosé,ü\n".encode("cp1252"), FileSpec(encoding="cp1252")),
        (
            "a.csv",
            "Länge,Höhe\nKüche,Bügel\n".encode("cp1252"),
            FileSpec(encoding="cp1252"),
        ),
        ("a.csv", "标题,价格\n台灯,5\n".encode("gb18030"), FileSpec(encoding="gb18030")),
        ("a.csv", "標題,價格\n檯燈書櫃,5\n".encode("gb18030"), FileSpec(encoding="gb18030")),
        ("a.csv", "a,b\n1,2\n".encode("utf-16"), FileSpec()),
        ("a.csv", "\ufeffa;b\n1;2\n", FileSpec(delimiter=";")),
        ("a.csv.gz", gzip.compress(b"a;b\n1;2\n"), FileSpec(delimiter=";")),
    ],
)
def test_only_what_the_importer_would_not_find_is_set(tmp_path, name, content, spec):
    found, decisions = sniff(written(tmp_path, name, content))

    assert found == spec
    assert bool(decisions) == (spec != FileSpec())


def test_a_broken_byte_does_not_change_the_encoding_of_all(tmp_path):
    path = written(tmp_path, "a.csv", "标题,b\n台灯,桌子\n".encode() + b"\xff,1\n")

    assert sniff(path)[0].encoding == "utf-8"


def test_a_first_line_that_is_a_title_is_no_header(tmp_path):
    text = "A very long title of the first thing in this file\n" + TITLES
    path = written(tmp_path, "a.csv", text.replace(",", "").replace(";", ""))

    assert sniff(path)[0].format == "lines"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", ""),
        ("a.csv", " \n\n"),
        ("a.csv.gz", gzip.compress(b"".join(b"%d,b\n" % n for n in range(99_999)))[:-999]),
        ("a.csv.gz", b"\x1f\x8b no gzip"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path, name, content):
    with pytest.raises(ImportFailed):
        take_sample([written(tmp_path, name, content)], 10)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ImportFailed, match="cannot be read"):
        sniff(tmp_path / "none.csv")


def test_literals_and_words_for_nothing_are_seen_in_the_cells(tmp_path):
    path = written(tmp_path, "a.csv", "a,b\nb'x',b'N/A'\nb'y',b'-'\nb'z',b'No'\n")

    sample = take_sample([path], 10)

    assert sample.spec == FileSpec(cells="python-bytes", empty=("-", "N/A"))
