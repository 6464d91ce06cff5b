"""What a following question takes over, in a token that the client keeps.

The server remembers nothing. A token says no more than a question could: its plan passes the same
checks as that of a question, so that one that was made up finds nothing that asking would not.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import TYPE_CHECKING

import msgspec

from app.errors import SessionInvalid
from ml.asking.checks import complaints
from ml.asking.following import Before

if TYPE_CHECKING:
    from ml.asking.lexicon import AskingLexicon

TOKEN_CHARS = 8_192
_PLAIN_BYTES = 65_536  # of a token unpacked: a small one may hold a bomb
_ITEMS_KEPT = 100

_decode = msgspec.json.Decoder(Before).decode


def sealed(before: Before) -> str | None:
    """None where it would be too large; then nothing can follow."""
    kept = Before(before.plan, before.answered[:_ITEMS_KEPT])
    plain = msgspec.json.encode(kept)
    if len(plain) > _PLAIN_BYTES:
        return None
    packed = zlib.compress(plain, 9)
    token = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return token if len(token) <= TOKEN_CHARS else None


def opened(token: str) -> Before:
    """What it holds, to be checked. Raises SessionInvalid: it is none."""
    try:
        packed = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(packed, _PLAIN_BYTES)
        if unpacking.unconsumed_tail:
            raise SessionInvalid(reason="it is too large")
        before = _decode(plain)
    except (binascii.Error, zlib.error, ValueError, msgspec.DecodeError) as error:
        raise SessionInvalid(reason="it was not made here") from error
    return before


def check(before: Before, lexicon: AskingLexicon) -> None:
    """Raises SessionInvalid: it speaks of what the graph no longer has."""
    if found := complaints(before.plan, lexicon):
        raise SessionInvalid(reason=f"the graph has changed since: {found[0]}")
