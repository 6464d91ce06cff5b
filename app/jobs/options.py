"""How a worker behaves; tests choose shorter times."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """Times in seconds."""

    heartbeat_s: float = 2.0
    dead_after_s: float = 15.0  # several heartbeats: a busy machine is late, too
    sweep_s: float = 5.0  # how often it looks for workers that are gone
    poll_s: float = 0.5  # how often it looks for work
    stop_grace_s: float = 20.0  # for the batch at hand, and a database that does not answer
    database_patience_s: float = 600.0  # so long a job waits for Neo4j, or its disk; then it fails
    attempts_max: int = 10  # in a row, each of which came no further
