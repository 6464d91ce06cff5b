"""Items like another one: those whose vectors are nearest to its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.client import AsyncDatabase, Row
from graph.filters import Filter, OneOf, Range, Term
from graph.records import EncoderModel, ItemKind, ItemText
from graph.repositories.candidates import (
    COMPARED,
    Candidate,
    asked_of,
    candidates_of,
    predicate_of,
)
from graph.repositories.item_texts import COLUMNS, FACTS, item_text
from graph.repositories.selection import (
    CATEGORY_DEPTH,
    FIND_ITEM,
    LABELS,
    Selection,
    select,
)
from graph.repositories.sharing import sharing
from graph.repositories.vectors import INDEX, SERVING, Serving, Slot, serving_of

_SERVED = """
CASE WHEN e IS NULL THEN null
  WHEN e.id = 'embedding' AND n.embedding_model = e.model + '@' + e.version THEN n.embedding
  WHEN e.id = 'next_embedding' AND n.next_embedding_model = e.model + '@' + e.version
  THEN n.next_embedding END
"""
GET_TEXT = f"""
{FIND_ITEM}
OPTIONAL MATCH (e:Embedding) WHERE e.serves
{FACTS}
RETURN CASE WHEN n:Product THEN 'product' ELSE 'model' END AS kind,
  e.id AS slot, [e.model, e.version, e.width] AS encoder, {_SERVED} AS vector, {COLUMNS}
"""

# Where a search begins: at a vector that is given, or at a stored item of which the same query
# reads what is known. {…} are clauses of ours; what the user wrote is in the parameters.
_GIVEN = """
WITH *, $vector AS vector, $self AS self, $value_ids AS value_ids
"""
_STORED = """
MATCH (n:{label} {{id: $self}}) WHERE n.{slot}_model = $model
{facts}
WITH *, n.{slot} AS vector, n.id AS self, [fact IN own | fact[0]] AS stated
WITH *, [fact IN own + [one IN inherited WHERE NOT one[0] IN stated] | fact[2]] AS value_ids
"""
# Which vectors serve is asked last: if they are those that were searched, they have served all the
# while.
_NEAREST = """
CALL ({imported}) {{
  MATCH (n:{label})
  SEARCH n IN (VECTOR INDEX {index} FOR vector {inside} LIMIT $pool) SCORE AS score
  WITH n, score,
    n.{slot}_model = $model AND coalesce(n.id <> self, true) AND {predicate} AS passes
  ORDER BY score DESC, n.id
  RETURN count(*) AS pool, min(score) AS lowest,
    collect(CASE WHEN passes THEN [n, score] END)[..$rows] AS kept
}}
{compared}
OPTIONAL MATCH (e:Embedding) WHERE e.serves
RETURN pool, lowest, candidates, users, e.id AS slot, [e.model, e.version, e.width] AS encoder
"""
NEAREST = f"CYPHER 25 {{before}} {_GIVEN} {_NEAREST}"
NEAREST_TO_STORED = f"CYPHER 25 {{before}} {_STORED} {_NEAREST}, {COLUMNS}"
_CATEGORIES_BELOW = f"""
OPTIONAL MATCH (top:Category) WHERE top.id IN $x
OPTIONAL MATCH (top)<-[:SUBCATEGORY_OF*0..{CATEGORY_DEPTH}]-(below)
WITH collect(DISTINCT below.id) AS categories
"""


@dataclass(frozen=True, slots=True)
class StoredText:
    """An item, whose vectors serve, and the one of this item, if it has one."""

    text: ItemText
    serving: Serving | None
    vector: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Nearest:
    """The best of the `pool` nearest items that pass the filter.

    `lowest` is the score of the last of the pool, `serving` whose vectors serve by now: unless it
    is the one that was asked for, this answer may have holes.
    """

    candidates: list[Candidate]
    pool: int
    lowest: float
    serving: Serving | None


@dataclass(frozen=True, slots=True)
class NearestToStored:
    """A stored item, and what is nearest to it."""

    text: ItemText
    nearest: Nearest


class Similar:
    """Reads only; `graph.repositories.vectors` writes."""

    def __init__(self, database: AsyncDatabase) -> None:
        self._database = database

    async def serving(self) -> Serving | None:
        return serving_of(await self._database.read(SERVING))

    async def stored(self, id: str) -> StoredText | None:
        """The product of this id, else the model of this id."""
        rows = await self._database.read(GET_TEXT, {"id": id})
        if not rows:
            return None
        row = rows[0]
        vector, serving = row.pop("vector"), _serving(row)
        text = item_text(row.pop("kind"), row)
        return StoredText(text, serving, None if vector is None else tuple(vector))

    async def nearest(
        self,
        text: ItemText,
        vector: Sequence[float],
        serving: Serving,
        *,
        kind: ItemKind,
        filter: Filter,
        pool: int,
        rows: int,
    ) -> Nearest:
        """At most `rows` items that pass the bound `filter`, out of the `pool` nearest to `vector`.

        Brand, category, stock and price are filtered inside the index, before the pool is counted;
        other terms behind it. `vector` has a direction and the width of `serving`. Scores are
        cosines, 0 where those are below 0. Closed items never pass.
        """
        query, parameters = _nearest_query(NEAREST, filter, kind, serving.slot)
        asked = {
            **parameters,
            **asked_of(text, kind),
            "vector": list(vector),
            "model": serving.model.key,
            "pool": pool,
            "rows": rows,
        }
        return _nearest(kind, (await self._database.read(query, asked))[0])

    async def nearest_to_stored(
        self, id: str, serving: Serving, *, kind: ItemKind, filter: Filter, pool: int, rows: int
    ) -> NearestToStored | None:
        """As `stored` and `nearest` of what it has found, in one round trip.

        None: no item of this kind has this id, or it has no vector of `serving`.
        """
        query, parameters = _nearest_query(NEAREST_TO_STORED, filter, kind, serving.slot)
        asked = {
            **parameters,
            "self": id,
            "model": serving.model.key,
            "pool": pool,
            "rows": rows,
        }
        found = await self._database.read(query, asked)
        if not found:
            return None
        nearest = _nearest(kind, found[0])
        return NearestToStored(item_text(kind, found[0]), nearest)

    async def sharing(
        self, text: ItemText, *, kind: ItemKind, filter: Filter, rows: int
    ) -> list[Candidate]:
        """As `graph.repositories.sharing.sharing`."""
        return await sharing(self._database, text, kind=kind, filter=filter, rows=rows)


def cosine(score: float) -> float:
    """The server's score, (1 + cosine) / 2, as the cosine itself, 0 where that is below 0."""
    return min(1.0, max(0.0, 2.0 * score - 1.0))


