"""What shoppers searched for, and what they then viewed and bought."""

from __future__ import annotations

from graph.client import Database
from graph.records import Record

LEAST_VIEWERS = 2  # of an item that nobody bought: one shopper may have slipped, or be a robot

SEARCHED = """
MATCH (p:Product)<-[r:VIEWED|BOUGHT]-(s:Shopper)
WHERE r.query IS NOT NULL AND p.closed_at IS NULL
WITH r.query AS query, p, count(DISTINCT s) AS shoppers, collect(DISTINCT type(r)) AS types
WITH query, p, shoppers, 'BOUGHT' IN types AS bought
WHERE bought OR shoppers >= $least
RETURN query, p.id AS item, p.title AS title, bought
ORDER BY query, item
"""


class Searched(Record, frozen=True):
    """A query and a product that it led to; `bought`, or viewed by several shoppers."""

    query: str
    item: str
    title: str
    bought: bool


def searched(database: Database) -> list[Searched]:
    """Of products that are not closed, in the order of queries; reads every event once."""
    rows = database.stream(SEARCHED, least=LEAST_VIEWERS)
    return [Searched(row["query"], row["item"], row["title"], row["bought"]) for row in rows]
