"""The items that a question speaks of, as the clauses that every answer about them begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, assert_never

from graph.filters import Filter
from graph.records import ItemKind
from graph.repositories.selection import Selection, select
from graph.schema import Label

BRAND, PRICE, STOCK = "brand", "price", "in_stock"  # fields that are no parameters
# A product that says nothing of a parameter has what its model has.
OWNER = {"model": "(n)", "product": "(n)-[:INSTANCE_OF*0..1]->()"}

Bound = Literal["same", "above", "below"]


@dataclass(frozen=True, slots=True)
class Relation:
    """What items have in relation to a named one: a value in common, or a number beyond its."""

    field: str
    item: str
    bound: Bound
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Several:
    """Items that state from `low` to `high` different values of a parameter."""

    field: str
    low: int | None = None
    high: int | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """The items that a question speaks of: all of a kind that pass a bound filter.

    `either`: and at least one of these, if there are any.
    """

    kind: ItemKind
    filter: Filter = field(default_factory=Filter)
    relations: tuple[Relation, ...] = ()
    either: tuple[Filter, ...] = ()
    several: tuple[Several, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """One reading statement and what travels beside it."""

    text: str
    parameters: dict[str, object]


class Draft:
    """A query in the making: the clauses of its scope, and the parameters bound so far."""

    def __init__(self, scope: Scope, *, from_index: bool = True) -> None:
        self._scope = scope
        # A start in the index of categories would drop the numbers of named items.
        from_index = from_index and not scope.relations
        self.selection: Selection = select(scope.filter, scope.kind, from_index=from_index)
        self.references: list[str] = []
        self._seed: str | None = None
        self._seed_field: str | None = None  # whose numbers the query starts at
        self._shared: str | None = None  # values of a named item, which it starts at rather
        if scope.kind == "model" and self.selection.start is None and self.selection.seeds:
            self._seed = self.selection.seeds[0]
        for relation in scope.relations:
            self._relate(relation)
        self.selection.clauses += map(self._several, scope.several)
        if scope.either:
            self.selection.clauses.append(self._any_of(scope.either))

    def _any_of(self, filters: Sequence[Filter]) -> str:
        parameters = self.selection.parameters
        found = (
            " AND ".join(
                select(one, self._scope.kind, from_index=False, parameters=parameters).clauses
            )
            for one in filters
        )
        return f"({' OR '.join(f'({clauses})' for clauses in found)})"

    def bind(self, value: object) -> str:
        return self.selection.bind(value)

    def start_at(self, field: str) -> None:
        """Where nothing else narrows the items down, at the numbers of a parameter."""
        if (
            self._scope.kind == "model"
            and self._seed is None
            and self._shared is None
            and self.selection.start is None
            and field not in (PRICE, BRAND)
        ):
            self._seed = f"v.parameter = {self.bind(field)} AND v.number IS NOT NULL"
            self._seed_field = field

    def query(self, *lines: str) -> Query:
        label = self.selection.label
        clauses = [one for one in self.selection.clauses if not self._is_seed(one)] or ["true"]
        match: list[str]
        if self.selection.start is not None:
            clauses.insert(0, f"n.{self.selection.start_property} = key")
            match = [self.selection.start, f"MATCH (n:{label})"]
        elif self._shared is not None and self._scope.kind == "model":
            match = [
                f"UNWIND {self._shared} AS v",
                f"MATCH (v)<-[fact:HAS_PARAMETER]-(n:{label}) WHERE fact.status = 'accepted'",
                "WITH DISTINCT " + ", ".join(("n", *self._carried)),
            ]
        elif self._seed_field is not None:
            match = [  # `number` comes next, and takes v with it
                f"MATCH (v:{Label.VALUE}) WHERE {self._seed}",
                f"MATCH (v)<-[fact:HAS_PARAMETER]-(n:{label})",
            ]
            clauses.insert(0, "fact.status = 'accepted'")
        elif self._seed is not None:
            match = [
                f"MATCH (v:{Label.VALUE}) WHERE {self._seed}",
                f"MATCH (v)<-[fact:HAS_PARAMETER]-(n:{label}) WHERE fact.status = 'accepted'",
                "WITH DISTINCT " + ", ".join(("n", *self._carried)),
            ]
        else:
            match = [f"MATCH (n:{label})"]
        return Query(
            "\n".join((*self.references, *match, f"WHERE {' AND '.join(clauses)}", *lines)),
            self.selection.parameters,
        )

    def _is_seed(self, clause: str) -> bool:
        """Whether every item that the query starts with meets this clause already."""
        seed = None if self._shared is not None else self._seed
        return seed is not None and clause.startswith("EXISTS {") and f"WHERE {seed} AND" in clause

    @property
    def _carried(self) -> list[str]:
        """Numbers of named items, which a WITH must hand on."""
        return [f"r{place}" for place in range(len(self.references))]

    def number(self, field: str, function: str) -> str:
        if field == PRICE:
            return "WITH n, n.price AS number WHERE number IS NOT NULL"
        if field == self._seed_field:
            return f"WITH n, {function}(v.number) AS number"
        return (
            f"MATCH {OWNER[self._scope.kind]}-[fact:HAS_PARAMETER]->(v)\n"
            f"WHERE fact.status = 'accepted' AND v.parameter = {self.bind(field)}"
            " AND v.number IS NOT NULL\n"
            f"WITH n, {function}(v.number) AS number"
        )

    def values(self, field: str, *, name: str = "x") -> str:
        """What items have of a field, as the variable `name`."""
        fact = f"{name}_fact"
        if field == BRAND:
            return f"MATCH (n)-[{fact}:MADE_BY]->({name}) WHERE {fact}.status <> 'rejected'"
        return (
            f"MATCH {OWNER[self._scope.kind]}-[{fact}:HAS_PARAMETER]->({name})\n"
            f"WHERE {fact}.status = 'accepted' AND {name}.parameter = {self.bind(field)}"
        )

    def facts(self, shown: Sequence[str]) -> str:
        if not shown:
            return "[]"
        return (
            f"[{OWNER[self._scope.kind]}-[f:HAS_PARAMETER]->(s) WHERE f.status = 'accepted'"
            f" AND s.parameter IN {self.bind(list(shown))}"
            " | [s.parameter, s.text, s.number, s.unit]]"
        )

    def _relate(self, relation: Relation) -> None:
        label = self.selection.label
        other = self.bind(relation.item)
        match relation.bound:
            case "same" if relation.field == BRAND:
                match_other = f"MATCH (o:{label} {{id: {other}}})"
                clause = f"n.brand_id = {self._refer(match_other, 'o.brand_id')}"
            case "same":
                clause = self._same(relation, label, other)
            case "above" | "below":
                clause = self._beyond(relation, label, other)
            case _:
                assert_never(relation.bound)
        if relation.negated:
            clause = f"NOT {clause}"
            if relation.field not in (BRAND, PRICE):  # of what nothing is said, nothing is known
                clause += f" AND {self._states(relation.field)}"
        self.selection.clauses += [clause, f"n.id <> {other}"]

    def _same(self, relation: Relation, label: Label, other: str) -> str:
        """Of the few values that the named item has one, and not one of all that it has as well."""
        shared = self._refer(
            f"OPTIONAL MATCH {self._named(label, other)}-[g:HAS_PARAMETER]->(s)\n"
            f"WHERE s.parameter = {self.bind(relation.field)} AND g.status = 'accepted'",
            "collect(s)",
        )
        if not relation.negated:
            self._shared = self._shared or shared
        return (
            f"EXISTS {{ MATCH {OWNER[self._scope.kind]}-[f:HAS_PARAMETER]->(s)"
            f" WHERE s IN {shared} AND f.status = 'accepted' }}"
        )

    def _named(self, label: Label, other: str) -> str:
        """A named item and, of a product, what its model has."""
        item = f"(o:{label} {{id: {other}}})"
        return item if self._scope.kind == "model" else f"{item}-[:INSTANCE_OF*0..1]->()"

    def _states(self, field: str) -> str:
        return (
            f"EXISTS {{ MATCH {OWNER[self._scope.kind]}-[f:HAS_PARAMETER]->(s)"
            f" WHERE s.parameter = {self.bind(field)} AND f.status = 'accepted' }}"
        )

    def _several(self, asked: Several) -> str:
        values = (
            f"COUNT {{ MATCH {OWNER[self._scope.kind]}-[f:HAS_PARAMETER]->(s) WHERE"
            f" s.parameter = {self.bind(asked.field)} AND f.status = 'accepted'"
            " RETURN DISTINCT s }"
        )
        bounds = [f"{values} >= {self.bind(1 if asked.low is None else asked.low)}"]
        if asked.high is not None:
            bounds.append(f"{values} <= {self.bind(asked.high)}")
        clause = " AND ".join(bounds)
        return f"NOT ({clause})" if asked.negated else clause

    def _beyond(self, relation: Relation, label: Label, other: str) -> str:
        highest = relation.bound == "above"
        if relation.field == PRICE:
            price = self._refer(f"OPTIONAL MATCH (o:{label} {{id: {other}}})", "o")
            sign = ">" if highest else "<"
            paid = f"coalesce(n.currency, '') = coalesce({price}.currency, '')"
            return f"(n.price {sign} {price}.price AND {paid})"
        field = self.bind(relation.field)
        name = self._refer(
            f"OPTIONAL MATCH {self._named(label, other)}-[g:HAS_PARAMETER]->(s)\n"
            f"WHERE s.parameter = {field} AND g.status = 'accepted'",
            f"{'max' if highest else 'min'}(s.number)",
        )
        sign = ">" if highest else "<"
        if self._scope.kind == "model" and self._seed is None and not relation.negated:
            self._seed = f"v.parameter = {field} AND v.number {sign} {name}"
        return (
            f"EXISTS {{ MATCH {OWNER[self._scope.kind]}-[f:HAS_PARAMETER]->(s) WHERE"
            f" s.parameter = {field} AND s.number {sign} {name} AND f.status = 'accepted' }}"
        )

    def _refer(self, match: str, value: str) -> str:
        """The name of something about a named item, which the clauses can compare with."""
        name = f"r{len(self.references)}"
        before = "".join(f"{one}, " for one in self._carried)
        self.references.append(f"{match}\nWITH {before}{value} AS {name}")
        return name
