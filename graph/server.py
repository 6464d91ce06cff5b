"""The embedded Neo4j: a real server in one folder, owned, restarted and stopped by us.

`EmbeddedServer` runs it in this process's care; `start_detached`, `stop_server`, `server_status`
and `run_console` serve the command line. Whoever comes second to a home is a guest: it gets the
endpoint of the server that runs, and stopping leaves that server alone.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from graph.embedded.configuration import ServerOptions, write_configuration
from graph.embedded.detached import (
    Follower,
    ServerStatus,
    await_owner,
    read_status,
    spawn_supervisor,
    until_signalled,
    write_to,
)
from graph.embedded.detached import stop_server as _stop_server
from graph.embedded.jars import (
    NEO4J_VERSION,
    JarReport,
    Progress,
    ProgressCallback,
    install_jars,
    report_jars,
    write_lock,
)
from graph.embedded.java import admin_command as _admin_command
from graph.embedded.java import write_classpath
from graph.embedded.layout import Layout
from graph.embedded.offline import (
    DATABASE,
    held,
    holds_database,
    mend,
    run_admin,
    take_database,
)
from graph.embedded.processes import kill_group
from graph.embedded.rehearsal import Rehearsal
from graph.embedded.state import Endpoint, Phase, State
from graph.embedded.supervisor import Supervisor
from graph.errors import ServerBusy, ServerError

__all__ = [
    "DATABASE",
    "NEO4J_VERSION",
    "EmbeddedServer",
    "Endpoint",
    "JarReport",
    "Phase",
    "Progress",
    "ProgressCallback",
    "ServerOptions",
    "ServerStatus",
    "admin_command",
    "data_dir",
    "end_server",
    "held",
    "holds_database",
    "install",
    "mend",
    "own_data",
    "prepare_archive",
    "report_jars",
    "run_admin",
    "run_console",
    "server_status",
    "start_detached",
    "stop_server",
    "take_database",
    "write_lock",
]

_FOLLOW_S = 0.2


class EmbeddedServer:
    """The server of one home in the care of this process, or a guest at another's.

    `with EmbeddedServer(home) as server: connect(server.endpoint.uri)`. Every `ServerError` says
    what to do about it. When this process is killed the server ends too (on Linux at once, else
    with the next start). One that dies is restarted on the same ports, with growing pauses; after
    `restart_limit` deaths in a row `status.phase` is `failed`.
    """

    def __init__(
        self,
        home: Path,
        options: ServerOptions | None = None,
        *,
        progress: ProgressCallback | None = None,
        detached: bool = False,
    ) -> None:
        self._layout = Layout(home)
        self._options = options or ServerOptions()
        self._progress = progress
        self._detached = detached
        self._supervisor: Supervisor | None = None
        self._rehearsal: Rehearsal | None = None
        self._endpoint: Endpoint | None = None

    def start(self) -> Endpoint:
        """Returns when the server answers, whoever started it."""
        deadline = time.monotonic() + self._options.start_timeout_s
        while self._endpoint is None:
            try:
                self._endpoint = self._start_own()
            except ServerBusy as busy:
                self._endpoint = await_owner(self._layout)
                if self._endpoint is None and time.monotonic() > deadline:
                    raise busy
        return self._endpoint

    def stop(self, grace_s: float | None = None) -> None:
        """Any number of times; a server that does not stop within the grace is killed."""
        rehearsal, self._rehearsal = self._rehearsal, None
        if rehearsal is not None:
            rehearsal.cancel()
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is not None:
            supervisor.stop(grace_s)
        self._endpoint = None

    def is_alive(self) -> bool:
        """Whether the server runs or is being restarted, by us or by its owner."""
        if self._supervisor is not None:
            return not self._supervisor.wait(0.0)
        return self.status.phase not in ("stopped", "failed")

    def wait(self, timeout_s: float | None = None) -> bool:
        """Until our own server is given up; True when it is."""
        return self._supervisor is not None and self._supervisor.wait(timeout_s)

    @property
    def endpoint(self) -> Endpoint:
        if self._endpoint is None:
            raise RuntimeError("the server was not started; call start() first")
        return self._endpoint

    @property
    def status(self) -> ServerStatus:
        return read_status(self._layout)

    @property
    def failure(self) -> ServerError | None:
        """Why our own server was given up, if it was."""
        return self._supervisor.failure if self._supervisor else None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _start_own(self) -> Endpoint:
        supervisor = Supervisor(
            self._layout, self._options, detached=self._detached, progress=self._progress
        )
        endpoint = supervisor.start()
        self._supervisor = supervisor
        if self._options.prepare_archive:
            self._rehearsal = Rehearsal(self._options)
            self._rehearsal.start()
        return endpoint


def start_detached(
    home: Path,
    options: ServerOptions | None = None,
    *,
    progress: ProgressCallback | None = None,
) -> Endpoint:
    """Start the server in the background, or find it there; returns when it answers."""
    chosen = options or ServerOptions()
    install_jars(chosen.repository, progress)  # here, where somebody watches the progress
    return spawn_supervisor(Layout(home), chosen)


def stop_server(home: Path, grace_s: float = 30.0) -> bool:
    """Stop a detached server; False when none ran. Raises `ServerBusy` when `up` owns it."""
    return _stop_server(Layout(home), grace_s)


def end_server(home: Path, uri: str) -> bool:
    """Kill the server at `uri`, so that whoever owns it starts it anew; False if it is not ours.

    For a query that nothing else ends. What was committed is there after the restart.
    """
    layout = Layout(home)
    endpoint, state = read_status(layout).endpoint, State.read(layout)
    if endpoint is None or endpoint.uri != uri or state is None or state.server is None:
        return False
    process = state.server.find()
    if process is not None:
        kill_group(process.pid)
    return process is not None


def server_status(home: Path) -> ServerStatus:
    return read_status(Layout(home))


def run_console(home: Path, options: ServerOptions | None = None, out: TextIO | None = None) -> int:
    """Run in the foreground with Neo4j's log on `out` until a signal comes; an exit code."""
    server = EmbeddedServer(home, options, detached=True)
    follower = Follower(Layout(home).user_log, write_to(out or sys.stdout))
    return _run_until_signalled(server, follower)


