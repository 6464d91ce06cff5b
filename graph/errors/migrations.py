"""Migrations that cannot be applied."""

from __future__ import annotations

from graph.errors.base import GraphError


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
