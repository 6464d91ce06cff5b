"""The class archive that halves the start: where it lies, and how a server is told of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from graph.embedded.jars import NEO4J_VERSION

_KEY_LENGTH = 16


def default_cache() -> Path:
    return Path.home() / ".cache" / "catalograph"


def archive_file(cache: Path | None, java: Path, jars: Sequence[Path]) -> Path:
    """One archive per Java runtime and set of jars; it is void when any of them changes."""
    digest = hashlib.sha256()
    for file in (java, *jars):
        facts = file.stat()
        digest.update(f"{file}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    key = digest.hexdigest()[:_KEY_LENGTH]
    return (cache or default_cache()) / f"neo4j-{NEO4J_VERSION}-{key}.aot"


def archive_flags(archive: Path) -> list[str]:
    """An archive that the machine cannot use is passed over with a warning, never an error."""
    return [f"-XX:AOTCache={archive}"] if archive.is_file() else []


def recording_flags(archive: Path) -> list[str]:
    """Makes the Java machine write the archive when it ends, which takes it some 20 s more."""
    return [f"-XX:AOTCacheOutput={archive}"]
