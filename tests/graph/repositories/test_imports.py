"""The place an import keeps in the graph: every item is written once, whoever writes it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from graph.client import Database
from graph.errors import ImportFailed
from graph.ingest.items import ItemDraft, build_item
from graph.repositories.imports import ImportState, finish_import, imports_beginning, open_import
from graph.repositories.items import ItemWriter

pytestmark = pytest.mark.neo4j

NOW = datetime(2026, 1, 5, tzinfo=UTC)
ITEMS = [build_item(ItemDraft(source="shop", sku=f"{n}", title=f"Thing {n}"), {}) for n in range(9)]


def opened(database) -> ImportState:
    return open_import(database, id="run-1", source="shop", file="f", mode="merge", now=NOW)


def write(database, items, at):
    return ItemWriter(database).write(items, parameters={}, run="run-1", now=NOW, at=at)


def test_the_id_of_another_import_is_refused(database):
    opened(database)

    with pytest.raises(ImportFailed, match="run-1 is the id of another import"):
        open_import(database, id="run-1", source="specs", file="f", mode="merge", now=NOW)


def test_an_import_that_goes_on_knows_how_far_it_came(database):
    opened(database)
    write(database, ITEMS[:4], 0)
    write(database, ITEMS[4:6], 4)

    state = opened(database)

    assert state == ImportState(items_written=6, created=6, updated=0, unchanged=0, closed=0)


def test_an_import_is_found_by_the_beginning_of_its_id(database):
    opened(database)

    (goes_on,) = imports_beginning(database, "run", limit=2)
    finish_import(database, id="run-1", now=NOW, rows_read=9, duplicates=1, rejected=2)
    (done,) = imports_beginning(database, "run-1", limit=2)

    assert (goes_on.finished_at, goes_on.rows_read) == (None, None)
    assert (done.source, done.rows_read, done.duplicates, done.rejected) == ("shop", 9, 1, 2)
    assert done.started_at.startswith("2026-01-05T")
    assert imports_beginning(database, "'", limit=2) == []


def test_a_batch_that_is_written_twice_counts_once(database):
    opened(database)
    write(database, ITEMS[:4], 0)

    again = write(database, ITEMS[:4], 0)

    assert again == []
    assert opened(database).created == 4


def test_of_a_batch_that_is_written_in_part_the_rest_is_written(database):
    opened(database)
    write(database, ITEMS[:4], 0)

    outcomes = write(database, ITEMS[2:6], 2)

    assert outcomes == ["created", "created"]
    assert opened(database).items_written == 6


def test_two_workers_on_one_import_write_each_item_once(database):
    opened(database)

    def work(_):
        with Database(database.connection) as own:
            return [outcome for at in range(9) for outcome in write(own, ITEMS[at : at + 1], at)]

    with ThreadPoolExecutor(2) as pool:
        outcomes = [outcome for found in pool.map(work, range(2)) for outcome in found]

    assert outcomes == ["created"] * 9
    assert opened(database).items_written == 9


def test_a_batch_whose_predecessors_are_gone_is_refused(database):
    opened(database)

    with pytest.raises(ImportFailed, match="was a backup restored"):
        write(database, ITEMS[4:], 4)


def test_an_import_whose_node_was_deleted_says_so(database):
    with pytest.raises(ImportFailed, match="no longer knows this import"):
        write(database, ITEMS, 0)


def test_a_finished_import_says_what_became_of_its_rows(database):
    opened(database)
    write(database, ITEMS, 0)

    finish_import(database, id="run-1", now=NOW, rows_read=12, duplicates=1, rejected=2)

    (node,) = database.read("MATCH (i:Import) RETURN properties(i) AS found")
    assert node["found"] == {
        "id": "run-1",
        "source": "shop",
        "file": "f",
        "mode": "merge",
        "started_at": node["found"]["started_at"],
        "finished_at": node["found"]["finished_at"],
        "items_written": 9,
        "created": 9,
        "updated": 0,
        "unchanged": 0,
        "closed": 0,
        "rows_read": 12,
        "duplicates": 1,
        "rejected": 2,
    }
