"""What an item that may be similar shows, and what it shares with the item asked about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graph.client import Row
from graph.records import ItemKind, ItemSummary, ItemText
from graph.repositories.item_texts import named
from graph.repositories.selection import Selection

_NAMED = "x.id, x.name, x.names"
# What `kept`, pairs of an item and its score, show and have in common with the item asked about, of
# which `value_ids` are known. Its values are looked up and their users counted once, and compared
# as nodes: asking both of each candidate took a third of a search. What a candidate itself says of
# a parameter hides what its model says, and is read only where its model shares something.
COMPARED = f"""
CALL (value_ids) {{
  MATCH (v:Value) WHERE v.id IN value_ids
  RETURN collect(v) AS values, collect([v.id, COUNT {{ (v)<-[:HAS_PARAMETER]-() }}]) AS users
}}
CALL (kept, values) {{
  UNWIND kept AS pair
  WITH pair[0] AS n, pair[1] AS score, values
  WITH n, score,
    [(n)-[r:HAS_PARAMETER]->(v) WHERE v IN values AND r.status = 'accepted' | v.id] AS own,
    [(n)-[i:INSTANCE_OF]->(:Model)-[r:HAS_PARAMETER]->(v)
      WHERE v IN values AND i.status <> 'rejected' AND r.status = 'accepted' |
      [v.parameter, v.id]] AS inherited
  CALL (n, inherited) {{
    WITH n, inherited WHERE size(inherited) > 0
    MATCH (n)-[r:HAS_PARAMETER]->(v) WHERE r.status = 'accepted'
    RETURN collect(v.parameter) AS stated
  }}
  RETURN collect([score, own + [fact IN inherited WHERE NOT fact[0] IN stated | fact[1]],
    [(n)-[r:INSTANCE_OF]->(x) WHERE r.status <> 'rejected' | x.id][0],
    n.id, coalesce(n.title, n.name),
    [(n)-[r:MADE_BY]->(x) WHERE r.status <> 'rejected' | [{_NAMED}]][0],
    [(n)-[r:BELONGS_TO]->(x) WHERE r.status <> 'rejected' | [{_NAMED}]][0],
    n.price, n.currency, n.in_stock, n.source, toString(n.closed_at)]) AS candidates
}}
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may be similar; `shared` are values with the number of items that have them."""

    summary: ItemSummary
    model_id: str | None
    score: float
    shared: tuple[tuple[str, int], ...]


def asked_of(text: ItemText, kind: ItemKind) -> dict[str, object]:
    return {
        "self": text.id if text.kind == kind else None,
        "value_ids": [fact.value for fact in (*text.facts, *text.inherited)],
    }


def model_of(text: ItemText) -> str | None:
    """The model that an item is an instance of, or is itself."""
    return text.model.id if text.model else text.id if text.kind == "model" else None


def predicate_of(selection: Selection) -> str:
    """All clauses, and in any case that the item is open: `closed:yes` finds nothing here."""
    return " AND ".join(("n.closed_at IS NULL", *selection.clauses))


def candidates_of(
    kind: ItemKind, row: Row, score_of: Callable[[float], float] = float
) -> list[Candidate]:
    """The columns `candidates` and `users`; both are used up."""
    users: dict[str, int] = dict(row.pop("users"))
    return [
        _candidate(kind, columns, users, score_of(columns[0])) for columns in row.pop("candidates")
    ]


def _candidate(
    kind: ItemKind, columns: list[Any], users: Mapping[str, int], score: float
) -> Candidate:
    _, shared, model_id, id, title, brand, category, *rest = columns
    return Candidate(
        summary=ItemSummary(kind, id, title, named(brand), named(category), *rest),
        model_id=model_id if kind == "product" else id,
        score=score,
        # Two sources that say the same are one fact.
        shared=tuple([(value, users[value]) for value in sorted(set(shared))]),
    )
