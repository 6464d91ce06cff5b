"""Bring a database to the schema of this code, in the layout of Neo4j-Migrations.

The history, its checksums and its lock are theirs, so that either tool reads what the other did.
"""

from __future__ import annotations

import getpass
import os
import re
import socket
import time
import uuid
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from graph import statements
from graph.client import AsyncDatabase, Database, Row, Transaction
from graph.errors import (
    MigrationChanged,
    MigrationError,
    MigrationFileInvalid,
    MigrationLocked,
    MigrationUnknown,
    QueryRefused,
)

# Beside the packages, in a checkout and in site-packages alike.
MIGRATIONS = Path(__file__).parent.parent / "migrations"

_NAME = re.compile(r"V(?P<version>\d{4})__(?P<name>[a-z0-9]+(?:_[a-z0-9]+)*)\.cypher")

# Renewed before each statement. Schema statements return at once, the indexes fill behind them.
_LOCK_MINUTES = 10
_LOCK_POLL_S = 0.2

_APPLIED = """
MATCH (m:__Neo4jMigration)
WHERE m.version <> 'BASELINE' AND m.project IS NULL AND m.migrationTarget IS NULL
RETURN m.version AS version, m.checksum AS checksum, m.source AS source
ORDER BY version
"""
_BASELINE = "MERGE (:__Neo4jMigration {version: 'BASELINE'})"
_RECORD = """
MATCH (last:__Neo4jMigration)
WHERE last.project IS NULL AND last.migrationTarget IS NULL AND NOT (last)-[:MIGRATED_TO]->()
MERGE (m:__Neo4jMigration {version: $version})
ON CREATE SET m.description = $description, m.type = 'CYPHER', m.source = $source,
              m.checksum = $checksum
WITH last, m WHERE last <> m
CREATE (last)-[:MIGRATED_TO {at: datetime(), in: duration({seconds: $seconds}),
                             by: $by, connectedAs: $connected_as}]->(m)
"""
_LOCK_CONSTRAINT = """
CREATE CONSTRAINT __Neo4jMigrationsLock__has_unique_name IF NOT EXISTS
FOR (lock:__Neo4jMigrationsLock) REQUIRE lock.name IS UNIQUE
"""
# MERGE on a unique property locks it, so that of two processes one sees the other's node.
_LOCK = """
MERGE (lock:__Neo4jMigrationsLock {name: $name})
ON CREATE SET lock.id = $id
WITH lock, coalesce(lock.until < datetime(), false) AS ended
SET lock.id = CASE WHEN ended THEN $id ELSE lock.id END
WITH lock, lock.id = $id AS ours
SET lock.by = CASE WHEN ours THEN $by ELSE lock.by END,
    lock.until = CASE WHEN ours THEN datetime() + duration({minutes: $minutes}) ELSE lock.until END
RETURN ours, coalesce(lock.by, 'another tool') AS holder,
       coalesce(toString(lock.until), 'no time it knows: delete the node __Neo4jMigrationsLock')
       AS until
"""
_UNLOCK = "MATCH (lock:__Neo4jMigrationsLock {id: $id}) DELETE lock"

_INDEXES = """
SHOW INDEXES YIELD name, type, state, populationPercent, labelsOrTypes, properties,
                   owningConstraint, failureMessage
WHERE type <> 'LOOKUP' AND none(label IN labelsOrTypes WHERE label STARTS WITH '__Neo4j')
RETURN name, CASE WHEN owningConstraint IS NULL THEN type ELSE 'UNIQUENESS' END AS kind, state,
       populationPercent AS population_percent, labelsOrTypes AS labels, properties,
       coalesce(failureMessage, '') AS failure
ORDER BY name
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its statements, and the checksum that stands in the history once it ran."""

    version: str
    description: str
    source: str
    statements: tuple[str, ...]
    checksum: str


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """What `migrate` did. `current` is the version the database has now."""

    applied: tuple[str, ...]
    current: str


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """Versions: the newest in the database, what it lacks, what differs, what only it knows."""

    current: str | None
    pending: tuple[str, ...]
    changed: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def up_to_date(self) -> bool:
        return not (self.pending or self.changed or self.unknown)


