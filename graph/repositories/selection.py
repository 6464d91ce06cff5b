"""A bound filter as Cypher: fixed clauses from here, every value of the user's a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from graph.errors import FilterInvalid
from graph.filters import RESERVED, Filter, Has, OneOf, Range, Term
from graph.records import ItemKind
from graph.schema import Label

KINDS: tuple[ItemKind, ...] = ("product", "model")
LABELS: Mapping[ItemKind, Label] = {"product": Label.PRODUCT, "model": Label.MODEL}

FIND_ITEM = """
OPTIONAL MATCH (product:Product {id: $id})
OPTIONAL MATCH (model:Model {id: $id})
WITH coalesce(product, model) AS n WHERE n IS NOT NULL
"""

# A category stands in a tree; deeper than this it is a mistake, and a circle ends here too.
CATEGORY_DEPTH = 8

_OPEN, _CLOSED = "n.closed_at IS NULL", "n.closed_at IS NOT NULL"

# What an item has to say for itself, by field and kind; `$x` is the list of values asked for.
_OWN: Mapping[ItemKind, Mapping[str, str]] = {
    "product": {
        "id": "n.id IN $x",
        "brand": "n.brand_id IN $x",
        "model": "n.model_id IN $x",
        "source": "n.source IN $x",
        "language": "toLower(n.language) IN $x",
        "currency": "n.currency IN $x",
        "gtin": "n.gtin IN $x",
        "mpn": "n.mpn IN $x",
        "in_stock": "n.in_stock IN $x",
        "closed": f"({_CLOSED}) IN $x",
        "kind": "'product' IN $x",
    },
    "model": {
        "id": "n.id IN $x",
        "brand": "n.brand_id IN $x",
        "model": "n.id IN $x",
        # A model has no source of its own, only a hash for each that described it.
        "source": "any(hash IN n.content_hashes WHERE split(hash, '=')[0] IN $x)",
        "language": "false",
        "currency": "false",
        "gtin": "false",
        "mpn": "false",
        "in_stock": "false",
        "closed": f"({_CLOSED}) IN $x",
        "kind": "'model' IN $x",
    },
}
_CATEGORY = (
    f"EXISTS {{ MATCH (:Category {{id: n.category_id}})-[:SUBCATEGORY_OF*0..{CATEGORY_DEPTH}]->"
    "(above) WHERE above.id IN $x }"
)
_STATED: Mapping[ItemKind, Mapping[str, str]] = {
    "product": {
        "id": "true",
        "kind": "true",
        "brand": "n.brand_id IS NOT NULL",
        "category": "n.category_id IS NOT NULL",
        "model": "n.model_id IS NOT NULL",
        "source": "n.source IS NOT NULL",
        "price": "n.price IS NOT NULL",
        "currency": "n.currency IS NOT NULL",
        "gtin": "n.gtin IS NOT NULL",
        "mpn": "n.mpn IS NOT NULL",
        "in_stock": "n.in_stock IS NOT NULL",
        "closed": _CLOSED,
        "language": "n.language IS NOT NULL",
    },
    "model": {
        "id": "true",
        "kind": "true",
        "brand": "n.brand_id IS NOT NULL",
        "category": "n.category_id IS NOT NULL",
        "model": "true",
        "source": "size(n.content_hashes) > 0",
        "price": "false",
        "currency": "false",
        "gtin": "false",
        "mpn": "false",
        "in_stock": "false",
        "closed": _CLOSED,
        "language": "false",
    },
}

# Where a walk can begin, best first: an index of ours holds these in the order of the ids.
_INDEXED: Mapping[ItemKind, tuple[str, ...]] = {
    "product": ("model", "brand", "category", "source"),
    "model": ("brand", "category"),
}
_PROPERTY = {
    "model": "model_id",
    "brand": "brand_id",
    "category": "category_id",
    "source": "source",
}
# How many items a walk passes at most: degrees, which the store keeps.
_KEY_ITEMS: Mapping[str, str] = {
    "model": "MATCH (one:Model {id: key}) RETURN sum(COUNT { (one)<-[:INSTANCE_OF]-() })",
    "brand": "MATCH (one:Brand {id: key}) RETURN sum(COUNT { (one)<-[:MADE_BY]-() })",
    "category": "MATCH (one:Category {id: key}) RETURN sum(COUNT { (one)<-[:BELONGS_TO]-() })",
}
# `WITH DISTINCT below` would not do: Neo4j leaves it out of the plan behind this expansion, and a
# category below two of those that are asked for comes twice.
_CATEGORIES_BELOW = (
    "MATCH (top:Category) WHERE top.id IN $x "
    f"MATCH (top)<-[:SUBCATEGORY_OF*0..{CATEGORY_DEPTH}]-(below) "
    "WITH collect(DISTINCT below.id) AS keys UNWIND keys AS key"
)

_WALK = """
MATCH (n:{label}) WHERE {predicate}
WITH n ORDER BY n.id LIMIT $limit
"""
_WALK_FROM = """
{start}
CALL (key) {{
  MATCH (n:{label}) WHERE n.{property} = key AND {predicate}
  // The first column is constant, and without it the planner does not see the index's order.
  RETURN n ORDER BY n.{property}, n.id LIMIT $limit
}}
WITH n ORDER BY n.id LIMIT $limit
"""


@dataclass(slots=True)
class Selection:
    """One kind of item, the clauses that choose among them, and the parameters of those.

    `start` gives keys, for each of which an index on `start_property` holds the items in the order
    of their ids; `start_items` counts those. `seeds` are clauses over a value `v`: instead of
    walking all items, a query may begin at the values that one of them names. `inherited` has for
    a seed of products its clause, and what has to hold as well where it is the model that has it.
    """

    kind: ItemKind
    clauses: list[str] = field(default_factory=list)
    seeds: list[str] = field(default_factory=list)
    inherited: dict[str, tuple[str, str]] = field(default_factory=dict)
    parameters: dict[str, object] = field(default_factory=dict)
    start: str | None = None
    start_property: str | None = None
    start_items: str | None = None

    @property
    def label(self) -> Label:
        return LABELS[self.kind]

    @property
    def predicate(self) -> str:
        return " AND ".join(("n.id > $after", *self.clauses))

    @property
    def walk(self) -> str:
        """Clauses that give a page of `$limit` items `n` behind `$after`, in the order of ids."""
        template = _WALK if self.start is None else _WALK_FROM
        return template.format(
            start=self.start,
            label=self.label,
            property=self.start_property,
            predicate=self.predicate,
        )

    def bind(self, value: object) -> str:
        """The name under which `value` travels beside the query."""
        name = f"f{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"


def kinds_of(filter: Filter, kind: ItemKind | None) -> tuple[ItemKind, ...]:
    """The kinds that can pass at all, in the order of pages."""
    kinds = KINDS if kind is None else (kind,)
    for term in filter.terms:
        if term.field == "kind" and isinstance(term.condition, OneOf):
            values = term.condition.values
            kinds = tuple(one for one in kinds if (one in values) != term.negated)
    return kinds


def select(
    filter: Filter,
    kind: ItemKind,
    *,
    from_index: bool = True,
    parameters: dict[str, object] | None = None,
) -> Selection:
    """The clauses of `filter`, whose references and units are bound, for one kind of item.

    Closed items pass only a filter that speaks of them. `parameters`: of the query that these
    clauses become a part of; they are added to.
    """
    selection = Selection(kind, parameters={} if parameters is None else parameters)
    start = _start_term(filter, kind) if from_index else None
    for term in filter.terms:
        if term is start:
            _begin(selection, term)
        elif term.negated:
            # Three-valued: what is not stated equals nothing, and so passes a negation.
            selection.clauses.append(f"NOT coalesce({_clause(selection, term)}, false)")
        else:
            selection.clauses.append(_clause(selection, term))
    if all(term.field != "closed" for term in filter.terms):
        selection.clauses.append(_OPEN)
    return selection


def _start_term(filter: Filter, kind: ItemKind) -> Term | None:
    by_field = {
        term.field: term
        for term in reversed(filter.terms)
        if not term.negated and isinstance(term.condition, OneOf)
    }
    return next((by_field[name] for name in _INDEXED[kind] if name in by_field), None)


def _begin(selection: Selection, term: Term) -> None:
    assert isinstance(term.condition, OneOf)
    values = selection.bind(list(term.condition.values))
    selection.start_property = _PROPERTY[term.field]
    if term.field == "category":
        selection.start = _CATEGORIES_BELOW.replace("$x", values)
    else:
        selection.start = f"UNWIND {values} AS key"
    if term.field in _KEY_ITEMS:
        selection.start_items = f"{selection.start} {_KEY_ITEMS[term.field]}"


def _clause(selection: Selection, term: Term) -> str:
    if term.field in RESERVED:
        return _own_clause(selection, term)
    return _parameter_clause(selection, term)


def _own_clause(selection: Selection, term: Term) -> str:
    match term.condition:
        case Has():
            return _STATED[selection.kind][term.field]
        case OneOf(values) if term.field in ("in_stock", "closed"):
            asked = selection.bind([value == "yes" for value in values])
            return _OWN[selection.kind][term.field].replace("$x", asked)
        case OneOf(values) if term.field == "category":
            return _CATEGORY.replace("$x", selection.bind(list(values)))
        case OneOf(values) if term.field in _OWN[selection.kind]:
            return _OWN[selection.kind][term.field].replace("$x", selection.bind(list(values)))
        case Range() if term.field == "price":
            # Nothing but a product has a price, and null is outside every range.
            return f"({_between(selection, 'n.price', term.condition)})"
        case OneOf() | Range():
            reason = f"{term.field} cannot be compared like this"
            raise FilterInvalid(expression=str(term), position=term.position, reason=reason)
        case _:
            assert_never(term.condition)


def _parameter_clause(selection: Selection, term: Term) -> str:
    parameter = selection.bind(term.field)
    value = _value_clause(selection, term, parameter)
    # `has` names too many values to begin at.
    if not term.negated and not isinstance(term.condition, Has):
        selection.seeds.append(value)
    own = _has_value("(n)", value)
    if selection.kind == "model":
        return own
    inherited = _has_value("(n)-[:INSTANCE_OF]->()", value)
    if isinstance(term.condition, Has):
        return f"({own} OR {inherited})"
    # A product that says nothing of a parameter has what its model has.
    stated = _states(parameter)
    clause = f"({own} OR (NOT {stated} AND {inherited}))"
    selection.inherited[value] = clause, f"NOT {stated}"
    return clause


def says_itself(field: str, selection: Selection) -> str:
    """A clause: the item says something of a field, whatever its model does."""
    if field in RESERVED:
        return _STATED[selection.kind][field]
    return _states(selection.bind(field))


def _states(parameter: str) -> str:
    return _has_value("(n)", f"v.parameter = {parameter}")


def _has_value(start: str, clause: str) -> str:
    # What waits for review does not count: it must not hide what the model is known to have.
    # No label on `v`: with one the planner begins at the values, once for every item.
    return (
        f"EXISTS {{ MATCH {start}-[fact:HAS_PARAMETER]->(v) "
        f"WHERE {clause} AND fact.status = 'accepted' }}"
    )


def _value_clause(selection: Selection, term: Term, parameter: str) -> str:
    match term.condition:
        case Has():
            return f"v.parameter = {parameter}"
        case OneOf(values):
            return f"v.parameter = {parameter} AND v.id IN {selection.bind(list(values))}"
        case Range():
            between = _between(selection, "v.number", term.condition)
            return f"v.parameter = {parameter} AND {between}"
        case _:
            assert_never(term.condition)


def _between(selection: Selection, number: str, asked: Range) -> str:
    clauses = []
    if asked.low is not None:
        sign = ">=" if asked.low_inclusive else ">"
        clauses.append(f"{number} {sign} {selection.bind(asked.low.number)}")
    if asked.high is not None:
        sign = "<=" if asked.high_inclusive else "<"
        clauses.append(f"{number} {sign} {selection.bind(asked.high.number)}")
    return " AND ".join(clauses)
