"""What has become of one item: facts that began, ended or were rejected, prices and stock."""

from __future__ import annotations

from dataclasses import dataclass

from graph.client import AsyncDatabase, Row
from graph.records import EventKind, HistoryEvent, Observed, PastFact
from graph.repositories.selection import FIND_ITEM

Cursor = tuple[str, str]

# Of one time the later comes first: an import closes what has ended, and begins what replaces it,
# and a correction rejects before that.
KIND_KEYS: dict[EventKind, str] = {
    "closed": "0",
    "observed": "1",
    "fact_began": "2",
    "fact_ended": "3",
    "fact_rejected": "4",
}
_KINDS = {key: kind for kind, key in KIND_KEYS.items()}

_NEWEST = ("9999-12-31T23:59:59Z", "")
_BEHIND = "(at < datetime($at) OR (at = datetime($at) AND key > $key))"
_FACT_KEY = """
v.id + ' ' + r.origin + ' ' + coalesce(r.source, '') + ' ' + coalesce(r.run, '') + ' '
+ coalesce(toString(r.valid_from), '') + ' ' + coalesce(toString(r.valid_to), '')
"""
_OBSERVATION_KEY = """
coalesce(o.run, '') + ' ' + coalesce(toString(o.price), '') + ' ' + coalesce(o.currency, '')
+ ' ' + coalesce(toString(o.in_stock), '')
"""

# `key` begins with the kind, and no two events of one time share it. Facts and observations travel
# as lists in the order of `PastFact` and `Observed`.
HISTORY = f"""
{FIND_ITEM}
CALL (n) {{
  CALL (n) {{
    MATCH (n)-[r:HAS_PARAMETER|HAD_PARAMETER]->(v)-[:VALUE_OF]->(p)
    // What was only proposed has no past: a decision keeps it, to put it back.
    WHERE (r.status <> 'proposed' OR r.valid_to IS NULL)
      AND ($parameter IS NULL OR v.parameter = $parameter)
    UNWIND CASE r.status WHEN 'rejected' THEN [['4', r.valid_from, r.run]]
      ELSE [['2', r.valid_from, r.run], ['3', r.valid_to, r.ended_by]] END AS event
    WITH r, v, p, event[1] AS at, event[2] AS run, event[0] + {_FACT_KEY} AS key
    WHERE at IS NOT NULL AND {_BEHIND}
    RETURN DISTINCT at, key, r.source AS source, run,
      [v.parameter, p.name, v.id, v.text, v.number, v.unit, r.origin, r.status, r.confidence,
       r.evidence, toString(r.valid_from), toString(r.valid_to)] AS fact, null AS observation
    ORDER BY at DESC, key LIMIT $limit
  UNION ALL
    MATCH (o:Observation {{product: n.id}})
    // With the time, or the index of both is not used.
    WHERE o.at <= datetime($at) AND n:Product AND $parameter IS NULL
    WITH n, o, o.at AS at, '1' + {_OBSERVATION_KEY} AS key WHERE {_BEHIND}
    RETURN DISTINCT at, key, n.source AS source, o.run AS run, null AS fact,
      [o.price, o.currency, o.in_stock] AS observation
    ORDER BY at DESC, key LIMIT $limit
  UNION ALL
    WITH n, n.closed_at AS at, '0' AS key
    WHERE at IS NOT NULL AND $parameter IS NULL AND {_BEHIND}
    RETURN at, key, n.source AS source, null AS run, null AS fact, null AS observation
  }}
  WITH * ORDER BY at DESC, key LIMIT $limit
  WITH *, toString(datetime({{datetime: at, timezone: 'Z'}})) AS time
  RETURN collect([time, key, source, run, fact, observation]) AS events
}}
RETURN events
"""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some events, newest first; `next` is where the following page begins, if any."""

    events: tuple[HistoryEvent, ...]
    next: Cursor | None


class History:
    """Reads what an item was, from its facts and observations."""

    def __init__(self, database: AsyncDatabase) -> None:
        self._database = database

    async def page(
        self, id: str, *, parameter: str | None, limit: int, after: Cursor | None
    ) -> HistoryPage | None:
        """`limit` events of the product of this id, else of the model; None where there is neither.

        With a `parameter`, only what was said of that one.
        """
        at, key = after or _NEWEST
        # One more than is shown tells whether there is another page.
        asked = {"id": id, "parameter": parameter, "limit": limit + 1, "at": at, "key": key}
        rows = await self._database.read(HISTORY, asked)
        return _page(rows[0], limit) if rows else None


def _page(row: Row, limit: int) -> HistoryPage:
    found = row["events"]
    shown = found[:limit]
    more = len(found) > limit
    return HistoryPage(
        tuple(_event(*event) for event in shown),
        (shown[-1][0], shown[-1][1]) if more and shown else None,
    )


def _event(
    at: str,
    key: str,
    source: str | None,
    run: str | None,
    fact: list[object] | None,
    observation: list[object] | None,
) -> HistoryEvent:
    return HistoryEvent(
        at=at,
        kind=_KINDS[key[0]],
        fact=PastFact(*fact) if fact else None,  # type: ignore[arg-type]
        observation=Observed(*observation) if observation else None,  # type: ignore[arg-type]
        source=source,
        run=run,
    )