@dataclass(frozen=True, slots=True)
class IndexState:
    """One index as the server has it; `kind` is that of `graph.schema.Index`."""

    name: str
    kind: str
    labels: tuple[str, ...]
    properties: tuple[str, ...]
    state: str
    population_percent: float
    failure: str

    @property
    def online(self) -> bool:
        return self.state == "ONLINE"


@dataclass(frozen=True, slots=True)
class Step:
    """A statement about to run, for progress."""

    version: str
    statement: int
    of: int


def load(directory: Path = MIGRATIONS) -> tuple[Migration, ...]:
    """All files in order, each valid and none missing."""
    migrations = tuple(_parsed(path) for path in sorted(directory.glob("*.cypher")))
    for number, migration in enumerate(migrations, start=1):
        if int(migration.version) != number:
            path, wrong = str(directory / migration.source), int(migration.version) < number
            reason = "there are two of this version" if wrong else f"version {number:04} is missing"
            raise MigrationFileInvalid(path=path, reason=reason)
    if not migrations:
        raise MigrationFileInvalid(path=str(directory), reason="has no V0001__name.cypher")
    return migrations


def plan(directory: Path, database: Database) -> list[Migration]:
    """What `migrate` would run; raises for anything that would make it refuse."""
    return _pending(load(directory), database.read(_APPLIED), directory)


def migrate(
    database: Database,
    directory: Path = MIGRATIONS,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    progress: Callable[[Step], None] | None = None,
    lock_timeout_s: float = 60.0,
    index_timeout_s: int = 600,
) -> MigrationReport:
    """Run what is pending, once among all processes, and wait until the indexes are online."""
    if plan(directory, database):
        with _lock(database, clock, sleep, lock_timeout_s) as renew:
            # Another process may have run them while this one waited for the lock.
            pending = plan(directory, database)
            for migration in pending:
                _apply(database, migration, clock, renew, progress or (lambda step: None))
    else:
        pending = []
    _await_indexes(database, index_timeout_s)
    current = load(directory)[-1].version
    return MigrationReport(tuple(migration.version for migration in pending), current)


def status(database: Database, directory: Path = MIGRATIONS) -> MigrationStatus:
    return _compared(load(directory), database.read(_APPLIED))


async def status_async(
    database: AsyncDatabase, migrations: Sequence[Migration], *, timeout_s: float | None = None
) -> MigrationStatus:
    """As `status`, for files that were loaded before: nothing is read from disk here."""
    return _compared(migrations, await database.read(_APPLIED, timeout_s=timeout_s))


def indexes(database: Database) -> list[IndexState]:
    # Not a managed transaction: SHOW commands mix with nothing else.
    return [_index(row) for row in database.stream(_INDEXES)]


async def indexes_async(
    database: AsyncDatabase, *, timeout_s: float | None = None
) -> list[IndexState]:
    return [_index(row) for row in await database.read(_INDEXES, timeout_s=timeout_s)]


def _parsed(path: Path) -> Migration:
    name = _NAME.fullmatch(path.name)
    if name is None:
        reason = "the name must be like V0001__what_it_does.cypher"
        raise MigrationFileInvalid(path=str(path), reason=reason)
    try:
        # A checkout on Windows must not change the checksum.
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        reason = f"byte {error.start} is not UTF-8"
        raise MigrationFileInvalid(path=str(path), reason=reason) from error
    script = statements.split(text, path=str(path))
    return Migration(
        version=name["version"],
        description=name["name"].replace("_", " "),
        source=path.name,
        statements=script.statements,
        checksum=_checksum(script),
    )


