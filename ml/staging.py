"""A hidden folder that becomes a version in one step, or leaves nothing behind."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ml.artefact import FileEntry

LOCK_TIMEOUT_S = 10.0  # held for some milliseconds at a time
CHUNK_BYTES = 2**20

_STAGED = ".new-"
_REMOVED = ".gone-"
_BUSY = ".busy"  # locked for as long as the one who fills the folder lives


class Staging:
    """Files on their way; each is on the disk when `add` returns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, chunks: Iterable[bytes]) -> FileEntry:
        """Write one file; what it is, by hash and size."""
        digest, size = hashlib.sha256(), 0
        with (self.folder / name).open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            file.flush()
            os.fsync(file.fileno())
        return FileEntry(sha256=digest.hexdigest(), bytes=size)

    def publish(self, target: Path) -> None:
        """Become `target`; by whoever holds the lock of its parent."""
        (self.folder / _BUSY).unlink(missing_ok=True)
        synchronise(self.folder)
        self.folder.rename(target)
        synchronise(target.parent)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time changes what a folder holds.

    Raises:
        OSError: somebody else has had it for too long, or it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock", timeout=LOCK_TIMEOUT_S, fallback_to_soft=False):
        yield


@contextmanager
def staged(parent: Path) -> Iterator[Staging]:
    """A folder to fill and publish in `parent`; without that it is gone at the end of the block.

    What a process that was killed has left there is cleared away.
    """
    folder = parent / f"{_STAGED}{secrets.token_hex(8)}"
    busy = FileLock(folder / _BUSY, timeout=0, fallback_to_soft=False)
    with locked(parent):
        _sweep(parent)
        folder.mkdir()
        busy.acquire()
    try:
        yield Staging(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        busy.release()


def discard(folder: Path) -> None:
    """Remove a version in one step; by whoever holds the lock of its parent."""
    hidden = folder.with_name(f"{_REMOVED}{secrets.token_hex(8)}")
    folder.rename(hidden)
    synchronise(folder.parent)
    shutil.rmtree(hidden, ignore_errors=True)  # the next one who registers tries again


def chunks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def replace_file(path: Path, content: bytes) -> None:
    """Give a file another content, whole or not at all."""
    part = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    synchronise(path.parent)


def synchronise(folder: Path) -> None:
    """A new name is safe only when its folder is."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _sweep(parent: Path) -> None:
    for folder in parent.glob(f"{_REMOVED}*"):
        shutil.rmtree(folder, ignore_errors=True)
    for folder in parent.glob(f"{_STAGED}*"):
        try:
            with FileLock(folder / _BUSY, timeout=0, fallback_to_soft=False):
                shutil.rmtree(folder, ignore_errors=True)
        except (Timeout, FileNotFoundError):
            continue  # somebody fills it right now, or has just cleared it away
