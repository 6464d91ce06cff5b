"""A reranker and the similar items it asks, as the files of an artefact."""

from __future__ import annotations

from collections.abc import Mapping

from ml.filling import plausibility_files
from ml.filling.plausibility import Plausibility
from ml.filling.trees import Trees
from ml.grounding.reranking import FEATURES, PlausibleReading


def to_files(reranker: Trees, similar: Plausibility) -> dict[str, bytes]:
    """Everything that it takes to read with it elsewhere."""
    return plausibility_files.to_files(reranker, FEATURES, similar)


def from_files(name: str, files: Mapping[str, bytes]) -> PlausibleReading:
    """Reads what `to_files` wrote; `name` is NAME@VERSION.

    Raises:
        ArtefactCorrupted: names the file that is damaged, missing, or of another version.
    """
    return PlausibleReading(name, *plausibility_files.from_files(name, FEATURES, files))
