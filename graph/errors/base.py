"""The root of what `graph` raises."""

from __future__ import annotations

from typing import ClassVar


class GraphError(Exception):
    """Base of the tree; `code` is stable and goes into problem+json and exit messages."""

    code: ClassVar[str] = "graph_error"
