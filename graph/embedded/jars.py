"""The jars of Neo4j: a committed list with checksums, and the download of what is missing."""

from __future__ import annotations

import errno
import hashlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from graph.errors import DiskFull, EmbeddedExtraMissing, JarsUnavailable

if TYPE_CHECKING:
    from jgo.maven import Artifact, MavenContext

NEO4J_VERSION = "2026.08.1"
LOCK_FILE = Path(__file__).parent.parent / "neo4j.lock.txt"

_ROOTS = (f"org.neo4j:neo4j:{NEO4J_VERSION}", f"org.neo4j.app:neo4j-server:{NEO4J_VERSION}")
_PARALLEL_DOWNLOADS = 8  # 18 s instead of 60; more gained nothing
_ATTEMPTS = 3
_TIMEOUT_S = 30
_REPORT_EVERY_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Progress:
    """How far the way to a running server is; a cached start begins with step `start`."""

    step: Literal["download", "start"]
    files_done: int = 0
    files_total: int = 0
    bytes_done: int = 0
    bytes_total: int = 0


ProgressCallback = Callable[[Progress], None]


@dataclass(frozen=True)
class Jar:
    """One line of the list: `sha256 size group:artifact:version[:classifier]`."""

    sha256: str
    size_bytes: int
    coordinate: str

    @property
    def relative_path(self) -> Path:
        group, artifact, version, *classifier = self.coordinate.split(":")
        name = "-".join([artifact, version, *classifier]) + ".jar"
        return Path(*group.split("."), artifact, version, name)


@dataclass(frozen=True)
class JarReport:
    """What of the list lies in the repository; sizes are in bytes."""

    repository: Path
    cached: tuple[Jar, ...]
    missing: tuple[Jar, ...]

    @property
    def missing_bytes(self) -> int:
        return sum(jar.size_bytes for jar in self.missing)


def default_repository() -> Path:
    """Maven's own local repository, so that homes, tests and Maven itself share the jars."""
    return Path.home() / ".m2" / "repository"


