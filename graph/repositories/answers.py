"""Cypher that answers questions: fixed clauses from here, everything that was asked a parameter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from graph.client import AsyncDatabase, Database, Row
from graph.filters import RESERVED
from graph.records import FactView, ItemKind, Record
from graph.repositories.asked_items import BRAND, LINKS, OWNER, PRICE, Draft, Query, Scope
from graph.repositories.asked_products import NEXT_SOURCE, SOURCES_MAX, AskedProducts
from graph.repositories.selection import CATEGORY_DEPTH, LABELS
from graph.schema import Label

_FEW = 1_000  # rows; Neo4j counts the memory of all that are found once for each of the first
COMMON = 1_000  # a value that more items have says little about what is alike

Order = Literal["highest", "lowest"]
Aggregate = Literal["average", "highest", "lowest", "total"]

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
CURRENCIES = """
MATCH (n:Product) WHERE n.currency IS NOT NULL
WITH n.currency AS currency, count(*) AS products
RETURN currency ORDER BY products DESC, currency
"""
# Which of these only products have.
WITHOUT_MODELS = f"""
MATCH (b:Brand)
WHERE EXISTS {{ (b)<-[:MADE_BY]-(:Product) }} AND NOT EXISTS {{ (b)<-[:MADE_BY]-(:Model) }}
RETURN 'brand' AS field, b.id AS id
UNION ALL
MATCH (c:Category)
WHERE EXISTS {{ (c)<-[:SUBCATEGORY_OF*0..{CATEGORY_DEPTH}]-()<-[:BELONGS_TO]-(:Product) }}
  AND NOT EXISTS {{ (c)<-[:SUBCATEGORY_OF*0..{CATEGORY_DEPTH}]-()<-[:BELONGS_TO]-(:Model) }}
RETURN 'category' AS field, c.id AS id
"""
OF_MODELS = """
MATCH (n:Product)-[i:INSTANCE_OF]->(m:Model)
WHERE i.status = 'accepted' AND n.category_id <> m.category_id
RETURN DISTINCT n.category_id AS category, m.category_id AS of_model
ORDER BY category, of_model
"""
STATED = """
MATCH (m:Model {id: $id})-[r:HAS_PARAMETER]->(v:Value) WHERE r.status = 'accepted'
RETURN v.parameter AS parameter, COUNT { (v)<-[:HAS_PARAMETER]-() } <= $common AND EXISTS {
  MATCH (v)<-[s:HAS_PARAMETER]-(o:Model)
  WHERE s.status = 'accepted' AND o.closed_at IS NULL AND o.id <> m.id
} AS shared
"""
HAS_PRODUCTS = "RETURN EXISTS { MATCH (:Product) } AS products"
# A sample of either kind in the order of the store: what is usual shows in it.
SEVERAL = """
CALL () {
  MATCH (n:Model) WITH n LIMIT $items RETURN n
  UNION ALL MATCH (n:Product) WITH n LIMIT $items RETURN n
}
MATCH (n)-[r:HAS_PARAMETER]->(v:Value) WHERE r.status = 'accepted' AND v.number IS NULL
WITH n, v.parameter AS parameter, count(DISTINCT v) AS values
WITH parameter, count(*) AS items, count(CASE WHEN values > 1 THEN 1 END) AS several
WHERE several >= $share * items
RETURN parameter ORDER BY parameter
"""
_SAMPLED, _SEVERAL_SHARE = 2_000, 0.05  # below it, sources that differ would count as two values


class NamedModel(Record, frozen=True):
    """A model with its names, the id of its brand, and how many facts are known of it."""

    id: str
    name: str
    names: tuple[str, ...]
    brand: str | None
    facts: int


class Answers:
    """Runs the queries, reading only, each stopped at its deadline; and looks up products."""

    def __init__(self, database: AsyncDatabase) -> None:
        self._database = database
        self.products = AskedProducts(database)

    async def rows(self, query: Query, *, timeout_s: float) -> list[Row]:
        """Raises QueryTimedOut, DatabaseUnavailable."""
        return await self._database.read(query.text, query.parameters, timeout_s=timeout_s)


def named_models(database: Database) -> list[NamedModel]:
    """All open models: seconds for 100,000."""
    return [
        NamedModel(row["id"], row["name"], tuple(row["names"]), row["brand"], row["facts"])
        for row in database.read(MODELS)
    ]


def currencies(database: Database) -> tuple[str, ...]:
    """Those of prices, the commonest first."""
    return tuple(row["currency"] for row in database.read(CURRENCIES))


def sources(database: Database) -> list[str]:
    """Those of products, by their names, at most `SOURCES_MAX`."""
    found: list[str] = []
    while len(found) < SOURCES_MAX and (
        rows := database.read(NEXT_SOURCE, after=found[-1] if found else "")
    ):
        found.append(rows[0]["source"])
    return found


def has_products(database: Database) -> bool:
    return bool(database.read(HAS_PRODUCTS)[0]["products"])


def with_several_values(database: Database) -> list[str]:
    """Parameters of texts of which at least every twentieth item that states one states several."""
    rows = database.read(SEVERAL, items=_SAMPLED, share=_SEVERAL_SHARE)
    return [row["parameter"] for row in rows]


def without_models(database: Database) -> list[tuple[str, str]]:
    """`brand` and `category` with their ids, where products have them and no model does."""
    return [(row["field"], row["id"]) for row in database.read(WITHOUT_MODELS)]


def categories_of_models(database: Database) -> list[tuple[str, str]]:
    """Of products whose models are in another category: theirs, and that."""
    return [(row["category"], row["of_model"]) for row in database.read(OF_MODELS)]


def stated_of(database: Database, model: str) -> list[tuple[str, bool]]:
    """The parameters of a model's values, and whether few others, but a model, have the same."""
    rows = database.read(STATED, id=model, common=COMMON)
    return [(row["parameter"], row["shared"]) for row in rows]


