"""A sample of a dump to a mapping file, with the evidence for every line of it."""

from graph.ingest.suggest.proposal import Decision, Suggestion, Trial
from graph.ingest.suggest.suggesting import suggest

__all__ = ["Decision", "Suggestion", "Trial", "suggest"]
