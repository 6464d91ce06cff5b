"""Cursors: opaque tokens that say where the next page of one particular list starts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from datetime import datetime

import msgspec

from app.errors import CursorInvalid

_VERSION = 1
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?Z", re.ASCII)


class _Place(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    version: int
    list_hash: str
    after: tuple[str, ...]


def write_cursor(*after: str, of: str) -> str:
    """The cursor behind the entry with the key `after` in the list that `of` describes."""
    place = msgspec.json.encode(_Place(_VERSION, _hash(of), after))
    return base64.urlsafe_b64encode(place).rstrip(b"=").decode()


def read_cursor(cursor: str, *, of: str) -> tuple[str, ...]:
    """The key that the page starts after.

    Raises:
        CursorInvalid: the cursor is damaged, of another version, or of another list.
    """
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        content = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
        place = msgspec.json.decode(content, type=_Place)
    except (UnicodeError, binascii.Error, msgspec.DecodeError) as error:
        raise CursorInvalid(reason="this is no cursor of ours") from error
    if place.version != _VERSION:
        raise CursorInvalid(reason="this cursor is of another version of Catalograph")
    if place.list_hash != _hash(of) or not place.after:
        raise CursorInvalid(
            reason="this cursor belongs to a list with another filter; "
            "send the parameters that it came with"
        )
    return place.after


def read_time_cursor(cursor: str, *, of: str) -> tuple[str, str]:
    """Time and key that the page of a list by time starts after.

    Raises:
        CursorInvalid: as `read_cursor`.
    """
    match read_cursor(cursor, of=of):
        case (at, key) if _is_time(at):
            return at, key
        case _:
            raise CursorInvalid(reason="this is no cursor of ours")


def _is_time(text: str) -> bool:
    """Whether the database will read it: what a client made up must not become an error of ours."""
    try:
        return bool(_TIME.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def _hash(of: str) -> str:
    return hashlib.blake2b(of.encode(), digest_size=6).hexdigest()
