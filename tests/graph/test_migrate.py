"""Migrations: what is refused before anything runs, and what a database looks like afterwards."""

import shutil
import threading

import pytest

from graph import migrate as migrations
from graph.client import Database
from graph.errors import (
    MigrationChanged,
    MigrationError,
    MigrationFileInvalid,
    MigrationLocked,
    MigrationUnknown,
    QueryRefused,
)
from graph.migrate import MIGRATIONS, MigrationReport, MigrationStatus, load, migrate, plan, status
from graph.schema import INDEXES
from graph.statements import split

NEWEST = load()[-1].version
NEXT = f"{int(NEWEST) + 1:04}"

HISTORY = """
MATCH (from:__Neo4jMigration)-[step:MIGRATED_TO]->(to:__Neo4jMigration)
RETURN from.version AS from, to.version AS to, properties(to) AS properties,
       step.at IS NOT NULL AND step.in IS NOT NULL AS timed, step.by AS by,
       step.connectedAs AS connected_as
ORDER BY to
"""


def write(directory, **files):
    for name, text in files.items():
        (directory / f"{name}.cypher").write_bytes(
            text if isinstance(text, bytes) else text.encode()
        )
    return directory


@pytest.fixture
def folder(tmp_path):
    """A copy of our migrations that a test may change."""
    copy = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, copy)
    return copy


@pytest.fixture
def schema(database):
    """The migrated database; whatever a test adds to its schema and history goes afterwards."""
    yield database
    database.write(
        "MATCH (m:__Neo4jMigration) WHERE m.version > $newest AND m.version <> 'BASELINE' "
        "DETACH DELETE m",
        newest=NEWEST,
    )
    database.write("MATCH (lock:__Neo4jMigrationsLock) DELETE lock")
    database.run("DROP INDEX extra IF EXISTS")


EXTRA = "CREATE INDEX extra IF NOT EXISTS FOR (n:Extra) ON (n.extra);\n"


# Files, before any database is asked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A; B;", ["A", "B"]),
        ("RETURN ';' ; B;", ["RETURN ';'", "B"]),
        ("RETURN 'it\\'s; fine';", ["RETURN 'it\\'s; fine'"]),
        ('RETURN "a;\'b";', ['RETURN "a;\'b"']),
        ("MATCH (n:`a;``b`) RETURN n;", ["MATCH (n:`a;``b`) RETURN n"]),
        ("// one; two\nA;\n// three;\n", ["// one; two\nA"]),
        ("/* ; ' */ A /* \" */;", ["/* ; ' */ A /* \" */"]),
        ("RETURN 'http://x', 4 / 2;", ["RETURN 'http://x', 4 / 2"]),
        ("RETURN '// no comment', '/* nor';", ["RETURN '// no comment', '/* nor'"]),
        ("A;\r\nB;\r\n", ["A", "B"]),
    ],
)
def test_statements_end_where_cypher_ends_them(text, expected):
    assert list(split(text, path="x").statements) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A;\n\nB\n", "line 3: the last statement has no `;`"),
        ("A;\n'", "line 2: ' is never closed"),
        ('A "x;\n', 'line 1: " is never closed'),
        ("`a;", "line 1: ` is never closed"),
        ("A;\n\n/* ;", "line 3: /* is never closed"),
        ("A;;", "line 1: `;` ends a statement that is empty"),
        ("A; // x\n;", "line 2: `;` ends a statement that is empty"),
        ("", "has no statement"),
        ("// nothing yet\n", "has no statement"),
        (b"A; // \xff", "byte 6 is not UTF-8"),
    ],
)
def test_a_file_that_is_not_whole_is_refused_at_its_place(tmp_path, text, reason):
    write(tmp_path, V0001__one=text)

    with pytest.raises(MigrationFileInvalid) as refused:
        load(tmp_path)

    assert refused.value.path == str(tmp_path / "V0001__one.cypher")
    assert refused.value.reason == reason


@pytest.mark.parametrize("name", ["V1__one", "v0001__one", "0001_one", "V0001_one", "V0001__One"])
def test_a_name_out_of_pattern_is_refused(tmp_path, name):
    write(tmp_path, **{name: "A;"})

    with pytest.raises(MigrationFileInvalid, match="V0001__what_it_does"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["V0001__a", "V0001__b"], "two of this version"),
        (["V0001__a", "V0003__b"], "version 0002 is missing"),
        (["V0002__a"], "version 0001 is missing"),
        ([], r"has no V0001__name\.cypher"),
    ],
)
def test_versions_are_one_row_without_gaps(tmp_path, names, reason):
    write(tmp_path, **dict.fromkeys(names, "A;"))

    with pytest.raises(MigrationFileInvalid, match=reason):
        load(tmp_path)


def test_the_checksum_is_that_of_neo4j_migrations(tmp_path):
    text = (
        "// A comment, not in the middle.\n"
        "CREATE INDEX a IF NOT EXISTS FOR (n:A) ON (n.a);\n\n"
        "CREATE INDEX b IF NOT EXISTS FOR (n:B) ON (n.中);\n"
    )
    write(tmp_path, V0001__one=text)

    (migration,) = load(tmp_path)

    # Computed by neo4j-python-migrations 0.1.5 for the same file.
    assert migration.checksum == "72561700"


@pytest.mark.parametrize(
    "change", [lambda text: text.replace(b"\n", b"\r\n"), lambda text: b"\xef\xbb\xbf" + text]
)
def test_the_checksum_survives_an_editor(tmp_path, change):
    text = "// 一\nA;\nB;\n".encode()
    (before,) = load(write(tmp_path, V0001__one=text))

    (after,) = load(write(tmp_path, V0001__one=change(text)))

    assert after == before


