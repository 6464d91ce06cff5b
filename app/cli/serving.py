"""Commands that serve: `up` with everything it needs, `serve` for the API alone."""

from __future__ import annotations

import errno
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import err, out
from app.cli.session import open_database, running_server
from app.cli.worker_process import worker_beside
from app.errors import AddressInUse
from app.settings import Settings, load_settings
from graph.errors import DatabaseUnavailable

if TYPE_CHECKING:
    import uvicorn

    from graph.server import EmbeddedServer

Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(help="TCP port; 0 takes any free one.")]
Dev = Annotated[bool, typer.Option("--dev", help="Without API keys, on a loopback address only.")]

GUEST_POLL_S = 2.0
BACKLOG = 2_048  # connections that wait while the event loop is busy


def up(host: Host = None, port: Port = None, dev: Dev = False) -> None:
    """Start Neo4j if none is configured, migrate, run jobs, and serve the API until Ctrl-C."""
    settings = with_options(host, port, dev=dev)
    with listening(settings) as listener, running_server(settings) as (found, neo4j):
        migrate(found)
        with worker_beside(found):
            serve_until_stopped(found, listener, neo4j)


def serve(host: Host = None, port: Port = None, dev: Dev = False) -> None:
    """Serve the API alone; /readyz says what it still waits for."""
    settings = with_options(host, port, dev=dev)
    with listening(settings) as listener:
        serve_until_stopped(settings, listener, None)


def with_options(host: str | None, port: int | None, *, dev: bool) -> Settings:
    given = {"host": host, "port": port, "dev": dev or None}
    return load_settings(**{name: value for name, value in given.items() if value is not None})


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The API's socket, taken before anything slow starts.

    Raises:
        AddressInUse: with the port and the remedy.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server(
            (settings.host, settings.port), family=family, backlog=BACKLOG
        )
    except OSError as error:
        reason = "is taken" if error.errno == errno.EADDRINUSE else error.strerror or str(error)
        raise AddressInUse(host=settings.host, port=settings.port, reason=reason) from error
    with listener:
        yield listener


def address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def migrate(settings: Settings) -> None:
    from graph import migrate as migrations

    with open_database(settings) as database:
        report = migrations.migrate(database)
    if report.applied:
        err.print(f"Applied migrations {', '.join(report.applied)}", highlight=False)


def api_server(settings: Settings) -> uvicorn.Server:
    import uvicorn

    from app.main import create_app

    return uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            log_config=None,  # our own is configured with the application
            access_log=False,  # ours has the request id
            lifespan="on",
            timeout_graceful_shutdown=10,
            server_header=False,
        )
    )


def serve_until_stopped(
    settings: Settings, listener: socket.socket, neo4j: EmbeddedServer | None
) -> None:
    """Until a signal comes, or the embedded Neo4j is given up by its supervisor."""
    server = api_server(settings)
    out.print(f"API at {address(listener)}, its documentation at {address(listener)}/docs")
    if neo4j is not None:
        out.print(f"Neo4j at {neo4j.endpoint.uri}")
        watch = threading.Thread(target=_stop_with, args=(neo4j, server), daemon=True)
        watch.start()
    # uvicorn raises the signal again when it has stopped; then Neo4j still has to be.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    if neo4j is not None and neo4j.failure is not None:
        raise neo4j.failure
    if neo4j is not None and _is_gone(neo4j):
        reason = "the process that ran it has ended; start `catalograph up` again"
        raise DatabaseUnavailable(uri=neo4j.endpoint.uri, reason=reason)


def _stop_with(neo4j: EmbeddedServer, server: uvicorn.Server) -> None:
    """Ends the API when its Neo4j is given up: our own, or one that another process runs."""
    if neo4j.endpoint.attached:
        while not _is_gone(neo4j):
            time.sleep(GUEST_POLL_S)
    else:
        neo4j.wait()
    server.should_exit = True


def _is_gone(neo4j: EmbeddedServer) -> bool:
    return neo4j.endpoint.attached and neo4j.status.phase in ("stopped", "failed")
