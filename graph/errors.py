"""Everything that `graph` raises on purpose, in one tree.

GraphError
├── ServerError                 the embedded Neo4j (graph/server.py)
├── DatabaseError               any Neo4j, through graph/client.py
│   ├── DatabaseUnavailable
│   ├── DatabaseRefusedLogin
│   ├── DatabaseTooOld
│   ├── DatabaseNotFound
│   ├── QueryRefused
│   └── QueryTimedOut
├── MigrationError              graph/migrate.py
│   ├── MigrationFileInvalid
│   ├── MigrationChanged
│   ├── MigrationUnknown
│   └── MigrationLocked
├── MappingInvalid              a mapping file
├── FilterInvalid               a filter expression
├── ValueInvalid                one cell or value that means nothing for its parameter
├── DraftInvalid                one field of an item that cannot be stored
└── ImportFailed                an import that cannot go on (one bad row is a RecordRejected, not an error)
"""

from __future__ import annotations

from typing import ClassVar


class GraphError(Exception):
    """Base of the tree; `code` is stable and goes into problem+json and exit messages."""

    code: ClassVar[str] = "graph_error"


class ServerError(GraphError):
    """The embedded Neo4j cannot do what was asked."""

    code = "server_error"


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
