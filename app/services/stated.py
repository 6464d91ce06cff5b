"""What the items of categories state, counted once for all that is loaded of one graph."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, get_args

from graph.records import Origin
from graph.repositories import exporting
from graph.repositories import lexicon as queries
from graph.repositories.categories import category_paths

if TYPE_CHECKING:
    from graph.client import Database
    from graph.records import StatedIn


class StatedInCategories:
    """By all that counts as a fact, counted again where the graph has changed.

    Safe from any thread: who asks while it is counted waits for that.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counting = threading.Lock()
        self._counted: tuple[str, list[StatedIn]] | None = None  # with a watermark

    def __call__(self) -> list[StatedIn]:
        """Raises DatabaseError: Neo4j failed."""
        with self._counting:
            if self._counted and not queries.has_changed(self._database, self._counted[0]):
                return self._counted[1]
            watermark = exporting.watermark(self._database)
            paths = category_paths(self._database)
            rows = queries.stated_in_categories(self._database, paths, get_args(Origin))
            self._counted = watermark, rows
            return rows