def install(options: ServerOptions | None = None, progress: ProgressCallback | None = None) -> None:
    """Bring the jars here, for a start without network later."""
    install_jars((options or ServerOptions()).repository, progress)


def prepare_archive(
    options: ServerOptions | None = None, progress: ProgressCallback | None = None
) -> Path:
    """Write the archive that halves every start, if it is not there; takes about a minute."""
    return Rehearsal(options or ServerOptions()).perform(progress)


def admin_command(
    home: Path, arguments: Sequence[str], options: ServerOptions | None = None
) -> list[str]:
    """`neo4j-admin ARGUMENTS` for this home, as a command line; most wants a stopped server.

    It works with the memory of the options given here, else of the last start.
    """
    layout, chosen = Layout(home), options or ServerOptions()
    layout.create()
    write_classpath(layout, install_jars(chosen.repository))
    if options is not None or not layout.conf_file.exists():
        last = State.read(layout)
        bolt_port, http_port = (last.bolt_port, last.http_port) if last else (0, 0)
        write_configuration(layout, chosen, bolt_port=bolt_port, http_port=http_port)
    return _admin_command(layout, arguments)


def data_dir(home: Path) -> Path:
    """Where the databases lie."""
    return Layout(home).data


def own_data(home: Path, uri: str) -> Path | None:
    """Where the databases of the server at `uri` lie; None where it is not that of `home`."""
    endpoint = server_status(home).endpoint
    return data_dir(home) if endpoint is not None and endpoint.uri == uri else None


def _run_until_signalled(server: EmbeddedServer, follower: Follower | None = None) -> int:
    with until_signalled() as called:
        try:
            endpoint = server.start()
            if endpoint.attached and follower is None:
                return 0  # another supervisor was faster; nothing is left to do
            while not called.is_set() and server.is_alive():
                if follower is not None:
                    follower.step()
                called.wait(_FOLLOW_S)
            return 0 if server.failure is None else 1
        finally:
            server.stop()
            if follower is not None:
                follower.step()


def main(arguments: Sequence[str] | None = None) -> int:
    """What other processes of this module are started with; people use `catalograph neo4j`."""
    parser = argparse.ArgumentParser(prog="python -m graph.server", description=main.__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    supervise = commands.add_parser("supervise", help="own the server of a home until a signal")
    supervise.add_argument("--home", type=Path, required=True)
    supervise.add_argument("--options", type=ServerOptions.from_json, default=ServerOptions())
    commands.add_parser("lock", help="resolve the jars anew and rewrite the list with checksums")
    commands.add_parser("prepare", help="bring the jars and write the class archive")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    match chosen.command:
        case "supervise":
            return _supervise(chosen.home, chosen.options)
        case "lock":
            sys.stdout.write(f"{write_lock()} jars\n")
        case _:
            sys.stdout.write(f"{prepare_archive()}\n")
    return 0


def _supervise(home: Path, options: ServerOptions) -> int:
    server = EmbeddedServer(home, options, detached=True)
    try:
        return _run_until_signalled(server)
    except ServerError as error:
        logging.getLogger(__name__).error("%s", error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
