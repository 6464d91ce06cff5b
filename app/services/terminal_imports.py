"""Imports that a command carried out itself: no jobs, but the graph knows them."""

from __future__ import annotations

from pathlib import Path

from app.connections import connection_of, located
from app.errors import JobIdAmbiguous
from app.settings import Settings
from graph.client import Database
from graph.repositories.imports import ImportRun, imports_beginning


def rejects_of(settings: Settings, run: str) -> Path:
    """Where `catalograph import` and `bulk-load` put the rows they reject."""
    return settings.home / "rejects" / f"{run}.ndjson"


def import_run(settings: Settings, start: str) -> ImportRun | None:
    """The import whose id begins so, if there is one.

    Raises:
        JobIdAmbiguous: several do.
        DatabaseError: the graph cannot be asked.
    """
    with Database(connection_of(located(settings))) as database:
        found = imports_beginning(database, start, limit=2)
    exact = [run for run in found if run.id == start]
    if len(found) > 1 and not exact:
        raise JobIdAmbiguous(id=start, candidates=[run.id for run in found])
    return next(iter(exact or found), None)
