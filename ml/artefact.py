"""One trained model as a folder of plain files: its manifest, and how its files are read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from ml.errors import ArtefactCorrupted, ArtefactInvalid

if TYPE_CHECKING:
    from torch import Tensor

SCHEMA_VERSION = 1
ITEM_ENCODER = "item-encoder"  # the kind that gives items their vectors
MANIFEST = "manifest.json"
WEIGHTS = "weights.safetensors"
# What can be read without running any of it.
PLAIN_SUFFIXES = frozenset(
    {".safetensors", ".json", ".jsonl", ".txt", ".toml", ".csv", ".parquet", ".arrow"}
)
NAME_PATTERN = r"[a-z0-9][a-z0-9._-]{0,63}"
VERSION_PATTERN = r"[1-9][0-9]{0,17}"

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")  # no folders, nothing hidden

Name = Annotated[str, msgspec.Meta(pattern=rf"\A{NAME_PATTERN}\Z")]
_Count = Annotated[int, msgspec.Meta(ge=0)]
_Sha256 = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class Measure(msgspec.Struct, frozen=True):
    """A metric with its 95 % interval; shares lie in 0..1."""

    value: float
    low: float | None = None
    high: float | None = None


class FileEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sha256: _Sha256
    bytes: _Count


class Manifest(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What is known of an artefact: what it is, where it came from, how good it is.

    Attributes:
        kind: what it is read as, such as `text-encoder`.
        config: the recipe it was trained with, as data.
        data_fingerprint: of the snapshot it was trained on.
        width: length of the vectors it gives; 0: it gives none.
        metrics: by name, with 95 % intervals.
        baselines: for each trivial method its metrics, by the same names.
        parent: NAME/VERSION of the artefact that training began with.
        origin: NAME/VERSION at the installation it was exported from, if it was imported.
        digest: SHA-256 of all of this but `version`, `origin` and itself: the same on every
            installation.
    """

    schema_version: int
    name: Name
    version: Annotated[str, msgspec.Meta(pattern=rf"\A{VERSION_PATTERN}\Z")]
    kind: Name
    created_at: Annotated[datetime, msgspec.Meta(tz=True)]
    code_version: str
    data_fingerprint: str
    seed: int
    width: Annotated[int, msgspec.Meta(ge=0)]
    config: dict[str, object]
    files: Annotated[dict[str, FileEntry], msgspec.Meta(max_length=100)]
    metrics: dict[str, Measure] = {}
    baselines: dict[str, dict[str, float]] = {}
    parent: str | None = None
    origin: str | None = None
    digest: str = ""

    @property
    def reference(self) -> str:
        return f"{self.name}/{self.version}"

    @property
    def bytes(self) -> int:
        return sum(entry.bytes for entry in self.files.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class ArtefactDraft:
    """What a training run hands over; the registry adds the version and the hashes.

    Attributes:
        weights: tensors by name, on any device, or a safetensors file; none where other files
            hold all that was learnt.
        files: tokenizer, vocabularies and the like, by file name.
    The other fields are those of `Manifest`.
    """

    kind: str
    weights: Mapping[str, Tensor] | Path
    width: int
    config: Mapping[str, object]
    created_at: datetime
    code_version: str
    data_fingerprint: str
    seed: int
    metrics: Mapping[str, Measure] = field(default_factory=dict)
    baselines: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    parent: str | None = None
    files: Mapping[str, bytes | Path] = field(default_factory=dict)

    def manifest(self, name: str, files: Mapping[str, FileEntry]) -> Manifest:
        """The manifest it will have, as its first version.

        Raises:
            ArtefactInvalid: names the field, such as a metric that is no number.
        """
        fields = {one: getattr(self, one) for one in _COPIED}
        try:
            # There and back, so that what is described is what a reader finds.
            content = msgspec.json.encode(
                fields
                | {"schema_version": SCHEMA_VERSION, "name": name, "version": "1", "files": files}
            )
            return sealed(msgspec.json.decode(content, type=Manifest))
        except (TypeError, msgspec.DecodeError) as error:
            raise ArtefactInvalid(name=name, reason=str(error)) from error


_COPIED = tuple(
    name for name in ArtefactDraft.__dataclass_fields__ if name not in ("weights", "files")
)


class Artefact:
    """A registered artefact; each file is held against its hash before it is first used."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self._verified: set[str] = set()

    @classmethod
    def read(cls, folder: Path) -> Artefact:
        """The artefact in a folder; its other files are not looked at yet.

        Raises:
            ArtefactCorrupted: the manifest is damaged, or was written by a newer Catalograph.
        """
        reference = f"{folder.parent.name}/{folder.name}"
        try:
            content = (folder / MANIFEST).read_bytes()
        except OSError as error:
            raise _corrupted(reference, "a readable file", str(error.strerror)) from error
        manifest = read_manifest(content, reference)
        if manifest.reference != reference:
            raise _corrupted(reference, f"that of {reference}", f"that of {manifest.reference}")
        return cls(folder, manifest)

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def version(self) -> str:
        return self.manifest.version

    @property
    def reference(self) -> str:
        return self.manifest.reference

    def file(self, name: str) -> Path:
        """Where one of its files lies, verified.

        Raises:
            ArtefactCorrupted: it has another content than was registered, or none.
        """
        path = self.folder / name
        if name not in self._verified:
            entry = self.manifest.files.get(name)
            expected = entry.sha256 if entry else "one of its files"
            found = _hash_of(path) if entry else "not in its manifest"
            if found != expected:
                raise ArtefactCorrupted(
                    reference=self.reference, file=name, expected=expected, found=found
                )
            self._verified.add(name)
        return path

    def contents(self) -> dict[str, bytes]:
        """All of its files, verified: for what is small and read whole.

        Raises:
            ArtefactCorrupted: names the first that is not what was registered.
        """
        return {name: self.file(name).read_bytes() for name in self.manifest.files}

    def verify(self) -> None:
        """Hold every file against its hash.

        Raises:
            ArtefactCorrupted: names the first that differs.
        """
        for name in self.manifest.files:
            self.file(name)

    def tensors(self) -> dict[str, Tensor]:
        """The weights by name, in main memory.

        Raises:
            ArtefactCorrupted: they are not what was registered, or no weights.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            return load_file(self.file(WEIGHTS))
        except SafetensorError as error:
            raise ArtefactCorrupted(
                reference=self.reference,
                file=WEIGHTS,
                expected="tensors as safetensors writes them",
                found=f"something else ({error})",
            ) from error


def read_manifest(content: bytes, reference: str) -> Manifest:
    """The manifest in `content`; `reference` is for the error.

    Raises:
        ArtefactCorrupted: it is no manifest, of another schema version, or was changed.
    """
    try:
        schema = msgspec.json.decode(content, type=_Versioned).schema_version
        if schema != SCHEMA_VERSION:
            raise ArtefactCorrupted(
                reference=reference,
                file=MANIFEST,
                expected=f"of schema version {SCHEMA_VERSION}",
                found=f"of schema version {schema}",
                remedy="use it with the version of Catalograph that wrote it",
            )
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _corrupted(reference, "a manifest", f"none ({error})") from error
    digest = _digest_of(manifest)
    if digest != manifest.digest:
        raise _corrupted(reference, f"of digest {manifest.digest}", f"of digest {digest}")
    if reason := unfit_file(manifest.files):
        raise _corrupted(reference, "a list of plain files", f"one where {reason}")
    return manifest


def sealed(manifest: Manifest) -> Manifest:
    """The same with its digest."""
    return msgspec.structs.replace(manifest, digest=_digest_of(manifest))


def unfit_file(files: Mapping[str, object]) -> str | None:
    """Why these cannot be the files of an artefact."""
    for name in files:
        if name == MANIFEST or not _FILE_NAME.fullmatch(name):
            return f"{name!r} is no name for a file of an artefact"
        if Path(name).suffix not in PLAIN_SUFFIXES:
            kinds = " ".join(sorted(PLAIN_SUFFIXES))
            return f"{name!r} may hold code; write it as one of {kinds}"
    return None if files else "there is none"


class _Versioned(msgspec.Struct):
    schema_version: int


def _digest_of(manifest: Manifest) -> str:
    anywhere = msgspec.structs.replace(manifest, version="1", origin=None, digest="")
    return hashlib.sha256(msgspec.json.encode(anywhere, order="deterministic")).hexdigest()


def _hash_of(path: Path) -> str:
    """Its SHA-256, or why it has none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"unreadable ({error.strerror})"


def _corrupted(reference: str, expected: str, found: str) -> ArtefactCorrupted:
    return ArtefactCorrupted(reference=reference, file=MANIFEST, expected=expected, found=found)
