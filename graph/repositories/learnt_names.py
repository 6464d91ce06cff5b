"""Names that were learnt from texts: what they are learnt from, writing them, taking them back.

A learnt name stands in `names` of its entity, as every other one, and in `learnt_names` as well.
What a catalog says later is its own from then on. One that a person took back stands in
`refused_names`.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence

from graph.client import Database, Row, Transaction
from graph.records import FactText, ItemText, Named, Record
from graph.repositories.item_texts import named
from graph.repositories.names import NameKind
from graph.schema import Label

PAGE_ITEMS = 2_000
BATCH_ENTITIES = 5_000

LABELS: Mapping[NameKind, Label] = {
    "brand": Label.BRAND,
    "model": Label.MODEL,
    "category": Label.CATEGORY,
    "value": Label.VALUE,
}
_NAMED = "x.id, x.name, []"
_SAID = "r.status = 'accepted' AND r.origin IN ['catalog', 'reviewed']"

ENTITIES = """
MATCH (n:{label}) {of_texts}
RETURN n.id AS id, coalesce(n.name, n.text) AS name, n.parameter AS parameter,
  coalesce(n.names, []) AS names, coalesce(n.learnt_names, []) AS learnt,
  coalesce(n.refused_names, []) AS refused
"""
_OF_TEXTS: Mapping[NameKind, str] = {"value": "-[:VALUE_OF]->(:Parameter {kind: 'text'})"}
LEARNT = """
MATCH (n:{label}) WHERE n.learnt_names IS NOT NULL AND size(n.learnt_names) > 0
RETURN n.id AS id, coalesce(n.name, n.text) AS name, n.parameter AS parameter,
  n.names AS names, n.learnt_names AS learnt, coalesce(n.refused_names, []) AS refused
ORDER BY n.id
"""
TITLED = """
MATCH (n:Product) WHERE n.closed_at IS NULL AND n.title IS NOT NULL RETURN n.id AS id
"""
# What a catalog or a person says, and never what a text was read to say. The brand and category of
# an item are its model's where nothing else is said.
KNOWN = f"""
UNWIND $ids AS id
MATCH (n:Product {{id: id}})
CALL (n) {{
  MATCH (n)-[r:HAS_PARAMETER]->(v:Value) WHERE {_SAID} AND v.number IS NULL
  RETURN collect(DISTINCT [v.parameter, v.id, v.text]) AS facts
}}
WITH n, facts,
  [(n)-[r:INSTANCE_OF]->(x) WHERE {_SAID} | x][0] AS model,
  [(n)-[r:MADE_BY]->(x) WHERE {_SAID} | [{_NAMED}]][0] AS brand,
  [(n)-[r:BELONGS_TO]->(x) WHERE {_SAID} | [{_NAMED}]][0] AS category
RETURN n.id AS id, n.title AS title, facts, [model.id, model.name, []] AS model,
  coalesce(brand, [(model)-[r:MADE_BY]->(x) WHERE {_SAID} | [{_NAMED}]][0]) AS brand,
  coalesce(category, [(model)-[r:BELONGS_TO]->(x) WHERE {_SAID} | [{_NAMED}]][0]) AS category
ORDER BY id
"""
# Setting a property locks: of two writers the second sees what the first has written.
WRITE = """
UNWIND $rows AS row
MATCH (n:{label} {{id: row.id}})
SET n.locked = true REMOVE n.locked
WITH n, row, coalesce(n.learnt_names, []) AS learnt, coalesce(n.names, []) AS names
WITH n, names, learnt,
  [name IN learnt WHERE NOT name IN row.names] AS gone,
  [name IN row.names WHERE NOT name IN names] AS new,
  [name IN row.refused WHERE NOT name IN coalesce(n.refused_names, [])] AS refused
WHERE size(gone) + size(new) + size(refused) > 0
SET n.names = [name IN names WHERE NOT name IN gone] + new,
    n.learnt_names = [name IN learnt WHERE NOT name IN gone] + new,
    n.refused_names = coalesce(n.refused_names, []) + refused,
    n.updated_at = datetime()
RETURN sum(size(new)) AS added, sum(size(gone)) AS withdrawn
"""


class NamedEntity(Record, frozen=True):
    """An entity that texts may name.

    Attributes:
        names: of catalogs and persons.
        learnt: from texts.
        refused: learnt once and taken back by a person.
    """

    kind: NameKind
    id: str
    name: str
    parameter: str | None
    names: tuple[str, ...]
    learnt: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


class NameChange(Record, frozen=True):
    """All learnt names that an entity is to have, and which more are not to be learnt again."""

    kind: NameKind
    id: str
    names: tuple[str, ...]
    refused: tuple[str, ...] = ()


def known_entities(database: Database) -> Iterator[NamedEntity]:
    """Brands, categories, models, and the values of parameters that are texts."""
    for kind, label in LABELS.items():
        query = ENTITIES.format(label=label, of_texts=_OF_TEXTS.get(kind, ""))
        yield from (_entity(kind, row) for row in database.stream(query))


def learnt_entities(database: Database) -> list[NamedEntity]:
    """Those that have a learnt name."""
    return [
        _entity(kind, row)
        for kind, label in LABELS.items()
        for row in database.stream(LEARNT.format(label=label))
    ]


def titled_items(database: Database, *, limit: int) -> Iterator[ItemText]:
    """Open products with what catalogs and persons say of them.

    Of more than `limit` always the same ones, by their ids and so that every source has its part.
    """
    ids = (row["id"] for row in database.stream(TITLED))
    chosen = sorted(heapq.nsmallest(limit, ids, key=_place))
    for first in range(0, len(chosen), PAGE_ITEMS):
        for row in database.read(KNOWN, ids=chosen[first : first + PAGE_ITEMS]):
            yield _item(row)


def change_names(database: Database, changes: Iterable[NameChange]) -> tuple[int, int]:
    """How many names were added and withdrawn; a second time none."""
    added = withdrawn = 0
    of_kind: dict[NameKind, list[Row]] = {}
    for change in sorted(changes, key=lambda one: one.id):  # the order of the locks
        row = {"id": change.id, "names": change.names, "refused": change.refused}
        of_kind.setdefault(change.kind, []).append(row)
    for kind, rows in of_kind.items():
        query = WRITE.format(label=LABELS[kind])
        for first in range(0, len(rows), BATCH_ENTITIES):

            def work(
                tx: Transaction,
                query: str = query,
                rows: Sequence[Row] = rows[first : first + BATCH_ENTITIES],
            ) -> Row:
                return tx.run(query, rows=rows)[0]

            counts = database.transact(work)
            added += counts["added"]
            withdrawn += counts["withdrawn"]
    return added, withdrawn


def _entity(kind: NameKind, row: Row) -> NamedEntity:
    learnt = tuple(row["learnt"])
    own = tuple(name for name in row["names"] if name not in learnt)
    name, refused = row["name"] or row["id"], tuple(row["refused"])
    return NamedEntity(kind, row["id"], name, row["parameter"], own, learnt, refused)


def _item(row: Row) -> ItemText:
    return ItemText(
        "product",
        row["title"],
        id=row["id"],
        brand=_known(row["brand"]),
        category=_known(row["category"]),
        model=_known(row["model"]),
        facts=tuple(
            FactText(parameter, parameter, id, text, None, None)
            for parameter, id, text in sorted(row["facts"])
        ),
    )


def _known(row: list[object] | None) -> Named | None:
    return named(row) if row and row[0] is not None else None


def _place(id: str) -> bytes:
    return hashlib.blake2b(id.encode(), digest_size=8).digest()
