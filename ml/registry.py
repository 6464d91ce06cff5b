"""The artefacts of one installation: versions that only grow, and the aliases that point to them.

    <folder>/<name>/<version>/      an artefact, whole
    <folder>/<name>/aliases.json    which version is the candidate, which the champion
    <folder>/<name>/.new-*          one that is being written

Safe to use from many processes at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from ml.artefact import (
    MANIFEST,
    NAME_PATTERN,
    VERSION_PATTERN,
    WEIGHTS,
    Artefact,
    ArtefactDraft,
    Manifest,
    unfit_file,
)
from ml.bundle import open_bundle, write_bundle
from ml.errors import (
    ArtefactCorrupted,
    ArtefactInUse,
    ArtefactInvalid,
    ArtefactNotFound,
    RegistryUnavailable,
)
from ml.staging import Staging, chunks_of, discard, locked, replace_file, staged

if TYPE_CHECKING:
    from torch import Tensor

Alias = Literal["candidate", "champion"]
ALIASES_FILE = "aliases.json"

_NAME = re.compile(NAME_PATTERN)
_VERSION = re.compile(VERSION_PATTERN)
_MAX_IMPORTED = 10**9  # a bundle may ask for its number, but not use all of them up

Stamp = tuple[int, int, int]


class Imported(NamedTuple):
    """`new` is false where the same content was here already."""

    artefact: Artefact
    new: bool


class _Pointers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema_version: Literal[1] = 1
    removed: int = 0  # the highest version that was removed: none is ever given twice
    aliases: dict[Alias, str] = {}


class Registry:
    """Artefacts by name and version, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> tuple[str, ...]:
        """Every name that has a version."""
        with _reported(self.folder):
            try:
                found = sorted(one.name for one in self.folder.iterdir())
            except FileNotFoundError:
                return ()
        return tuple(name for name in found if _NAME.fullmatch(name) and self.versions(name))

    def versions(self, name: str) -> tuple[str, ...]:
        """The versions of a name, oldest first; none where there is no such name."""
        if not _NAME.fullmatch(name):
            return ()
        with _reported(self.folder):
            try:
                found = [one.name for one in (self.folder / name).iterdir()]
            except (FileNotFoundError, NotADirectoryError):
                return ()
        return tuple(sorted(filter(_VERSION.fullmatch, found), key=int))

    def aliases(self, name: str) -> Mapping[Alias, str]:
        """The version that each alias of a name points to."""
        return self._pointers(name).aliases

    def stamp(self, name: str) -> Stamp | None:
        """Cheap, and another one whenever an alias of this name was set."""
        with _reported(self.folder):
            try:
                found = (self.folder / name / ALIASES_FILE).stat()
            except (FileNotFoundError, NotADirectoryError):
                return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def get(self, name: str, version: str) -> Artefact:
        """One artefact, by its version or by an alias.

        Raises:
            ArtefactNotFound: there is none.
            ArtefactCorrupted: its manifest was damaged; other files are looked at when used.
        """
        number = next((at for alias, at in self.aliases(name).items() if alias == version), version)
        self._require(name, number)
        return Artefact.read(self.folder / name / number)

    def list(self, name: str | None = None) -> tuple[Artefact | ArtefactCorrupted, ...]:
        """All artefacts, or those of one name, by name and version; damaged ones as the error."""
        names = self.names() if name is None else (name,)
        return tuple(self._read(one, version) for one in names for version in self.versions(one))

    def register(self, name: str, draft: ArtefactDraft) -> Artefact:
        """Keep a trained model as the next version of `name`, whole or not at all.

        Raises:
            ArtefactInvalid: nothing can be registered like that.
            RegistryUnavailable: such as a full disk; nothing is left of it.
        """
        if not _NAME.fullmatch(name):
            raise ArtefactInvalid(name=name, reason="a name has the form my-model")
        weights = _weights_of(draft)
        sources = {**draft.files, **({} if weights is None else {WEIGHTS: weights})}
        if reason := unfit_file(sources):
            raise ArtefactInvalid(name=name, reason=reason)
        with _reported(self.folder), staged(self.folder / name) as staging:
            files = {one: staging.add(one, _chunks(source)) for one, source in sources.items()}
            manifest = draft.manifest(name, files)
            with locked(self.folder / name):
                return self._publish(staging, manifest, version=self._next_version(name))

    def promote(self, name: str, version: str, alias: Alias = "champion") -> str | None:
        """Let an alias point to a version, or to what another alias points to.

        Returns the version it pointed to before. Running servers notice within a second; promoting
        the same version again makes them try to load it again.

        Raises:
            ArtefactNotFound: there is no such version.
            ArtefactCorrupted: a file of it is not what was registered.
        """
        with self._promoting(name, version) as (number, pointers):
            self._point(name, alias, number, pointers)
        return pointers.aliases.get(alias)

    def promote_after(self, name: str, version: str, champion: str | None) -> bool:
        """Promote to champion what was found better than this one, or than none.

        Returns whether it was done; not where another one has come first.

        Raises:
            ArtefactNotFound, ArtefactCorrupted: as `promote`.
        """
        with self._promoting(name, version) as (number, pointers):
            first = pointers.aliases.get("champion") == champion
            if first:
                self._point(name, "champion", number, pointers)
        return first

    def demote(self, name: str, alias: Alias = "champion") -> str:
        """Let an alias point to nothing; returns the version it pointed to.

        Running servers notice within a second, and answer as they do where nothing was promoted.

        Raises:
            ArtefactNotFound: there is no such name, or its alias points to nothing.
        """
        version = self.aliases(name).get(alias, alias)
        self._require(name, version)  # before a lock would make a folder
        with _reported(self.folder), locked(self.folder / name):
            pointers = self._pointers(name)
            aliases = {one: at for one, at in pointers.aliases.items() if one != alias}
            self._write(name, msgspec.structs.replace(pointers, aliases=aliases))
        return version

    def remove(self, name: str, version: str) -> None:
        """Remove a version; its number is not given again.

        Raises:
            ArtefactNotFound: there is no such version.
            ArtefactInUse: an alias points to it.
        """
        self._require(name, version)  # before a lock would make a folder
        with _reported(self.folder), locked(self.folder / name):
            self._require(name, version)
            pointers = self._pointers(name)
            for alias, used in pointers.aliases.items():
                if used == version:
                    raise ArtefactInUse(reference=f"{name}/{version}", alias=alias)
            removed = max(pointers.removed, int(version))
            self._write(name, msgspec.structs.replace(pointers, removed=removed))
            discard(self.folder / name / version)

    def export(self, name: str, version: str, path: Path) -> Artefact:
        """Write one artefact into the new file `path`, for `import_` elsewhere.

        Raises:
            ArtefactNotFound: there is no such version or alias.
            ArtefactCorrupted: a file of it is not what was registered.
            OSError: `path` is there already, or cannot be written.
        """
        artefact = self.get(name, version)
        write_bundle(artefact, path)
        return artefact

    def import_(self, path: Path) -> Imported:
        """Register what a bundle holds, under its own version where that is a new one.

        Raises:
            BundleInvalid: nothing of it was registered.
            RegistryUnavailable: such as a full disk; nothing is left of it.
            OSError: `path` cannot be read.
        """
        with open_bundle(path) as bundle:
            manifest = bundle.manifest
            folder = self.folder / manifest.name
            with _reported(self.folder), staged(folder) as staging:
                bundle.unpack(staging)
                with locked(folder):
                    if same := self._same(manifest):
                        return Imported(same, new=False)
                    wanted = int(manifest.version)
                    version = self._next_version(manifest.name)
                    version = max(version, wanted if wanted <= _MAX_IMPORTED else 0)
                    kept = msgspec.structs.replace(manifest, origin=manifest.reference)
                    return Imported(self._publish(staging, kept, version=version), new=True)

    @contextmanager
    def _promoting(self, name: str, version: str) -> Iterator[tuple[str, _Pointers]]:
        """The number of a version that is whole, and where aliases point; nobody moves them."""
        artefact = self.get(name, version)
        artefact.verify()
        with _reported(self.folder), locked(self.folder / name):
            self._require(name, artefact.version)  # it may have been removed meanwhile
            yield artefact.version, self._pointers(name)

    def _point(self, name: str, alias: Alias, version: str, pointers: _Pointers) -> None:
        aliases = {**pointers.aliases, alias: version}
        self._write(name, msgspec.structs.replace(pointers, aliases=aliases))

    def _publish(self, staging: Staging, manifest: Manifest, *, version: int) -> Artefact:
        manifest = msgspec.structs.replace(manifest, version=str(version))
        staging.add(MANIFEST, [msgspec.json.format(msgspec.json.encode(manifest)) + b"\n"])
        folder = self.folder / manifest.name / manifest.version
        staging.publish(folder)
        return Artefact(folder, manifest)

    def _require(self, name: str, version: str) -> None:
        versions = self.versions(name)
        if not versions:
            raise ArtefactNotFound(name=name, version=None, known=self.names())
        if version not in versions:
            known = (*versions, *self.aliases(name))
            raise ArtefactNotFound(name=name, version=version, known=known)

    def _next_version(self, name: str) -> int:
        """By whoever holds the lock."""
        return max(self._pointers(name).removed, *map(int, ("0", *self.versions(name)))) + 1

    def _same(self, manifest: Manifest) -> Artefact | None:
        """An undamaged artefact of the same content."""
        for found in self.list(manifest.name):
            if isinstance(found, Artefact) and found.manifest.digest == manifest.digest:
                try:
                    found.verify()
                except ArtefactCorrupted:
                    continue
                return found
        return None

    def _read(self, name: str, version: str) -> Artefact | ArtefactCorrupted:
        try:
            return Artefact.read(self.folder / name / version)
        except ArtefactCorrupted as error:
            return error

    def _pointers(self, name: str) -> _Pointers:
        if not _NAME.fullmatch(name):
            return _Pointers()
        with _reported(self.folder):
            try:
                content = (self.folder / name / ALIASES_FILE).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return _Pointers()
        try:
            return msgspec.json.decode(content, type=_Pointers)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ArtefactCorrupted(
                reference=name,
                file=ALIASES_FILE,
                expected="aliases as JSON",
                found=f"something else ({error})",
                remedy="remove that file and promote again",
            ) from error

    def _write(self, name: str, pointers: _Pointers) -> None:
        content = msgspec.json.format(msgspec.json.encode(pointers)) + b"\n"
        replace_file(self.folder / name / ALIASES_FILE, content)


def _weights_of(draft: ArtefactDraft) -> bytes | Path | None:
    if isinstance(draft.weights, Path):
        return draft.weights
    if not draft.weights:
        return None
    from safetensors.torch import save

    return save({name: _own(tensor) for name, tensor in draft.weights.items()})


def _own(tensor: Tensor) -> Tensor:
    """A copy in main memory: safetensors refuses tensors that share theirs, as tied weights do."""
    return tensor.detach().cpu().contiguous().clone()


def _chunks(source: bytes | Path) -> Iterable[bytes]:
    return (source,) if isinstance(source, bytes) else chunks_of(source)


@contextmanager
def _reported(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RegistryUnavailable(folder=folder, reason=str(error)) from error
