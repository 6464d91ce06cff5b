"""Files of the server that a client may name: those under the configured roots, and no others."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from app.errors import PathNotAllowed, PathUnreadable
from graph.records import Record


class ServerFile(Record, frozen=True):
    """A regular file, and the state it was in when it was named."""

    path: Path
    size: int
    modified_ns: int


def find_file(path: str, roots: Iterable[Path]) -> ServerFile:
    """The file at `path`, which is looked at and not opened.

    Raises:
        PathNotAllowed: it lies, or a link in it leads, outside of the roots; whether there is
            something at the other end makes no difference.
        PathUnreadable: it lies inside, and cannot be imported.
    """
    allowed = [(root, _resolved(str(root))) for root in roots]
    named = Path(path)
    if "\0" in path or ".." in named.parts or not named.is_absolute():
        raise PathNotAllowed
    # By its name alone at first: what lies elsewhere is not even looked at.
    if not any(named.is_relative_to(one) for pair in allowed for one in pair):
        raise PathNotAllowed
    found = _resolved(path)
    if not any(found.is_relative_to(root) for _, root in allowed):
        raise PathNotAllowed
    return _regular(path, found)


def _resolved(path: str) -> Path:
    return Path(os.path.realpath(path))


def _regular(path: str, found: Path) -> ServerFile:
    try:
        state = found.lstat()
    except OSError as error:
        raise PathUnreadable(path=path, reason=_reason(error)) from error
    if not stat.S_ISREG(state.st_mode):
        raise PathUnreadable(path=path, reason="is no regular file")
    if not os.access(found, os.R_OK):
        raise PathUnreadable(path=path, reason="may not be read by this service")
    if state.st_size == 0:
        raise PathUnreadable(path=path, reason="is empty")
    return ServerFile(path=found, size=state.st_size, modified_ns=state.st_mtime_ns)


def _reason(error: OSError) -> str:
    return f"cannot be found: {(error.strerror or 'unknown').lower()}"