def every(scope: Scope, field: str, *, counted: bool, limit: int) -> Query:
    """All brands, or categories, of models or of products: `total`, and `rows` as in `groups`."""
    draft = Draft(scope)
    label, way = (Label.BRAND if field == BRAND else Label.CATEGORY), LINKS[field]
    made = f"COUNT {{ (x)<-[:{way}]-() }}"
    lines = [
        f"MATCH (x:{label}) WHERE EXISTS {{ (x)<-[r:{way}]-(n)"
        f" WHERE r.status <> 'rejected' AND {_OPEN} }}"
    ]
    lines += (
        ["RETURN count(x) AS total"]
        if counted
        else [
            f"WITH x, {made} AS items ORDER BY items DESC, x.id",
            "WITH collect([x.id, x.name, null, items]) AS found",
            f"RETURN size(found) AS total, found[..{draft.bind(limit)}] AS rows",
        ]
    )
    return Query("\n".join(lines), draft.selection.parameters)


def items(scope: Scope, shown: Sequence[str], *, limit: int) -> Query:
    """`total`, and `rows` of id, name, brand's name and facts of the parameters `shown`."""
    draft = Draft(scope)
    named = f"ORDER BY {_NAME}, n.id"
    most = draft.bind(limit)
    chosen = (
        [
            "WITH collect(n) AS found",
            "CALL (found) {",  # the names of all would be sorted for those of a few
            f"  UNWIND found AS n WITH n {named} LIMIT {most}",
            "  RETURN collect(n) AS first",
            "}",
        ]
        if limit <= _FEW
        else [f"WITH n {named}", f"WITH collect(n) AS found WITH found, found[..{most}] AS first"]
    )
    return draft.query(
        *chosen,
        "RETURN size(found) AS total, [n IN first |",
        f"  [n.id, {_NAME}, {_BRAND_NAME}, {draft.facts(shown)}, null]] AS rows",
    )


