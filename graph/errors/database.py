"""A database that cannot answer, and what it would not do."""

from __future__ import annotations

from graph.errors.base import GraphError


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


class CypherRefused(QueryRefused):
    """A query that a person wrote; the sentence is for that person."""

    code = "cypher_refused"


class CypherInvalid(CypherRefused):
    """The query is wrong. `line` and `column` are counted from 1; 0 where the server says none."""

    code = "cypher_invalid"

    def __init__(self, *, reason: str, line: int = 0, column: int = 0) -> None:
        self.line, self.column = line, column
        super().__init__(reason=f"line {line}, column {column}: {reason}" if line else reason)


class CypherForbidden(CypherRefused):
    """The query does more than it may, or would cost more than anything could stop."""

    code = "cypher_forbidden"


class CypherTooLarge(CypherRefused, QueryTooLarge):
    """The query needs more memory than one transaction is granted."""

    code = "cypher_too_large"


class QueryTimedOut(DatabaseError):
    code = "query_timed_out"

    def __init__(self, *, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        super().__init__(
            f"the query was stopped after {timeout_s:g} s; "
            "ask for less, or add a filter that an index serves"
        )
