"""What is well with an installation and what is not, each with its remedy."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from app.connections import analytics_of, located, open_for_job
from app.errors import ChampionUnreadable, KeyFileInvalid
from app.keys import KeyFile
from app.services.champions import loaders, tried
from app.services.models import registry_of
from app.services.readiness import index_parts, migration_parts
from app.settings import Settings
from graph import migrate
from graph.client import Database
from graph.errors import GraphError, QueryRefused
from graph.records import Record
from graph.repositories.hardening import open_settings
from graph.schema import NEO4J_MINIMUM
from graph.server import NEO4J_VERSION, data_dir, report_jars
from graph.space import SPARE_MIB
from ml.errors import RegistryUnavailable

State = Literal["ok", "warning", "red"]

LITTLE_DISK_GB = 5.0  # a first load of a million rows takes about two
PYTHON_MINIMUM = (3, 11)
_MIB = 2**20


class Finding(Record, frozen=True):
    """One line of the diagnosis; `remedy` is empty where all is well."""

    name: str
    state: State
    detail: str
    remedy: str = ""


def diagnose(settings: Settings) -> list[Finding]:
    return [
        _python(),
        *_jars(settings),
        *_disks(settings),
        _keys(settings),
        *models(settings),
        *_database(settings),
    ]


def _python() -> Finding:
    detail = f"Python {platform.python_version()}, catalograph {version('catalograph')}"
    if sys.version_info >= PYTHON_MINIMUM:
        return Finding("versions", "ok", detail)
    return Finding("versions", "red", detail, "install Python 3.11 or newer")


def _jars(settings: Settings) -> Iterator[Finding]:
    if settings.neo4j_uri is not None:
        return
    report = report_jars()
    total = len(report.cached) + len(report.missing)
    detail = f"Neo4j {NEO4J_VERSION}, {len(report.cached)} of {total} jars in {report.repository}"
    if not report.missing:
        yield Finding("embedded", "ok", detail)
    else:
        yield Finding(
            "embedded",
            "warning",
            detail,
            f"the next start downloads {report.missing_bytes / 1e6:.0f} MB",
        )


def _disks(settings: Settings) -> Iterator[Finding]:
    home, data = settings.home, data_dir(settings.home)
    is_own = settings.neo4j_uri is None
    is_apart = is_own and _existing(home).stat().st_dev != _existing(data).stat().st_dev
    remedy = "free some space, or move it to a larger disk and set CATALOGRAPH_HOME to where it is"
    yield disk(home, remedy, has_database=is_own and not is_apart)
    if is_apart:
        yield disk(data, "free some space", has_database=True)


def disk(folder: Path, remedy: str, *, has_database: bool) -> Finding:
    """How much is left where `folder` is, or will be; `has_database`: ours, which is spared."""
    free = shutil.disk_usage(_existing(folder)).free
    free_gb, free_mib = free / 1e9, free // _MIB
    if has_database and free_mib < SPARE_MIB:
        detail = f"{free_mib} MiB free at {folder}; with less than {SPARE_MIB} nothing is written"
        again = "what failed meanwhile goes on with `catalograph jobs retry ID`"
        return Finding("disk", "red", detail, f"{remedy}; {again}")
    detail = f"{free_gb:.1f} GB free at {folder}"
    if free_gb >= LITTLE_DISK_GB:
        return Finding("disk", "ok", detail)
    return Finding("disk", "red" if free_gb < 1 else "warning", detail, remedy)


def _existing(folder: Path) -> Path:
    return next(part for part in (folder, *folder.parents) if part.exists())


def _keys(settings: Settings) -> Finding:
    try:
        keys = KeyFile(settings.keys_path).list()
    except KeyFileInvalid as error:
        return Finding("keys", "red", error.reason, str(error))
    detail = f"{len(keys)} API keys in {settings.keys_path}"
    if keys or settings.dev:
        return Finding("keys", "ok", detail)
    remedy = "make one with `catalograph keys create NAME`; without keys only --dev answers"
    return Finding("keys", "warning", detail, remedy)


def models(settings: Settings) -> Iterator[Finding]:
    """Whether what was promoted loads; imports torch only where anything was."""
    try:
        found = list(tried(registry_of(settings), loaders(settings)))
    except RegistryUnavailable as error:
        yield Finding("models", "red", "not readable", str(error))
        return
    broken = [(name, fault) for name, fault in found if fault is not None]
    if not broken:
        names = ", ".join(name for name, _ in found)
        detail = f"what is promoted loads: {names}" if names else "none is promoted"
        yield Finding("models", "ok", detail)
    for name, fault in broken:
        if isinstance(fault, ChampionUnreadable):
            yield Finding("models", "red", fault.finding, fault.remedy)
        else:
            yield Finding("models", "red", f"which {name} is promoted is not known", str(fault))


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        found = located(settings)
        with open_for_job(found) as database:
            yield from _connection(database)
            yield migrations(migrate.status(database))
            yield _indexes(database)
            if settings.neo4j_analytics_uri is None:
                yield raw_queries(database)
    except GraphError as error:
        yield Finding("database", "red", "not usable", str(error))
        return
    if settings.neo4j_analytics_uri is not None:
        yield _analytics(found)


def _analytics(settings: Settings) -> Finding:
    try:
        with Database(analytics_of(settings)) as database:
            database.verify()
            return raw_queries(database)
    except GraphError as error:
        return Finding("raw queries", "red", "NEO4J_ANALYTICS_URI is not usable", str(error))


def raw_queries(database: Database) -> Finding:
    """Whether the server itself is closed to what `POST /v1/query` must not do."""
    uri = database.connection.uri
    try:
        found = open_settings(database)
    except QueryRefused as error:
        remedy = f"look at the settings that docs/query.md names yourself: {error}"
        return Finding("raw queries", "warning", f"settings of {uri} are not shown to us", remedy)
    if not found:
        return Finding("raw queries", "ok", f"{uri} is closed to files, and bounds each query")
    shown = ", ".join(f"{one.name}={one.value}" for one in found)
    remedy = "in its neo4j.conf set " + ", ".join(one.remedy for one in found)
    return Finding("raw queries", "warning", f"{uri} is open: {shown}", remedy)


def _connection(database: Database) -> Iterator[Finding]:
    info = database.server_info()
    needed = ".".join(f"{part:02}" for part in NEO4J_MINIMUM)
    yield Finding(
        "database",
        "ok",
        f"Neo4j {info.version} {info.edition} at {info.uri}, database {info.database}"
        f" (needs {needed} or newer)",
    )


def migrations(status: migrate.MigrationStatus) -> Finding:
    """How far the schema of the database is."""
    if parts := migration_parts(status):
        found = f"at {status.current}" if status.current else "none was applied"
        return Finding("migrations", "red", found, parts["migrations"])
    return Finding("migrations", "ok", f"at {status.current}")


def _indexes(database: Database) -> Finding:
    states = migrate.indexes(database)
    if parts := index_parts(states):
        return Finding("indexes", "red", f"{len(states)} found", parts["indexes"])
    return Finding("indexes", "ok", f"{len(states)} online")
