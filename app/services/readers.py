"""What texts are read with: the vocabulary of the graph, and models of this registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.services.knowledge import load_grounder

if TYPE_CHECKING:
    from app.settings import Settings
    from graph.client import Database
    from ml.grounding.grounder import Grounder


def grounder_of(settings: Settings, database: Database) -> Grounder:
    """The grounder of a graph as it is now, for a command or a job.

    Raises:
        DatabaseError: Neo4j failed.
    """
    return load_grounder(database)
