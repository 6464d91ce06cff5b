"""What texts are read with, kept in memory and renewed while requests go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import structlog
from msgspec.structs import replace as replace_fields

from graph.errors import GraphError
from graph.records import ItemText, Named
from graph.repositories import exporting
from graph.repositories import lexicon as queries
from graph.repositories.vocabulary import known_brands, known_parameters
from ml.grounding.grounder import Grounder, KnownModel, Linker
from ml.grounding.lexicon import Lexicon
from ml.grounding.trust import Trust, facts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.client import Database
    from graph.repositories.lexicon import ModelRow
    from ml.grounding.grounder import Reader

JUDGED_ITEMS = 5_000  # whose titles are held against what is known of them: a few seconds
LINKED_ITEMS = 2_000  # of those of which only a model is known, by its name: the same
SURE = 0.8  # that a title names a model
RENEW_AFTER_S = 60.0

_log = structlog.get_logger("knowledge")


class LinkerOver(Protocol):
    """Makes the linker over the models of a graph."""

    def __call__(self, models: Sequence[ModelRow]) -> Linker | None: ...


class GraphKnowledge:
    """Loads what texts are read with, and loads it again where graph or linking have changed.

    `linking` gives what `linker_over` makes linkers with.
    """

    def __init__(
        self,
        database: Database,
        *,
        linker_over: LinkerOver,
        linking: Callable[[], object] = lambda: None,
        reader: Callable[[], Reader | None] = lambda: None,
    ) -> None:
        self._database = database
        self._linker_over = linker_over
        self._linking = linking
        self._reader = reader
        self._made_of: tuple[str, object] | None = None  # a watermark, and the linking

    def __call__(self, previous: Grounder | None = None) -> Grounder:
        """Raises DatabaseError: Neo4j failed."""
        linking, reader = self._linking(), self._reader()
        if previous is not None and self._is_of_now(linking):
            return previous if previous.reader is reader else replace(previous, reader=reader)
        watermark = exporting.watermark(self._database)
        grounder = load_grounder(self._database, linker_over=self._linker_over, reader=reader)
        self._made_of = (watermark, linking)
        return grounder

    def _is_of_now(self, linking: object) -> bool:
        if self._made_of is None or self._made_of[1] is not linking:
            return False
        return not queries.has_changed(self._database, self._made_of[0])


def load_grounder(
    database: Database, *, linker_over: LinkerOver | None = None, reader: Reader | None = None
) -> Grounder:
    """Reads the whole vocabulary of the graph: seconds for 100,000 values and 10,000 models.

    Raises:
        DatabaseError: Neo4j failed.
    """
    lexicon = Lexicon.of(
        known_parameters(database).values(),
        queries.known_values(database),
        brands=known_brands(database),
        categories=queries.known_categories(database),
    )
    rows = list(queries.known_models(database))
    linker = linker_over(rows) if linker_over else None
    models = {
        row.id: KnownModel(row.id, row.name, row.facts, row.brand.id if row.brand else None)
        for row in rows
    }
    items = queries.judged_items(database, limit=JUDGED_ITEMS)
    judged = [item for item in items if facts_of(item)]
    if linker is not None:
        others = [item for item in items if not facts_of(item)]
        judged += with_models(others[:LINKED_ITEMS], linker, models)
    return Grounder(lexicon, Trust.learnt(judged, lexicon), linker, models, reader)


def with_models(
    items: Sequence[ItemText], linker: Linker, models: Mapping[str, KnownModel]
) -> list[ItemText]:
    """Items of which nothing is known but a title, with what the models have that these name.

    So that a shop of bare titles has something that its readings can be held against.
    """
    links = linker.link([item.title for item in items], [None] * len(items)) if items else []
    known = []
    for item, link in zip(items, links, strict=True):
        if link is not None and link.confidence >= SURE:
            model = models[link.model]
            brand = item.brand or (Named(model.brand, model.brand) if model.brand else None)
            known.append(replace_fields(item, inherited=model.facts, brand=brand))
    return known


class Knowledge:
    """Gives the grounder of the graph as it was a short while ago; safe from any thread.

    `load` is given the one there is, which may do for another while.

    The first call loads it; later ones get the one there is, and at most one thread at a time makes
    a new one. If the database fails then, the old one goes on.
    """

    def __init__(
        self,
        load: Callable[[Grounder | None], Grounder],
        *,
        clock: Callable[[], float] = time.monotonic,
        renew_after_s: float = RENEW_AFTER_S,
    ) -> None:
        self._load = load
        self._clock = clock
        self._renew_after_s = renew_after_s
        self._loading = threading.Lock()
        self._current: Grounder | None = None
        self._loaded_at = -renew_after_s
        self._renewal: threading.Thread | None = None

    def begin(self) -> None:
        """Loads it in a thread, so that whoever asks first waits for less; failing is no harm."""
        self._renewal = threading.Thread(target=self._begun, name="knowledge", daemon=True)
        self._renewal.start()

    def grounder(self) -> Grounder:
        """Blocks only where there is none yet.

        Raises:
            DatabaseError: there is none yet, and Neo4j failed.
        """
        current = self._current
        if current is None:
            with self._loading:
                return self._current or self._renew()
        if self._is_old() and self._loading.acquire(blocking=False):
            self._renewal = threading.Thread(
                target=self._renew_and_release, name="knowledge", daemon=True
            )
            self._renewal.start()
        return current

    def settle(self) -> None:
        """Returns when no renewal is under way."""
        if self._renewal is not None:
            self._renewal.join()

    def _begun(self) -> None:
        try:
            self.grounder()
        except GraphError as error:  # whoever asks tries again, and is told
            _log.info("knowledge_not_begun", reason=str(error))

    def _is_old(self) -> bool:
        return self._clock() - self._loaded_at >= self._renew_after_s

    def _renew(self) -> Grounder:
        self._current = self._load(self._current)
        self._loaded_at = self._clock()
        return self._current

    def _renew_and_release(self) -> None:
        try:
            if self._is_old():
                self._renew()
        except GraphError as error:
            self._loaded_at = self._clock()  # not at every request
            _log.warning("knowledge_not_renewed", exc_info=error)
        finally:
            self._loading.release()
