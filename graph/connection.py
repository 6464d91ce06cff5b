"""Where a Neo4j is and what it says of itself: plain data, so that settings need no driver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from graph.errors import DatabaseTooOld
from graph.schema import NEO4J_MINIMUM

SERVER = """
CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel'
CALL db.info() YIELD name AS database
RETURN versions[0] AS version, edition, database
"""


@dataclass(frozen=True)
class Connection:
    """Where Neo4j is and how long to wait for it. `database` None is the user's home database."""

    uri: str
    username: str
    password: str = field(repr=False)
    database: str | None = None
    connect_timeout_s: float = 5.0  # a black hole must not look like a slow query
    acquire_timeout_s: float = 6.0  # one connect and a little queueing; then the answer is 503
    pool_size: int = 64  # above the requests one API process has in flight; the server bears 400
    query_timeout_s: float = 10.0  # reads over HTTP, where the caller gave no limit
    retry_s: float = 30.0  # writes ride out a restart of the server, measured at 7 to 17 s
    data: Path | None = None  # of a server that is ours: writes end before its disk is full


@dataclass(frozen=True, slots=True)
class ServerInfo:
    version: str
    edition: str
    uri: str
    database: str


@dataclass(frozen=True, slots=True)
class Table:
    """An answer in the order of its columns, as plain JSON values.

    `hints` name what the query speaks of and the database does not have.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    truncated: bool
    hints: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        """How a notebook shows it."""
        head = "".join(f"<th>{escape(column)}</th>" for column in self.columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{_shown(cell)}</td>' for cell in row)}</tr>" for row in self.rows
        )
        more = "<p>… and more rows</p>" if self.truncated else ""
        return f"<table><tr>{head}</tr>{body}</table>{more}"


def server_info(connection: Connection, rows: Sequence[Mapping[str, str]]) -> ServerInfo:
    return ServerInfo(uri=connection.uri, **rows[0])


def refuse_old(server: ServerInfo) -> None:
    if _version(server.version) < NEO4J_MINIMUM:
        needed = ".".join(f"{part:02d}" for part in NEO4J_MINIMUM)
        raise DatabaseTooOld(uri=server.uri, version=server.version, needed=needed)


def _version(text: str) -> tuple[int, int]:
    """`2026.08.1`, `5.27-aura` -> year and month, or major and minor."""
    major, minor, *_ = (*text.replace("-", ".").split("."), "0")
    return int(major), int(minor) if minor.isdigit() else 0


def _shown(cell: object) -> str:
    return "" if cell is None else escape(str(cell))
