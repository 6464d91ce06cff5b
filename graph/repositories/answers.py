"""Cypher that answers questions: fixed clauses from here, everything that was asked a parameter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, assert_never

from graph.client import AsyncDatabase, Database, Row
from graph.filters import Filter
from graph.records import FactView, ItemKind, Record
from graph.repositories.selection import LABELS, Selection, select
from graph.schema import Label

BRAND, PRICE, STOCK = "brand", "price", "in_stock"  # fields that are no parameters
COMMON = 1_000  # a value that more items have says little about what is alike

Bound = Literal["same", "above", "below"]
Order = Literal["highest", "lowest"]
Aggregate = Literal["average", "highest", "lowest", "total"]

# A product that says nothing of a parameter has what its model has.
_OWNER = {"model": "(n)", "product": "(n)-[:INSTANCE_OF*0..1]->()"}
_DIRECTION = {"highest": "DESC", "lowest": "ASC"}
_EXTREME = {"highest": "max", "lowest": "min"}
_AGGREGATE = {"average": "avg", "highest": "max", "lowest": "min", "total": "sum"}
_NAME = "coalesce(n.title, n.name)"
_OPEN = "n.closed_at IS NULL"

MODELS = """
MATCH (m:Model) WHERE m.closed_at IS NULL
RETURN m.id AS id, m.name AS name, coalesce(m.names, []) AS names, m.brand_id AS brand,
  COUNT { (m)-[:HAS_PARAMETER]->() } AS facts
ORDER BY id
"""
HAS_PRODUCTS = "RETURN EXISTS { MATCH (:Product) } AS products"


class NamedModel(Record, frozen=True):
    """A model with its names, the id of its brand, and how many facts are known of it."""

    id: str
    name: str
    names: tuple[str, ...]
    brand: str | None
    facts: int


@dataclass(frozen=True, slots=True)
class Relation:
    """What items have in relation to a named one: a value in common, or a number beyond its."""

    field: str
    item: str
    bound: Bound
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


@dataclass(frozen=True, slots=True)
class Query:
    """One reading statement and what travels beside it."""

    text: str
    parameters: dict[str, object]


class Answers:
    """Runs the queries, reading only, each stopped at its deadline."""

    def __init__(self, database: AsyncDatabase) -> None:
        self._database = database

    async def rows(self, query: Query, *, timeout_s: float) -> list[Row]:
        """Raises QueryTimedOut, DatabaseUnavailable."""
        return await self._database.read(query.text, query.parameters, timeout_s=timeout_s)


def named_models(database: Database) -> list[NamedModel]:
    """All open models: seconds for 100,000."""
    return [
        NamedModel(row["id"], row["name"], tuple(row["names"]), row["brand"], row["facts"])
        for row in database.read(MODELS)
    ]


def has_products(database: Database) -> bool:
    return bool(database.read(HAS_PRODUCTS)[0]["products"])


def items(scope: Scope, shown: Sequence[str], *, limit: int) -> Query:
    """`total`, and `rows` of id, name, brand's name and facts of the parameters `shown`."""
    draft = _Draft(scope)
    return draft.query(
        f"WITH n ORDER BY {_NAME}, n.id",
        "WITH collect(n) AS found",
        f"RETURN size(found) AS total, [n IN found[..{draft.bind(limit)}] |",
        f"  [n.id, {_NAME}, {_BRAND_NAME}, {draft.facts(shown)}, null]] AS rows",
    )


def ranked(
    scope: Scope, field: str, order: Order, top: int, shown: Sequence[str], *, limit: int
) -> Query:
    """The same for the `top` of one number, and all that equal the last of them."""
    draft = _Draft(scope)
    shown = tuple(dict.fromkeys((field, *shown)))
    draft.start_at(field)
    return draft.query(
        draft.number(field, _EXTREME[order]),
        f"ORDER BY number {_DIRECTION[order]}, {_NAME}, n.id",
        "WITH collect([n, number]) AS found",
        f"WITH found, found[{draft.bind(top - 1)}][1] AS last",
        "WITH [pair IN found WHERE last IS NULL"
        f" OR pair[1] {'>=' if order == 'highest' else '<='} last] AS found",
        f"RETURN size(found) AS total, [pair IN found[..{draft.bind(limit)}] |",
        f"  head([n IN [pair[0]] | [n.id, {_NAME}, {_BRAND_NAME}, {draft.facts(shown)},"
        " pair[1]]])] AS rows",
    )


