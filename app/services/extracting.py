"""Attributes out of texts: what was asked, checked against the graph, read in a thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.errors import ParameterUnknown
from graph.records import Named, Record
from graph.text import slug
from ml.grounding.grounder import RULES, Wanted
from ml.grounding.lexicon import by_any_name, named_in
from ml.grounding.records import ExtractedFact, TextToRead

if TYPE_CHECKING:
    from app.services.threads import Threads
    from ml.grounding.grounder import Grounder
    from ml.grounding.lexicon import Lexicon

NO_READER = (
    "no extraction model serves yet: values are found by rules and by the names that the graph has"
)
_ENTITIES = ("brand", "category", "model", "made_for")


class Extracted(Record, frozen=True):
    """What a text states."""

    facts: tuple[ExtractedFact, ...]


class Extraction(Record, frozen=True):
    """What texts state, in the order they came in; `notice` says why rules alone were used."""

    model: str
    notice: str | None
    results: tuple[Extracted, ...]


class Extracting:
    """Reads texts with the grounder of the graph, as it was a short while ago."""

    def __init__(self, grounder: Callable[[], Grounder], threads: Threads) -> None:
        self._grounder = grounder
        self._threads = threads

    async def extract(
        self,
        items: Sequence[TextToRead],
        *,
        parameters: Sequence[str] | None = None,
        min_confidence: float = 0.0,
        implied: bool = False,
    ) -> Extraction:
        """What the texts state; `parameters` by id or by any of their names.

        Raises:
            ParameterUnknown: the graph has no such parameter.
            DatabaseError: nothing was loaded yet, and Neo4j failed.
        """
        return await self._threads.run(
            partial(extract, self._grounder, items, parameters, min_confidence, implied)
        )


def extract(
    grounder: Callable[[], Grounder],
    items: Sequence[TextToRead],
    parameters: Sequence[str] | None,
    min_confidence: float,
    implied: bool,
) -> Extraction:
    """The same, in the thread of whoever calls."""
    current = grounder()
    wanted = Wanted(
        parameters=None if parameters is None else resolved(current, parameters),
        min_confidence=min_confidence,
        implied=implied,
    )
    found = current.ground([in_graph(item, current.lexicon) for item in items], wanted)
    name = current.reader.name if current.reader else RULES
    notice = None if current.reader else NO_READER
    return Extraction(name, notice, tuple(Extracted(facts) for facts in found))


def in_graph(item: TextToRead, lexicon: Lexicon) -> TextToRead:
    """With its category as the graph has it: by path, by id, or by a name that no other one has."""
    known = lexicon.habits.paths
    if item.category is None or item.category.id in known:
        return item
    name = item.category.name
    if name in known:
        return replace(item, category=Named(name, name))
    is_path = item.category.id != slug(name)
    named = None if is_path else named_in(name, lexicon.categories)
    if named is None or (named.start, named.end) != (0, len(name)):
        return item
    return replace(item, category=named.thing)


def resolved(grounder: Grounder, names: Sequence[str]) -> tuple[str, ...]:
    """The ids of parameters, by id or name.

    Raises:
        ParameterUnknown: names the place in `names`.
    """
    known = by_any_name(grounder.lexicon.parameters.values())
    by_name = {slug(one): one for one in _ENTITIES} | {name: one.id for name, one in known.items()}
    found = []
    for place, name in enumerate(names):
        id = by_name.get(slug(name))
        if id is None:
            raise ParameterUnknown(name=name, place=place)
        found.append(id)
    return tuple(found)
