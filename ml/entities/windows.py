"""Long texts in pieces that a network can take, cut where an entity hardly stands."""

from __future__ import annotations

from collections.abc import Iterator

LONGEST_PIECE = (
    256  # characters; titles have about 30, and memory grows with the longest of a batch
)


def windows(text: str) -> Iterator[tuple[int, str]]:
    """Where each piece starts, and the piece; none of an empty text.

    The cut is behind the last sign of the second half that is neither letter nor digit; where there
    is none, in the middle of whatever stands there.
    """
    start = 0
    while start < len(text):
        end = min(start + LONGEST_PIECE, len(text))
        if end < len(text):
            half = start + LONGEST_PIECE // 2
            end = next((at for at in range(end, half, -1) if not text[at - 1].isalnum()), end)
        yield start, text[start:end]
        start = end