# A database


def test_all_migrations_together_are_the_schema(database):
    declared = {(one.name, one.kind, one.labels, one.properties) for one in INDEXES}

    found = migrations.indexes(database)

    assert {(one.name, one.kind, one.labels, one.properties) for one in found} == declared
    assert all(one.online for one in found)


def test_a_second_run_does_nothing(database):
    assert migrate(database) == MigrationReport(applied=(), current=NEWEST)
    assert plan(MIGRATIONS, database) == []
    assert status(database) == MigrationStatus(NEWEST, (), (), ())
    assert status(database).up_to_date


@pytest.mark.anyio
async def test_readiness_asks_without_blocking(async_database):
    found = await migrations.status_async(async_database, load())
    indexes = await migrations.indexes_async(async_database)

    assert found.up_to_date
    assert {one.name for one in indexes} == {one.name for one in INDEXES}


def test_the_history_is_that_of_neo4j_migrations(database):
    steps = database.read(HISTORY)

    assert [(step["from"], step["to"]) for step in steps] == list(
        zip(
            ["BASELINE", *[one.version for one in load()][:-1]],
            [one.version for one in load()],
            strict=True,
        )
    )
    first = load()[0]
    assert steps[0]["properties"] == {
        "version": "0001",
        "description": "constraints",
        "type": "CYPHER",
        "source": "V0001__constraints.cypher",
        "checksum": first.checksum,
    }
    assert all(step["timed"] and step["by"] and step["connected_as"] for step in steps)


def test_a_new_file_is_pending_and_then_applied(schema, folder):
    write(folder, **{f"V{NEXT}__extra": EXTRA})
    steps = []

    assert status(schema, folder).pending == (NEXT,)
    report = migrate(schema, folder, progress=steps.append)

    assert report == MigrationReport(applied=(NEXT,), current=NEXT)
    assert [(step.version, step.statement, step.of) for step in steps] == [(NEXT, 1, 1)]
    assert "extra" in {one.name for one in migrations.indexes(schema)}


def test_a_changed_file_is_refused_before_anything_runs(schema, folder):
    write(folder, **{f"V{NEXT}__extra": EXTRA})
    changed = folder / load()[1].source
    changed.write_text(changed.read_text() + "// an afterthought\n")

    with pytest.raises(MigrationChanged) as refused:
        migrate(schema, folder)

    assert (refused.value.path, refused.value.version) == (str(changed), "0002")
    assert status(schema, folder).changed == ("0002",)
    assert "extra" not in {one.name for one in migrations.indexes(schema)}


def test_an_unterminated_file_is_refused_before_anything_runs(schema, folder):
    write(folder, **{f"V{NEXT}__extra": EXTRA, f"V{int(NEXT) + 1:04}__more": "RETURN 1"})

    with pytest.raises(MigrationFileInvalid, match="no `;`"):
        migrate(schema, folder)

    assert "extra" not in {one.name for one in migrations.indexes(schema)}


def test_a_database_that_is_newer_than_the_code_is_refused(schema, folder):
    write(folder, **{f"V{NEXT}__extra": EXTRA})
    migrate(schema, folder)

    with pytest.raises(MigrationUnknown, match=f"{NEXT} .*Install the version"):
        migrate(schema)

    assert status(schema).unknown == (NEXT,)


def test_a_migration_that_breaks_half_way_is_done_again_from_its_start(schema, folder):
    path = folder / f"V{NEXT}__extra.cypher"
    path.write_text(EXTRA + "RETURN 1 / 0;\n")

    with pytest.raises(QueryRefused):
        migrate(schema, folder)
    assert status(schema, folder).pending == (NEXT,)
    path.write_text(EXTRA)

    assert migrate(schema, folder).applied == (NEXT,)


def test_of_many_processes_at_once_one_migrates(schema, folder):
    write(folder, **{f"V{NEXT}__extra": EXTRA})
    reports = []

    def one_process():
        with Database(schema.connection) as database:
            reports.append(migrate(database, folder))

    threads = [threading.Thread(target=one_process) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(report.applied for report in reports) == [(), (), (), (NEXT,)]
    assert {report.current for report in reports} == {NEXT}


LOCK = """
CREATE (:__Neo4jMigrationsLock {id: 'other', name: 'John Doe', by: 'ann@host, process 7',
                                until: datetime() + duration({minutes: $minutes})})
"""


def test_a_process_that_migrates_is_waited_for_and_named(schema, folder):
    write(folder, **{f"V{NEXT}__extra": EXTRA})
    schema.write(LOCK, minutes=5)
    waits = []

    with pytest.raises(MigrationLocked, match="ann@host, process 7") as locked:
        migrate(schema, folder, clock=lambda: float(len(waits)), sleep=waits.append)

    assert len(waits) > 60
    assert locked.value.until
    assert schema.read("MATCH (l:__Neo4jMigrationsLock) RETURN l.id AS id") == [{"id": "other"}]


def test_the_lock_of_a_process_that_died_ends_by_itself(schema, folder):
    write(folder, **{f"V{NEXT}__extra": EXTRA})
    schema.write(LOCK, minutes=-1)

    assert migrate(schema, folder).applied == (NEXT,)
    assert schema.read("MATCH (l:__Neo4jMigrationsLock) RETURN l") == []


def test_an_index_that_cannot_be_filled_is_told(schema, monkeypatch):
    def run(query, *parameters, **more):
        raise QueryRefused(reason="Index 'extra' has failed")

    monkeypatch.setattr(schema, "run", run)

    with pytest.raises(MigrationError, match=r"'extra' has failed.*doctor"):
        migrate(schema)
