"""How much of everything there is, from the counts that the store keeps."""

from __future__ import annotations

from typing import Any

from graph.client import AsyncDatabase, Database
from graph.records import GraphStats
from graph.schema import Label, Relationship

# A bare COUNT reads the count store; the same with a second column beside it scans the graph.
COUNTS = "RETURN " + ", ".join(
    (
        *(f"COUNT {{ (:{label}) }} AS {label}" for label in Label),
        *(f"COUNT {{ ()-[:{type}]->() }} AS {type}" for type in Relationship),
    )
)


class Stats:
    """Counts of nodes by label and of relationships by type."""

    def __init__(self, database: AsyncDatabase) -> None:
        self._database = database

    async def counts(self) -> GraphStats:
        return _stats(*await self._database.read(COUNTS))


def count(database: Database) -> GraphStats:
    """The same for a command line or a job."""
    return _stats(*database.read(COUNTS))


def _stats(counts: dict[str, Any]) -> GraphStats:
    return GraphStats(
        nodes={label.value: counts[label] for label in Label},
        relationships={type.value: counts[type] for type in Relationship},
    )
