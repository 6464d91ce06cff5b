"""`catalograph neo4j`: the embedded server by itself."""

from __future__ import annotations

import typer

from app.cli.output import FAILED, Json, out, print_fields, print_json
from app.cli.session import starting
from app.settings import load_settings

cli = typer.Typer(help="The embedded Neo4j: start, stop, status, console.", no_args_is_help=True)

STOPPED = 3  # as systemd's status reports a service that does not run


@cli.command()
def start(json: Json = False) -> None:
    """Start it in the background; it outlives this command."""
    from graph.server import start_detached

    home = load_settings().home
    with starting() as progress:
        endpoint = start_detached(home, progress=progress)
    if json:
        print_json(_endpoint(endpoint))
    else:
        out.print(f"Neo4j runs at {endpoint.uri}, browser at http://127.0.0.1:{endpoint.http_port}")


@cli.command()
def recover(json: Json = False) -> None:
    """Leave out the torn end of a log, where the database does not start. Copy its data before."""
    from graph.server import EmbeddedServer, ServerOptions

    home = load_settings().home
    options = ServerOptions(drop_torn_end=True, prepare_archive=False)
    with starting() as progress, EmbeddedServer(home, options, progress=progress):
        pass
    if json:
        print_json({"recovered": True})
    else:
        out.print("The database starts again. Load again what was being loaded.")


@cli.command()
def stop(json: Json = False) -> None:
    """Stop the one that `start` started."""
    from graph.server import stop_server

    stopped = stop_server(load_settings().home)
    if json:
        print_json({"stopped": stopped})
    else:
        out.print("Neo4j is stopped." if stopped else "No Neo4j was running.")


@cli.command()
def status(json: Json = False) -> None:
    """Say whether it runs and where; exit code 3 when it does not."""
    from graph.server import data_dir, server_status

    home = load_settings().home
    found = server_status(home)
    fields: dict[str, object] = {"phase": found.phase, "home": str(home)}
    if found.endpoint is not None:
        fields |= _endpoint(found.endpoint)
    fields |= {"restarts": found.restarts, "data": str(data_dir(home)), "error": found.error}
    if json:
        print_json(fields)
    else:
        # As text: nobody reads `7,687` as a port.
        told = {name: str(value) for name, value in fields.items() if value}
        print_fields("Embedded Neo4j", told)
    if found.endpoint is None:
        raise SystemExit(STOPPED)


@cli.command()
def console() -> None:
    """Run it in the foreground with its log; Ctrl-C stops it."""
    from graph.server import install, run_console

    with starting() as progress:
        install(progress=progress)
    code = run_console(load_settings().home)
    raise SystemExit(FAILED if code else 0)


def _endpoint(endpoint: object) -> dict[str, object]:
    names = ("uri", "http_port", "username", "pid")
    return {name: getattr(endpoint, name) for name in names}