def count(scope: Scope, field: str | None = None) -> Query:
    """`total`: items, or different values of a field."""
    draft = _Draft(scope)
    if field is None:
        return draft.query("RETURN count(n) AS total")
    return draft.query(draft.values(field), "RETURN count(DISTINCT x) AS total")


def groups(
    scope: Scope,
    field: str,
    *,
    order: Order = "highest",
    top: int | None = None,
    low: int | None = None,
    high: int | None = None,
    limit: int,
) -> Query:
    """`rows` of id, name, unit's number and the number of items that have it; `total` of them.

    `low`, `high`: only groups of at least and of at most so many items.
    """
    draft = _Draft(scope)
    bounds = [
        f"items {sign} {draft.bind(number)}"
        for sign, number in ((">=", low), ("<=", high))
        if number is not None
    ]
    lines = [
        draft.values(field),
        "WITH x, count(DISTINCT n) AS items" + (f" WHERE {' AND '.join(bounds)}" if bounds else ""),
        f"WITH x, items ORDER BY items {_DIRECTION[order]}, x.id",
        "WITH collect([x.id, coalesce(x.text, x.name), x.number, items]) AS found",
    ]
    if top is not None:
        sign = ">=" if order == "highest" else "<="
        lines += [
            f"WITH found, found[{draft.bind(top - 1)}][3] AS last",
            f"WITH [one IN found WHERE last IS NULL OR one[3] {sign} last] AS found",
        ]
    return draft.query(*lines, f"RETURN size(found) AS total, found[..{draft.bind(limit)}] AS rows")


def means(
    scope: Scope, field: str, number: str, *, order: Order, top: int | None, limit: int
) -> Query:
    """The groups of a field by the mean of a number: `rows` of id, name, mean and items."""
    draft = _Draft(scope)
    draft.start_at(number)
    lines = [
        draft.number(number, "max"),
        draft.values(field),
        "WITH x, avg(number) AS mean, count(DISTINCT n) AS items",
        f"ORDER BY mean {_DIRECTION[order]}, x.id",
        "WITH collect([x.id, coalesce(x.text, x.name), mean, items]) AS found",
    ]
    if top is not None:
        sign = ">=" if order == "highest" else "<="
        lines += [
            f"WITH found, found[{draft.bind(top - 1)}][2] AS last",
            f"WITH [one IN found WHERE last IS NULL OR one[2] {sign} last] AS found",
        ]
    return draft.query(*lines, f"RETURN size(found) AS total, found[..{draft.bind(limit)}] AS rows")


def aggregate(scope: Scope, field: str, how: Aggregate) -> Query:
    """`number`, and `items` that it is of; of an item with several numbers the largest counts."""
    draft = _Draft(scope)
    draft.start_at(field)
    inner = "min" if how == "lowest" else "max"
    return draft.query(
        draft.number(field, inner),
        f"RETURN {_AGGREGATE[how]}(number) AS number, count(n) AS items",
    )


def facts(kind: ItemKind, ids: Sequence[str], fields: Sequence[str] | None) -> Query:
    """Rows of id, name, brand, price and what is accepted of the parameters; None: of all."""
    draft = _Draft(Scope(kind))
    draft.selection.clauses = [f"n.id IN {draft.bind(list(ids))}"]
    wanted = "" if fields is None else f" AND v.parameter IN {draft.bind(list(fields))}"
    return draft.query(
        f"RETURN n.id AS id, {_NAME} AS name, {_BRAND_NAME} AS brand, n.price AS price,",
        f"  [{_OWNER[kind]}-[r:HAS_PARAMETER]->(v) WHERE r.status = 'accepted'{wanted} |",
        "   [v.parameter, v.id, v.text, v.number, v.unit, r.origin, r.status, r.confidence,",
        "    r.source, toString(r.valid_from)]] AS facts",
    )


