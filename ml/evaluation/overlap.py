"""Test examples that were learnt from: what they score says little of new ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from pathlib import Path


def tell_known(
    test: Path,
    asked: Collection[Hashable],
    known: Iterable[Hashable],
    notify: Callable[[str], None],
) -> int:
    """How many of `asked` are among `known`; said, where there are any. All of them are scored."""
    there = set(known)
    count = sum(one in there for one in asked)
    if count:
        notify(
            f"{test}: {count:,} of {len(asked):,} were in the files before it as well; they are "
            "scored, and flatter what learnt from them"
        )
    return count