def ranked(
    scope: Scope,
    field: str,
    order: Order,
    top: int,
    shown: Sequence[str],
    *,
    last: bool = False,
    limit: int,
) -> Query:
    """The same for the `top` of one number, and all that equal the last of them.

    `last`: only those of one number, that of the `top`-th place where equals share one.
    Prices of each currency are in an order of their own. The last in a row is the currency.
    """
    draft = Draft(scope)
    shown = tuple(dict.fromkeys((field, *shown)))
    draft.start_at(field)
    number = draft.number(field, _EXTREME[order])
    by_number = f"ORDER BY one[1] {_DIRECTION[order]}"
    chosen = _at_place(draft, top) if last else _least_of(draft, by_number, order, top)
    currency = "coalesce(n.currency, '')" if field == PRICE else "''"
    return draft.query(
        number,
        f"WITH n, number, {currency} AS currency",
        *(["ORDER BY number " + _DIRECTION[order]] if last else []),
        "WITH currency, collect([n, number]) AS found",
        *chosen,
        "WITH currency, size(found) AS items, kept",
        "UNWIND [one IN kept | [one[0], one[1], currency, items]] AS one",
        f"WITH one, one[0] AS n ORDER BY one[3] DESC, one[2], one[1] {_DIRECTION[order]},"
        f" {_NAME}, n.id",
        "WITH collect(one) AS found",
        f"RETURN size(found) AS total, [one IN found[..{draft.bind(limit)}] |",
        f"  head([n IN [one[0]] | [n.id, {_NAME}, {_BRAND_NAME}, {draft.facts(shown)},"
        " one[1], one[2]]])] AS rows",
    )


def count(scope: Scope, field: str | None = None) -> Query:
    """`total`: items, or different values of a field."""
    draft = Draft(scope)
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
    counted: str | None = None,
    limit: int,
) -> Query:
    """`rows` of id, name, unit's number and the number of items that have it; `total` of them.

    `low`, `high`: only groups of at least and of at most so many items.
    `counted`: values of this field are counted instead of items.
    """
    draft = Draft(scope)
    bounds = [
        f"items {sign} {draft.bind(number)}"
        for sign, number in ((">=", low), ("<=", high))
        if number is not None
    ]
    lines = [
        draft.values(field),
        *([] if counted is None else [draft.values(counted, name="y")]),
        f"WITH x, count(DISTINCT {'n' if counted is None else 'y'}) AS items"
        + (f" WHERE {' AND '.join(bounds)}" if bounds else ""),
        f"WITH x, items ORDER BY items {_DIRECTION[order]}, x.id",
        "WITH collect([x.id, coalesce(x.text, x.name), x.number, items]) AS found",
    ]
    lines += _with_ties(draft, 3, order, top)
    return draft.query(*lines, f"RETURN size(kept) AS total, kept[..{draft.bind(limit)}] AS rows")


def means(
    scope: Scope, field: str, number: str, *, order: Order, top: int | None, limit: int
) -> Query:
    """The groups of a field by the mean of a number: `rows` of id, name, mean and items."""
    draft = Draft(scope)
    draft.start_at(number)
    lines = [
        draft.number(number, "max"),
        draft.values(field),
        "WITH x, avg(number) AS mean, count(DISTINCT n) AS items",
        f"ORDER BY mean {_DIRECTION[order]}, x.id",
        "WITH collect([x.id, coalesce(x.text, x.name), mean, items]) AS found",
    ]
    lines += _with_ties(draft, 2, order, top)
    return draft.query(*lines, f"RETURN size(kept) AS total, kept[..{draft.bind(limit)}] AS rows")


def aggregate(scope: Scope, field: str, how: Aggregate) -> Query:
    """`numbers` of number, items that it is of, and currency, that of most items first.

    Of an item with several numbers the largest counts.
    """
    draft = Draft(scope)
    draft.start_at(field)
    inner = "min" if how == "lowest" else "max"
    currency = "coalesce(n.currency, '')" if field == PRICE else "''"
    return draft.query(
        draft.number(field, inner),
        f"WITH {currency} AS currency, {_AGGREGATE[how]}(number) AS number, count(n) AS items",
        "ORDER BY items DESC, currency",
        "RETURN collect([number, items, currency]) AS numbers",
    )


def facts(kind: ItemKind, ids: Sequence[str], fields: Sequence[str] | None) -> Query:
    """Rows of id, name, brand, category, price and what is accepted of `fields`; None: of all."""
    draft = Draft(Scope(kind))
    draft.selection.clauses = [f"n.id IN {draft.bind(list(ids))}"]
    wanted = "" if fields is None else f" AND v.parameter IN {draft.bind(list(fields))}"
    return draft.query(
        f"RETURN n.id AS id, {_NAME} AS name, n.price AS price,",
        f"  {_BRAND_NAME} AS brand, {_CATEGORY_NAME} AS category,",
        f"  {' + '.join(_accepted(kind, wanted))} AS facts",
    )


