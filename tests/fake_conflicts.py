"""Who contradicts whom among the items in memory."""

from itertools import combinations

from graph.precedence import by_standing
from graph.records import Conflict, Statement
from graph.repositories.conflicts import ConflictPage
from graph.repositories.selection import KINDS


class FakeConflicts:
    def __init__(self, graph, sources=()):
        self._graph = graph
        self._sources = sources

    async def page(self, *, parameter, source, kind, limit, after):
        start = (KINDS.index(after[0]), *after[1:]) if after else (-1, "", "")
        found = [
            conflict
            for item in self._graph.ordered()
            if kind in (None, item.kind) and self._graph.closed_at(item) is None
            for name in sorted({fact.parameter for fact in self._graph.facts_of(item)})
            if parameter in (None, name) and (KINDS.index(item.kind), item.id, name) > start
            for conflict in self._conflicts(item, name, source)
        ]
        shown = found[:limit]
        last = shown[-1] if len(found) > limit else None
        return ConflictPage(tuple(shown), last and (last.kind, last.id, last.parameter))

    def _conflicts(self, item, parameter, source):
        """One, or none."""
        facts = [
            fact
            for fact in self._graph.facts_of(item)
            if fact.parameter == parameter and fact.status == "accepted"
        ]
        said = {}
        for fact in facts:
            said.setdefault((fact.origin, fact.source), set()).add(fact.value)
        if any(
            one.isdisjoint(other) and source in (None, a[1], b[1])
            for (a, one), (b, other) in combinations(said.items(), 2)
        ):
            settled = by_standing(facts, self._sources)
            yield Conflict(
                kind=item.kind,
                id=item.id,
                title=item.title,
                parameter=parameter,
                name=settled[0].name,
                statements=tuple(
                    Statement(**{name: getattr(fact, name) for name in Statement.__struct_fields__})
                    for fact in settled
                ),
            )
