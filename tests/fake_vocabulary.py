"""Brands, categories, parameters and counts of a graph in memory."""

from collections import Counter

from msgspec.structs import replace

from graph.records import GraphStats, Named, NamedView, ParameterView
from graph.schema import Label, Relationship
from tests.fakes import named_view, whole_graph


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

    async def known_categories(self, asked):
        above = [category for item in self._graph.items.values() for category in item.categories]
        known = {category.id: category for category in above}
        return [] if known.keys() >= set(asked) else list(known.values())

    async def known_models(self, asked):
        models = {item.model for item in self._graph.items.values() if item.model}
        return [model for model in models if model.id in asked]

    async def known_sources(self):
        sources = dict.fromkeys(item.source for item in self._graph.items.values())
        return [Named(source, source) for source in sources]

    async def known_values(self, parameter, asked):
        stated = (fact.value for item in self._graph.items.values() for fact in item.facts)
        return [Named(v.id, v.text, ()) for v in stated if v.parameter == parameter]

    async def parameters_for_filters(self):
        return {
            id: replace(parameter, names=parameter.names or (parameter.name,))
            for id, parameter in self._graph.parameters.items()
        }


class FakeStats:
    def __init__(self, graph):
        self._graph = graph

    async def counts(self):
        names, edges = whole_graph(self._graph)
        labels, types = Counter(label for label, _ in names), Counter(type for *_, type in edges)
        labels[Label.ENTITY] = sum(
            labels[label] for label in (Label.MODEL, Label.BRAND, Label.CATEGORY, Label.VALUE)
        )
        return GraphStats(
            nodes={label.value: labels[label] for label in Label},
            relationships={type.value: types[type] for type in Relationship},
        )


def _counted(named):
    counts = Counter(one.id for one in named)
    by_id = {one.id: named_view(one) for one in named}
    return [
        NamedView(id=id, name=one.name, names=one.names, items=counts[id])
        for id, one in by_id.items()
    ]


def _paged(views, limit, after):
    return sorted(
        (view for view in views if after is None or view.id > after), key=lambda view: view.id
    )[:limit]