def check(scope: Scope, ids: Sequence[str], fields: Sequence[str]) -> Query:
    """For each item whether it is in the scope, and which of the fields are stated of it."""
    draft = _Draft(scope, from_index=False)
    clauses = " AND ".join(draft.selection.clauses) or "true"
    own = _OWNER[scope.kind]
    return Query(
        "\n".join(
            (
                *draft.references,
                f"MATCH (n:{draft.selection.label}) WHERE n.id IN {draft.bind(list(ids))}",
                f"RETURN n.id AS id, {_NAME} AS name, coalesce({clauses}, false) AS holds,",
                f"  [{own}-[r:HAS_PARAMETER]->(v) WHERE r.status = 'accepted'",
                f"   AND v.parameter IN {draft.bind(list(fields))} |",
                "   [v.parameter, v.text, v.number, v.unit]] AS facts",
            )
        ),
        draft.selection.parameters,
    )


def alike(kind: ItemKind, id: str, scope: Scope, *, limit: int) -> Query:
    """The items with most in common: each shared value counts the more, the fewer have it."""
    draft = _Draft(scope, from_index=False)
    label = LABELS[kind]
    clauses = " AND ".join(draft.selection.clauses) or _OPEN
    return Query(
        "\n".join(
            (
                *draft.references,
                f"MATCH (asked:{label} {{id: {draft.bind(id)}}})-[a:HAS_PARAMETER]->(v:Value)",
                "WHERE a.status = 'accepted'",
                "WITH asked, v, COUNT { (v)<-[:HAS_PARAMETER]-() } AS having",
                f"WHERE having <= {draft.bind(COMMON)}",
                f"MATCH (v)<-[b:HAS_PARAMETER]-(n:{label})",
                "WHERE b.status = 'accepted' AND n <> asked",
                "WITH n, sum(1.0 / log(2.0 + having)) AS score",
                f"WHERE {clauses}",
                f"WITH n, score ORDER BY score DESC, n.id LIMIT {draft.bind(limit)}",
                "WITH collect([n, score]) AS found",
                "RETURN size(found) AS total, [pair IN found |",
                f"  head([n IN [pair[0]] | [n.id, {_NAME}, {_BRAND_NAME}, [], pair[1]]])] AS rows",
            )
        ),
        draft.selection.parameters,
    )


def facts_of(row: Row, names: dict[str, str]) -> list[FactView]:
    """The facts of a row of `facts`, to be settled."""
    return [
        FactView(
            parameter=parameter,
            name=names.get(parameter, parameter),
            value=value,
            text=text,
            number=number,
            unit=unit,
            origin=origin,
            status=status,
            confidence=confidence,
            source=source,
            evidence=None,
            run=None,
            valid_from=since,
        )
        for parameter, value, text, number, unit, origin, status, confidence, source, since in row[
            "facts"
        ]
    ]


_BRAND_NAME = "[(n)-[r:MADE_BY]->(x) WHERE r.status <> 'rejected' | x.name][0]"


