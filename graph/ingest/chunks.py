"""Things in lists of some size, so that each list is handled at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def chunks(
    things: Iterable[T],
    most: int,
    *,
    weight: Callable[[T], int] = lambda _: 0,
    heaviest: float = float("inf"),
) -> Iterator[list[T]]:
    """Lists of `most` things, or fewer that weigh `heaviest` together.

    Where `things` raises, what was collected comes first, and then the error goes up.
    """
    chunk: list[T] = []
    weighed = 0
    broken: Exception | None = None
    try:
        for thing in things:
            chunk.append(thing)
            weighed += weight(thing)
            if len(chunk) >= most or weighed >= heaviest:
                yield chunk
                chunk, weighed = [], 0
    except Exception as error:  # noqa: BLE001 - whatever it was, it is raised below
        broken = error
    if chunk:
        yield chunk
    if broken is not None:
        raise broken
