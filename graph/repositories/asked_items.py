"""The items that a question speaks of, as the clauses that every answer about them begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, assert_never

from graph.filters import RESERVED, Filter, Has, OneOf
from graph.records import ItemKind
from graph.repositories.selection import Selection, select
from graph.schema import Label

BRAND, CATEGORY = "brand", "category"  # fields that are no parameters
PRICE, STOCK = "price", "in_stock"
LINKS = {BRAND: "MADE_BY", CATEGORY: "BELONGS_TO"}
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

    `either`: and at least one of these, if there are any. `from_values`: fewer items have what the
    filter says of a parameter than are in its category.
    """

    kind: ItemKind
    filter: Filter = field(default_factory=Filter)
    relations: tuple[Relation, ...] = ()
    either: tuple[Filter, ...] = ()
    several: tuple[Several, ...] = ()
    from_values: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One reading statement and what travels beside it."""

    text: str
    parameters: dict[str, object]


@dataclass(frozen=True, slots=True)
class _Lacking:
    """A parameter that is stated, but none of these values; `clauses` say so of any item."""

    field: str
    values: tuple[str, ...]
    clauses: frozenset[str]


class Draft:
    """A query in the making: the clauses of its scope, and the parameters bound so far."""

    def __init__(self, scope: Scope, *, from_index: bool = True) -> None:
        self._scope = scope
        # A start in the index of categories would drop the numbers of named items.
        from_index = from_index and not scope.relations and not scope.from_values
        self.selection: Selection = select(scope.filter, scope.kind, from_index=from_index)
        self.references: list[str] = []
        self._seed: str | None = None
        self._seed_field: str | None = None  # whose numbers the query starts at
        self._shared: str | None = None  # values of a named item, which it starts at rather
        self._started: Relation | None = None
        self._met: str | None = None  # the clause of a relation that it starts at
        if self.selection.start is None and self.selection.seeds:
            self._seed = self.selection.seeds[0]
        for relation in scope.relations:
            self._relate(relation)
        self._lacking = self._lacked()
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
        if self._is_open and self._lacking is None and field not in (PRICE, BRAND):
            self._seed = f"v.parameter = {self.bind(field)} AND v.number IS NOT NULL"
            self._seed_field = field

    @property
    def _is_open(self) -> bool:
        """Whether nothing yet narrows down the items that a query looks at."""
        return self._seed is None and self._shared is None and self.selection.start is None

    def _lacked(self) -> _Lacking | None:
        """What items must have, but not as one of these values; two terms next to each other."""
        if not self._is_open:
            return None
        terms = self._scope.filter.terms
        for place, (has, other) in enumerate(pairwise(terms)):
            own = has.field in RESERVED or has.field != other.field
            if own or has.negated or not other.negated or not isinstance(has.condition, Has):
                continue
            if isinstance(other.condition, OneOf):
                clauses = frozenset(self.selection.clauses[place : place + 2])
                return _Lacking(has.field, other.condition.values, clauses)
        return None

    def query(self, *lines: str) -> Query:
        label = self.selection.label
        clauses = [
            one for clause in self.selection.clauses if (one := self._left_of(clause)) is not None
        ] or ["true"]
        match: list[str]
        if self.selection.start is not None:
            # The index holds the id as well: without a word of it the planner does not take it, and
            # without the hint perhaps that of ids alone.
            start = self.selection.start_property
            clauses.insert(0, f"n.{start} = key AND n.id > ''")
            hint = f"USING INDEX n:{label}({start}, id)"
            match = [self.selection.start, f"MATCH (n:{label}) {hint}"]
        elif self._shared is not None:
            match = [f"UNWIND {self._shared} AS v", *self._having_value(clauses)]
        elif self._seed_field is not None:
            match = [
                f"MATCH (v:{Label.VALUE}) WHERE {self._seed}",
                f"MATCH (v)<-[fact:HAS_PARAMETER]-{self._owned} WHERE fact.status = 'accepted'",
                self._under_another_name(clauses),
            ]
        elif self._seed is not None:
            match = [
                f"MATCH (v:{Label.VALUE}) WHERE {self._seed}",
                *self._having_value(clauses),
            ]
        elif self._lacking is not None:
            match = self._without(self._lacking)
            clauses += ["own_hits = 0", "(distance = 0 OR hits = 0)"]
        else:
            match = [f"MATCH (n:{label})"]
        return Query(
            "\n".join((*self.references, *match, f"WHERE {' AND '.join(clauses)}", *lines)),
            self.selection.parameters,
        )

    def _left_of(self, clause: str) -> str | None:
        """What of a clause is still to be asked of the items that the query starts with."""
        if self._lacking and clause in self._lacking.clauses:
            return None
        if clause == self._met and self._started is not None:
            if self._scope.kind == "model":
                return None
            return f"(distance = 0 OR {self._says_nothing(self._started.field)})"
        seed = None if self._shared is not None else self._seed
        if seed is None:
            return clause
        inherited = self.selection.inherited.get(seed)
        if inherited is not None and clause == inherited[0]:
            return f"(distance = 0 OR {inherited[1]})"
        met = clause.startswith("EXISTS {") and f"WHERE {seed} AND" in clause
        return None if met else clause

    @property
    def _owned(self) -> str:
        """Items that have a fact, or of products those whose model has it."""
        item = f"(n:{self.selection.label})"
        return item if self._scope.kind == "model" else f"()<-[way:INSTANCE_OF*0..1]-{item}"

    def _without(self, lacking: _Lacking) -> list[str]:
        """Lines to items with the parameter, and how many of the values each has, own or not."""
        way = "0" if self._scope.kind == "model" else "size(way)"
        hits = "THEN 1 ELSE 0 END)"
        return [
            f"MATCH (v:{Label.VALUE}) WHERE v.parameter = {self.bind(lacking.field)}",
            f"MATCH (v)<-[fact:HAS_PARAMETER]-{self._owned} WHERE fact.status = 'accepted'",
            f"WITH n, {way} AS steps, v.id IN {self.bind(list(lacking.values))} AS hit",
            f"WITH n, min(steps) AS distance, max(CASE WHEN hit {hits} AS hits,",
            f"  max(CASE WHEN hit AND steps = 0 {hits} AS own_hits",
        ]

    def _under_another_name(self, clauses: Sequence[str]) -> str:
        """A line that keeps the number for `number`: clauses have a value and a fact of their own.

        A variable of the outer query would be the same one in a subquery, and the `WHERE` of the
        first `WITH` still sees what that leaves out.
        """
        way = [] if self._scope.kind == "model" else ["way"]
        names = ("n", "v AS numbered", *way, *self._carried_into(clauses))
        return f"WITH {', '.join(names)}\nWITH *"

    def _having_value(self, clauses: Sequence[str]) -> list[str]:
        """Lines from values `v` to the items that have one, each once, and what clauses need."""
        found = "DISTINCT n" if self._scope.kind == "model" else "n, min(size(way)) AS distance"
        return [
            f"MATCH (v)<-[fact:HAS_PARAMETER]-{self._owned} WHERE fact.status = 'accepted'",
            f"WITH {', '.join((found, *self._carried_into(clauses)))}",
        ]

    def _carried_into(self, clauses: Sequence[str]) -> list[str]:
        """Those that some clause needs."""
        return [one for one in self._carried if any(one in clause for clause in clauses)]

    @property
    def _carried(self) -> list[str]:
        """Numbers of named items, which a WITH must hand on."""
        return [f"r{place}" for place in range(len(self.references))]

    def number(self, field: str, function: str) -> str:
        if field == PRICE:
            return "WITH n, n.price AS number WHERE number IS NOT NULL"
        if self._scope.kind == "model":
            if field == self._seed_field:
                return f"WITH n, {function}(numbered.number) AS number"
            stated = self._stating("n", field)
            return f"{stated}\nWITH n, {function}(v.number) AS number"
        if field == self._seed_field:
            numbers = [f"WITH n, size(way) AS steps, {function}(numbered.number) AS number"]
        else:
            numbers = self._own_and_inherited(field, function)
        # Its own number, whatever its model has.
        return "\n".join((*numbers, "WITH n, min([steps, number])[1] AS number"))

    def _stating(self, item: str, field: str) -> str:
        return (
            f"MATCH ({item})-[fact:HAS_PARAMETER]->(v) WHERE fact.status = 'accepted'"
            f" AND v.parameter = {self.bind(field)} AND v.number IS NOT NULL"
        )

    def _own_and_inherited(self, field: str, function: str) -> list[str]:
        """Lines to `number` of items, and whether a step away; each model is looked at once."""
        return [
            "WITH collect(n) AS items",
            "CALL (items) {",
            "  UNWIND items AS n",
            f"  {self._stating('n', field)}",
            f"  RETURN n, 0 AS steps, {function}(v.number) AS number",
            "  UNION ALL",
            "  UNWIND items AS n",
            "  MATCH (n)-[:INSTANCE_OF]->(m)",
            "  WITH m, collect(n) AS instances",
            f"  {self._stating('m', field)}",
            f"  WITH m, instances, {function}(v.number) AS number",
            "  UNWIND instances AS n",
            "  RETURN n, 1 AS steps, number",
            "}",
            f"WITH n, steps, {function}(number) AS number",
        ]

    def values(self, field: str, *, name: str = "x") -> str:
        """What items have of a field, as the variable `name`."""
        fact = f"{name}_fact"
        if (way := LINKS.get(field)) is not None:
            return f"MATCH (n)-[{fact}:{way}]->({name}) WHERE {fact}.status <> 'rejected'"
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
            case "same" if relation.field in LINKS:
                match_other, own = f"MATCH (o:{label} {{id: {other}}})", f"{relation.field}_id"
                clause = f"n.{own} = {self._refer(match_other, f'o.{own}')}"
            case "same":
                clause = self._same(relation, label, other)
            case "above" | "below":
                clause = self._beyond(relation, label, other)
            case _:
                assert_never(relation.bound)
        if relation.negated:
            clause = f"NOT {clause}"
            if relation.field not in (*LINKS, PRICE):  # of what nothing is said, nothing is known
                clause += f" AND {self._states(relation.field)}"
        elif relation is self._started:
            self._met = clause
        self.selection.clauses += [clause, f"n.id <> {other}"]

    def _same(self, relation: Relation, label: Label, other: str) -> str:
        """Of the few values that the named item has one, and not one of all that it has as well."""
        shared = self._refer_to_fact(relation.field, label, other, "collect(s)")
        if not relation.negated and self._shared is None:
            self._shared, self._started = shared, relation
        return self._has_fact(f"s IN {shared}", relation.field)

    def _states(self, field: str) -> str:
        return (
            f"EXISTS {{ MATCH {OWNER[self._scope.kind]}-[f:HAS_PARAMETER]->(s)"
            f" WHERE s.parameter = {self.bind(field)} AND f.status = 'accepted' }}"
        )

    def _has_fact(self, clause: str, field: str) -> str:
        """That an item has a value `s`, or a product that says nothing of the field its model."""
        facts = "-[f:HAS_PARAMETER]->(s) WHERE"
        own = f"EXISTS {{ MATCH (n){facts} {clause} AND f.status = 'accepted' }}"
        if self._scope.kind == "model":
            return own
        model = f"(n)-[:INSTANCE_OF]->(){facts}"
        inherited = f"EXISTS {{ MATCH {model} {clause} AND f.status = 'accepted' }}"
        return f"({own} OR ({self._says_nothing(field)} AND {inherited}))"

    def _says_nothing(self, field: str) -> str:
        return (
            "NOT EXISTS { MATCH (n)-[f:HAS_PARAMETER]->(s)"
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
        function = "max" if highest else "min"
        name = self._refer_to_fact(relation.field, label, other, f"{function}(s.number)")
        sign = ">" if highest else "<"
        if self._seed is None and self._shared is None and not relation.negated:
            self._seed = f"v.parameter = {field} AND v.number {sign} {name}"
            self._started = relation
        return self._has_fact(f"s.parameter = {field} AND s.number {sign} {name}", relation.field)

    def _refer_to_fact(self, field: str, label: Label, other: str, value: str) -> str:
        """Of the values `s` that a named item has of a field, if there are any."""
        stated = f"s.parameter = {self.bind(field)} AND g.status = 'accepted'"
        item = f"(o:{label} {{id: {other}}})"
        if self._scope.kind == "model":
            return self._refer(
                f"OPTIONAL MATCH {item}-[g:HAS_PARAMETER]->(s)\nWHERE {stated}", value
            )
        before = "".join(f"{one}, " for one in self._carried)
        return self._refer(  # its own, whatever its model has
            f"OPTIONAL MATCH {item}-[way:INSTANCE_OF*0..1]->()-[g:HAS_PARAMETER]->(s)\n"
            f"WHERE {stated}\n"
            f"WITH {before}size(way) AS steps, {value} AS found ORDER BY steps LIMIT 1",
            "found",
        )

    def _refer(self, match: str, value: str) -> str:
        """The name of something about a named item, which the clauses can compare with."""
        name = f"r{len(self.references)}"
        before = "".join(f"{one}, " for one in self._carried)
        self.references.append(f"{match}\nWITH {before}{value} AS {name}")
        return name
