"""What texts are read with: the values, brands and categories of the graph, and its models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from graph.client import Database
from graph.records import FactText, ItemText, Named, Origin, StatedIn, ValueView
from graph.repositories.exporting import written_since
from graph.repositories.item_texts import named
from graph.repositories.vocabulary import known_parameters
from graph.schema import Label

VALUES_MAX = 200_000  # the most often stated; the rest stands in one item each
PAGE_MODELS = 2_000
CATEGORY_ITEMS, LEAST_ITEMS = 5_000, 200  # whose facts are counted, of one category
ITEMS_PART, ITEMS_SETTLED_S = 100, 600  # one of so many is more than a few; and how long few wait
COUNTED_ITEMS, COUNTED_AT_ONCE = 200_000, 20_000  # of all categories, and in one query

# Degrees of nodes, which the store keeps.
VALUES = """
MATCH (v:Value)
WITH v, COUNT { (v)<-[:HAS_PARAMETER]-() } AS items WHERE items > 0
ORDER BY items DESC, v.id LIMIT $limit
RETURN collect([v.id, v.parameter, v.text, v.number, v.unit, coalesce(v.names, []), items])
  AS values
"""
# What a text was read to say counts nowhere: a second run over it would read something else. Facts
# that do not count are looked for, because they are few beside those that do.
STATED_VALUES = """
CALL () {
  MATCH (v:Value) WITH v, COUNT { (v)<-[:HAS_PARAMETER]-() } AS items WHERE items > 0
  RETURN v, items
  UNION ALL
  MATCH ()-[r:HAS_PARAMETER]->(v)
  WHERE NOT coalesce(r.status = 'accepted' AND r.origin IN ['catalog', 'reviewed'], false)
  RETURN v, -count(*) AS items
}
WITH v, sum(items) AS items
ORDER BY items DESC, v.id LIMIT $limit
RETURN collect([v.id, v.parameter, v.text, v.number, v.unit, coalesce(v.names, []), items])
  AS values
"""
CATEGORIES = "MATCH (n:Category) RETURN n.id AS id, n.name AS name, n.names AS names"
MODELS = """
MATCH (m:Model) WHERE m.id > $after AND m.closed_at IS NULL
WITH m ORDER BY m.id LIMIT $limit
CALL (m) {
  MATCH (m)-[r:HAS_PARAMETER]->(v:Value) WHERE r.status = 'accepted'
  RETURN collect(DISTINCT v.id) AS values
}
RETURN collect([m.id, m.name, coalesce(m.names, []), values,
  [(m)-[r:MADE_BY]->(x) WHERE r.status <> 'rejected' | [x.id, x.name, x.names]][0],
  [(m)-[r:BELONGS_TO]->(x) WHERE r.status <> 'rejected' | [x.id, x.name, x.names]][0]]) AS models
"""
# Apart from the models: hundreds of them have the same value, which is sent and kept once.
FACTS = """
MATCH (v:Value) WHERE v.id IN $values
RETURN collect([v.parameter, v.id, v.text, v.number, v.unit]) AS facts
"""
# A few items among many change next to nothing of what is counted, and prices change all day long.
# The number of all of a label is one that the store keeps.
ITEMS_CHANGED = """
WITH CASE WHEN datetime($since) < datetime() - duration({seconds: $settled_s}) THEN 1
  ELSE COUNT { (:Product) } / $part + 1 END AS enough
RETURN COUNT { MATCH (n:Product) WHERE n.updated_at >= datetime($since) }
  + COUNT { MATCH (d:Deletion) WHERE d.at >= datetime($since) } >= enough AS changed
