"""Products in memory: found, filtered, viewed, and drawn with their neighbours."""

from graph.filters import Has, OneOf
from graph.precedence import settle
from graph.records import GraphEdge, GraphNode, ItemSummary, ItemView, Neighbourhood
from graph.repositories.products import Page
from graph.repositories.selection import KINDS
from graph.schema import Label
from tests.fakes import NOW_TEXT, named_view, whole_graph


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
            and all(self.passes(item, term) for term in filter.terms)
        ]
        shown = tuple(_summary(item, self._graph.closed_at(item)) for item in passing[:limit])
        more = len(passing) > limit
        return Page(shown, (shown[-1].kind, shown[-1].id) if more and shown else None)

    async def neighbourhood(self, id, *, depth, limit):
        item = self._graph.find(id)
        if item is None:
            return None
        names, edges = whole_graph(self._graph)
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
            brand=named_view(item.brand),
            category=tuple(named_view(category) for category in item.categories),
            model=named_view(item.model),
            facts=settle(
                sorted(
                    self._graph.facts_of(item),
                    key=lambda fact: (fact.parameter, fact.value, fact.source or "", fact.origin),
                ),
                self._sources,
            ),
        )

    def passes(self, item, term):
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

    def says_itself(self, item, field):
        """Whether an item says something of a field, whatever its model does."""
        stated = _own(item, field, self._graph.closed_at(item) is not None)
        return bool(self._accepted(item, field) if stated is None else stated)

    def _accepted(self, item, parameter):
        facts = self._graph.facts_of(item)
        return [one for one in facts if (one.parameter, one.status) == (parameter, "accepted")]


def _speaks_of_closed(filter):
    return any(term.field == "closed" for term in filter.terms)


def _summary(item, closed_at):
    product = item.kind == "product"
    return ItemSummary(
        kind=item.kind,
        id=item.id,
        title=item.title,
        brand=named_view(item.brand),
        category=named_view(item.categories[-1]) if item.categories else None,
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
        "currency": [item.currency if product else None],
        "gtin": [item.gtin if product else None],
        "mpn": [item.mpn if product else None],
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
