"""What stays in memory is looked at rarely, and nothing leaks for it."""

from __future__ import annotations

import gc
import weakref

from app.services.collecting import keeping_what_stays


class _Node:
    def __init__(self) -> None:
        self.itself: _Node | None = self  # a cycle: only the collector can free it


def test_what_survives_a_full_collection_is_left_out_of_the_next() -> None:
    with keeping_what_stays():
        gc.collect()

        assert gc.get_freeze_count() > 1_000
    assert gc.get_freeze_count() == 0


def test_young_collections_keep_nothing() -> None:
    with keeping_what_stays():
        gc.collect(1)

        assert gc.get_freeze_count() == 0


def test_a_cycle_among_what_was_kept_is_freed_when_everything_is_looked_at_again() -> None:
    now = [0.0]
    node = _Node()
    alive = weakref.ref(node)
    with keeping_what_stays(clock=lambda: now[0], thorough_every_s=600.0):
        gc.collect()
        del node
        gc.collect()
        assert alive() is not None  # kept, and not looked at

        now[0] = 600.0
        gc.collect()

        assert alive() is None


def test_nothing_is_kept_behind_the_block() -> None:
    before = list(gc.callbacks)

    with keeping_what_stays():
        assert len(gc.callbacks) == len(before) + 1

    assert gc.callbacks == before
