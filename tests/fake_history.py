"""What became of items in memory, newest first."""

from datetime import datetime

from graph.records import HistoryEvent, PastFact
from graph.repositories.history import KIND_KEYS, HistoryPage


class FakeHistory:
    def __init__(self, graph):
        self._graph = graph

    async def page(self, id, *, parameter, limit, after):
        item = self._graph.find(id)
        if item is None:
            return None
        events = sorted(set(self._events(item, parameter)), key=lambda one: one[1])
        events.sort(key=lambda one: _instant(one[0]), reverse=True)
        place = after and (-_seconds(after[0]), after[1])
        behind = [one for one in events if not after or (-_seconds(one[0]), one[1]) > place]
        shown = behind[:limit]
        more = len(behind) > limit
        return HistoryPage(tuple(event for *_, event in shown), shown[-1][:2] if more else None)

    def _events(self, item, parameter):
        for said in self._graph.said_of(item):
            if parameter in (None, said.fact.parameter):
                yield from _fact_events(said)
        if parameter is not None:
            return
        source = item.source if item.kind == "product" else None
        for seen in self._graph.changes.seen if item.kind == "product" else ():
            if seen.id == item.id:
                yield _event(seen.at, "observed", str(seen), source, seen.run, seen=seen.observed)
        if (at := self._graph.closed_at(item)) is not None:
            yield _event(at, "closed", "", source, None)


def _fact_events(said):
    fact = said.fact
    stated = PastFact(
        **{name: getattr(fact, name) for name in PastFact.__struct_fields__ if name != "valid_to"},
        valid_to=said.valid_to,
    )
    parts = (fact.value, fact.origin, fact.source, fact.run, fact.valid_from, said.valid_to)
    key = " ".join(part or "" for part in parts)
    began = "fact_rejected" if fact.status == "rejected" else "fact_began"
    yield _event(fact.valid_from, began, key, fact.source, fact.run, fact=stated)
    if said.valid_to is not None:
        yield _event(said.valid_to, "fact_ended", key, fact.source, None, fact=stated)


def _event(at, kind, key, source, run, *, fact=None, seen=None):
    event = HistoryEvent(at=at, kind=kind, fact=fact, observation=seen, source=source, run=run)
    return at, KIND_KEYS[kind] + key, event


def _instant(text):
    return datetime.fromisoformat(text)


def _seconds(text):
    return _instant(text).timestamp()
