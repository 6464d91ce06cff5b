"""Reject files as their readers get them: whole lines, also while the job still writes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_PIECE_BYTES = 1 << 18


def whole_lines(path: Path) -> Iterator[bytes]:
    """The file in pieces that end with a line; a line that is not whole yet is left out."""
    begun = b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            lines, separator, rest = piece.rpartition(b"\n")
            if separator:
                yield begun + lines + separator
                begun = rest
            else:
                begun += piece
