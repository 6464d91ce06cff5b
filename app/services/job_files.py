"""The file that a job reads, where it lies now."""

from __future__ import annotations

from pathlib import Path


def file_of_job(path: str, jobs: Path) -> Path:
    """What `path` in the spec of a job names; what was uploaded is found after a move of the home.

    Args:
        jobs: the folder that has a folder for each job.
    """
    named = Path(path)
    moved = jobs / named.parent.name / named.name
    return moved if moved.is_file() and not named.is_file() else named
