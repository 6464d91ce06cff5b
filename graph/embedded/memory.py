"""How much memory the embedded server may take on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psutil

_MIB = 1024 * 1024
# Below this the server starts and then dies in its first larger query.
_HEAP_FLOOR_MIB = 256
# Batches need less; a query that eats the heap is over when it is full, minutes later with more.
_HEAP_CEILING_MIB = 4 * 1024
_PAGE_CACHE_FLOOR_MIB = 64
_PAGE_CACHE_CEILING_MIB = 16 * 1024


@dataclass(frozen=True)
class MemoryPlan:
    heap_mib: int
    page_cache_mib: int


def plan_memory(total_bytes: int) -> MemoryPlan:
    """A quarter of the machine for the heap and an eighth for pages.

    With the Java machine's own overhead that is under half of any machine from 1 GiB upward: the
    rest belongs to the Python processes, of which training is the hungriest. The system's file
    cache stands behind the page cache, so a store larger than it still reads from memory.
    """
    total_mib = total_bytes // _MIB
    return MemoryPlan(
        heap_mib=_clamp(total_mib // 4, _HEAP_FLOOR_MIB, _HEAP_CEILING_MIB),
        page_cache_mib=_clamp(total_mib // 8, _PAGE_CACHE_FLOOR_MIB, _PAGE_CACHE_CEILING_MIB),
    )


def machine_memory_bytes(root: Path = Path("/")) -> int:
    """What this process may use: the machine's memory, or less where a control group says so."""
    total = int(psutil.virtual_memory().total)
    return min([total, *_control_group_limits(root)])


def _clamp(value: int, floor: int, ceiling: int) -> int:
    return max(floor, min(value, ceiling))


def _control_group_limits(root: Path) -> list[int]:
    """Limits of this process's groups and of all groups above them, versions 1 and 2."""
    try:
        memberships = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:  # not Linux
        return []
    limits = []
    for membership in memberships:
        _, controllers, path = membership.split(":", 2)
        if controllers == "":
            limits += _limits_above(root / "sys/fs/cgroup", path, "memory.max")
        elif "memory" in controllers.split(","):
            limits += _limits_above(root / "sys/fs/cgroup/memory", path, "memory.limit_in_bytes")
    return limits


def _limits_above(mount: Path, path: str, name: str) -> list[int]:
    group = mount / path.lstrip("/")
    limits = []
    while True:
        limit = _read_limit(group / name)
        if limit is not None:
            limits.append(limit)
        if group == mount or mount not in group.parents:
            return limits
        group = group.parent


def _read_limit(file: Path) -> int | None:
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None  # "max" means no limit
