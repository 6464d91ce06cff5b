"""Own one Neo4j as a child process: start it, restart it when it dies, stop it once."""

from __future__ import annotations

import atexit
import logging
import os
import secrets
import shutil
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import psutil
from filelock import FileLock, Timeout

from graph.embedded.archive import archive_file, archive_flags
from graph.embedded.configuration import ServerOptions, write_configuration
from graph.embedded.jars import Progress, ProgressCallback, install_jars
from graph.embedded.java import (
    java_executable,
    server_command,
    set_initial_password,
    write_classpath,
)
from graph.embedded.layout import Layout
from graph.embedded.ports import Ports, answers, answers_bolt, choose_ports, may_move
from graph.embedded.processes import end_orphans, kill_group, spawn
from graph.embedded.state import (
    Endpoint,
    Phase,
    ProcessId,
    State,
    pack_error,
    read_endpoint,
    write_whole,
)
from graph.embedded.story import Story, disk_full
from graph.errors import PasswordMissing, PortInUse, ServerBusy, ServerError, ServerStartFailed

_log = logging.getLogger(__name__)

_PROBE_EVERY_S = 2.0
_POLL_S = 0.02  # a refused connection to the own machine costs nothing
_STABLE_S = 60.0  # after this long a death is an accident, not one of a row
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 15.0
_PORT_ATTEMPTS = 3  # two servers that start together may choose the same port
_KILL_TIMEOUT_S = 10.0
_MIB = 1024 * 1024


