"""What an item that may be similar shows, and what it shares with the item asked about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graph.records import ItemKind, ItemSummary, ItemText
from graph.repositories.item_texts import named
from graph.repositories.selection import Selection

_SHARED = """v.parameter, v.id,
  CASE WHEN v.id IN values THEN COUNT { (v)<-[:HAS_PARAMETER]-() } END"""
_NAMED = "x.id, x.name, x.names"
# What `n`, which has a `score`, shows and has in common with the item asked about, of which
# `parameters` and `values` are known.
CANDIDATES = f"""
CALL (n, parameters, values) {{
  MATCH (n)-[r:HAS_PARAMETER]->(v)
  WHERE r.status = 'accepted' AND v.parameter IN parameters
  RETURN collect(DISTINCT [{_SHARED}]) AS own
}}
CALL (n, parameters, values) {{
  MATCH (n)-[i:INSTANCE_OF]->(:Model)-[r:HAS_PARAMETER]->(v)
  WHERE i.status <> 'rejected' AND r.status = 'accepted' AND v.parameter IN parameters
  RETURN collect(DISTINCT [{_SHARED}]) AS inherited
}}
RETURN collect([score, own, inherited,
  [(n)-[r:INSTANCE_OF]->(x) WHERE r.status <> 'rejected' | x.id][0],
  n.id, coalesce(n.title, n.name),
  [(n)-[r:MADE_BY]->(x) WHERE r.status <> 'rejected' | [{_NAMED}]][0],
  [(n)-[r:BELONGS_TO]->(x) WHERE r.status <> 'rejected' | [{_NAMED}]][0],
  n.price, n.currency, n.in_stock, n.source, toString(n.closed_at)]) AS candidates
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may be similar; `shared` are values with the number of items that have them."""

    summary: ItemSummary
    model_id: str | None
    score: float
    shared: tuple[tuple[str, int], ...]


def asked_of(text: ItemText, kind: ItemKind) -> dict[str, object]:
    facts = (*text.facts, *text.inherited)
    return {
        "self": text.id if text.kind == kind else None,
        "parameters": sorted({fact.parameter for fact in facts}),
        "values": [fact.value for fact in facts],
    }


def model_of(text: ItemText) -> str | None:
    """The model that an item is an instance of, or is itself."""
    return text.model.id if text.model else text.id if text.kind == "model" else None


def predicate_of(selection: Selection) -> str:
    """All clauses, and in any case that the item is open: `closed:yes` finds nothing here."""
    return " AND ".join(("n.closed_at IS NULL", *selection.clauses))


def candidate(kind: ItemKind, columns: list[Any], score: float) -> Candidate:
    _, own, inherited, model_id, id, title, brand, category, *rest = columns
    stated = {parameter for parameter, _, _ in own}
    facts = [*own, *(fact for fact in inherited if fact[0] not in stated)]
    return Candidate(
        summary=ItemSummary(kind, id, title, named(brand), named(category), *rest),
        model_id=model_id if kind == "product" else id,
        score=score,
        shared=tuple([(value, items) for _, value, items in facts if items is not None]),
    )
