"""An artefact as one file, to carry from one installation to another.

A plain, uncompressed tar whose first member is the manifest: weights hardly compress, and a file
that is not compressed cannot grow when it is read. Headers are read one by one: of what tar can
say (links, folders, sparse files, names of any length) only regular files are understood.
"""

from __future__ import annotations

import os
import secrets
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ml.artefact import MANIFEST, Artefact, Manifest, read_manifest
from ml.errors import ArtefactCorrupted, BundleInvalid
from ml.staging import CHUNK_BYTES, Staging

MAX_MANIFEST_BYTES = 16 * 2**20

_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE)
_BLOCK = tarfile.BLOCKSIZE


def write_bundle(artefact: Artefact, target: Path) -> None:
    """Write a verified artefact into a new file, whole or not at all.

    Raises:
        ArtefactCorrupted: a file of it is not what was registered.
        OSError: names `target`: it is there already, or cannot be written.
    """
    artefact.verify()
    if target.exists():
        raise FileExistsError(f"{target} is there already; name another file or remove it")
    part = target.with_name(f".{target.name}-{secrets.token_hex(8)}")
    try:
        with part.open("xb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as archive:
                for name in (MANIFEST, *sorted(artefact.manifest.files)):
                    _add(archive, artefact.folder / name)
            file.flush()
            os.fsync(file.fileno())
        part.rename(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(f"{target} cannot be written: {reason}; name another place") from error
    finally:
        with suppress(OSError):
            part.unlink()


class Bundle:
    """A bundle that is open; its manifest has been read and checked."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._members = self._read_members(file)
        self._file = file
        self.manifest = self._read_manifest()

    def unpack(self, into: Staging) -> None:
        """Add its files, each as the manifest describes it.

        Raises:
            BundleInvalid: a file is missing, has another content, or is not in the manifest.
        """
        missing = dict(self.manifest.files)
        for name, size in self._members:
            entry = missing.pop(name, None)
            if entry is None:
                raise self._invalid(f"has {name!r} twice, or where it does not belong")
            if entry.bytes != size or into.add(name, self._content(size)) != entry:
                raise self._invalid(f"has another {name} than its manifest says")
        if missing:
            raise self._invalid(f"lacks {', '.join(sorted(missing))}")

    def _read_manifest(self) -> Manifest:
        name, size = next(self._members, ("", 0))
        if name != MANIFEST or size > MAX_MANIFEST_BYTES:
            raise self._invalid("is no bundle: it does not begin with a manifest")
        try:
            return read_manifest(b"".join(self._content(size)), str(self._path))
        except ArtefactCorrupted as error:
            raise self._invalid(
                f"has a {MANIFEST} that is {error.found} and should be {error.expected}"
            ) from error

    def _read_members(self, file: BinaryIO) -> Iterator[tuple[str, int]]:
        """Name and size of each member; its content is read before the next one is asked for."""
        while True:
            block = file.read(_BLOCK)
            if block == tarfile.NUL * _BLOCK:
                return
            try:
                member = tarfile.TarInfo.frombuf(block, "utf-8", "replace")
            except tarfile.HeaderError as error:
                raise self._invalid(f"is no bundle, or was cut off: {error}") from error
            if member.type not in _PLAIN or member.size < 0:
                raise self._invalid(f"has {member.name!r}, which is no plain file")
            yield member.name, member.size
            file.seek(-member.size % _BLOCK, 1)

    def _content(self, size: int) -> Iterator[bytes]:
        while size:
            chunk = self._file.read(min(size, CHUNK_BYTES))
            if not chunk:
                raise self._invalid("was cut off")
            size -= len(chunk)
            yield chunk

    def _invalid(self, reason: str) -> BundleInvalid:
        return BundleInvalid(path=self._path, reason=reason)


@contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    """The bundle in a file.

    Raises:
        BundleInvalid: it is none, was damaged, or comes from a newer Catalograph.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        yield Bundle(path, file)


def _add(archive: tarfile.TarFile, path: Path) -> None:
    """The same for the same content: who wrote it, and when, is nobody's business."""
    with path.open("rb") as file:
        header = tarfile.TarInfo(path.name)
        header.size = os.fstat(file.fileno()).st_size
        archive.addfile(header, file)