def read_lock(file: Path = LOCK_FILE) -> list[Jar]:
    """The jars in the order of the class path."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [_parse(line) for line in lines if line and not line.startswith("#")]


def report_jars(repository: Path | None = None, lock_file: Path = LOCK_FILE) -> JarReport:
    """By name and size: a jar enters the repository whole and hashed, or not at all."""
    folder = repository or default_repository()
    cached: list[Jar] = []
    missing: list[Jar] = []
    for jar in read_lock(lock_file):
        (cached if _is_cached(folder, jar) else missing).append(jar)
    return JarReport(repository=folder, cached=tuple(cached), missing=tuple(missing))


def install_jars(
    repository: Path | None = None,
    progress: ProgressCallback | None = None,
    *,
    lock_file: Path = LOCK_FILE,
    remotes: Mapping[str, str] | None = None,
) -> list[Path]:
    """Download what is missing, and return the class path; without gaps it opens no connection.

    `remotes` are names and addresses of Maven repositories; without them jgo's own are asked.
    """
    report = report_jars(repository, lock_file)
    if report.missing:
        _download(report, progress or (lambda _: None), remotes)
    return [report.repository / jar.relative_path for jar in read_lock(lock_file)]


def write_lock(file: Path = LOCK_FILE) -> int:
    """Resolve the version anew and rewrite the list; returns the number of jars.

    Into an empty repository: what a broken download left in the real one must not become truth.
    """
    with _jgo():
        from jgo.maven import MavenContext
    with tempfile.TemporaryDirectory() as folder:
        context = MavenContext(repo_cache=Path(folder), timeout=_TIMEOUT_S)
        roots = [context.create_dependency(root) for root in _ROOTS]
        for root in roots:
            root.scope = "compile"
        inputs, transitive = context.resolver.resolve(roots)
        needed = [*inputs, *(each for each in transitive if each.scope in ("compile", "runtime"))]
        with ThreadPoolExecutor(_PARALLEL_DOWNLOADS) as pool:
            jars = list(pool.map(_locked, [each.artifact for each in needed]))
    header = (
        f"# Neo4j {NEO4J_VERSION}, in class path order; `python -m graph.server lock` rewrites it\n"
    )
    lines = [f"{jar.sha256} {jar.size_bytes} {jar.coordinate}\n" for jar in jars]
    file.write_text(header + "".join(lines), encoding="utf-8")
    return len(jars)


def _parse(line: str) -> Jar:
    sha256, size, coordinate = line.split()
    return Jar(sha256=sha256, size_bytes=int(size), coordinate=coordinate)


def _locked(artifact: Artifact) -> Jar:
    path = artifact.resolve()
    parts = [artifact.groupId, artifact.artifactId, artifact.version, artifact.classifier]
    return Jar(
        sha256=_sha256(path),
        size_bytes=path.stat().st_size,
        coordinate=":".join(part for part in parts if part),
    )


def _is_cached(repository: Path, jar: Jar) -> bool:
    try:
        return (repository / jar.relative_path).stat().st_size == jar.size_bytes
    except OSError:
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _jgo() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise EmbeddedExtraMissing(package="jgo") from error


class _Meter:
    """Adds up what all downloads have brought and reports it, a megabyte at a time."""

    def __init__(self, report: JarReport, progress: ProgressCallback) -> None:
        self._progress = progress
        self._files_total, self._bytes_total = len(report.missing), report.missing_bytes
        self._files = self._bytes = self._reported = 0
        self._lock = threading.Lock()
        self._tell()

    @contextmanager
    def stream(self, _name: str, _total: int) -> Iterator[Callable[[int], None]]:
        """The form in which jgo wants to be watched."""
        yield self.add_bytes

    def add_bytes(self, count: int) -> None:
        with self._lock:
            self._bytes += count
            if self._bytes - self._reported >= _REPORT_EVERY_BYTES:
                self._tell()

    def add_file(self) -> None:
        with self._lock:
            self._files += 1
            self._tell()

    def _tell(self) -> None:
        self._reported = self._bytes
        self._progress(
            Progress(
                step="download",
                files_done=self._files,
                files_total=self._files_total,
                bytes_done=min(self._bytes, self._bytes_total),  # a retry counts twice
                bytes_total=self._bytes_total,
            )
        )


def _download(
    report: JarReport, progress: ProgressCallback, remotes: Mapping[str, str] | None
) -> None:
    """Into a folder beside the repository, checked there, then moved in: never half a jar."""
    with _jgo():
        from jgo.maven import MavenContext, PythonResolver
    meter = _Meter(report, progress)
    report.repository.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=report.repository, prefix=".catalograph-") as staging:
        context = MavenContext(
            resolver=PythonResolver(progress_callback=meter.stream),
            repo_cache=Path(staging),
            remote_repos=dict(remotes) if remotes else _remotes(),
            timeout=_TIMEOUT_S,
        )
        with ThreadPoolExecutor(_PARALLEL_DOWNLOADS) as pool:
            jobs = [
                pool.submit(_fetch, context, report.repository, meter, jar)
                for jar in report.missing
            ]
            try:
                for job in jobs:
                    job.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def _remotes() -> dict[str, str]:
    """Maven Central, and before it the mirrors that the user gave to jgo itself."""
    from jgo.config import GlobalSettings
    from jgo.maven import MavenContext

    return {**GlobalSettings.load().repositories, **MavenContext().remote_repos}


def _fetch(context: MavenContext, repository: Path, meter: _Meter, jar: Jar) -> None:
    from requests import RequestException

    reason = ""
    for _ in range(_ATTEMPTS):
        try:
            _fetch_once(context, repository, jar)
        except (RequestException, RuntimeError, OSError, ValueError) as error:
            _refuse_full_disk(error, repository, jar)
            reason = str(error)
        else:
            return meter.add_file()
    raise JarsUnavailable(jar=jar.coordinate, repository=str(repository), reason=reason)


def _refuse_full_disk(error: Exception, repository: Path, jar: Jar) -> None:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        free, needed = shutil.disk_usage(repository).free, jar.size_bytes
        raise DiskFull(
            folder=str(repository), free_mib=free // 2**20, needed_mib=needed // 2**20 + 1
        ) from error


def _fetch_once(context: MavenContext, repository: Path, jar: Jar) -> None:
    group, artifact, version, *classifier = jar.coordinate.split(":")
    component = context.project(group, artifact).at_version(version)
    wanted = component.artifact(*classifier[:1])
    staged = context.repo_cache / jar.relative_path
    staged.unlink(missing_ok=True)  # what a broken attempt left
    context.resolver.download(wanted)
    found = _sha256(staged)
    if found != jar.sha256:
        raise ValueError(f"its checksum is {found}, the list says {jar.sha256}")
    target = repository / jar.relative_path
    target.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(target)
