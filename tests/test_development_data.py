"""Real dumps through the mappings of examples/; skipped where the development data is not."""

from __future__ import annotations

import csv
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.services.importing import import_files
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import load_mapping_file
from graph.ingest.readers import DumpReader
from graph.ingest.rows import Row
from graph.records import Item

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("CATALOGRAPH_DATA", ROOT.parent / "shared" / "data"))
MAPPINGS = ROOT / "examples" / "mappings"

pytestmark = [
    pytest.mark.long,
    pytest.mark.data,
    pytest.mark.skipif(
        not DATA.is_dir(), reason="no development data; set CATALOGRAPH_DATA to its folder"
    ),
]

# Written independently of the mapping: what a reader sees in the cells of the dump.
SAYS = {
    "battery": re.compile(r"\d mAh"),
    "ram": re.compile(r"\d ?[GMk]B RAM"),
    "display": re.compile(r"\d ?inches"),
    "weight": re.compile(r"\d ?g\b"),
    "year": re.compile(r"\b(19|20)\d\d\b"),
    "storage": re.compile(r"^[\d./]+ ?[GMT]B(,|$)"),
}
COLUMNS = {
    "battery": ("", "_1", "_1_1"),
    "ram": ("Internal",),
    "storage": ("Internal",),
    "display": ("Size",),
    "weight": ("Weight",),
    "year": ("Announced",),
}


def gsmarena() -> list[Path]:
    return sorted((DATA / "gsmarena_2019").glob("*.csv.gz"))


def cell(row: dict[str, object], column: str) -> str:
    text = str(row.get(column) or "")
    return text[2:-1] if text.startswith(("b'", 'b"')) else text


def test_every_cell_of_the_phone_dump_that_says_a_size_becomes_a_number():
    mapping = load_mapping_file(MAPPINGS / "gsmarena.toml")
    rows = RowMapping(mapping)
    missing, found = [], 0
    for path in gsmarena():
        with DumpReader(path, mapping.file.options) as reader:
            for row in reader:
                assert isinstance(row, Row)
                item = rows.apply(row, "gsmarena")
                assert isinstance(item, Item), item
                stated = {fact.value.parameter for fact in item.facts if fact.value.number}
                for parameter, pattern in SAYS.items():
                    said = any(pattern.search(cell(row.cells, c)) for c in COLUMNS[parameter])
                    found += said
                    if said and parameter not in stated:
                        missing.append((path.name, row.line, parameter))

    assert found > 45_000
    assert missing == []


def test_the_whole_phone_dump_is_in_the_graph(database, tmp_path):
    reports = import_files(
        database,
        gsmarena(),
        mapping_file=MAPPINGS / "gsmarena.toml",
        source="gsmarena",
        run="run-1",
        clock=lambda: datetime.now(UTC),
        rejects_file=tmp_path / "rejects.ndjson",
    )
    read = sum(report.rows_read for report in reports)
    rejected = sum(report.rejected for report in reports)

    assert read == 9_681
    assert rejected <= 0.005 * read
    assert database.read("MATCH (m:Model) RETURN count(m) AS n") == [{"n": read - rejected}]
    (phone,) = database.read(
        "MATCH (:Model {id: 'samsung-galaxy-s10'})-[:HAS_PARAMETER]->(v:Value) "
        "WHERE v.parameter IN ['battery', 'display', 'weight', 'year'] "
        "WITH v ORDER BY v.id RETURN collect(v.id) AS values"
    )
    assert phone["values"] == ["battery=3400mAh", "display=6.1in", "weight=157g", "year=2019"]


def test_the_listings_of_a_shop_load_with_few_rejects():
    mapping = load_mapping_file(MAPPINGS / "flipkart.toml")
    path = DATA / "flipkart_2021" / "mobiles.csv"
    rows = RowMapping(mapping)
    with DumpReader(path, mapping.file.options) as reader:
        results = [rows.apply(row, "flipkart") for row in reader if isinstance(row, Row)]

    items = [result for result in results if isinstance(result, Item)]
    with path.open(encoding="utf-8", newline="") as file:
        distinct = {tuple(row) for row in csv.reader(file)}
    assert len(items) == len(results)
    assert len({item.id for item in items}) == len(distinct) - 1  # the header
