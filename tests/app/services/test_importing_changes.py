"""Jobs that import prices and stock alone, against a real Neo4j."""

from __future__ import annotations

import pytest

from app.services.importing import nothing_loaded
from graph.errors import MappingInvalid
from graph.ingest import pipeline
from tests.app.services.test_importing import Killed, dump, rejects, run, spec

pytestmark = pytest.mark.neo4j

CHANGES = """
version = 1
target = "product"
changes = true
id = { column = "sku" }
fields.price = { column = "price" }
"""
ROWS = [f"{sku},,{price},,," for sku, price in (("1", 11), ("90", 9), ("2", 12), ("7", 17))]


@pytest.fixture
def changes(database, tmp_path, monkeypatch):
    """A dump of changes beside a catalog that is there; each of its rows is a batch."""
    run(database, spec(dump(tmp_path)), tmp_path / "first")
    monkeypatch.setattr(pipeline, "BATCH_ROWS", 1)
    path = dump(tmp_path, ROWS, name="changes.csv")
    return lambda **more: spec(path, mapping=CHANGES, **more)


def prices(database):
    rows = database.read("MATCH (p:Product) RETURN p.id AS id, p.price AS price, p.title AS title")
    return {row["id"]: (row["price"], row["title"]) for row in rows}


def test_changes_that_were_killed_go_on_and_tell_every_reject(database, tmp_path, changes):
    def kill(so_far):
        if so_far.updated:
            raise Killed

    folder = tmp_path / "job"
    with pytest.raises(Killed):
        run(database, changes(), folder, run="run-2", report=kill)
    report = run(database, changes(), folder, run="run-2")

    assert (report.created, report.updated, report.unchanged, report.rejected) == (0, 3, 0, 1)
    assert [(row["code"], row["line"]) for row in rejects(folder)] == [("item_unknown", 3)]
    found = prices(database)
    assert "shop:90" not in found
    assert (found["shop:1"], found["shop:7"]) == ((11, "Lamp 1"), (17, "Lamp 7"))
    assert found["shop:8"] == (8, "Lamp 8")


def test_changes_of_nothing_that_is_there_have_loaded_nothing(database, tmp_path, changes):
    database.write("MATCH (p:Product) DETACH DELETE p")

    report = run(database, changes(), tmp_path / "job", run="run-2")

    assert report.rejected == len(ROWS)
    assert nothing_loaded([report], rejects="the job has").codes == {"item_unknown": len(ROWS)}


def test_changes_never_close_what_they_do_not_name(database, tmp_path, changes):
    with pytest.raises(MappingInvalid, match="would close all others"):
        run(database, changes(mode="replace"), tmp_path / "job", run="run-2")
