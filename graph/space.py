"""Room on the disk of a server that is ours: writes end before Neo4j finds none."""

from __future__ import annotations

import shutil
from pathlib import Path

from graph.errors import DiskFull

# A new log file takes 64 at once, and Neo4j gives up where it cannot have them.
SPARE_MIB = 128
_MIB = 1024 * 1024


def require_space(folder: Path | None, needed_mib: int = SPARE_MIB) -> None:
    """Raises `DiskFull` where less is left; by default so little that a transaction could be torn.

    None: of a server that is not ours, nothing is known.
    """
    if folder is None:
        return
    free_mib = shutil.disk_usage(folder).free // _MIB
    if free_mib < needed_mib:
        raise DiskFull(folder=str(folder), free_mib=free_mib, needed_mib=needed_mib)