def _checksum(script: statements.Script) -> str:
    """CRC-32 over all statements, as Neo4j-Migrations has it: comments count, `;` does not."""
    checksum = 0
    for statement in (*script.statements, script.remainder):
        checksum = zlib.crc32(statement.encode(), checksum)
    return str(checksum)


def _compared(migrations: Sequence[Migration], applied: list[Row]) -> MigrationStatus:
    known = {migration.version: migration for migration in migrations}
    recorded = {row["version"]: row["checksum"] for row in applied}
    return MigrationStatus(
        current=max(recorded, default=None),
        pending=tuple(version for version in known if version not in recorded),
        changed=tuple(
            version
            for version, checksum in recorded.items()
            if version in known and known[version].checksum != checksum
        ),
        unknown=tuple(version for version in recorded if version not in known),
    )


def _pending(
    migrations: Sequence[Migration], applied: list[Row], directory: Path
) -> list[Migration]:
    found = _compared(migrations, applied)
    rows = {row["version"]: row for row in applied}
    for version in found.unknown:
        source = rows[version]["source"] or "no file"
        newest = migrations[-1].version
        raise MigrationUnknown(version=version, source=source, newest=newest)
    by_version = {migration.version: migration for migration in migrations}
    for version in found.changed:
        migration = by_version[version]
        raise MigrationChanged(
            path=str(directory / migration.source),
            version=version,
            applied=rows[version]["checksum"],
            found=migration.checksum,
        )
    return [by_version[version] for version in found.pending]


def _apply(
    database: Database,
    migration: Migration,
    clock: Callable[[], float],
    renew: Callable[[], None],
    progress: Callable[[Step], None],
) -> None:
    started = clock()
    for number, statement in enumerate(migration.statements, start=1):
        progress(Step(migration.version, number, len(migration.statements)))
        renew()
        database.run(statement)
    seconds = clock() - started

    def record(transaction: Transaction) -> None:
        transaction.run(_BASELINE)
        transaction.run(
            _RECORD,
            version=migration.version,
            description=migration.description,
            source=migration.source,
            checksum=migration.checksum,
            seconds=seconds,
            by=_user(),
            connected_as=database.connection.username,
        )

    database.transact(record)


@contextmanager
def _lock(
    database: Database,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    timeout_s: float,
) -> Iterator[Callable[[], None]]:
    """Hold the one lock of this database; the value renews it, or raises when it was lost."""
    database.transact(lambda transaction: transaction.run(_LOCK_CONSTRAINT))
    asked = {
        "id": str(uuid.uuid4()),
        "name": _lock_name(database.connection.database),
        "by": f"{_user()}@{socket.gethostname()}, process {os.getpid()}",
        "minutes": _LOCK_MINUTES,
    }

    def acquire() -> Row:
        return database.write(_LOCK, asked)[0]

    def renew() -> None:
        if not (held := acquire())["ours"]:
            raise MigrationLocked(holder=held["holder"], until=held["until"])

    deadline = clock() + timeout_s
    while not (held := acquire())["ours"]:
        if clock() > deadline:
            raise MigrationLocked(holder=held["holder"], until=held["until"])
        sleep(_LOCK_POLL_S)
    try:
        yield renew
    finally:
        database.write(_UNLOCK, id=asked["id"])


def _lock_name(database: str | None) -> str:
    # Theirs, so that the Java tool and this one exclude each other: one name for the default
    # database, and "John Doe" can be the name of no other.
    return database.lower() if database and database.lower() != "neo4j" else "John Doe"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return str(os.getuid())


def _await_indexes(database: Database, timeout_s: int) -> None:
    try:
        database.run("CALL db.awaitIndexes($timeout_s)", timeout_s=timeout_s)
    except QueryRefused as error:
        raise MigrationError(
            f"the migrations ran, but not every index is online: {error.reason}. "
            "`catalograph doctor` lists them; a filling index goes on by itself."
        ) from error


def _index(row: Row) -> IndexState:
    return IndexState(
        **{**row, "labels": tuple(row["labels"]), "properties": tuple(row["properties"])}
    )
