"""Vectors of items: written beside those that serve, and switched to when they are all there.

Two properties can hold vectors, each with an index of its own: `embedding`, which serves whenever
nothing is being rebuilt, and `next_embedding`. A node `Embedding` for each of them says whose
vectors it holds and whether it serves; every item says beside its vector whose it is. So a reader
never mixes two models, whatever is written at the same time, and what was written half is found
again.

    fill next_embedding ► switch to it ► copy to embedding ► switch back ► clear next_embedding
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from graph.client import Database, Row
from graph.errors import VectorsSuperseded, VectorUnusable
from graph.records import EncoderModel, ItemKind, ItemText
from graph.repositories.item_texts import COLUMNS, FACTS, item_text
from graph.repositories.selection import KINDS, LABELS

Slot = Literal["embedding", "next_embedding"]
HOME: Slot = "embedding"  # where vectors are, whenever nothing is being rebuilt
BESIDE: Slot = "next_embedding"

PAGE_ITEMS = 2_000  # larger: a transaction over 2 s, because each vector is put into its index

INDEX: Mapping[tuple[ItemKind, Slot], str] = {
    (kind, slot): f"{kind}_{slot}" for kind in KINDS for slot in get_args(Slot)
}

# The hash of what the vector was made of; a model has a hash for each source that describes it.
# Facts that no source states are not in it: `facts_at` says when they changed.
_FACTS = " + coalesce(toString(n.facts_at), '')"
_HASH: Mapping[ItemKind, str] = {
    "product": "coalesce(n.content_hash, '')" + _FACTS,
    "model": "reduce(all = '', one IN coalesce(n.content_hashes, []) | all + one + ' ')" + _FACTS,
}
_STALE = """n.closed_at IS NULL AND (n.{slot}_model IS NULL
  OR n.{slot}_model <> $model OR n.{slot}_hash <> {hash})"""

SERVING = """
MATCH (e:Embedding) WHERE e.serves
RETURN e.id AS slot, e.model AS name, e.version AS version, e.width AS width
"""
OCCUPY = """
MERGE (e:Embedding {id: $slot})
ON CREATE SET e.serves = false
WITH e WHERE NOT e.serves OR (e.model = $name AND e.version = $version AND e.width = $width)
SET e.model = $name, e.version = $version, e.width = $width
RETURN e.id AS slot
"""
COUNT_STALE = f"MATCH (n:{{label}}) WHERE {_STALE} RETURN count(n) AS items"
PAGE_OF_STALE = f"""
MATCH (n:{{label}}) WHERE n.id > $after AND {_STALE}
WITH n ORDER BY n.id LIMIT $limit
"""
STALE_AMONG = f"UNWIND $ids AS id MATCH (n:{{label}} {{{{id: id}}}}) WHERE {_STALE}"
WRITE = """
MATCH (e:Embedding {{id: $slot, model: $name, version: $version, width: $width}})
UNWIND $rows AS row
MATCH (n:{label} {{id: row.id}})
SET n.{slot} = row.vector, n.{slot}_model = $model, n.{slot}_hash = row.hash
RETURN count(n) AS items
"""
OCCUPANT = """
MATCH (e:Embedding {id: $slot})
RETURN e.id AS slot, e.model AS name, e.version AS version, e.width AS width
"""
_PAGE = "MATCH (n:{label}) WHERE n.id > $after WITH n ORDER BY n.id LIMIT $limit"
# What another model, or a run that was given up, has left there; and what no search may find.
SWEEP = f"""
{_PAGE}
FOREACH (_ IN CASE WHEN n.{{slot}}_model IS NOT NULL
              AND (coalesce(n.{{slot}}_model <> $model, true) OR n.closed_at IS NOT NULL)
              THEN [1] ELSE [] END |
  REMOVE n.{{slot}}, n.{{slot}}_model, n.{{slot}}_hash)
RETURN max(n.id) AS last
"""
COPY = f"""
{_PAGE}
FOREACH (_ IN CASE WHEN n.{BESIDE}_model = $model
              AND (coalesce(n.{HOME}_model <> $model, true)
                   OR n.{HOME}_hash <> n.{BESIDE}_hash) THEN [1] ELSE [] END |
  SET n.{HOME} = n.{BESIDE}, n.{HOME}_model = $model, n.{HOME}_hash = n.{BESIDE}_hash)
