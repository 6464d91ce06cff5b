"""The files of a bulk load into the embedded database, whole or not at all."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.bulk.admin import AdminOutput, AdminProgress, import_arguments
from graph.bulk.files import BulkFiles
from graph.client import Connection, Database
from graph.errors import BulkLoadFailed, DatabaseNotEmpty
from graph.repositories.stats import count
from graph.server import (
    DATABASE,
    EmbeddedServer,
    Endpoint,
    ServerOptions,
    held,
    holds_database,
    mend,
    run_admin,
    server_status,
    take_database,
)
from graph.space import require_space

# What a migration leaves in a database that is empty otherwise. From the counts of the store.
_NODES = """
RETURN COUNT { () } - COUNT { (:__Neo4jMigration) } - COUNT { (:__Neo4jMigrationsLock) } AS nodes
"""
_TAIL_CHARACTERS = 2_000
_SCRATCH = "bulk-load"


def require_empty(database: Database, place: str) -> None:
    """
    Raises:
        DatabaseNotEmpty: with the number of nodes; bookkeeping of migrations does not count.
    """
    nodes = database.read(_NODES)[0]["nodes"]
    if nodes:
        raise DatabaseNotEmpty(place=place, nodes=nodes)


def require_empty_home(home: Path, options: ServerOptions) -> None:
    """Look into the embedded database, for which a server that does not run is started.

    Raises:
        DatabaseNotEmpty: something is in it.
        ServerBusy: nothing is, but another process runs it.
        DiskFull: a server could not start on what would be loaded.
    """
    found = server_status(home)
    if found.endpoint is not None:
        with open_endpoint(found.endpoint) as database:
            require_empty(database, str(home))
    with held(home, options):  # at once, where a start would wait for whoever has it
        mend(home)
        require_space(home, options.minimum_free_mib)
    if not holds_database(home):
        return
    with EmbeddedServer(home, options) as server, open_endpoint(server.endpoint) as database:
        require_empty(database, str(home))


@contextmanager
def open_endpoint(endpoint: Endpoint) -> Iterator[Database]:
    connection = Connection(endpoint.uri, endpoint.username, endpoint.password)
    with Database(connection) as database:
        yield database


@contextmanager
def offline(home: Path, options: ServerOptions) -> Iterator[Path]:
    """An empty folder to work in, while no server of this home can start.

    Raises:
        DiskFull: the work in it has filled the disk.
    """
    with held(home, options):
        mend(home)
        scratch = home / _SCRATCH
        shutil.rmtree(scratch, ignore_errors=True)  # of one that was killed
        scratch.mkdir(mode=0o700, parents=True)
        try:
            yield scratch
        except OSError as error:
            if error.errno == errno.ENOSPC:
                require_space(home)
            raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def import_store(
    files: BulkFiles,
    home: Path,
    scratch: Path,
    options: ServerOptions,
    progress: Callable[[AdminProgress], None] = lambda _: None,
) -> None:
    """Make the database beside the old one, which it replaces when it is whole.

    Raises:
        BulkLoadFailed: neo4j-admin did not like the files; the old database stays.
        DiskFull: it had no space for them; the same.
    """
    log = files.folder / "neo4j-admin.log"
    code = run_admin(
        scratch,
        import_arguments(files, DATABASE),
        options,
        log=log,
        said=AdminOutput(progress),
    )
    text = log.read_text(encoding="utf-8", errors="replace")
    if code != 0:
        require_space(home)  # neo4j-admin does not say that it had none
        raise BulkLoadFailed(
            place="neo4j-admin database import",
            reason=f"ended with exit code {code}, and the database is as it was",
            log_tail=text[-_TAIL_CHARACTERS:].strip(),
        )
    take_database(home, scratch)


def require_complete(database: Database, files: BulkFiles) -> None:
    """
    Raises:
        BulkLoadFailed: the graph has not what was written.
    """
    found = count(database)
    for there, written in ((found.nodes, files.nodes), (found.relationships, files.edges)):
        for name, number in written.items():
            if there[name] != number:
                raise BulkLoadFailed(
                    place="check",
                    reason=f"the graph has {there[name]:,} {name} where {number:,} were written; "
                    "move the home folder away, load again, and report this",
                )
