"""Items by what their texts say: full-text candidates, and what they have to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from graph.client import AsyncDatabase
from graph.filters import Filter, Term
from graph.records import ItemKind, ItemSummary
from graph.repositories.candidates import predicate_of
from graph.repositories.item_texts import named
from graph.repositories.products import Products
from graph.repositories.seeding import PASSING, reaches
from graph.repositories.selection import Selection, says_itself, select
from graph.text.lucene import Words, lucene, lucene_all

VALUES_POOL = 500  # entities that are looked at for values
MANY_TEXTS = 10_000  # of a pool; of fewer each is asked whether it passes
KNOWN_POOL = 50_000  # texts with a word, of which one has to pass
FEW_ITEMS = 5_000  # behind a value; to look for them takes 80 ms
DESCRIPTION_CHARS = 600  # of what is shown and marked; a description may be a megabyte

ItemOrder = Literal["price", "-price", "newest"]

_INDEX: dict[ItemKind, str] = {"product": "product_text", "model": "entity_names"}

_NAMED = "x.id, x.name, x.names"
_SHOWN = f"""[score, n.id, coalesce(n.title, n.name),
  [(n)-[r:MADE_BY]->(x) WHERE r.status <> 'rejected' | [{_NAMED}]][0],
  [(n)-[r:BELONGS_TO]->(x) WHERE r.status <> 'rejected' | [{_NAMED}]][0],
  n.price, n.currency, n.in_stock, n.source, toString(n.closed_at),
  left(n.description, {DESCRIPTION_CHARS}), toString(n.first_seen)]"""

# {…} are clauses of ours from `selection`; the words are those of `lucene`, in a parameter.
BY_WORDS = f"""
CALL db.index.fulltext.queryNodes($index, $words, {{{{limit: $pool}}}}) YIELD node AS n, score
WHERE n:{{label}} AND {{predicate}}
WITH n, score ORDER BY score DESC, n.id LIMIT $rows
RETURN collect({_SHOWN}) AS found
"""
# The same of items that pass: where these are few, it costs less to look for them than to ask each
# of very many texts.
OF_PASSING = f"""
{{passing}}
WITH collect(n) AS passing
CALL db.index.fulltext.queryNodes($index, $words, {{{{limit: $pool}}}}) YIELD node AS n, score
WHERE n IN passing
WITH n, score ORDER BY score DESC, n.id LIMIT $rows
RETURN collect({_SHOWN}) AS found
"""
# Every item that passes is compared; what is out of stock comes last in any order.
IN_ORDER = f"""
{{passing}}
WITH n, 0.0 AS score ORDER BY coalesce(n.in_stock, true) DESC, {{order}}, n.id LIMIT $rows
RETURN collect({_SHOWN}) AS found
"""
_ORDERS: Mapping[ItemOrder, str] = {
    "price": "n.price IS NULL, n.price",
    "-price": "n.price IS NULL, n.price DESC",
    "newest": "n.first_seen IS NULL, n.first_seen DESC",
}
BY_IDS = f"""
UNWIND $ids AS id
MATCH (n:{{label}} {{{{id: id}}}})
WITH n, 0.0 AS score
RETURN collect({_SHOWN}) AS found
"""
# Three index lookups.
BY_CODE = f"""
MATCH (n:Product) WHERE (n.gtin = $code OR n.mpn = $code OR n.id IN $ids) AND {{predicate}}
WITH n, 0.0 AS score ORDER BY n.id LIMIT $rows
RETURN collect({_SHOWN}) AS found
"""
VALUES_NAMED = """
CALL db.index.fulltext.queryNodes('entity_names', $words, {limit: $pool}) YIELD node AS v, score
WHERE v:Value
WITH v ORDER BY score DESC, v.id
WITH v.parameter AS parameter, collect(v.id)[..$most] AS ids
RETURN parameter, ids ORDER BY size(ids) DESC, parameter LIMIT 1
"""
KNOWN_WORDS = """
UNWIND $words AS word
CALL (word) {{
  CALL db.index.fulltext.queryNodes($index, word, {{limit: $pool}}) YIELD node AS n
  WHERE n:{label} AND {predicate}
  RETURN n LIMIT 1
}}
RETURN collect(word) AS known
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A candidate; `score` is the index's own, and 0 where no word was asked for."""

    summary: ItemSummary
    description: str | None
    first_seen: str | None
    score: float


@dataclass(frozen=True, slots=True)
class NamedValues:
    """Values of one parameter, the best first."""

    parameter: str
    ids: tuple[str, ...]


