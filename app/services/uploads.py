"""Uploads on their way to disk: a part file that becomes the dump of a job, or nothing."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from io import FileIO
from pathlib import Path

import anyio
import anyio.to_thread

from app.errors import BodyEmpty, NoSpace
from graph.errors import DiskFull
from graph.space import require_space

PIECE_BYTES = 1 << 20  # one crossing into a thread for each; more only costs memory
# A file is synchronised as it grows, so that its end is not a wait of minutes.
SYNC_BYTES = 64 << 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def _new_file(path: Path) -> FileIO:
    return FileIO(path, "x")


class Uploads:
    """The folder of uploads that are not whole yet; there may be any number of them at once.

    Args:
        data: of an embedded Neo4j, which is left the space that it needs.
    """

    def __init__(
        self,
        home: Path,
        *,
        data: Path | None = None,
        threads: int = 4,
        create: Callable[[Path], FileIO] = _new_file,
    ) -> None:
        self._folder = home / "uploads"
        self._data = data
        self._threads = anyio.CapacityLimiter(threads)
        self._create = create

    @asynccontextmanager
    async def spool(self, name: str) -> AsyncIterator[Spool]:
        """A new part file; unless `keep` was called, nothing of it is left at the end.

        Raises:
            NoSpace: the disk is full.
        """
        part = self._folder / f"{name}.part"
        file = await anyio.to_thread.run_sync(self._opened, part, limiter=self._threads)
        spool = Spool(part, file, self._threads, self._data)
        try:
            yield spool
        finally:
            # Not in a thread: it has to happen when this task is being cancelled, too.
            spool.discard()

    def _opened(self, part: Path) -> FileIO:
        with _full_disk_named(self._data):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return self._create(part)


class Spool:
    """One file at `part`; `size` is what came so far."""

    def __init__(
        self, part: Path, file: FileIO, threads: anyio.CapacityLimiter, data: Path | None
    ) -> None:
        self.size = 0
        self._data = data
        self.part = part
        self._file = file
        self._threads = threads
        self._pending = bytearray()
        self._unsynced = 0
        # A task can be cancelled while its thread writes: that must not go to a closed file.
        self._lock = threading.Lock()

    async def write(self, data: bytes) -> None:
        """Raises `NoSpace`."""
        self.size += len(data)
        self._pending += data
        if len(self._pending) >= PIECE_BYTES:
            await anyio.to_thread.run_sync(self._flush, limiter=self._threads)

    async def finish(self) -> None:
        """Everything is on disk when this returns.

        Raises:
            BodyEmpty: nothing came.
            NoSpace: it did not fit.
        """
        if self.size == 0:
            raise BodyEmpty
        close = partial(self._flush, last=True)
        await anyio.to_thread.run_sync(close, limiter=self._threads)

    def keep(self, target: Path) -> Path:
        """Move the finished file to `target` in one step; it waits for the disk, so in a thread.

        Raises:
            NoSpace: there is none for the folder.
        """
        with _full_disk_named(None):
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.part.replace(target)
            for folder in (target.parent, target.parent.parent):
                _synchronise(folder)
        return target

    def discard(self) -> None:
        """Remove the part file, if it was not kept."""
        with self._lock, suppress(OSError):
            self._file.close()
        with suppress(FileNotFoundError):
            self.part.unlink()

    def _flush(self, *, last: bool = False) -> None:
        with self._lock, _full_disk_named(self._data):
            if self._file.closed:  # discarded
                return
            pending, self._pending = self._pending, bytearray()
            with memoryview(pending) as view:
                written = 0
                while written < len(view):
                    written += self._file.write(view[written:])
            self._unsynced += written
            if last or self._unsynced >= SYNC_BYTES:
                os.fsync(self._file.fileno())
                self._unsynced = 0
            if last:
                self._file.close()


def _synchronise(folder: Path) -> None:
    """A new name is safe only when its folder is."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def _full_disk_named(data: Path | None) -> Iterator[None]:
    try:
        require_space(data)
        yield
    except DiskFull as error:
        raise NoSpace from error
    except OSError as error:
        if error.errno in _FULL:
            raise NoSpace from error
        raise
