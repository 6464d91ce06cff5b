"""The folder of pictures, for what learns from them and for what reads them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from ml.errors import ImageFolderMissing

if TYPE_CHECKING:
    from ml.artefact import Artefact
    from ml.images.folder import ImageFolder, UnusableImages
    from ml.item_predictor import ItemPredictor

_log = structlog.get_logger("catalograph.images")


def image_folder(path: Path) -> ImageFolder:
    """Pictures in `path`; the log hears of those that cannot be used.

    Raises:
        ImageFolderMissing: `path` is no folder.
    """
    from ml.images.folder import ImageFolder

    return ImageFolder(path, _warn)


def loaded(artefact: Artefact, images: Path | None) -> ItemPredictor:
    """The predictor of an artefact, with the pictures that it wants.

    Where `images` is None, an artefact that was trained with pictures works without, and the log
    says so: its vectors are then less telling.

    Raises:
        ImageFolderMissing: there is no folder `images`: vectors written without would be worse.
        ArtefactCorrupted: as `ItemPredictor.load`.
    """
    from ml.item_predictor import ItemPredictor, reads_pictures

    if not reads_pictures(artefact):
        return ItemPredictor.load(artefact)
    if images is None:
        _without_pictures(artefact, "CATALOGRAPH_IMAGES is not set")
        return ItemPredictor.load(artefact)
    return ItemPredictor.load(artefact, image_folder(images))


def serving_predictor(artefact: Artefact, images: Path | None) -> ItemPredictor:
    """The same for a service, which would rather answer without pictures than not at all."""
    try:
        return loaded(artefact, images)
    except ImageFolderMissing as error:
        _without_pictures(artefact, str(error))
        from ml.item_predictor import ItemPredictor

        return ItemPredictor.load(artefact)


def _without_pictures(artefact: Artefact, reason: str) -> None:
    _log.warning("pictures_not_read", model=artefact.reference, reason=reason)


def _warn(unusable: UnusableImages) -> None:
    _log.warning("pictures_unusable", count=unusable.count, first=str(unusable.first))