"""
READ_WITH = (Label.VALUE, Label.MODEL, Label.BRAND, Label.CATEGORY, Label.PARAMETER)
# What a dump or a person says, and never what a text was read to say: that would confirm itself.
_SAYS = """EXISTS {
  (n)-[r:HAS_PARAMETER|INSTANCE_OF]->() WHERE r.origin IN ['catalog', 'reviewed']
}"""
# In the order of a hash, so that a part of them is of all sources, and the same every time.
TITLES = """
MATCH (n:Product) WHERE n.closed_at IS NULL AND n.title IS NOT NULL AND {chosen}
WITH n ORDER BY n.content_hash, n.id LIMIT $limit
CALL (n) {{
  MATCH (n)-[r:HAS_PARAMETER]->(v:Value)
  WHERE r.status = 'accepted' AND r.origin IN ['catalog', 'reviewed']
  RETURN collect(DISTINCT [v.parameter, v.id]) AS own
}}
CALL (n) {{
  MATCH (n)-[i:INSTANCE_OF]->(:Model)-[r:HAS_PARAMETER]->(v:Value)
  WHERE i.status = 'accepted' AND i.origin IN ['catalog', 'reviewed']
    AND r.status = 'accepted' AND r.origin IN ['catalog', 'reviewed']
  RETURN collect(DISTINCT [v.parameter, v.id]) AS inherited
}}
RETURN collect([n.title,
  [(n)-[r:MADE_BY]->(x) WHERE r.origin IN ['catalog', 'reviewed'] | x.id][0],
  [(n)-[r:BELONGS_TO]->(x) WHERE r.origin IN ['catalog', 'reviewed'] | x.id][0],
  [(n)-[r:INSTANCE_OF]->(x) WHERE r.origin IN ['catalog', 'reviewed'] | x.id][0],
  own, inherited]) AS items
"""
JUDGED, BARE = TITLES.format(chosen=_SAYS), TITLES.format(chosen=f"NOT {_SAYS}")
# By one source of facts at a time: what it never says of any item, it does not deny of one. Of a
# large category a part, in the order of a hash, and few categories at once: each query is short.
STATED_IN = """
MATCH (c:Category) WHERE c.id IN $categories
CALL (c) {
  MATCH (c)<-[b:BELONGS_TO]-(n:Product|Model)
  WHERE b.status = 'accepted' AND b.origin IN $origins AND n.closed_at IS NULL
    AND EXISTS { (n)-[r:HAS_PARAMETER]->() WHERE r.origin IN $origins }
  WITH n ORDER BY coalesce(n.content_hash, split(n.content_hashes[0], '=')[1]), n.id LIMIT $limit
  CALL (n) {
    MATCH (n)-[r:HAS_PARAMETER]->(v:Value) WHERE r.origin IN $origins
    RETURN CASE r.origin WHEN 'reviewed' THEN '' ELSE coalesce(r.source, r.origin) END AS source,
      v.parameter AS parameter,
      max(CASE r.status WHEN 'accepted' THEN 1 ELSE 0 END) AS said
  }
  RETURN source, parameter, sum(said) AS items, count(*) - sum(said) AS refused
}
RETURN c.id AS category, source, parameter, items, refused
ORDER BY category, source, parameter
"""
# Not what was read from a title: that would teach a reader its own mistakes.
LINKED_TITLES = """
MATCH (n:Product)-[r:INSTANCE_OF]->(m:Model)
WHERE r.status = 'accepted' AND r.origin IN ['catalog', 'reviewed']
  AND n.closed_at IS NULL AND n.title IS NOT NULL