def _nearest(kind: ItemKind, row: Row) -> Nearest:
    """What a search has found; other columns stay in `row`."""
    found = candidates_of(kind, row, cosine)
    pool, lowest = row.pop("pool"), row.pop("lowest")
    return Nearest(found, pool, cosine(lowest) if pool else 0.0, _serving(row))


def _nearest_query(
    template: str, filter: Filter, kind: ItemKind, slot: Slot
) -> tuple[str, dict[str, object]]:
    """The search itself: what the index can filter by goes inside, the rest behind it."""
    inside = [term for term in filter.terms if _fits_inside(term, kind)]
    # One term for each property: the index takes no two lists for the same.
    inside = list({term.field: term for term in reversed(inside)}.values())
    rest = Filter(tuple(term for term in filter.terms if term not in inside), filter.expression)
    selection = select(rest, kind, from_index=False)
    before = ""
    clauses: list[str] = []
    for term in inside:
        if term.field == "category":
            assert isinstance(term.condition, OneOf)
            names = selection.bind(list(term.condition.values))
            before = _CATEGORIES_BELOW.replace("$x", names)
            clauses.append("n.category_id IN categories")
        else:
            clauses += _inside_clauses(selection, term)
    query = template.format(
        before=before,
        facts=FACTS,
        compared=COMPARED,
        imported="vector, self, categories" if before else "vector, self",
        label=LABELS[kind],
        index=INDEX[kind, slot],
        slot=slot,
        inside="WHERE " + " AND ".join(clauses) if clauses else "",
        predicate=predicate_of(selection),
    )
    return query, selection.parameters


def _fits_inside(term: Term, kind: ItemKind) -> bool:
    if term.negated:
        return False
    match term.condition:
        case OneOf():
            own = ("in_stock",) if kind == "product" else ()
            return term.field in ("brand", "category", *own)
        case Range():
            return term.field == "price" and kind == "product"
        case _:
            return False


def _inside_clauses(selection: Selection, term: Term) -> list[str]:
    match term.condition:
        case OneOf(values) if term.field == "brand":
            return [f"n.brand_id IN {selection.bind(list(values))}"]
        case OneOf(values):
            return [f"n.in_stock IN {selection.bind([value == 'yes' for value in values])}"]
        case Range(low, high, low_inclusive, high_inclusive):
            more, less = (">=" if low_inclusive else ">"), ("<=" if high_inclusive else "<")
            ends = ((more, low), (less, high))
            return [f"n.price {sign} {selection.bind(end.number)}" for sign, end in ends if end]
        case _:
            return []


def _serving(row: Row) -> Serving | None:
    slot, encoder = row.pop("slot"), row.pop("encoder")
    return None if slot is None else Serving(slot, EncoderModel(*encoder))
