"""The text of a file of examples, as it is or packed by gzip."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Protocol

from ml.errors import LearningError

_GZIP = b"\x1f\x8b"  # how such a file begins, whatever it is called


class Invalid(Protocol):
    """What says of a file that nothing can be read from it."""

    def __call__(self, *, path: Path, reason: str, line: int | None = None) -> LearningError: ...


def text_of(path: Path, invalid: Invalid) -> str:
    """What a file says, in UTF-8, without a byte order mark.

    Raises:
        LearningError: as `invalid` makes it, of a file that cannot be read, is cut off or is no
            UTF-8; that one with the line.
    """
    try:
        raw = path.read_bytes()
        return (gzip.decompress(raw) if raw.startswith(_GZIP) else raw).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise invalid(path=path, line=line, reason="is not UTF-8") from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise invalid(path=path, reason="is cut off or damaged") from error
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise invalid(path=path, reason=reason) from error
