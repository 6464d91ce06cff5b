"""What searches are read with: the grounder, the spelling of names, and completions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from app.services.suggestions import Suggester
from graph.errors import GraphError
from ml.search.spelling import Spelling

if TYPE_CHECKING:
    from graph.repositories.names import NamedItems
    from ml.grounding.grounder import Grounder

_log = structlog.get_logger("search")


@dataclass(frozen=True, slots=True)
class SearchWords:
    """Made of one state of the graph; asked from several threads."""

    grounder: Grounder
    spelling: Spelling
    suggester: Suggester

    @classmethod
    def of(cls, grounder: Grounder, names: Sequence[NamedItems]) -> SearchWords:
        every = ((name, one.items) for one in names for name in (one.name, *one.names))
        return cls(grounder, Spelling(every), Suggester(names))


class KnownWords:
    """Gives the words of the graph as they were a short while ago; safe from any thread.

    They are made again in a thread of their own when the grounder is another one.
    """

    def __init__(
        self, grounder: Callable[[], Grounder], names: Callable[[], Sequence[NamedItems]]
    ) -> None:
        self._grounder = grounder
        self._names = names
        self._making = threading.Lock()
        self._current: SearchWords | None = None

    def __call__(self) -> SearchWords:
        """Blocks only where there are none yet.

        Raises:
            DatabaseError: there are none yet, and Neo4j failed.
        """
        grounder = self._grounder()
        current = self._current
        if current is None:
            with self._making:
                return self._current or self._make(grounder)
        if current.grounder is not grounder and self._making.acquire(blocking=False):
            threading.Thread(
                target=self._make_and_release, args=(grounder,), name="search-words", daemon=True
            ).start()
        return current

    def _make(self, grounder: Grounder) -> SearchWords:
        self._current = SearchWords.of(grounder, self._names())
        return self._current

    def _make_and_release(self, grounder: Grounder) -> None:
        try:
            self._make(grounder)
        except GraphError as error:
            _log.warning("search_words_not_renewed", exc_info=error)
        finally:
            self._making.release()