class _Draft:
    """A query in the making: the clauses of its scope, and the parameters bound so far."""

    def __init__(self, scope: Scope, *, from_index: bool = True) -> None:
        self._scope = scope
        # A start in the index of categories would drop the numbers of named items.
        from_index = from_index and not scope.relations
        self.selection: Selection = select(scope.filter, scope.kind, from_index=from_index)
        self.references: list[str] = []
        self._seed: str | None = None
        self._seed_field: str | None = None  # whose numbers the query starts at
        if scope.kind == "model" and self.selection.start is None and self.selection.seeds:
            self._seed = self.selection.seeds[0]
        for relation in scope.relations:
            self._relate(relation)
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
        seed = self._seed
        return seed is not None and clause.startswith("EXISTS {") and f"WHERE {seed} AND" in clause

    @property
    def _carried(self) -> list[str]:
        """Numbers of named items, which a WITH must hand on."""
        return [f"r{place}" for place in range(len(self.references))]

    def number(self, field: str, function: str) -> str:
        if field == PRICE:
            return "WITH n, n.price AS number WHERE number IS NOT NULL WITH n, number"
        if field == self._seed_field:
            return f"WITH n, {function}(v.number) AS number"
        return (
            f"MATCH {_OWNER[self._scope.kind]}-[fact:HAS_PARAMETER]->(v)\n"
            f"WHERE fact.status = 'accepted' AND v.parameter = {self.bind(field)}"
            " AND v.number IS NOT NULL\n"
            f"WITH n, {function}(v.number) AS number"
        )

    def values(self, field: str) -> str:
        if field == BRAND:
            return "MATCH (n)-[fact:MADE_BY]->(x) WHERE fact.status <> 'rejected'"
        return (
            f"MATCH {_OWNER[self._scope.kind]}-[fact:HAS_PARAMETER]->(x)\n"
            f"WHERE fact.status = 'accepted' AND x.parameter = {self.bind(field)}"
        )

    def facts(self, shown: Sequence[str]) -> str:
        if not shown:
            return "[]"
        return (
            f"[{_OWNER[self._scope.kind]}-[f:HAS_PARAMETER]->(s) WHERE f.status = 'accepted'"
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
                field = self.bind(relation.field)
                self._seed = self._seed or (
                    f"v.parameter = {field} AND EXISTS {{ (v)<-[:HAS_PARAMETER"
                    f" {{status: 'accepted'}}]-(:{label} {{id: {other}}}) }}"
                )
                clause = (
                    f"EXISTS {{ MATCH (n)-[f:HAS_PARAMETER]->(s)<-[g:HAS_PARAMETER]-(:{label} "
                    f"{{id: {other}}}) WHERE s.parameter = {field} AND f.status = 'accepted'"
                    " AND g.status = 'accepted' }"
                )
            case "above" | "below":
                clause = self._beyond(relation, label, other)
            case _:
                assert_never(relation.bound)
        if relation.negated:
            clause = f"NOT {clause}"
        self.selection.clauses += [clause, f"n.id <> {other}"]

    def _beyond(self, relation: Relation, label: Label, other: str) -> str:
        highest = relation.bound == "above"
        field = self.bind(relation.field)
        name = self._refer(
            f"OPTIONAL MATCH (o:{label} {{id: {other}}})-[g:HAS_PARAMETER]->(s)\n"
            f"WHERE s.parameter = {field} AND g.status = 'accepted'",
            f"{'max' if highest else 'min'}(s.number)",
        )
        sign = ">" if highest else "<"
        if self._scope.kind == "model" and self._seed is None:
            self._seed = f"v.parameter = {field} AND v.number {sign} {name}"
        return (
            f"EXISTS {{ MATCH {_OWNER[self._scope.kind]}-[f:HAS_PARAMETER]->(s) WHERE"
            f" s.parameter = {field} AND s.number {sign} {name} AND f.status = 'accepted' }}"
        )

    def _refer(self, match: str, value: str) -> str:
        """The name of something about a named item, which the clauses can compare with."""
        name = f"r{len(self.references)}"
        before = "".join(f"{one}, " for one in self._carried)
        self.references.append(f"{match}\nWITH {before}{value} AS {name}")
        return name


def parameters_in(scope: Scope) -> list[str]:
    """The parameters that a scope speaks of, in its order."""
    own = (term.field for term in scope.filter.terms)
    related = (relation.field for relation in scope.relations)
    return list(dict.fromkeys(_parameters((*own, *related))))


def _parameters(fields: Iterable[str]) -> Iterable[Any]:
    own = (BRAND, "category", "id", "kind", "model", PRICE, STOCK, "source", "closed", "language")
    return (field for field in fields if field not in own)
