"""A graph in memory: what services are tested with, held to the same cases as Neo4j."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.services.categorizing import NearItems
from graph.records import FactText, FactView, Item, ItemKind, Named, Observed, ValueView
from graph.repositories.selection import KINDS
from graph.schema import Label
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
        """Everything said of an item with until when, also what was rejected."""
        own = [Said(item.kind, item.id, self._fact(item, fact)) for fact in item.facts]
        more = [said for said in self.changes.said if (said.kind, said.id) == (item.kind, item.id)]
        return own + more

    def facts_of(self, item):
        """What is said of an item by now, but what was rejected."""
        now = (said.fact for said in self.said_of(item) if said.valid_to is None)
        return [fact for fact in now if fact.status != "rejected"]

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


def named_view(named):
    return named and Named(id=named.id, name=named.name, names=named.names or (named.name,))


def whole_graph(graph):
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
