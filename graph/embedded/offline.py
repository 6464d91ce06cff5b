"""A home whose server does not run: held, given a new database by neo4j-admin, all at once."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from graph.embedded.configuration import JVM_FLAGS, ServerOptions, write_configuration
from graph.embedded.java import java_executable, prepare_classpath
from graph.embedded.layout import Layout
from graph.embedded.processes import end_orphans, kill_group, spawn
from graph.embedded.state import ProcessId, State
from graph.errors import ServerBusy

DATABASE = "neo4j"  # the only one that the Community edition has

_ADMIN_CLASS = "org.neo4j.cli.AdminTool"
_POLL_S = 0.2


@contextmanager
def held(home: Path, options: ServerOptions) -> Iterator[None]:
    """No server of this home starts during the block; whoever tries is told that we are busy.

    Raises:
        ServerBusy: another process has it.
    """
    layout = Layout(home)
    layout.create()
    lock = FileLock(layout.lock_file, timeout=0, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        state = State.read(layout)
        owner = state.supervisor.pid if state and state.supervisor else 0
        raise ServerBusy(home=str(home), process=owner) from None
    try:
        end_orphans(layout, options.stop_grace_s)
        before = State.read(layout) or State(phase="stopped", bolt_port=0, http_port=0)
        stopped = replace(before, phase="stopped", server=None, detached=False, error={})
        replace(stopped, supervisor=ProcessId.of(os.getpid())).write(layout)
        try:
            yield
        finally:
            replace(stopped, supervisor=None).write(layout)
    finally:
        lock.release()


def holds_database(home: Path) -> bool:
    """Whether there is a store, with or without something in it."""
    return (Layout(home).data / "databases" / DATABASE).exists()


def run_admin(
    home: Path,
    arguments: Sequence[str],
    options: ServerOptions,
    *,
    log: Path,
    said: Callable[[str], None],
) -> int:
    """`neo4j-admin ARGUMENTS` over a home of its own, in the folder of `log`; its exit code.

    One Java machine, not two: it ends with us, however we end.
    """
    layout = Layout(home)
    prepare_classpath(layout, options)
    write_configuration(layout, options, bolt_port=0, http_port=0)
    process = spawn(_command(layout, arguments, options), output=log)
    try:
        with log.open(encoding="utf-8", errors="replace") as output:
            while process.poll() is None:
                said(output.read())
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_POLL_S)
            said(output.read())
    except BaseException:
        kill_group(process.pid)
        process.wait()
        raise
    return process.returncode


def take_database(home: Path, scratch: Path) -> None:
    """The database of `scratch` becomes that of `home`, whose users stay; call it when `held`.

    A store and its log are two folders, and a server with one of them new and one old does not
    start. So the whole of `data` is changed for another: in between there is none, which a server
    takes for a first start.
    """
    data, new, old = Layout(home).data, Layout(scratch).data, _replaced(home)
    if data.exists():
        ours = {data / kind / DATABASE for kind in ("databases", "transactions")}
        shutil.copytree(
            data,
            new,
            dirs_exist_ok=True,
            ignore=lambda folder, names: [n for n in names if Path(folder, n) in ours],
        )
        data.rename(old)
    new.rename(data)
    shutil.rmtree(old, ignore_errors=True)


def mend(home: Path) -> None:
    """Clear away what a `take_database` that was killed has left; call it when `held`."""
    data, old = Layout(home).data, _replaced(home)
    if old.exists() and (not data.exists() or not any(data.iterdir())):
        shutil.rmtree(data, ignore_errors=True)
        old.rename(data)
    shutil.rmtree(old, ignore_errors=True)


def _replaced(home: Path) -> Path:
    return Layout(home).root / "data.replaced"


def _command(layout: Layout, arguments: Sequence[str], options: ServerOptions) -> list[str]:
    return [
        "/usr/bin/env",
        f"NEO4J_HOME={layout.root}",
        f"NEO4J_CONF={layout.conf}",
        str(java_executable()),
        f"@{layout.classpath_file}",
        *JVM_FLAGS,
        f"-Xmx{options.memory.heap_mib}m",
        "--sun-misc-unsafe-memory-access=allow",
        "-Dfile.encoding=UTF-8",
        _ADMIN_CLASS,
        *arguments,
    ]