RETURN n.title AS title, m.id AS model ORDER BY n.id
"""


class ModelRow(Named, frozen=True):
    """A model as a text may name it: its brand, what it has, and of which category it is."""

    brand: Named | None = None
    facts: tuple[FactText, ...] = ()
    category: Named | None = None


def has_changed(database: Database, since: str) -> bool:
    """Whether anything that texts are read with was written since a watermark (ISO 8601).

    Products, whose facts are counted, matter where more than a hundredth of them was written,
    or where the watermark is of a while ago.
    """
    if written_since(database, since, READ_WITH):
        return True
    rows = database.read(ITEMS_CHANGED, since=since, part=ITEMS_PART, settled_s=ITEMS_SETTLED_S)
    return bool(rows[0]["changed"])


def known_values(database: Database) -> list[ValueView]:
    """The values that items state, most often stated first, at most `VALUES_MAX`."""
    return _values(database, VALUES)


def stated_values(database: Database) -> list[ValueView]:
    """The same values, with how many items a catalog or a person states them of: perhaps none."""
    return _values(database, STATED_VALUES)


def _values(database: Database, query: str) -> list[ValueView]:
    rows = database.read(query, limit=VALUES_MAX)[0]["values"]
    return [
        ValueView(id, parameter, text, number, unit, tuple(names), items)
        for id, parameter, text, number, unit, names, items in rows
    ]


def known_categories(database: Database) -> list[Named]:
    return [
        Named(row["id"], row["name"], tuple(row["names"] or ()))
        for row in database.read(CATEGORIES)
    ]


def known_models(database: Database) -> Iterator[ModelRow]:
    """All open models with their accepted facts, by their ids."""
    names = {id: parameter.name for id, parameter in known_parameters(database).items()}
    facts: dict[str, FactText] = {}  # by the id of the value
    after = ""
    while models := database.read(MODELS, after=after, limit=PAGE_MODELS)[0]["models"]:
        unknown = {value for _, _, _, values, *_ in models for value in values} - facts.keys()
        rows = database.read(FACTS, values=list(unknown))[0]["facts"]
        facts |= {row[1]: _fact(row, names) for row in rows}
        for id, name, other_names, values, brand, category in models:
            stated = (facts[value] for value in values if value in facts)
            yield ModelRow(
                id,
                name,
                tuple(other_names),
                named(brand),
                tuple(sorted(stated, key=attrgetter("parameter", "value"))),
                named(category),
            )
        after = models[-1][0]


def stated_in_categories(
    database: Database,
    categories: Iterable[str],
    origins: Sequence[Origin] = ("catalog", "reviewed"),
) -> list[StatedIn]:
    """Which parameters are stated of the items in each category, by default by dumps and people.

    Of a category at most `CATEGORY_ITEMS` are counted, of very many categories fewer of each.
    """
    ids = sorted(categories)
    limit = max(LEAST_ITEMS, min(CATEGORY_ITEMS, COUNTED_ITEMS // max(len(ids), 1)))
    step = max(COUNTED_AT_ONCE // limit, 1)
    return [
        StatedIn(**row)
        for first in range(0, len(ids), step)
        for row in database.read(
            STATED_IN, categories=ids[first : first + step], origins=list(origins), limit=limit
        )
    ]


def linked_titles(database: Database) -> list[tuple[str, str]]:
    """Titles of open products, with the id of the model that a catalog or a person says."""
    return [(row["title"], row["model"]) for row in database.stream(LINKED_TITLES)]


def judged_items(database: Database, *, limit: int) -> list[ItemText]:
    """Products with their titles and what a catalog or a person says of them: values by id alone.

    What was read from their texts does not count.
    """
    return _titles(database, JUDGED, limit)


def bare_items(database: Database, *, limit: int) -> list[ItemText]:
    """Products of which neither facts nor a model are known: title, brand and category."""
    return _titles(database, BARE, limit)


def _titles(database: Database, query: str, limit: int) -> list[ItemText]:
    rows: list[list[Any]] = database.read(query, limit=limit)[0]["items"]
    return [
        ItemText(
            "product",
            title,
            brand=brand and Named(brand, brand),
            category=category and Named(category, category),
            model=model and Named(model, model),
            facts=_ids(own),
            inherited=_ids(inherited),
        )
        for title, brand, category, model, own, inherited in rows
    ]


def _fact(row: list[Any], names: dict[str, str]) -> FactText:
    parameter, *value = row
    return FactText(parameter, names.get(parameter, parameter), *value)


def _ids(rows: list[list[str]]) -> tuple[FactText, ...]:
    return tuple(FactText(parameter, "", id, "", None, None) for parameter, id in rows)
