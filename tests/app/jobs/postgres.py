"""A PostgreSQL of its own for a test, from the programs that the machine has."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

REQUIRED = "CATALOGRAPH_REQUIRE_POSTGRES"
# What only costs time where nothing has to outlive the test.
OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


@contextmanager
def postgres():
    """The URL of an empty database."""
    programs = _programs()
    # Not under tmp_path: its parents are closed to the user that the server runs as, and the path
    # of its socket must be short.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        run = _Runner(programs, folder)
        run("initdb", "-D", "data", "-U", "test", "-A", "trust", "--no-sync", "-E", "UTF8")
        port = _free_port()
        listening = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories=."
        run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", f"{listening} {OPTIONS}", "start")
        try:
            yield f"postgresql://test@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Runner:
    """Runs its programs in a folder, and never as root: they refuse that."""

    def __init__(self, programs, folder):
        self._programs = programs
        self._folder = folder
        self._as = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []

    def __call__(self, program, *arguments):
        done = subprocess.run(
            [*self._as, str(self._programs / program), *arguments],
            cwd=self._folder,
            # Not to a pipe: the server inherits it, and its end would never come.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        log = self._folder / "log"
        assert done.returncode == 0, (program, log.read_text() if log.exists() else "")


def _programs():
    """The folder that has them; skips the test where there is none."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    candidates = [*folders, *([Path(found).resolve().parent, Path(found).parent] if found else [])]
    for folder in candidates:
        if all((folder / name).exists() for name in ("initdb", "pg_ctl")) and _runs_as_other():
            return folder
    assert not os.environ.get(REQUIRED), f"{REQUIRED} is set, and there is no PostgreSQL"
    return pytest.skip("no PostgreSQL on this machine")  # the checks of a change require one


def _runs_as_other():
    if os.getuid() != 0:
        return True
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        return False
    return shutil.which("runuser") is not None


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
