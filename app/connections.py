"""Where the database of an installation is, from its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from app.settings import Settings
from graph.client import Connection, Database
from graph.errors import DatabaseUnavailable
from graph.server import Endpoint, own_data, server_status

# A job rides out a restart of the server; a client would rather have its 503 and try again.
WRITE_RETRY_S = 3.0
JOB_RETRY_S = 30.0  # a restart takes 7 to 17 s


def located(settings: Settings) -> Settings:
    """The settings with the address of the database: the one configured, or the embedded one.

    Raises:
        DatabaseUnavailable: there is none that runs.
    """
    if settings.neo4j_uri is not None:
        return settings
    found = server_status(settings.home)
    if found.endpoint is None:
        reason = found.error or f"the embedded one is {found.phase}"
        raise DatabaseUnavailable(uri=str(settings.home), reason=reason)
    return with_endpoint(settings, found.endpoint)


@contextmanager
def open_for_job(
    settings: Settings, away: Callable[[bool], None] = lambda _: None
) -> Iterator[Database]:
    """The database for a command or a job, verified; it rides out a restart of the server.

    `away` is told so, and when the server is there.
    """
    connection = replace(connection_of(located(settings)), retry_s=JOB_RETRY_S)
    with Database(connection, away=away) as database:
        database.verify()
        away(False)
        yield database


def connection_of(settings: Settings) -> Connection:
    """Where the database of `settings` is; `neo4j_uri` must be known by now."""
    assert settings.neo4j_uri is not None
    assert settings.neo4j_password is not None
    return Connection(
        uri=settings.neo4j_uri,
        username=settings.neo4j_username,
        password=settings.neo4j_password.get_secret_value(),
        database=settings.neo4j_database,
        query_timeout_s=settings.query_timeout_s,
        retry_s=WRITE_RETRY_S,
        data=own_data(settings.home, settings.neo4j_uri),
    )


def analytics_of(settings: Settings) -> Connection:
    """Where raw Cypher is answered; `neo4j_analytics_uri` must be set."""
    assert settings.neo4j_analytics_uri is not None
    password = settings.neo4j_analytics_password or settings.neo4j_password
    assert password is not None
    return replace(
        connection_of(settings),
        uri=settings.neo4j_analytics_uri,
        username=settings.neo4j_analytics_username or settings.neo4j_username,
        password=password.get_secret_value(),
    )


def with_endpoint(settings: Settings, endpoint: Endpoint) -> Settings:
    """The same settings, for an embedded server that runs."""
    fields = {name: getattr(settings, name) for name in Settings.model_fields}
    own = {
        "neo4j_uri": endpoint.uri,
        "neo4j_username": endpoint.username,
        "neo4j_password": endpoint.password,
    }
    return Settings(**{**fields, **own})
