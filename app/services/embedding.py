"""Vectors into the graph: a new set beside the one that serves, or the few that are missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import structlog

from graph.errors import GraphError, VectorsSuperseded
from graph.records import EncoderModel
from graph.repositories.vectors import BESIDE, HOME, Serving, Slot, Stale, Vectors

if TYPE_CHECKING:
    from app.services.threads import Threads
    from graph.client import Database
    from ml.predict import Predictor

# Called with how many items are done, and of how many; what it raises ends the work between two
# batches, and the same call goes on from there.
Report = Callable[[int, int], None]

_log = structlog.get_logger("catalograph.vectors")

BATCH_ITEMS = 500  # larger: slower to write, because each vector is put into its index


def model_of(predictor: Predictor) -> EncoderModel:
    return EncoderModel(predictor.name, predictor.version, predictor.width)


def embed_all(database: Database, predictor: Predictor, report: Report) -> int:
    """Make the vectors of `predictor` those that serve; returns how many had to be written.

    While it runs, readers use the vectors there were before, and from one moment on these. Stopped
    at any point, the vectors that served go on to serve; a second call goes on where the first one
    ended. If this predictor serves already, only what is missing or out of date is written.

    Raises:
        VectorUnusable: a vector of another width than `predictor.width`, or with a NaN in it.
        VectorsSuperseded: another process embeds with another predictor.
    """
    vectors, model = Vectors(database), model_of(predictor)
    serving = vectors.serving()
    if serving is not None and vectors.occupant(BESIDE) == serving.model:
        # Somebody was stopped on the way home, or after it.
        serving = _bring_home(vectors, serving)
    if serving is not None and serving.model == model:
        return _fill(vectors, HOME, predictor, report)
    slot = BESIDE if serving else HOME
    written = _fill(vectors, slot, predictor, report)
    vectors.sweep(slot, model)
    written += _fill(vectors, slot, predictor, _silent)  # what was stored in the meantime
    vectors.switch(slot, model)
    if slot == HOME:
        return written
    _bring_home(vectors, Serving(BESIDE, model))
    # What was stored while the vectors moved.
    return written + embed_missing(database, predictor, _silent)


def embed_missing(database: Database, predictor: Predictor, report: Report) -> int:
    """Write the vectors of items that are new or have changed; returns how many.

    None, if it is not this predictor's vectors that serve: then `embed_all` has to come first.

    Raises:
        VectorUnusable: as `embed_all`.
        VectorsSuperseded: another set of vectors took over in the meantime.
    """
    vectors = Vectors(database)
    serving = vectors.serving()
    if serving is None or serving.model != model_of(predictor):
        return 0
    return _fill(vectors, serving.slot, predictor, report)


def embed_products(database: Database, predictor: Predictor, ids: Sequence[str]) -> int:
    """The same for some products that were just stored; returns how many had no current vector."""
    vectors, model = Vectors(database), model_of(predictor)
    serving = vectors.serving()
    if serving is None or serving.model != model:
        return 0
    stale = vectors.stale_among(ids, serving.slot, model)
    try:
        _write(vectors, serving.slot, predictor, stale)
    except VectorsSuperseded:  # between the two: the model that took over embeds these as well
        return 0
    return len(stale)


class VectorUpkeep:
    """Embeds what was just stored, with the predictor that is loaded by now, if any."""

    def __init__(
        self, database: Database, *, predictor: Callable[[], Predictor | None], threads: Threads
    ) -> None:
        self._database = database
        self._predictor = predictor
        self._threads = threads

    async def after_write(self, ids: Sequence[str]) -> None:
        """Called when the writer has its answer; what fails here is left to `embed_missing`."""
        predictor = self._predictor()
        if predictor is None or not ids:
            return
        try:
            await self._threads.run(partial(embed_products, self._database, predictor, ids))
        except GraphError as error:
            _log.warning("vectors_not_written", reason=str(error), products=len(ids))


def _fill(vectors: Vectors, slot: Slot, predictor: Predictor, report: Report) -> int:
    model = model_of(predictor)
    vectors.occupy(slot, model)
    done, whole = 0, vectors.count_stale(slot, model)
    report(done, whole)
    for page in vectors.stale(slot, model, BATCH_ITEMS):
        _write(vectors, slot, predictor, page)
        done += len(page)
        report(done, max(done, whole))
    return done


def _write(vectors: Vectors, slot: Slot, predictor: Predictor, page: Sequence[Stale]) -> None:
    if not page:
        return
    found = predictor.embed([stale.text for stale in page])
    rows = [(stale, vector.tolist()) for stale, vector in zip(page, found, strict=True)]
    vectors.write(slot, model_of(predictor), rows)


def _bring_home(vectors: Vectors, serving: Serving) -> Serving:
    """From beside to where vectors belong; readers follow when all of them are there."""
    model = serving.model
    if serving.slot == BESIDE:
        vectors.occupy(HOME, model)
        vectors.copy_home(model)
        vectors.sweep(HOME, model)
        vectors.switch(HOME, model)
    vectors.vacate(BESIDE)
    return Serving(HOME, model)


def _silent(done: int, whole: int) -> None:
    return