RETURN max(n.id) AS last
"""
# One statement, so that there is no moment with two that serve, or none.
SWITCH = """
MATCH (:Embedding {id: $slot, model: $name, version: $version, width: $width})
MATCH (e:Embedding)
SET e.serves = (e.id = $slot)
RETURN e.id AS slot
"""
VACATE = "MATCH (e:Embedding {id: $slot}) WHERE NOT e.serves DELETE e"


@dataclass(frozen=True, slots=True)
class Serving:
    """Whose vectors readers use, and which property has them."""

    slot: Slot
    model: EncoderModel


@dataclass(frozen=True, slots=True)
class Stale:
    """An item whose vector is missing or older than itself; `hash` is what it is like now."""

    text: ItemText
    hash: str


class Vectors:
    """Writes vectors; every method may be repeated, and goes on where it was stopped."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def serving(self) -> Serving | None:
        """None: no model has written vectors yet."""
        return serving_of(self._database.read(SERVING))

    def occupy(self, slot: Slot, model: EncoderModel) -> None:
        """Say whose vectors will be in `slot`.

        Raises:
            VectorsSuperseded: another model serves from there.
        """
        if not self._database.write(OCCUPY, _asked(slot, model)):
            raise VectorsSuperseded(model=model.key)

    def occupant(self, slot: Slot) -> EncoderModel | None:
        """Whose vectors are in `slot`, or are on their way there."""
        found = serving_of(self._database.read(OCCUPANT, slot=slot))
        return found.model if found else None

    def count_stale(self, slot: Slot, model: EncoderModel) -> int:
        """How many items have no vector of `model` in `slot` that is up to date."""
        queries = (_filled(COUNT_STALE, kind, slot) for kind in KINDS)
        return sum(self._database.read(query, model=model.key)[0]["items"] for query in queries)

    def stale(self, slot: Slot, model: EncoderModel, limit: int) -> Iterator[list[Stale]]:
        """Those items in pages of one kind, each once, by id."""
        for kind in KINDS:
            query = _filled(PAGE_OF_STALE, kind, slot) + FACTS + _returning(kind)
            after = ""
            while rows := self._database.read(query, model=model.key, after=after, limit=limit):
                after = rows[-1]["id"]
                yield [_stale(kind, row) for row in rows]

    def stale_among(self, ids: Sequence[str], slot: Slot, model: EncoderModel) -> list[Stale]:
        """Those of the products `ids` that have no vector of `model` that is up to date."""
        query = _filled(STALE_AMONG, "product", slot) + FACTS + _returning("product")
        rows = self._database.read(query, model=model.key, ids=list(ids))
        return [_stale("product", row) for row in rows]

    def write(
        self,
        slot: Slot,
        model: EncoderModel,
        vectors: Sequence[tuple[Stale, Sequence[float]]],
    ) -> None:
        """Store the vectors of items of one kind, all or none.

        Raises:
            VectorUnusable: one of another width than the model's, or with a NaN or infinity in it.
            VectorsSuperseded: the slot was given to another model in the meantime.
        """
        rows = [_row(model, stale, vector) for stale, vector in vectors]
        if not rows:
            return
        query = WRITE.format(label=LABELS[vectors[0][0].text.kind], slot=slot)
        written = self._database.write(query, _asked(slot, model), rows=rows)[0]["items"]
        # An item that was deleted in between is not counted; no item at all may mean either.
        if written == 0 and self.occupant(slot) != model:
            raise VectorsSuperseded(model=model.key)

    def sweep(self, slot: Slot, model: EncoderModel | None) -> None:
        """Remove the vectors of all other models, and those of closed items."""
        self._walk(SWEEP, slot, model.key if model else None)

    def switch(self, slot: Slot, model: EncoderModel) -> None:
        """From now on readers use `slot`.

        Raises:
            VectorsSuperseded: it was given to another model in the meantime.
        """
        if not self._database.write(SWITCH, _asked(slot, model)):
            raise VectorsSuperseded(model=model.key)

    def copy_home(self, model: EncoderModel) -> None:
        """Bring what serves from beside to where it belongs."""
        self._walk(COPY, HOME, model.key)

    def vacate(self, slot: Slot) -> None:
        """Nobody's vectors are in `slot` any more."""
        self.sweep(slot, None)
        self._database.write(VACATE, slot=slot)  # last: as long as it is there, there is work left

    def _walk(self, query: str, slot: Slot, model: str | None) -> None:
        """Page by page along the ids: transactions stay small, and each can be repeated."""
        for kind in KINDS:
            text, after = query.format(label=LABELS[kind], slot=slot), ""
            while after is not None:
                asked = {"after": after, "limit": PAGE_ITEMS, "model": model}
                after = self._database.write(text, asked)[0]["last"]


def serving_of(rows: Sequence[Row]) -> Serving | None:
    """What `SERVING` has found."""
    if not rows:
        return None
    row = dict(rows[0])
    return Serving(row.pop("slot"), EncoderModel(**row))


def _asked(slot: Slot, model: EncoderModel) -> dict[str, object]:
    return {
        "slot": slot,
        "model": model.key,
        "name": model.name,
        "version": model.version,
        "width": model.width,
    }


def _filled(query: str, kind: ItemKind, slot: Slot) -> str:
    return query.format(label=LABELS[kind], slot=slot, hash=_HASH[kind])


def _returning(kind: ItemKind) -> str:
    return f"RETURN {COLUMNS}, {_HASH[kind]} AS hash ORDER BY id"


def _stale(kind: ItemKind, row: Row) -> Stale:
    hash = row.pop("hash")
    return Stale(item_text(kind, row), hash)


def _row(model: EncoderModel, stale: Stale, vector: Sequence[float]) -> Row:
    id = str(stale.text.id)
    if len(vector) != model.width:
        reason = f"has {len(vector)} numbers, not {model.width}"
        raise VectorUnusable(model=model.key, id=id, reason=reason)
    length = math.hypot(*vector)
    if not math.isfinite(length):
        raise VectorUnusable(model=model.key, id=id, reason="has a number that is not finite")
    # Zeros have no direction, and the index would not take them: the item is similar to none.
    return {"id": id, "hash": stale.hash, "vector": list(vector) if length else None}
