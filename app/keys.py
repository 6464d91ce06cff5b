"""API keys: made once, kept as hashes in one file, and checked on every request.

A key is `cg_<id>_<secret>`: the id finds the record, the secret proves it. At rest we keep the
SHA-256 of the whole key. A slow password hash would be wrong here: it makes guessing a *chosen*
secret expensive, but nobody guesses 256 random bits, and every request would pay for it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec

from app.errors import KeyFileInvalid

FRESH_S = 1.0  # a revoked key works at most this much longer
LOCK_TIMEOUT_S = 10.0

_KEY = re.compile(r"cg_([0-9a-f]{8})_[0-9a-f]{64}")
_NOBODY = hashlib.sha256(b"").hexdigest()


class Scope(StrEnum):
    """What a key may do. Everyone may read; who may write may not therefore ask in raw Cypher."""

    READ = "read"
    QUERY = "query"
    WRITE = "write"
    ADMIN = "admin"

    def includes(self, needed: Scope) -> bool:
        return needed in (self, Scope.READ) or self is Scope.ADMIN


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key as it is kept; the secret itself is nowhere."""

    id: str
    name: str
    scope: Scope
    created: datetime
    sha256: str


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    version: int = 1
    keys: tuple[ApiKey, ...] = ()


class KeyFile:
    """The keys of one installation; safe to use from many processes at once."""

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self._clock = clock
        self._checked_at = -FRESH_S
        self._stamp: tuple[int, int, int] | None = None
        self._by_id: dict[str, ApiKey] = {}

    def create(self, name: str, scope: Scope, *, now: datetime) -> tuple[ApiKey, str]:
        """Make a key; the second part is the key itself, shown this once and never kept."""
        id = secrets.token_hex(4)
        token = f"cg_{id}_{secrets.token_hex(32)}"
        key = ApiKey(id=id, name=name, scope=scope, created=now, sha256=_sha256(token))
        self._change(lambda keys: (*keys, key))
        return key, token

    def list(self) -> tuple[ApiKey, ...]:
        """Every key, oldest first."""
        return self._read().keys

    def revoke(self, id: str) -> bool:
        """Forget a key; False when there is none of that id."""
        before: list[ApiKey] = []

        def without(keys: tuple[ApiKey, ...]) -> tuple[ApiKey, ...]:
            before.extend(keys)
            return tuple(key for key in keys if key.id != id)

        self._change(without)
        return any(key.id == id for key in before)

    def authenticate(self, token: str) -> ApiKey | None:
        """The key that `token` is, or None.

        Raises:
            KeyFileInvalid: the file was damaged; nobody gets in until it is mended.
        """
        parts = _KEY.fullmatch(token)
        if parts is None:
            return None
        self._refresh()
        key = self._by_id.get(parts[1])
        known = hmac.compare_digest(_sha256(token), key.sha256 if key else _NOBODY)
        return key if known else None

    def _refresh(self) -> None:
        now = self._clock()
        if now - self._checked_at < FRESH_S:
            return
        stamp = self._stat()
        if stamp != self._stamp:
            self._by_id = {key.id: key for key in self._read().keys}
            self._stamp = stamp
        self._checked_at = now  # last: a damaged file is looked at again by the next request

    def _stat(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _read(self) -> _Document:
        try:
            mode = self.path.stat().st_mode
            content = self.path.read_bytes()
        except FileNotFoundError:
            return _Document()
        except OSError as error:
            raise KeyFileInvalid(path=self.path, reason=error.strerror or str(error)) from error
        if os.name == "posix" and mode & 0o022:
            raise KeyFileInvalid(
                path=self.path, reason="others may write to it; run `chmod 600` on it"
            )
        try:
            document = msgspec.json.decode(content, type=_Document)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise KeyFileInvalid(path=self.path, reason=str(error)) from error
        if document.version != 1:
            raise KeyFileInvalid(
                path=self.path, reason=f"version {document.version} is from a newer Catalograph"
            )
        return document

    def _change(self, change: Callable[[tuple[ApiKey, ...]], tuple[ApiKey, ...]]) -> None:
        from filelock import FileLock  # only those who make keys pay for it

        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(self.path.with_suffix(".lock"), timeout=LOCK_TIMEOUT_S, mode=0o600):
            document = self._read()
            self._write(_Document(keys=change(document.keys)))

    def _write(self, document: _Document) -> None:
        """Whole or not at all; a temporary file of `tempfile` has mode 0600 from its first byte."""
        content = msgspec.json.format(msgspec.json.encode(document), indent=2)
        with NamedTemporaryFile(dir=self.path.parent, prefix=".keys-", delete=False) as file:
            try:
                file.write(content + b"\n")
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(self.path)
            except BaseException:
                with suppress(FileNotFoundError):
                    Path(file.name).unlink()
                raise
        self._checked_at = -FRESH_S


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
