"""What a training begins with, by its name in the registry or as a local folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml.artefact import ITEM_ENCODER
from ml.errors import RecipeInvalid

if TYPE_CHECKING:
    from pathlib import Path

    from ml.artefact import Artefact
    from ml.extraction.starts import Start
    from ml.registry import Registry


def pinned(registry: Registry, reference: str) -> str:
    """NAME/VERSION with a number where an alias was: what is promoted later changes nothing.

    Raises:
        RecipeInvalid: it is no reference, or of no text encoder that learnt without labels.
        ArtefactNotFound: there is none of this name and version.
        ArtefactCorrupted: its manifest was damaged.
    """
    return _encoder(registry, reference).reference


def start_from(registry: Registry, reference: str) -> Start:
    """A pretrained encoder of the registry; raises as `pinned`, or ArtefactCorrupted."""
    from ml.extraction.starts import Start

    return Start.of_artefact(_encoder(registry, reference))


def start_of_folder(folder: Path) -> Start:
    """Raises TextCheckpointInvalid: the folder is not there, or holds no checkpoint."""
    from ml.extraction.starts import Start

    return Start.of_folder(folder)


def _encoder(registry: Registry, reference: str) -> Artefact:
    """Not an extractor, either: that may have learnt the labels the new one is judged by."""
    name, _, version = reference.replace("@", "/").partition("/")
    if not name or not version:
        reason = f"{reference!r} names no version; write it as products/3 or products/champion"
        raise RecipeInvalid(setting="from", reason=reason)
    artefact = registry.get(name, version)
    if artefact.manifest.kind != ITEM_ENCODER:
        reason = (
            f"{artefact.reference} is of the kind {artefact.manifest.kind}; name an "
            f"{ITEM_ENCODER}, as `catalograph pretrain` makes them, such as products/champion"
        )
        raise RecipeInvalid(setting="from", reason=reason)
    return artefact
