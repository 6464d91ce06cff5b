"""Import jobs against a real Neo4j: interrupted, replaced, checked first, tried dry."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.services import importing
from app.services.importing import ImportSpec, run_import
from graph.client import Database
from graph.errors import DiskFull, ImportFailed
from graph.ingest import pipeline
from tests.full_disk import Disk

pytestmark = pytest.mark.neo4j

NOW = datetime(2026, 1, 5, tzinfo=UTC)
MAPPING = """
version = 1
target = "product"
id = { column = "sku" }
[fields]
title = { column = "title" }
price = { column = "price" }
brand = { column = "brand", names = { column = "aliases", split = "|" } }
[[parameters]]
id = "colour"
name = "Colour"
column = "colour"
kind = "text"
"""
HEADER = "sku,title,price,brand,aliases,colour"
# The brand of the third row is known by another name from the sixth row on.
ROWS = [
    "1,Lamp 1,1,Acme,,red",
    "2,Lamp 2,2,Acme,,blue",
    "3,Lamp 3,3,三星,,red",
    "4,Lamp 4,x,Acme,,red",
    "5,Lamp 5,5,Acme,,green",
    "6,Lamp 6,6,Samsung,三星,red",
    "6,Lamp 6,6,Samsung,三星,red",
    "7,Lamp 7,7,三星,,red",
    "8,Lamp 8,8,Acme,,black",
]
GRAPH = """
MATCH (n) WHERE NOT n:Import AND none(label IN labels(n) WHERE label STARTS WITH '__')
OPTIONAL MATCH (n)-[r]->(m)
RETURN labels(n) AS labels, n {.*, updated_at: null} AS node, type(r) AS type,
       properties(r) AS fact, m.id AS target
