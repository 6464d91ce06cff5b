"""A real dump, then a later state of it: history, conflicts and counts are what the rows say."""

from __future__ import annotations

import csv
import gzip
import random
from datetime import UTC, datetime, timedelta

import pytest

from app.services.importing import import_files
from app.services.loading import ImportChoices
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import load_mapping_file
from graph.ingest.rejects import RejectFile
from graph.ingest.seen import SeenIds
from graph.ingest.stream import ItemStream
from tests.test_development_data import DATA, MAPPINGS, gsmarena

pytestmark = [
    pytest.mark.long,
    pytest.mark.data,
    pytest.mark.skipif(
        not DATA.is_dir(), reason="no development data; set CATALOGRAPH_DATA to its folder"
    ),
]

MAPPING = MAPPINGS / "gsmarena.toml"
SEED = 20
REMOVED, CHANGED, ADDED = 0.03, 0.08, 0.02  # shares of the rows
FIRST = datetime(2026, 1, 5, tzinfo=UTC)
LATER = FIRST + timedelta(days=1)


def large_files():
    """Enough rows to mean something, and few enough to be loaded three times."""
    return sorted(gsmarena(), key=lambda path: path.stat().st_size)[-8:]


def later_state(paths, folder):
    """The same dumps a day later: rows gone, rows with another weight, rows that are new."""
    folder.mkdir()
    chance = random.Random(SEED)
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as old:
            header, *rows = csv.reader(old)
        title, weight = header.index("Model Name"), header.index("Weight")
        with gzip.open(folder / path.name, "wt", encoding="utf-8", newline="") as new:
            writer = csv.writer(new)
            writer.writerow(header)
            for row in rows:
                fate = chance.random()
                if fate < REMOVED:
                    continue
                if fate < REMOVED + CHANGED:
                    row = [*row]
                    row[weight] = f"b'{chance.randrange(1000, 2000)} g'"
                writer.writerow(row)
                if fate > 1 - ADDED:
                    row = [*row]
                    row[title] = f"b'Anniversary edition {chance.randrange(10**9)}'"
                    writer.writerow(row)
    return sorted(folder.iterdir())


def items_of(paths, scratch):
    """What the rows say, by the mapping alone: values of each parameter by model."""
    rows, found = RowMapping(load_mapping_file(MAPPING)), {}
    with SeenIds() as seen, RejectFile(scratch) as rejects:
        for path in paths:
            with ItemStream(path, rows, source="a", rejects=rejects, seen=seen) as stream:
                found |= {item.id: item for item in stream}
    return found


def values(item):
    return {fact.value.id for fact in item.facts}


def load(database, paths, folder, *, source, run, now, mode="merge"):
    reports = import_files(
        database,
        paths,
        mapping_file=MAPPING,
        source=source,
        run=run,
        clock=lambda: now,
        rejects_file=folder / f"{run}.ndjson",
        choices=ImportChoices(mode=mode),
    )
    assert not [report.reject_examples for report in reports if report.rejected]
    return {
        name: sum(getattr(report, name) for report in reports)
        for name in ("created", "updated", "unchanged", "closed")
    }


def test_a_later_state_of_a_dump_leaves_the_history_that_its_rows_tell(database, tmp_path):
    first, second = large_files(), later_state(large_files(), tmp_path / "later")
    old, new = items_of(first, tmp_path / "r1"), items_of(second, tmp_path / "r2")
    both = old.keys() & new.keys()
    changed = {id for id in both if old[id].content_hash != new[id].content_hash}
    gone = old.keys() - new.keys()

    load(database, first, tmp_path, source="a", run="run-1", now=FIRST)
    counts = load(database, second, tmp_path, source="a", run="run-2", now=LATER, mode="replace")

    assert len(changed) > 100
    assert len(gone) > 50
    assert counts == {
        "created": len(new.keys() - old.keys()),
        "updated": len(changed),
        "unchanged": len(both) - len(changed),
        "closed": len(gone),
    }
    past = database.read(
        "MATCH (m:Model)-[r:HAD_PARAMETER]->(v) RETURN m.id AS id, v.id AS value, r.run AS run, "
        "toString(r.valid_from) AS since, toString(r.valid_to) AS until"
    )
    told = {(row["id"], row["value"]) for row in past}
    expected = {(id, value) for id in changed for value in values(old[id]) - values(new[id])}
    expected |= {(id, value) for id in gone for value in values(old[id])}
    assert told == expected
    assert len(past) == len(expected)
    assert {(row["run"], row["since"][:10], row["until"][:10]) for row in past} == {
        ("run-1", "2026-01-05", "2026-01-06")
    }
    present = database.read(
        "MATCH (m:Model) WHERE m.closed_at IS NULL "
        "RETURN m.id AS id, [(m)-[:HAS_PARAMETER]->(v) | v.id] AS values"
    )
    assert {row["id"]: set(row["values"]) for row in present} == {
        id: values(item) for id, item in new.items()
    }


def test_two_states_from_two_sources_contradict_each_other_where_their_rows_do(database, tmp_path):
    first, second = large_files()[-2:], later_state(large_files()[-2:], tmp_path / "later")
    old, new = items_of(first, tmp_path / "r1"), items_of(second, tmp_path / "r2")

    load(database, first, tmp_path, source="a", run="run-1", now=FIRST)
    load(database, second, tmp_path, source="b", run="run-2", now=LATER)

    expected = {id for id in old.keys() & new.keys() if contradict(old[id], new[id])}
    found = database.read("MATCH (m:Model) WHERE m.contested RETURN m.id AS id")
    assert len(expected) > 20
    assert {row["id"] for row in found} == expected
    (sides,) = database.read(
        "MATCH (m:Model)-[r:HAS_PARAMETER]->(v) WHERE m.contested AND v.parameter = 'weight' "
        "RETURN count(DISTINCT m) AS models, collect(DISTINCT r.source) AS sources, "
        "collect(DISTINCT r.origin) AS origins"
    )
    assert sides["models"] == len(expected)
    assert sorted(sides["sources"]) == ["a", "b"]
    assert sides["origins"] == ["catalog"]


def contradict(one, other):
    """Whether both state a parameter, and no value of it in common."""
    sides = [{}, {}]
    for side, item in zip(sides, (one, other), strict=True):
        for fact in item.facts:
            side.setdefault(fact.value.parameter, set()).add(fact.value.id)
    return any(
        not values & sides[1][parameter]
        for parameter, values in sides[0].items()
        if parameter in sides[1]
    )
