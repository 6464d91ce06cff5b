"""Products that came after the training, taken in by the recommender that serves."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import structlog

from app.services.recommending import LoadedRecommender
from app.services.renewed import Renewed
from graph.repositories import behaviour, exporting

if TYPE_CHECKING:
    from graph.client import Database

LOOKED_AT_MAX = 20_000  # of the newest products: listed in one query
NEW_ITEMS_MAX = 2_000  # beside 100,000 others it takes 5 s to compare them, of one core
RENEW_AFTER_S = 10.0  # where nothing was written, that costs one look at two indexes

_log = structlog.get_logger("models")


class WithNewItems:
    """The recommender that serves, with the newest products that it was not trained with.

    Nobody waits for these: as long as they are being read, it answers without. Belongs to one event
    loop.
    """

    def __init__(
        self,
        database: Database,
        model: Callable[[], LoadedRecommender | None],
        *,
        clock: Callable[[], float] = time.monotonic,
        renew_after_s: float = RENEW_AFTER_S,
    ) -> None:
        self._database = database
        self._model = model
        self._clock = clock
        self._renew_after_s = renew_after_s
        self._trained: LoadedRecommender | None = None
        self._extended: Renewed[LoadedRecommender] | None = None

    def __call__(self) -> LoadedRecommender | None:
        """At once; None while nothing has been promoted and loaded."""
        trained = self._model()
        if trained is None:
            return None
        if self._extended is None or trained is not self._trained:
            self._trained = trained
            self._extended = Renewed(
                _TakingIn(self._database, trained),
                clock=self._clock,
                renew_after_s=self._renew_after_s,
            )
        return self._extended.at_hand() or trained

    def settle(self) -> None:
        """Returns when no new products are being read."""
        if self._extended is not None:
            self._extended.settle()


class _TakingIn:
    """Loads what one model lacks, and loads it again where the graph has changed."""

    def __init__(self, database: Database, trained: LoadedRecommender) -> None:
        self._database = database
        self._trained = trained
        self._made_of: str | None = None  # a watermark
        self._attributes: Mapping[str, list[str]] = {}

    def __call__(self, previous: LoadedRecommender | None) -> LoadedRecommender:
        """Raises DatabaseError: Neo4j failed."""
        if (
            previous is not None
            and self._made_of is not None
            and not behaviour.products_changed(self._database, self._made_of)
        ):
            return previous
        began = time.monotonic()
        watermark = exporting.watermark(self._database)
        new = self._newest()
        attributes = behaviour.attributes_of(self._database, list(new))
        extended = self._extended(previous or self._trained, new, attributes)
        self._made_of = watermark
        _log.info(
            "new_items_taken_in",
            model=extended.name,
            items=len(extended.ranking.items) - len(self._trained.ranking.items),
            seconds=round(time.monotonic() - began, 3),
        )
        return extended

    def _newest(self) -> dict[str, str]:
        newest = behaviour.newest_products(self._database, LOOKED_AT_MAX)
        known = set(self._trained.ranking.known(list(newest)))
        lacking = ((id, since) for id, since in newest.items() if id not in known)
        return dict(islice(lacking, NEW_ITEMS_MAX))

    def _extended(
        self,
        previous: LoadedRecommender,
        new: Mapping[str, str],
        attributes: Mapping[str, list[str]],
    ) -> LoadedRecommender:
        """Begun anew only where it must be, for that takes long.

        What is gone stays in it until then: nothing that is closed is shown, whatever ranks it.
        """
        taken_in = self._attributes
        has_changed = any(attributes.get(item, has) != has for item, has in taken_in.items())
        if has_changed or len(taken_in.keys() | attributes) > 2 * NEW_ITEMS_MAX:
            previous, taken_in = self._trained, {}
        extended = replace(
            previous,
            ranking=previous.ranking.with_new_items(attributes),
            new={**previous.new, **new},
        )
        self._attributes = {**taken_in, **attributes}
        return extended
