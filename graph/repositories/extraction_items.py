"""Items as extractors read them, page by page along their ids, so that a run can be resumed."""

from __future__ import annotations

from collections.abc import Iterator

from graph.client import Database, Row
from graph.filters import Filter
from graph.records import ExtractionItem, ItemKind
from graph.repositories.fact_queries import OF_TEXT
from graph.repositories.item_texts import named
from graph.repositories.selection import select

PAGE_ITEMS = 1_000  # with descriptions a few megabytes

_NAMED = "x.id, x.name, x.names"
_KNOWN = "of.origin IN ['catalog', 'reviewed'] AND of.status = 'accepted'"


def _columns(named: str) -> str:
    """Behind a clause that names the item `n`; `named`: which brands and categories are its own."""
    return f"""
CASE WHEN n:Product THEN 'product' ELSE 'model' END AS kind, n.id AS id,
coalesce(n.title, n.name) AS title, n.description AS description, n.language AS language,
[(n)-[of:MADE_BY]->(x) WHERE {named} | [{_NAMED}]][0] AS brand,
[(n)-[of:BELONGS_TO]->(x) WHERE {named} | [{_NAMED}]][0] AS category,
[(n)-[of:INSTANCE_OF]->(x) WHERE {_KNOWN} | x.id][0] AS model_id,
COLLECT {{
  MATCH (n)-[of:HAS_PARAMETER]->(w) WHERE {_KNOWN}
  RETURN DISTINCT w.parameter AS parameter ORDER BY parameter
}} AS stated
"""


COLUMNS = _columns("of.status <> 'rejected'")
PAGE = f"""
CALL (n) {{ WITH n WHERE NOT $only_text OR {OF_TEXT} RETURN true AS wanted }}
RETURN {_columns(_KNOWN)} ORDER BY id
"""
# Where the page ends, also if none of its items is wanted.
LAST = "RETURN max(n.id) AS last, count(n) AS items"


def walk(
    database: Database,
    filter: Filter,
    *,
    kind: ItemKind = "product",
    only_text: bool = True,
    after: str = "",
    page_items: int = PAGE_ITEMS,
) -> Iterator[list[ExtractionItem]]:
    """Items that pass a bound filter in the order of their ids, behind the id `after`.

    Brand and category are those that a catalog or a person gives: what was read is read again.

    `only_text`: those of which no catalog states a fact, or of which something was read before.
    `Filter()` lets all open items pass; a filter by `source:` walks that source alone. What is
    written while this runs is seen if its id is still to come.
    """
    selection = select(filter, kind)
    asked = {**selection.parameters, "limit": page_items, "only_text": only_text}
    while True:
        (end,) = database.read(selection.walk + LAST, asked, after=after)
        if not end["items"]:
            return
        rows = database.read(selection.walk + PAGE, asked, after=after)
        if rows:
            yield [extraction_item(row) for row in rows]
        after = end["last"]


def extraction_item(row: Row) -> ExtractionItem:
    """What a query with these columns has found, and perhaps more."""
    return ExtractionItem(
        kind=row["kind"],
        id=row["id"],
        title=row["title"],
        description=row["description"],
        language=row["language"],
        brand=named(row["brand"]),
        category=named(row["category"]),
        model=row["model_id"],
        stated=tuple(row["stated"]),
    )
