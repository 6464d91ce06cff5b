"""When a server was started: one that has run on has at hand what it was asked before."""

from __future__ import annotations

from graph.client import AsyncDatabase

# `lastStartTime` of SHOW DATABASES stays as it was when a server that was killed comes back.
STARTED = """
CALL dbms.queryJmx('java.lang:type=Runtime') YIELD attributes
RETURN attributes.StartTime.value AS at
"""


async def started(database: AsyncDatabase, *, timeout_s: float) -> int:
    """Milliseconds since 1970; in a cluster those of the server that happens to answer.

    Raises:
        DatabaseError: Neo4j failed, or does not let us ask.
    """
    at: int = (await database.read(STARTED, timeout_s=timeout_s))[0]["at"]
    return at