class Supervisor:
    """One server of one home, from `start` to `stop`; not to be used a second time."""

    def __init__(
        self,
        layout: Layout,
        options: ServerOptions,
        *,
        detached: bool = False,
        progress: ProgressCallback | None = None,
        flags: Sequence[str] | None = None,
        niceness: int = 0,
    ) -> None:
        self._layout = layout
        self._options = options
        self._progress = progress or (lambda _: None)
        self._flags = list(flags) if flags is not None else None
        self._niceness = niceness
        # Taken and released by different threads, and freed by the kernel when we are killed.
        self._lock = FileLock(layout.lock_file, thread_local=False, fallback_to_soft=False)
        self._thread = threading.Thread(
            target=self._supervise, name="neo4j-supervisor", daemon=True
        )
        self._guard = threading.RLock()
        self._stopping = threading.Event()
        self._settled = threading.Event()  # it runs, or it never will
        self._ended = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._ports = Ports(bolt=0, http=0)
        self._state = State(phase="installing", bolt_port=0, http_port=0, detached=detached)
        self._endpoint: Endpoint | None = None
        self._failure: ServerError | None = None

    def start(self) -> Endpoint:
        """Returns when the server answers; raises `ServerBusy` when another process owns it."""
        self._layout.create()
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise self._busy() from None
        atexit.register(self.stop)
        try:
            self._prepare()
            self._thread.start()
            self._settled.wait()
        except BaseException as error:
            self._failure = error if isinstance(error, ServerError) else None
            self.stop()
            raise
        return self._started()

    def stop(self, grace_s: float | None = None) -> None:
        """End the server and give up the home; what runs out of the grace is killed."""
        with self._guard:
            if self._ended.is_set() or not self._lock.is_locked:
                return
            self._stopping.set()
            self._publish("stopping")
            if self._process is not None:
                self._process.terminate()
        self._join(self._options.stop_grace_s if grace_s is None else grace_s)
        with self._guard:
            self._close()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Until the thread ends by itself: it gave up, or somebody called `stop`."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def failure(self) -> ServerError | None:
        """Why it gave up, if it did."""
        return self._failure

    @property
    def state(self) -> State:
        return self._state

    # Before the start

    def _prepare(self) -> None:
        last = State.read(self._layout)
        if last:
            self._ports = Ports(bolt=last.bolt_port, http=last.http_port)
        self._publish("installing")
        self._refuse_full_disk()
        jars = install_jars(self._options.repository, self._progress)
        self._progress(Progress(step="start"))
        write_classpath(self._layout, jars)
        if self._flags is None:
            self._flags = archive_flags(archive_file(self._options.cache, java_executable(), jars))
        end_orphans(self._layout, self._options.stop_grace_s)
        self._choose_ports(last)
        self._ensure_password()

    def _refuse_full_disk(self) -> None:
        free_mib = shutil.disk_usage(self._layout.root).free // _MIB
        if free_mib < self._options.minimum_free_mib:
            raise disk_full(self._layout, self._options)

    def _choose_ports(self, last: State | None) -> None:
        self._ports = choose_ports(self._options, last)
        write_configuration(
            self._layout,
            self._options,
            bolt_port=self._ports.bolt,
            http_port=self._ports.http,
        )

    def _ensure_password(self) -> None:
        file = self._layout.password_file
        if not file.exists():
            if self._layout.holds_users:
                raise PasswordMissing(file=str(file))
            write_whole(file, secrets.token_hex(24) + "\n")
        if not self._layout.holds_users:
            set_initial_password(self._layout, file.read_text(encoding="utf-8").strip())

    # While it runs, in the thread

    def _supervise(self) -> None:
        """The thread that spawns must live on: to the kernel it, not the process, is the parent."""
        try:
            self._keep_running()
        except ServerError as error:
            if self._endpoint is not None:  # else `start` raises it
                _log.error("%s", error)
            self._give_up(error)
        except Exception as error:  # else `start` would wait for a thread that is gone
            self._give_up(
                ServerStartFailed(
                    home=str(self._layout.home),
                    reason=f"its supervisor failed with {error!r}",
                    log_tail="",
                )
            )
            raise
        finally:
            self._settled.set()

    def _give_up(self, error: ServerError) -> None:
        self._failure = error
        self._publish("failed", error=pack_error(error))

    def _keep_running(self) -> None:
        moves = _PORT_ATTEMPTS if may_move(self._options) else 0
        deaths = 0
        while (death := self._serve_once()) is not None:
            error, lived_s = death
            if self._endpoint is None:
                if not isinstance(error, PortInUse) or moves == 0:
                    raise error
                moves -= 1
                self._choose_ports(None)
                continue
            deaths = 1 if lived_s > _STABLE_S else deaths + 1
            if deaths > self._options.restart_limit:
                raise error
            _log.warning("Neo4j ended and is restarted: %s", getattr(error, "reason", error))
            self._publish("restarting", restarts=self._state.restarts + 1)
            if self._stopping.wait(_pause_s(deaths)):
                return

    def _serve_once(self) -> tuple[ServerError, float] | None:
        """One life of the server: why it ended and how long it answered, or None when told to."""
        story = Story(self._layout)
        with self._guard:
            if self._stopping.is_set():
                return None
            process = self._process = spawn(
                server_command(self._layout, self._options, self._flags or []),
                output=self._layout.console_log,
                niceness=self._niceness,
            )
            self._publish("restarting" if self._endpoint else "starting", server=process.pid)
        ready = self._await_ready(process)
        answered_from = time.monotonic()
        if ready and (broken := story.broken_database()) is not None:
            kill_group(process.pid)
            process.wait()
            return broken, 0.0
        if ready:
            self._announce()
            self._attend(process, story)
        if self._stopping.is_set():
            process.wait()
            return None
        timed_out = process.poll() is None
        if timed_out:
            kill_group(process.pid)
            process.wait()
        exit_code = None if timed_out else process.returncode
        error = story.explain(self._options, self._ports, exit_code, had_answered=ready)
        return error, time.monotonic() - answered_from

    def _attend(self, process: subprocess.Popen[bytes], story: Story) -> None:
        """Until it ends, or only an end helps: it answers nothing, or its database has given up.

        A query that fills the heap can stop a server for minutes before it dies of it.
        """
        answered = time.monotonic()
        while True:
            try:
                process.wait(_PROBE_EVERY_S)
            except subprocess.TimeoutExpired:
                pass
            else:
                return
            if not self._stopping.is_set() and story.has_given_up():
                return
            if self._stopping.is_set() or answers_bolt(self._ports.bolt):
                answered = time.monotonic()
            elif time.monotonic() - answered > self._options.silence_limit_s:
                _log.warning("Neo4j has answered nothing for %g s", time.monotonic() - answered)
                return

    def _await_ready(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + self._options.start_timeout_s
        while process.poll() is None and time.monotonic() < deadline:
            if self._stopping.is_set():
                return False
            if answers(self._ports, process.pid):
                return True
            time.sleep(_POLL_S)
        return False

    def _announce(self) -> None:
        with self._guard:
            if not self._stopping.is_set():
                self._publish("running")
            self._endpoint = read_endpoint(self._layout, self._state, attached=False)
        self._settled.set()

    # The end

    def _started(self) -> Endpoint:
        if self._endpoint is not None and self._failure is None:
            return self._endpoint
        failure = self._failure or ServerStartFailed(
            home=str(self._layout.home),
            reason="it was told to stop before it answered",
            log_tail="",
        )
        self.stop()
        raise failure

    def _join(self, grace_s: float) -> None:
        if not self._thread.is_alive():
            return
        self._thread.join(grace_s)
        if self._thread.is_alive() and self._process is not None:
            if grace_s > 0:
                _log.warning("Neo4j did not stop within %g s and is killed", grace_s)
            kill_group(self._process.pid)
            self._thread.join(_KILL_TIMEOUT_S)

    def _close(self) -> None:
        if self._ended.is_set():
            return
        self._ended.set()
        if self._failure is None:
            self._publish("stopped", server=None)
        else:
            self._publish("failed", server=None, error=pack_error(self._failure))
        self._lock.release()
        atexit.unregister(self.stop)

    def _publish(
        self,
        phase: Phase,
        *,
        server: int | None = -1,
        restarts: int | None = None,
        error: dict[str, object] | None = None,
    ) -> None:
        with self._guard:
            self._state = replace(
                self._state,
                phase=phase,
                bolt_port=self._ports.bolt,
                http_port=self._ports.http,
                supervisor=ProcessId.of(os.getpid()),
                server=self._state.server if server == -1 else _identify(server),
                restarts=self._state.restarts if restarts is None else restarts,
                error=error or {},
            )
            self._state.write(self._layout)

    def _busy(self) -> ServerBusy:
        state = State.read(self._layout)
        owner = state.supervisor.pid if state and state.supervisor else 0
        return ServerBusy(home=str(self._layout.home), process=owner)


def _identify(pid: int | None) -> ProcessId | None:
    if pid is None:
        return None
    try:
        return ProcessId.of(pid)
    except psutil.Error:
        return None


def _pause_s(deaths: int) -> float:
    return min(_FIRST_PAUSE_S * 4.0 ** (deaths - 1), _LONGEST_PAUSE_S)