def _accepted(kind: ItemKind, wanted: str) -> Iterable[str]:
    """Lists of facts: an item's own, and of a product what its model says where it says nothing."""
    fact = (
        "[v.parameter, v.id, v.text, v.number, v.unit, r.origin, r.status, r.confidence,"
        " r.source, toString(r.valid_from)]"
    )
    accepted = f"-[r:HAS_PARAMETER]->(v) WHERE r.status = 'accepted'{wanted}"
    yield f"[(n){accepted} | {fact}]"
    if kind == "product":
        silent = (
            "NOT EXISTS { MATCH (n)-[s:HAS_PARAMETER]->(w)"
            " WHERE w.parameter = v.parameter AND s.status = 'accepted' }"
        )
        yield f"[(n)-[:INSTANCE_OF]->(){accepted} AND {silent} | {fact}]"


def check(scope: Scope, ids: Sequence[str], fields: Sequence[str]) -> Query:
    """For each item whether it is in the scope, and which of the fields are stated of it."""
    draft = Draft(scope, from_index=False)
    clauses = " AND ".join(draft.selection.clauses) or "true"
    own = OWNER[scope.kind]
    return Query(
        "\n".join(
            (
                *draft.references,
                f"MATCH (n:{draft.selection.label}) WHERE n.id IN {draft.bind(list(ids))}",
                f"RETURN n.id AS id, {_NAME} AS name, coalesce({clauses}, false) AS holds,",
                f"  [{own}-[r:HAS_PARAMETER]->(v) WHERE r.status = 'accepted'",
                f"   AND v.parameter IN {draft.bind(list(fields))} |",
                "   [v.parameter, v.id, v.text, v.number, v.unit, r.origin]] AS facts",
            )
        ),
        draft.selection.parameters,
    )


def alike(kind: ItemKind, id: str, scope: Scope, *, limit: int) -> Query:
    """The items with most in common: each shared value counts the more, the fewer have it."""
    draft = Draft(scope, from_index=False)
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
_CATEGORY_NAME = "[(n)-[r:BELONGS_TO]->(x) WHERE r.status <> 'rejected' | x.name][0]"


def _with_ties(draft: Draft, column: int, order: Order, top: int | None) -> list[str]:
    """Lines that keep the first `top` of `found`, and what is level with the last of them."""
    if top is None:
        return ["WITH *, found AS kept"]
    sign = ">=" if order == "highest" else "<="
    return [
        f"WITH *, found[{draft.bind(top - 1)}][{column}] AS last",
        f"WITH *, [one IN found WHERE last IS NULL OR one[{column}] {sign} last] AS kept",
    ]


def _least_of(draft: Draft, by_number: str, order: Order, top: int) -> list[str]:
    """The same of numbers in no order, which are not sorted for it."""
    sign = ">=" if order == "highest" else "<="
    return [
        "CALL (found) {",
        f"  UNWIND found AS one WITH one {by_number} LIMIT {draft.bind(top)}",
        "  RETURN collect(one[1])[-1] AS last",
        "}",
        f"WITH *, [one IN found WHERE one[1] {sign} last] AS kept",
    ]


def _at_place(draft: Draft, place: int) -> list[str]:
    """Lines that keep of `found`, which is in order, what has the number of this place."""
    return [
        "WITH *, reduce(seen = [], one IN found | CASE WHEN one[1] = seen[-1] THEN seen"
        " ELSE seen + one[1] END) AS numbers",
        f"WITH *, [one IN found WHERE one[1] = numbers[{draft.bind(place - 1)}]] AS kept",
    ]


def parameters_in(scope: Scope) -> list[str]:
    """The parameters that a scope speaks of, in its order."""
    own = (term.field for term in scope.filter.terms)
    related = (relation.field for relation in scope.relations)
    several = (one.field for one in scope.several)
    return list(dict.fromkeys(_parameters((*own, *related, *several))))


def _parameters(fields: Iterable[str]) -> Iterable[Any]:
    return (field for field in fields if field not in RESERVED)
