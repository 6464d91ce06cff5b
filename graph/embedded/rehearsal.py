"""A rehearsal: one short life of a throwaway server, to keep its loaded classes for real starts."""

from __future__ import annotations

import base64
import json
import logging
import shutil
import tempfile
import threading
import time
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

from filelock import FileLock

from graph.embedded.archive import archive_file, recording_flags
from graph.embedded.configuration import ServerOptions
from graph.embedded.jars import ProgressCallback, install_jars
from graph.embedded.java import java_executable
from graph.embedded.layout import Layout
from graph.embedded.memory import machine_memory_bytes
from graph.embedded.state import Endpoint
from graph.embedded.supervisor import Supervisor
from graph.errors import ServerError

_log = logging.getLogger(__name__)

_MIB = 1024 * 1024
# On less the rehearsal would take from the real server what it is meant to save.
_UNASKED_MINIMUM_BYTES = 4 * 1024 * _MIB
_HEAP_MIB = 512
_PAGE_CACHE_MIB = 64
# Whoever started the real server now waits for its first answers; two JVMs at once slow both.
_UNDISTURBED_S = 120.0
_NEEDED_DISK_MIB = 1024  # a store of 130 MiB, a recording of 150 and an archive of 170
_WRITING_TIMEOUT_S = 300.0  # writing the archive takes 20 s on two quiet cores
_NICENESS = 19
_QUERY_TIMEOUT_S = 60.0
_POLL_S = 0.1
_SCENES = (
    "CREATE CONSTRAINT scene IF NOT EXISTS FOR (n:Scene) REQUIRE n.id IS UNIQUE",
    "UNWIND range(1, 100) AS i MERGE (n:Scene {id: toString(i)}) SET n.name = 'scene ' + i "
    "WITH n, i MERGE (m:Scene {id: toString(i / 2)}) MERGE (n)-[:AFTER]->(m)",
    "MATCH (n:Scene)-[:AFTER*1..2]->(m) WHERE n.id STARTS WITH '1' "
    "RETURN n.id, collect(m.name) ORDER BY n.id LIMIT 5",
    "MATCH (n:Scene) DETACH DELETE n",
)


class Rehearsal:
    """At most one at a time on a machine; `cancel` ends it at once and leaves nothing."""

    def __init__(self, options: ServerOptions) -> None:
        self._options = options
        self._cancelled = threading.Event()
        self._supervisor: Supervisor | None = None
        self._thread = threading.Thread(target=self._run, name="neo4j-rehearsal", daemon=True)

    def start(self) -> None:
        """In the background and with the lowest priority, if the machine has room for it."""
        if machine_memory_bytes() >= _UNASKED_MINIMUM_BYTES:
            self._thread.start()

    def cancel(self) -> None:
        self._cancelled.set()
        if self._supervisor is not None:
            self._supervisor.stop(grace_s=0.0)
        if self._thread.is_alive():
            self._thread.join()

    def perform(self, progress: ProgressCallback | None = None) -> Path:
        """The archive, written first if it is not there; raises `ServerError`."""
        jars = install_jars(self._options.repository, progress)
        archive = archive_file(self._options.cache, java_executable(), jars)
        if not archive.is_file():
            archive.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{archive}.lock", thread_local=False, fallback_to_soft=False):
                if not archive.is_file():
                    self._record(archive)
        return archive

    def _run(self) -> None:
        if self._cancelled.wait(_UNDISTURBED_S):
            return
        try:
            archive = self.perform()
        except (ServerError, OSError) as error:
            if not self._cancelled.is_set():
                _log.info("no class archive was made, starts stay slower: %s", error)
        else:
            _log.debug("class archive: %s", archive)

    def _record(self, archive: Path) -> None:
        for leftover in archive.parent.glob("rehearsal-*"):  # of one that was killed
            shutil.rmtree(leftover, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=archive.parent, prefix="rehearsal-") as folder:
            recorded = Path(folder) / archive.name
            self._perform_scenes(Path(folder), recorded)
            if not self._cancelled.is_set() and recorded.is_file():
                recorded.replace(archive)

    def _perform_scenes(self, folder: Path, recorded: Path) -> None:
        self._supervisor = Supervisor(
            Layout(folder),
            replace(
                self._options,
                bolt_port=0,
                http_port=0,
                heap_mib=_HEAP_MIB,
                page_cache_mib=_PAGE_CACHE_MIB,
                minimum_free_mib=_NEEDED_DISK_MIB,
            ),
            flags=recording_flags(recorded),
            niceness=_NICENESS,
        )
        endpoint = self._supervisor.start()
        try:
            for scene in _SCENES:
                if not self._cancelled.is_set():
                    _query(endpoint, scene)
        finally:
            self._supervisor.stop(grace_s=0.0 if self._cancelled.is_set() else _WRITING_TIMEOUT_S)


def _query(endpoint: Endpoint, statement: str) -> None:
    """Over HTTP: this package does not know the driver."""
    login = base64.b64encode(f"{endpoint.username}:{endpoint.password}".encode()).decode()
    request = urllib.request.Request(
        f"{endpoint.http_uri}/db/neo4j/query/v2",
        data=json.dumps({"statement": statement}).encode(),
        headers={"Authorization": f"Basic {login}", "Content-Type": "application/json"},
    )
    deadline = time.monotonic() + _QUERY_TIMEOUT_S
    while True:
        try:
            with urllib.request.urlopen(request, timeout=_QUERY_TIMEOUT_S) as answer:
                answer.read()
            return
        except urllib.error.HTTPError:
            raise
        except OSError:  # Bolt answers first; HTTP follows within a second
            if time.monotonic() > deadline:
                raise
            time.sleep(_POLL_S)
