"""The read side in memory: what services are tested with, held to the same cases as Neo4j."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations

from app.services.categorizing import NearItems
from graph.filters import Has, OneOf
from graph.precedence import by_standing, settle
from graph.records import (
    Conflict,
    FactText,
    FactView,
    GraphEdge,
    GraphNode,
    GraphStats,
    HistoryEvent,
    Item,
    ItemKind,
    ItemSummary,
    ItemView,
    Named,
    NamedView,
    Neighbourhood,
    Observed,
    ParameterView,
    PastFact,
    Statement,
    ValueView,
)
from graph.repositories.conflicts import ConflictPage
from graph.repositories.history import KIND_KEYS, HistoryPage
from graph.repositories.products import Page
from graph.repositories.selection import KINDS
from graph.schema import Label, Relationship
from ml.grounding.grounder import Grounder, KnownModel
from ml.grounding.lexicon import Lexicon
from ml.grounding.trust import Trust

RUN = "run-1"
NOW = datetime(2025, 3, 1, 9, 30, 15, tzinfo=UTC)
NOW_TEXT = "2025-03-01T09:30:15Z"


@dataclass(frozen=True)
class Said:
    """What one more source says of an item, or has said until `valid_to`."""

    kind: ItemKind
    id: str
    fact: FactView
    valid_to: str | None = None


@dataclass(frozen=True)
class Seen:
    """An observation of a product."""

    id: str
    at: str
    observed: Observed
    run: str | None


@dataclass
class Changes:
    """What has become of items since an import left them; `closed` is when, by kind and id."""

    said: list[Said] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    closed: dict[tuple[ItemKind, str], str] = field(default_factory=dict)


class FakeGraph:
    """Items as an import left them, with the models that offers only name."""

    def __init__(self, items, parameters, changes=None):
        self.changes = changes or Changes()
        self.items = {(item.kind, item.id): item for item in items}
        self.parameters = {
            fact.value.parameter: parameters[fact.value.parameter]
            for item in items
            for fact in item.facts
        }
        self.unseen = set()
        for item in items:
            if item.model and ("model", item.model.id) not in self.items:
                self.items["model", item.model.id] = _bare_model(item.model)
                self.unseen.add(item.model.id)

    def ordered(self):
        return sorted(self.items.values(), key=lambda item: (KINDS.index(item.kind), item.id))

    def model_of(self, item):
        return self.items["model", item.model.id] if item.model else None

    def closed_at(self, item):
        return self.changes.closed.get((item.kind, item.id))

    def find(self, id):
        """The item of this id, a product first."""
        return next((item for kind in KINDS if (item := self.items.get((kind, id)))), None)

    def said_of(self, item):
        """Everything said of an item with until when, but what was rejected."""
        own = [Said(item.kind, item.id, self._fact(item, fact)) for fact in item.facts]
        more = [said for said in self.changes.said if (said.kind, said.id) == (item.kind, item.id)]
        return [said for said in own + more if said.fact.status != "rejected"]

    def facts_of(self, item):
        """What is said of an item by now."""
        return [said.fact for said in self.said_of(item) if said.valid_to is None]

    def _fact(self, item, fact):
        value = fact.value
        return FactView(
            parameter=value.parameter,
            name=self.parameters[value.parameter].name,
            value=value.id,
            text=value.text,
            number=value.number,
            unit=value.unit,
            origin="catalog",
            status="accepted",
            confidence=1.0,
            source=item.source,
            evidence=fact.evidence,
            run=RUN,
            valid_from=NOW_TEXT,
        )


class FakeProducts:
    def __init__(self, graph, sources=()):
        self._graph = graph
        self._sources = sources

    async def get(self, id):
        item = self._graph.find(id)
        return item and self._view(item)

    async def page(self, filter, *, kind, limit, after):
        start = (KINDS.index(after[0]), after[1]) if after else (-1, "")
        passing = [
            item
            for item in self._graph.ordered()
            if (KINDS.index(item.kind), item.id) > start
            and kind in (None, item.kind)
            and (self._graph.closed_at(item) is None or _speaks_of_closed(filter))
            and all(self._passes(item, term) for term in filter.terms)
        ]
        shown = tuple(_summary(item, self._graph.closed_at(item)) for item in passing[:limit])
        more = len(passing) > limit
        return Page(shown, (shown[-1].kind, shown[-1].id) if more and shown else None)

    async def neighbourhood(self, id, *, depth, limit):
        item = self._graph.find(id)
        if item is None:
            return None
        names, edges = _whole_graph(self._graph)
        reached = [(Label.PRODUCT if item.kind == "product" else Label.MODEL, id)]
        for _ in range(depth):
            near = [
                end
                for node in reached
                for source, target, _ in edges
                for end in ((target,) if source == node else (source,) if target == node else ())
            ]
            reached = list(dict.fromkeys([*reached, *near]))
        shown = reached[:limit]
        place = {node: position for position, node in enumerate(shown)}
        return Neighbourhood(
            nodes=tuple(
                GraphNode(label=label, id=id, name=names[label, id]) for label, id in shown
            ),
            edges=tuple(
                sorted(
                    {
                        GraphEdge(type=type, source=place[source], target=place[target])
                        for source, target, type in edges
                        if source in place and target in place
                    },
                    key=lambda edge: (edge.source, edge.target, edge.type),
                )
            ),
            truncated=len(reached) > limit,
        )

    def _view(self, item):
        product = item.kind == "product"
        seen = None if item.id in self._graph.unseen else NOW_TEXT
        stated = {name: getattr(item, name) for name in ("description", "gtin", "mpn", "url")}
        return ItemView(
            kind=item.kind,
            id=item.id,
            title=item.title,
            names=() if product else item.names or (item.title,),
            **stated,
            image_url=item.image_url,
            **{
                name: getattr(item, name) if product else None
                for name in ("language", "price", "currency", "in_stock", "source")
            },
            first_seen=seen,
            last_seen=seen,
            closed_at=self._graph.closed_at(item),
            brand=_named(item.brand),
            category=tuple(_named(category) for category in item.categories),
            model=_named(item.model),
            facts=settle(
                sorted(
                    self._graph.facts_of(item),
                    key=lambda fact: (fact.parameter, fact.value, fact.source or "", fact.origin),
                ),
                self._sources,
            ),
        )

    def _passes(self, item, term):
        closed = self._graph.closed_at(item) is not None
        if term.field == "closed" and isinstance(term.condition, Has):
            return closed != term.negated
        stated = _own(item, term.field, closed)
        if stated is not None:
            return _holds(term.condition, stated) != term.negated
        facts = self._accepted(item, term.field)
        if not facts and (model := self._graph.model_of(item)):
            facts = self._accepted(model, term.field)
        return _value_holds(term.condition, facts) != term.negated

    def _accepted(self, item, parameter):
        facts = self._graph.facts_of(item)
        return [one for one in facts if (one.parameter, one.status) == (parameter, "accepted")]


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


class FakeVocabulary:
    def __init__(self, graph):
        self._graph = graph

    async def brands(self, *, limit, after):
        brands = [item.brand for item in self._graph.items.values() if item.brand]
        return _paged(_counted(brands), limit, after)

    async def categories(self, *, limit, after):
        above = [category for item in self._graph.items.values() for category in item.categories]
        return _paged(_counted(above), limit, after)

    async def parameters(self, *, limit, after):
        views = []
        for parameter in self._graph.parameters.values():
            facts = [
                fact.value
                for item in self._graph.items.values()
                for fact in item.facts
                if fact.value.parameter == parameter.id
            ]
            numbers = [value.number for value in facts if value.number is not None]
            views.append(
                ParameterView(
                    id=parameter.id,
                    name=parameter.name,
                    kind=parameter.kind,
                    unit=parameter.unit,
                    names=parameter.names or (parameter.name,),
                    items=len(facts),
                    values=len({value.id for value in facts}),
                    minimum=min(numbers, default=None),
                    maximum=max(numbers, default=None),
                )
            )
        return _paged(views, limit, after)

    async def known_brands(self):
        return [item.brand for item in self._graph.items.values() if item.brand]

    async def parameters_for_filters(self):
        from msgspec.structs import replace

        return {
            id: replace(parameter, names=parameter.names or (parameter.name,))
            for id, parameter in self._graph.parameters.items()
        }


class FakeStats:
    def __init__(self, graph):
        self._graph = graph

    async def counts(self):
        names, edges = _whole_graph(self._graph)
        labels, types = Counter(label for label, _ in names), Counter(type for *_, type in edges)
        labels[Label.ENTITY] = sum(
            labels[label] for label in (Label.MODEL, Label.BRAND, Label.CATEGORY, Label.VALUE)
        )
        return GraphStats(
            nodes={label.value: labels[label] for label in Label},
            relationships={type.value: types[type] for type in Relationship},
        )


def grounder_of(graph):
    """What texts are read with, of a graph in memory."""
    stated = Counter(fact.value for item in graph.items.values() for fact in item.facts)
    values = [
        ValueView(v.id, v.parameter, v.text, v.number, v.unit, items=count)
        for v, count in stated.items()
    ]
    brands = {item.brand.id: item.brand for item in graph.items.values() if item.brand}
    models = {
        item.id: KnownModel(
            item.id,
            item.title,
            tuple(
                FactText(
                    f.value.parameter,
                    f.value.parameter,
                    f.value.id,
                    f.value.text,
                    f.value.number,
                    f.value.unit,
                )
                for f in item.facts
            ),
        )
        for item in graph.items.values()
        if item.kind == "model"
    }
    lexicon = Lexicon.of(graph.parameters.values(), values, brands=list(brands.values()))
    return Grounder(lexicon, Trust(), models=models)


def items_near(graph):
    """What items with the same words are in, of a graph in memory."""
    there = [item for item in graph.items.values() if item.categories]
    paths = {
        category.id: item.categories[: n + 1]
        for item in there
        for n, category in enumerate(item.categories)
    }

    def near(asked):
        return [
            [
                (item.categories[-1].id, item.title)
                for item in there
                if set(words.split()) & set(item.title.casefold().split())
            ]
            for words in asked
        ]

    return NearItems(paths, near)


def _bare_model(model):
    return Item(
        kind="model", id=model.id, title=model.name, source="", content_hash="", names=model.names
    )


def _named(named):
    return named and Named(id=named.id, name=named.name, names=named.names or (named.name,))


def _fact_events(said):
    fact = said.fact
    stated = PastFact(
        **{name: getattr(fact, name) for name in PastFact.__struct_fields__ if name != "valid_to"},
        valid_to=said.valid_to,
    )
    parts = (fact.value, fact.origin, fact.source, fact.run, fact.valid_from, said.valid_to)
    key = " ".join(part or "" for part in parts)
    yield _event(fact.valid_from, "fact_began", key, fact.source, fact.run, fact=stated)
    if said.valid_to is not None:
        yield _event(said.valid_to, "fact_ended", key, fact.source, None, fact=stated)


def _event(at, kind, key, source, run, *, fact=None, seen=None):
    event = HistoryEvent(at=at, kind=kind, fact=fact, observation=seen, source=source, run=run)
    return at, KIND_KEYS[kind] + key, event


def _instant(text):
    return datetime.fromisoformat(text)


def _seconds(text):
    return _instant(text).timestamp()


def _speaks_of_closed(filter):
    return any(term.field == "closed" for term in filter.terms)


def _summary(item, closed_at):
    product = item.kind == "product"
    return ItemSummary(
        kind=item.kind,
        id=item.id,
        title=item.title,
        brand=_named(item.brand),
        category=_named(item.categories[-1]) if item.categories else None,
        price=item.price if product else None,
        currency=item.currency if product else None,
        in_stock=item.in_stock if product else None,
        source=item.source if product else None,
        closed_at=closed_at,
    )


def _own(item, field, closed):
    """What the item says of a reserved field, as a list; None for a parameter."""
    product = item.kind == "product"
    model = item.model.id if item.model else None
    stock = {True: "yes", False: "no", None: None}[item.in_stock]
    said = {
        "id": [item.id],
        "kind": [item.kind],
        "brand": [item.brand.id if item.brand else None],
        "category": [category.id for category in item.categories],
        "model": [model if product else item.id],
        "source": [item.source or None],
        "price": [item.price if product else None],
        "in_stock": [stock if product else None],
        "closed": ["yes" if closed else "no"],
        "language": [item.language if product else None],
    }
    return None if field not in said else [value for value in said[field] if value is not None]


def _holds(condition, stated):
    if isinstance(condition, Has):
        return bool(stated)
    if isinstance(condition, OneOf):
        return not set(condition.values).isdisjoint(stated)
    return any(_between(condition, number) for number in stated)


def _value_holds(condition, facts):
    if isinstance(condition, OneOf):
        return _holds(condition, [fact.value for fact in facts])
    if isinstance(condition, Has):
        return bool(facts)
    return _holds(condition, [fact.number for fact in facts if fact.number is not None])


def _between(asked, number):
    low, high = asked.low, asked.high
    above = low is None or number > low.number or (asked.low_inclusive and number == low.number)
    below = high is None or number < high.number or (asked.high_inclusive and number == high.number)
    return above and below


def _counted(named):
    counts = Counter(one.id for one in named)
    by_id = {one.id: _named(one) for one in named}
    return [
        NamedView(id=id, name=one.name, names=one.names, items=counts[id])
        for id, one in by_id.items()
    ]


def _paged(views, limit, after):
    return sorted(
        (view for view in views if after is None or view.id > after), key=lambda view: view.id
    )[:limit]


def _whole_graph(graph):
    """Names of all nodes by label and id; edges as source, target, type."""
    names, edges = {}, set()

    def link(source, label, named, type):
        names[label, named.id] = named.name
        edges.add((source, (label, named.id), type))

    for item in graph.items.values():
        node = (Label.PRODUCT if item.kind == "product" else Label.MODEL, item.id)
        names[node] = item.title
        if item.brand:
            link(node, Label.BRAND, item.brand, "MADE_BY")
        if item.model:
            link(node, Label.MODEL, item.model, "INSTANCE_OF")
        if item.categories:
            link(node, Label.CATEGORY, item.categories[-1], "BELONGS_TO")
        for parent, child in zip(item.categories, item.categories[1:], strict=False):
            names[Label.CATEGORY, child.id] = child.name
            link((Label.CATEGORY, child.id), Label.CATEGORY, parent, "SUBCATEGORY_OF")
        for fact in item.facts:
            value = (Label.VALUE, fact.value.id)
            names[value] = fact.value.text
            edges.add((node, value, "HAS_PARAMETER"))
            parameter = graph.parameters[fact.value.parameter]
            link(value, Label.PARAMETER, parameter, "VALUE_OF")
    return names, edges
