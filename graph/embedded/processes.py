"""Neo4j as a process of the system: started as our own, found again, ended."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from graph.embedded import launch
from graph.embedded.java import home_argument
from graph.embedded.layout import Layout

_log = logging.getLogger(__name__)

_KILL_TIMEOUT_S = 10.0


def spawn(command: Sequence[str], *, output: Path, niceness: int = 0) -> subprocess.Popen[bytes]:
    """A child that ends with us; its process id is that of the command itself."""
    launcher = [sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), str(niceness)]
    with output.open("wb") as file:
        return subprocess.Popen(
            [*launcher, *command],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            cwd=output.parent,  # where a crashing Java machine leaves what it has to say
            # A Ctrl-C at the terminal reaches us alone: the order of the end is ours.
            start_new_session=True,
        )


def find_servers(layout: Layout) -> list[psutil.Process]:
    """Every Neo4j of this home that runs, whether or not a state file knows of it."""
    argument = home_argument(layout)
    processes = psutil.process_iter(["cmdline"])
    return [each for each in processes if argument in (each.info["cmdline"] or [])]


def end_orphans(layout: Layout, grace_s: float) -> int:
    """End servers of this home whose supervisor is gone; call it with the lock in hand.

    Ended and started anew rather than adopted: an orphan runs with the memory and settings of
    yesterday, is nobody's child to wait for, and the restart costs seconds.
    """
    orphans = find_servers(layout)
    for orphan in orphans:
        _log.warning("process %d is a Neo4j of %s without an owner: ended", orphan.pid, layout.home)
        with suppress(psutil.NoSuchProcess):
            orphan.terminate()
    _, alive = psutil.wait_procs(orphans, timeout=grace_s)
    for orphan in alive:
        with suppress(psutil.NoSuchProcess):
            orphan.kill()
    psutil.wait_procs(alive, timeout=_KILL_TIMEOUT_S)
    return len(orphans)


def kill_group(pid: int) -> None:
    """The server leads a session of its own, so its helpers go with it."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
