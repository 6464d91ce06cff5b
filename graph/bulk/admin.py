"""What neo4j-admin is told about the files of a bulk load, and what it says while it works."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from graph.bulk.files import BulkFiles
from graph.bulk.tables import ARRAY_DELIMITER
from graph.records import Record

# Its buffer has to hold a whole line. Characters of four bytes, and room to breathe.
_BYTES_PER_CHARACTER = 5
_BUFFER_FLOOR = 4 * 1024 * 1024  # its default

_STAGE = re.compile(r"^\((\d+)/(\d+)\) (.+?) \d{4}-\d\d-\d\d ", re.MULTILINE)
_PERCENT = re.compile(r"(\d+)% ∆")


class AdminProgress(Record, frozen=True):
    stage: int
    of: int
    name: str
    percent: int  # of this stage


def import_arguments(files: BulkFiles, database: str, *, overwrite: bool = False) -> list[str]:
    """`database import full …`, to be run in the folder of the files.

    Nothing is skipped: every node is written once, and every relationship has both its ends.
    """
    buffer = max(_BUFFER_FLOOR, files.longest * _BYTES_PER_CHARACTER)
    return [
        "database",
        "import",
        "full",
        database,
        *(["--overwrite-destination=true"] if overwrite else []),
        "--input-encoding=UTF-8",
        f"--array-delimiter=U+{ord(ARRAY_DELIMITER):04X}",
        "--path-pattern-style=none",
        "--bad-tolerance=0",
        f"--read-buffer-size={buffer}",
        # It reads such files in one thread, so only where there is need for it.
        *(["--multiline-fields=true"] if files.multiline else []),
        *files.groups,
    ]


def external_commands(files: BulkFiles, database: str, *, overwrite: bool) -> list[str]:
    """For a person, on the machine of the server."""
    arguments = import_arguments(files, database, overwrite=overwrite)
    return [
        f"cd {shlex.quote(str(files.folder))}",
        shlex.join(["neo4j-admin", *arguments]),
    ]


class AdminOutput:
    """Its output, in pieces of any size, as progress."""

    def __init__(self, progress: Callable[[AdminProgress], None]) -> None:
        self._progress = progress
        self._text = ""
        self._told: AdminProgress | None = None

    def __call__(self, piece: str) -> None:
        self._text += piece
        stages = list(_STAGE.finditer(self._text))
        if not stages:
            return
        last = stages[-1]
        self._text = self._text[last.start() :]
        percents = _PERCENT.findall(self._text)
        now = AdminProgress(
            stage=int(last[1]),
            of=int(last[2]),
            name=last[3],
            percent=int(percents[-1]) if percents else 0,
        )
        if now != self._told:
            self._told = now
            self._progress(now)