ORDER BY labels(n)[0], n.id, type(r), m.id
"""


class Killed(BaseException):
    """What a kill looks like from inside: nothing after it runs, nothing catches it."""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(pipeline, "BATCH_FACTS", 2)


def dump(folder: Path, rows=ROWS, name="dump.csv") -> Path:
    path = folder / name
    path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return path


def spec(path: Path, **more) -> ImportSpec:
    fields = {"file": path.name, "source": "shop", "mapping": MAPPING, "mapping_name": "m.toml"}
    return ImportSpec(path=str(path), **{**fields, **more})


def run(database, given: ImportSpec, folder: Path, run="run-1", report=lambda so_far: None):
    return run_import(database, given, run=run, folder=folder, clock=lambda: NOW, report=report)


def rejects(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "rejects.ndjson").read_bytes().splitlines()]


def ids(database, where="true") -> list[str]:
    found = database.read(f"MATCH (n:Product) WHERE {where} RETURN n.id AS id ORDER BY id")
    return [row["id"] for row in found]


def counts(report):
    names = ("rows_read", "created", "updated", "unchanged", "duplicates", "rejected", "closed")
    return {name: getattr(report, name) for name in names}


@pytest.fixture(scope="module")
def undisturbed(shared_database, tmp_path_factory):
    """The graph, counts and rejects of a run that nobody interrupted."""
    from tests.conftest import empty

    database, token = shared_database
    empty(database, token)
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "BATCH_FACTS", 2)
        report = run(database, spec(dump(folder)), folder / "job")
    return database.read(GRAPH), counts(report), rejects(folder / "job")


@pytest.mark.parametrize("kill_at", range(1, 6))
def test_an_import_that_was_killed_ends_like_one_that_was_not(
    database, tmp_path, undisturbed, kill_at
):
    given = spec(dump(tmp_path))
    told = 0

    def kill(so_far):
        nonlocal told
        told += 1
        if told == kill_at:
            raise Killed

    with pytest.raises(Killed):
        run(database, given, tmp_path / "job", report=kill)

    report = run(database, given, tmp_path / "job")

    graph, expected, rejected = undisturbed
    assert database.read(GRAPH) == graph
    assert counts(report) == expected
    assert rejects(tmp_path / "job") == rejected


def test_an_import_that_is_run_again_after_its_end_changes_nothing(database, tmp_path, undisturbed):
    given = spec(dump(tmp_path))
    run(database, given, tmp_path / "job")

    report = run(database, given, tmp_path / "job")

    assert database.read(GRAPH) == undisturbed[0]
    assert counts(report) == undisturbed[1]


def test_two_workers_on_one_import_report_what_both_have_written(database, tmp_path, undisturbed):
    given, others = spec(dump(tmp_path)), []

    def be_overtaken(so_far):
        if not others:
            others.append(None)
            others.append(run(database, given, tmp_path / "other"))

    report = run(database, given, tmp_path / "job", report=be_overtaken)

    assert counts(report) == counts(others[1]) == undisturbed[1]
    assert database.read(GRAPH) == undisturbed[0]
    assert database.read("MATCH (i:Import) RETURN i.writing AS writing") == [{"writing": None}]


@pytest.mark.parametrize("full_after", range(1, 5))
def test_an_import_that_finds_the_disk_full_goes_on_where_it_was(
    database, tmp_path, monkeypatch, undisturbed, full_after
):
    disk = Disk(monkeypatch)
    told = 0

    def fill(so_far):
        nonlocal told
        told += 1
        if told == full_after:
            disk.free_mib = 100

    with Database(replace(database.connection, data=tmp_path)) as ours:
        with pytest.raises(DiskFull, match="100 MiB free"):
            run(ours, spec(dump(tmp_path)), tmp_path / "job", report=fill)
        (node,) = database.read("MATCH (i:Import) RETURN i.items_written AS written")
        whole = len(ids(database)) == node["written"]
        disk.free_mib = 1_000
        report = run(ours, spec(tmp_path / "dump.csv"), tmp_path / "job")

    graph, expected, _ = undisturbed
    assert whole
    assert database.read(GRAPH) == graph
    assert counts(report) == expected


def test_what_report_raises_stops_the_import_after_the_batches_at_hand(database, tmp_path):
    class Cancelled(Exception):
        pass

    def cancel(so_far):
        raise Cancelled

    with pytest.raises(Cancelled):
        run(database, spec(dump(tmp_path)), tmp_path / "job", report=cancel)

    (node,) = database.read("MATCH (i:Import) RETURN i.items_written AS written")
    assert 0 < node["written"] == len(ids(database)) < 7


def test_replace_closes_what_the_dump_no_longer_has_and_nothing_else(database, tmp_path):
    run(database, spec(dump(tmp_path)), tmp_path / "job")
    run(database, spec(dump(tmp_path), source="other"), tmp_path / "other", run="run-other")
    later = spec(dump(tmp_path, ROWS[:3], "later.csv"), mode="replace")

    report = run(database, later, tmp_path / "job-2", run="run-2")

    assert counts(report) == {
        "rows_read": 3,
        "created": 0,
        "updated": 0,
        "unchanged": 3,
        "duplicates": 0,
        "rejected": 0,
        "closed": 4,
    }
    assert ids(database, "n.source = 'shop' AND n.closed_at IS NULL") == [
        "shop:1",
        "shop:2",
        "shop:3",
    ]
    assert len(ids(database, "n.source = 'other' AND n.closed_at IS NULL")) == 7


def test_replace_does_not_close_what_a_rejected_row_is_about(database, tmp_path):
    run(database, spec(dump(tmp_path)), tmp_path / "job")
    broken = ["1,Lamp 1,expensive,Acme,,red", *ROWS[1:]]

    report = run(
        database,
        spec(dump(tmp_path, broken, "later.csv"), mode="replace"),
        tmp_path / "job-2",
        run="run-2",
    )

    assert (report.rejected, report.closed) == (2, 0)


@pytest.mark.parametrize(
    ("rows", "why"), [([], "no row that could be loaded"), (["1,Lamp 1", ROWS[1]], "the id")]
)
def test_replace_closes_nothing_when_the_dump_cannot_be_trusted(database, tmp_path, rows, why):
    run(database, spec(dump(tmp_path)), tmp_path / "job")

    report = run(
        database,
        spec(dump(tmp_path, rows, "later.csv"), mode="replace"),
        tmp_path / "job-2",
        run="run-2",
    )

    assert why in report.closing_skipped
    assert ids(database, "n.closed_at IS NOT NULL") == []


def test_replace_that_was_killed_while_closing_goes_on(database, tmp_path, monkeypatch):
    monkeypatch.setattr("graph.repositories.closing.PAGE_IDS", 2)
    run(database, spec(dump(tmp_path)), tmp_path / "job")
    given = spec(dump(tmp_path, ROWS[:1], "later.csv"), mode="replace")
    pages = 0

    def kill(so_far):
        nonlocal pages
        pages += so_far.phase == "closing"
        if pages == 3:
            raise Killed

    with pytest.raises(Killed):
        run(database, given, tmp_path / "job-2", run="run-2", report=kill)
    report = run(database, given, tmp_path / "job-2", run="run-2")

    assert report.closed == 6
    assert ids(database, "n.closed_at IS NULL") == ["shop:1"]


def test_abort_writes_nothing_when_one_row_is_bad_and_lists_them_all(database, tmp_path):
    given = spec(dump(tmp_path, [*ROWS, "9,Lamp 9,y,Acme,,red"]), on_error="abort")

    with pytest.raises(ImportFailed, match="nothing was written"):
        run(database, given, tmp_path / "job")

    assert database.read("MATCH (n:Product|Import) RETURN n.id") == []
    assert [reject["line"] for reject in rejects(tmp_path / "job")] == [5, 11]


def test_abort_loads_a_dump_without_bad_rows(database, tmp_path):
    report = run(database, spec(dump(tmp_path, ROWS[:3]), on_error="abort"), tmp_path / "job")

    assert report.created == 3


def test_a_dry_run_says_what_would_happen_and_writes_nothing(database, tmp_path):
    run(database, spec(dump(tmp_path, ROWS[:3])), tmp_path / "job")
    before = database.read(GRAPH)
    given = spec(dump(tmp_path, ROWS[1:], "later.csv"), mode="replace", dry_run=True)

    report = run(database, given, tmp_path / "dry", run="run-2")

    assert counts(report) == {
        "rows_read": 8,
        "created": 4,
        "updated": 0,
        "unchanged": 2,
        "duplicates": 1,
        "rejected": 1,
        "closed": 1,
    }
    assert database.read(GRAPH) == before
    assert database.read("MATCH (i:Import {id: 'run-2'}) RETURN i") == []


def test_a_file_that_changed_since_the_job_was_made_is_refused(database, tmp_path):
    path = dump(tmp_path)
    given = spec(path, size=path.stat().st_size, modified_ns=path.stat().st_mtime_ns - 1)

    with pytest.raises(ImportFailed, match="changed after this import was asked for"):
        run(database, given, tmp_path / "job")


def test_a_file_that_is_replaced_between_the_check_and_the_load_is_refused(database, tmp_path):
    path = dump(tmp_path, ROWS[:3])

    def replace(so_far):
        dump(tmp_path, ROWS[4:6], "other.csv").replace(path)

    with pytest.raises(ImportFailed, match="changed after this import was asked for"):
        run(database, spec(path, on_error="abort"), tmp_path / "job", report=replace)

    assert ids(database) == []


def test_a_reject_with_an_impossible_line_is_rejected_again(database, tmp_path):
    mended = tmp_path / "mended.ndjson"
    mended.write_text(
        '{"source":"f","line":9223372036854775808,"field":null,"value":null,"code":"c",'
        '"message":"m","row":{"sku":"1","title":"t"}}\n',
        encoding="utf-8",
    )

    report = run(database, spec(mended, rejects_of="run-1"), tmp_path / "job")

    assert report.reject_codes == {"reject_unreadable": 1}


def test_mended_rejects_are_loaded_with_the_lines_they_had(database, tmp_path):
    run(database, spec(dump(tmp_path, [*ROWS, "9,Lamp 9"])), tmp_path / "job")
    (first, second) = rejects(tmp_path / "job")
    first["row"]["price"] = "4"
    mended = tmp_path / "mended.ndjson"
    mended.write_text(json.dumps(first) + "\n" + json.dumps(second) + "\n", encoding="utf-8")

    report = run(database, spec(mended, rejects_of="run-1"), tmp_path / "job-2", run="run-2")

    assert (report.rows_read, report.created, report.rejected) == (2, 1, 1)
    assert "shop:4" in ids(database)
    assert [(r["line"], r["code"]) for r in rejects(tmp_path / "job-2")] == [(11, "wrong_width")]


def test_brands_are_those_of_the_first_try_even_when_the_second_knows_more(tmp_path, database):
    folder = tmp_path / "job"
    run(database, spec(dump(tmp_path)), folder)

    kept = json.loads((folder / importing.BRANDS_NAME).read_bytes())

    assert kept == []
