"""Why a server ended, told from its exit code and the end of its logs."""

from __future__ import annotations

import re
import shutil
import signal
from pathlib import Path

from graph.embedded.configuration import ServerOptions
from graph.embedded.layout import Layout
from graph.embedded.ports import Ports
from graph.errors import DatabaseBroken, DiskFull, PortInUse, ServerError, ServerStartFailed

_TAIL_LINES = 15
_TAIL_BYTES = 64 * 1024
_DEBUG_TAIL_BYTES = 1024 * 1024  # a stack trace is a line, and may be long
_MIB = 1024 * 1024
# With less than one log file Neo4j turns read-only or does not start, and names other reasons.
_CRAMPED_MIB = 64
_OUT_OF_MEMORY = "Terminating due to java.lang.OutOfMemoryError"
# Of -XX:+ExitOnOutOfMemoryError, which does not always find the memory for a last word; Neo4j ends
# with the same code over a setting it refuses, and says so in an ERROR line.
_OUT_OF_MEMORY_EXIT = 3
_DISK_FULL = "No space left on device"
# Told of a database that has given up, in a server that goes on answering.
_GIVEN_UP = re.compile(
    r"\[Neo\.DatabaseError\.Transaction\.(TransactionLogError|TransactionStartFailed)\]"
)
# The system's own database does not start either: then the server ends.
_NOT_STARTED = re.compile(r"Failed to start DatabaseId\{\w+\[neo4j\]\}")
_TORN = "Unreadable bytes are encountered after last readable position"
# Frames of a stack trace, and warnings of the Java machine that every start prints.
_NOISE = re.compile(
    r"^(\s+at |\s*\.\.\. \d+ more|WARNING: |\[[\d.s ]+\](\[(warning|error) *\]\[aot| ))"
)
_PORT_TAKEN = re.compile(r"Address already in use|BindException|PortBindException")


class Story:
    """Remembers where the log stood at the start, so that an old failure is not told again."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._mark = _size(layout.user_log)
        self._debug_mark = _size(layout.debug_log)

    def broken_database(self) -> DatabaseBroken | None:
        """Why the database of a server that answers did not start with it, if it did not."""
        said = _read_from(self._layout.debug_log, self._debug_mark, _DEBUG_TAIL_BYTES)
        failures = [line for line in said if _NOT_STARTED.search(line)]
        if not failures:
            return None
        return DatabaseBroken(home=str(self._layout.home), torn=_TORN in failures[-1])

    def has_given_up(self) -> bool:
        """Whether the server answers, and its database will not before the next start."""
        return any(_GIVEN_UP.search(line) for line in _read_from(self._layout.user_log, self._mark))

    def explain(
        self,
        options: ServerOptions,
        ports: Ports,
        exit_code: int | None,
        *,
        had_answered: bool = False,
    ) -> ServerError:
        """`exit_code` is None of a server that had to be killed."""
        lines = self._lines()
        text = "\n".join(lines)
        if _DISK_FULL in text or _free_mib(self._layout) < _CRAMPED_MIB:
            return disk_full(self._layout, options)
        if _PORT_TAKEN.search(text):
            return PortInUse(port=ports.http if f":{ports.http}" in text else ports.bolt)
        return ServerStartFailed(
            home=str(self._layout.home),
            reason=_reason(options, exit_code, text, had_answered=had_answered),
            log_tail="\n".join([line for line in lines if not _NOISE.match(line)][-_TAIL_LINES:]),
        )

    def _lines(self) -> list[str]:
        # The console's file is begun anew by every start.
        console = _read_from(self._layout.console_log, 0)
        return [line for line in [*_read_from(self._layout.user_log, self._mark), *console] if line]


def disk_full(layout: Layout, options: ServerOptions) -> DiskFull:
    return DiskFull(
        folder=str(layout.root),
        free_mib=_free_mib(layout),
        needed_mib=max(options.minimum_free_mib, _CRAMPED_MIB),
    )


def _free_mib(layout: Layout) -> int:
    return shutil.disk_usage(layout.root).free // _MIB


def _reason(options: ServerOptions, exit_code: int | None, text: str, *, had_answered: bool) -> str:
    if _GIVEN_UP.search(text):
        return "its database met an error that only a restart ends"
    if exit_code is None and had_answered:
        return f"it answered nothing for {options.silence_limit_s:g} s, and was killed"
    if exit_code is None:
        return f"it did not answer within {options.start_timeout_s:g} s"
    if _OUT_OF_MEMORY in text or (exit_code == _OUT_OF_MEMORY_EXIT and " ERROR " not in text):
        return f"it ran out of its {options.memory.heap_mib} MiB of heap"
    if exit_code < 0:
        return f"it was killed by {signal.Signals(-exit_code).name}"
    return f"it ended with exit code {exit_code}"


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _read_from(file: Path, mark: int, tail_bytes: int = _TAIL_BYTES) -> list[str]:
    try:
        with file.open("rb") as stream:
            size = stream.seek(0, 2)
            begin = mark if mark <= size else 0  # turned over meanwhile
            stream.seek(max(begin, size - tail_bytes))
            return stream.read().decode("utf-8", errors="replace").splitlines()
    except OSError:
        return []
