"""The tree of categories, and which items are in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.client import Database
from graph.records import Named, Record

LOOP_MAX = 64  # levels: a tree that somebody has tied into a ring ends here

TREE = """
MATCH (c:Category)
RETURN c.id AS id, c.name AS name, c.names AS names,
  [(c)-[:SUBCATEGORY_OF]->(above:Category) | above.id] AS above
ORDER BY id
"""
# Not what was read from a title: that would teach a categorizer its own mistakes.
CATEGORIZED_TITLES = """
MATCH (n:Product|Model)-[r:BELONGS_TO]->(c:Category)
WHERE r.status = 'accepted' AND r.origin IN ['catalog', 'reviewed']
  AND n.closed_at IS NULL AND coalesce(n.title, n.name) IS NOT NULL
RETURN coalesce(n.title, n.name) AS title, c.id AS category,
  coalesce([(n)-[i:INSTANCE_OF]->(m) WHERE i.status = 'accepted' | m.id][0], n.id) AS product
ORDER BY n.id
"""
# `words` are letters and digits alone, in small letters: no operator of the index's language.
NEAR = """
UNWIND $asked AS words
CALL (words) {
  CALL db.index.fulltext.queryNodes('product_text', words, {limit: $limit})
  YIELD node, score WHERE node.closed_at IS NULL
  MATCH (node)-[r:BELONGS_TO]->(c:Category)
  WHERE r.status = 'accepted' AND r.origin IN ['catalog', 'reviewed']
  RETURN collect([c.id, node.title]) AS products
}
CALL (words) {
  CALL db.index.fulltext.queryNodes('entity_names', words, {limit: $limit})
  YIELD node, score WHERE node:Model AND node.closed_at IS NULL
  MATCH (node)-[r:BELONGS_TO]->(c:Category)
  WHERE r.status = 'accepted' AND r.origin IN ['catalog', 'reviewed']
  RETURN collect([c.id, node.name]) AS models
}
RETURN products, models
"""


class CategorizedTitle(Record, frozen=True):
    """Attributes:
    category: its id.
    product: of the model where one is known, so that its items are kept together.
    """

    title: str
    category: str
    product: str


def category_paths(database: Database) -> dict[str, tuple[Named, ...]]:
    """From the root to the category, by its id."""
    rows = {row["id"]: row for row in database.read(TREE)}
    paths = {}
    for id in rows:
        path: list[Named] = []
        at: str | None = id
        while at is not None and at in rows and len(path) < LOOP_MAX:
            row = rows[at]
            path.append(Named(at, row["name"], tuple(row["names"] or ())))
            at = min(row["above"], default=None)
        paths[id] = tuple(reversed(path))
    return paths


def categorized_titles(database: Database) -> Iterator[CategorizedTitle]:
    """Of open products and models whose category a catalog or a person says."""
    for row in database.stream(CATEGORIZED_TITLES):
        yield CategorizedTitle(row["title"], row["category"], row["product"])


def near_titles(
    database: Database, words: Sequence[str], *, limit: int
) -> list[list[tuple[str, str]]]:
    """Of each text category and title of items that share words with it, the nearest first.

    Args:
        words: of each text, divided by spaces: letters and digits alone, in small letters.
    """
    asked = sorted({one for one in words if one})
    rows = database.read(NEAR, asked=asked, limit=limit) if asked else []
    found = {
        one: [(category, title) for category, title in (*row["products"], *row["models"])]
        for one, row in zip(asked, rows, strict=True)
    }
    return [found.get(one, []) for one in words]
