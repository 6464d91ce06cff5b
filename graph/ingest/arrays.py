"""The items of a JSON array that is read as a stream."""

from __future__ import annotations

import io
from collections.abc import Iterator

import ijson
from ijson.common import ObjectBuilder

MAX_DEPTH = 64  # of a record; catalogs need three or four
MAX_ITEM_BYTES = 32 << 20  # the parser takes time by the square of a string's length

TOO_DEEP = object()


def array_items(stream: io.BufferedReader) -> Iterator[object]:
    """The items one at a time; `TOO_DEEP` in the place of one that is nested too deeply.

    Numbers are exact, of any length. Not `ijson.items`: the paths it keeps of deeply nested values
    take memory by the square of the depth.

    Raises:
        ijson.JSONError: it is no array, or one of its items is too long.
    """
    bounded = _Bounded(stream)
    builder, depth = ObjectBuilder(), 0
    for event, value in ijson.basic_parse(bounded):
        if event.startswith("end_"):
            depth -= 1
        elif depth == 0 and event != "start_array":
            raise ijson.JSONError("it holds no array")
        if depth == 0:
            depth = 1 if event == "start_array" else 0
            continue
        if depth <= MAX_DEPTH:
            builder.event(event, value)
        if event.startswith("start_"):
            depth += 1
            if depth > MAX_DEPTH:
                builder = _Refused()
        if depth == 1:
            yield builder.value
            bounded.since_item = 0
            builder = ObjectBuilder()


class _Refused(ObjectBuilder):  # type: ignore[misc]
    """Takes the rest of a record that is nested too deeply, and keeps none of it."""

    def event(self, event: str, value: object) -> None:
        self.value = TOO_DEEP


class _Bounded:
    """A stream that knows how much was read since the last item was whole."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self.since_item = 0

    def read(self, size: int = -1) -> bytes:
        found = self._stream.read(size)
        self.since_item += len(found)
        if self.since_item > MAX_ITEM_BYTES:
            raise ijson.JSONError(f"an item is over {MAX_ITEM_BYTES >> 20} MiB long")
        return found
