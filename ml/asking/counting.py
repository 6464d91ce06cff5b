"""Whether a question asks how many."""

from __future__ import annotations

from ml.asking.draft import Draft


def counts(draft: Draft) -> bool:
    """`How many`, but not `how many grams`, which asks for a number in a unit."""
    place = draft.first("count")
    if place is None:
        return False
    draft.used.add(place)
    behind = place + 1
    return not (behind < len(draft.spans) and draft.spans[behind].does("unit"))
