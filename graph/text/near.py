"""Names that look like one that is not known: what may have been meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

_CHARS = 80  # comparing takes the square of them


def near_names(said: str, names: Iterable[str], *, most: int = 1) -> list[str]:
    """At most so many of `names`, the nearest first; of a mapping, what it has for them."""
    found = difflib.get_close_matches(said[:_CHARS], names, n=most)
    return [names[name] for name in found] if isinstance(names, Mapping) else found