class Search:
    """Reads only."""

    def __init__(self, database: AsyncDatabase) -> None:
        self._database = database
        self._products = Products(database)

    async def by_words(
        self, words: Words, *, kind: ItemKind, filter: Filter, pool: int, rows: int
    ) -> list[Hit]:
        """At most `rows` items that pass the bound `filter`, of the `pool` best by the index.

        Closed items never pass.
        """
        text = lucene(words)
        if not text:
            return []
        selection = select(filter, kind, from_index=False)
        passing = await self._few_passing(selection) if pool >= MANY_TEXTS else None
        if passing is None:
            query = BY_WORDS.format(label=selection.label, predicate=predicate_of(selection))
        else:
            query = OF_PASSING.format(passing=passing)
        asked = {"index": _INDEX[kind], "words": text, "pool": pool, "rows": rows}
        return await self._read(query, kind, {**selection.parameters, **asked})

    async def by_words_unsaid(
        self, words: Words, *, kind: ItemKind, filter: Filter, unsaid: Filter, pool: int
    ) -> list[Hit]:
        """Of the `pool` best by the index those that pass `filter`, and say nothing of a term.

        They meet each term of `unsaid`, or say nothing themselves of its field, which of one at
        least they do; what their model says may be another colour of it.
        """
        text = lucene(words)
        if not text or not unsaid.terms:
            return []
        selection = select(filter, kind, from_index=False)
        met, silent = zip(*(_met_or_silent(term, selection) for term in unsaid.terms), strict=True)
        # Named once: what stands in several clauses is planned as often, and slowly at first.
        predicate = (
            f"{predicate_of(selection)}\n"
            f"WITH n, score, [{', '.join(met)}] AS met, [{', '.join(silent)}] AS silent\n"
            "WHERE NOT all(one IN met WHERE one)"
            " AND all(at IN range(0, size(met) - 1) WHERE met[at] OR silent[at])"
        )
        asked = {"index": _INDEX[kind], "words": text, "pool": pool, "rows": pool}
        query = BY_WORDS.format(label=selection.label, predicate=predicate)
        return await self._read(query, kind, {**selection.parameters, **asked})

    async def by_filter(
        self, *, kind: ItemKind, filter: Filter, rows: int, order: ItemOrder | None = None
    ) -> list[Hit]:
        """The first items in an order that pass the bound `filter`; None: by id.

        By id they are looked for where the fewest are; in any other order all are compared.
        """
        if order is not None:
            return await self._in_order(order, kind, filter, rows)
        page = await self._products.page(filter, kind=kind, limit=rows, after=None)
        return await self.by_ids([item.id for item in page.items if not item.closed_at], kind=kind)

    async def by_code(
        self, code: str | None, ids: Sequence[str] = (), *, filter: Filter, rows: int
    ) -> list[Hit]:
        """Products that pass the bound `filter` with this GTIN, maker's number, or one of `ids`."""
        asked: dict[str, object] = {"code": code, "ids": list(ids), "rows": rows}
        return await self._hits(BY_CODE, "product", filter, asked)

    async def by_ids(self, ids: Sequence[str], *, kind: ItemKind) -> list[Hit]:
        return await self._hits(BY_IDS, kind, Filter(), {"ids": list(ids)})

    async def values_named(self, words: Sequence[str], *, most: int) -> NamedValues | None:
        """Values that have all the words in a name, of the parameter with most of them."""
        text = lucene_all(words)
        if not text:
            return None
        asked = {"words": text, "most": most, "pool": VALUES_POOL}
        rows = await self._database.read(VALUES_NAMED, asked)
        return NamedValues(rows[0]["parameter"], tuple(rows[0]["ids"])) if rows else None

    async def known_words(
        self, words: Sequence[str], *, kind: ItemKind, filter: Filter
    ) -> frozenset[str]:
        """Those that stand in some text of what passes the bound `filter`, as they are."""
        asked = [word for word in words if lucene(Words((word,))) == word]
        if not asked:
            return frozenset()
        selection = select(filter, kind, from_index=False)
        query = KNOWN_WORDS.format(label=selection.label, predicate=predicate_of(selection))
        asking = {"index": _INDEX[kind], "words": asked, "pool": KNOWN_POOL}
        row = await self._database.read(query, {**selection.parameters, **asking})
        return frozenset(row[0]["known"])

    async def _in_order(
        self, order: ItemOrder, kind: ItemKind, filter: Filter, rows: int
    ) -> list[Hit]:
        selection = select(filter, kind, from_index=False)
        passing = await self._few_passing(selection)
        if passing is None:
            passing = f"MATCH (n:{selection.label}) WHERE {predicate_of(selection)}"
        query = IN_ORDER.format(passing=passing, order=_ORDERS[order])
        return await self._read(query, kind, {**selection.parameters, "rows": rows})

    async def _few_passing(self, selection: Selection) -> str | None:
        """Clauses that begin at the values of a term, where few items have one; None: many do."""
        reached = await reaches(self._database, selection)
        if reached is None or reached.least > FEW_ITEMS:
            return None
        seed, predicate = selection.seeds[reached.seed], predicate_of(selection)
        return PASSING[selection.kind].format(seed=seed, predicate=predicate)

    async def _hits(
        self, query: str, kind: ItemKind, filter: Filter, asked: dict[str, object]
    ) -> list[Hit]:
        selection = select(filter, kind, from_index=False)
        text = query.format(label=selection.label, predicate=predicate_of(selection))
        return await self._read(text, kind, {**selection.parameters, **asked})

    async def _read(self, query: str, kind: ItemKind, asked: dict[str, object]) -> list[Hit]:
        row = (await self._database.read(query, asked))[0]
        return [_hit(kind, columns) for columns in row["found"]]


def _met_or_silent(term: Term, selection: Selection) -> tuple[str, str]:
    """That a term is met, and that the item itself says nothing of its field."""
    parameters = selection.parameters
    met = select(Filter((term,)), selection.kind, from_index=False, parameters=parameters)
    return f"coalesce({met.clauses[0]}, false)", f"NOT {says_itself(term.field, selection)}"


def _hit(kind: ItemKind, columns: list[Any]) -> Hit:
    score, id, title, brand, category, *rest, description, first_seen = columns
    summary = ItemSummary(kind, id, title, named(brand), named(category), *rest)
    return Hit(summary, description, first_seen, score)
