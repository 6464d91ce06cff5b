"""Where products come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.errors import SourceUnknown
from graph.repositories.answers import sources
from graph.repositories.asked_products import SOURCES_MAX

if TYPE_CHECKING:
    from graph.client import Database


def require_source(database: Database, source: str | None) -> None:
    """Raises SourceUnknown: no product is of this source; None: that of any will do."""
    if source is not None:
        known = sources(database)
        if source not in known and len(known) < SOURCES_MAX:
            raise SourceUnknown(source=source, known=known)
