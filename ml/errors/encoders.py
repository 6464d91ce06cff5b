"""What cannot be embedded, featurized or shown to an encoder."""

from __future__ import annotations

from pathlib import Path

from graph.records import EncoderModel
from ml.errors.base import LearningError


class EncoderUnusable(LearningError):
    """A text that no vector can be made of, or none that means something here."""

    code = "encoder_unusable"


class EncoderMissing(EncoderUnusable):
    code = "encoder_missing"

    def __init__(self) -> None:
        super().__init__(
            "no trained model has embedded this catalog and is loaded, so a text cannot be "
            "compared: pretrain one, or send facts, a brand or a category"
        )


class EncoderMismatch(EncoderUnusable):
    """The loaded model would give vectors that mean nothing beside those of the graph."""

    code = "encoder_mismatch"

    def __init__(self, *, loaded: EncoderModel, serving: EncoderModel) -> None:
        self.loaded, self.serving = loaded, serving
        super().__init__(
            f"the vectors of the catalog are those of {serving.key} ({serving.width} numbers), and "
            f"{loaded.key} ({loaded.width} numbers) is loaded; embed the catalog with it, or "
            f"promote {serving.key} again"
        )


class GraphTooSmall(LearningError):
    """A graph, or the part of it that was asked for, that holds nothing to learn from."""

    code = "graph_too_small"

    def __init__(self, *, missing: str, remedy: str) -> None:
        self.missing = missing
        self.remedy = remedy
        super().__init__(f"there is nothing to learn from: {missing}. {remedy}")


class HeteroFileInvalid(LearningError):
    """A file that `catalograph export --format pyg` did not write, or not whole."""

    code = "hetero_file_invalid"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"{path} {reason}. Export the graph again to a path that is free: "
            "`catalograph export FILE --format pyg`"
        )


class ImageFolderMissing(LearningError):
    code = "image_folder_missing"

    def __init__(self, *, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} should hold the pictures of the items and is no folder that can be read; "
            "mount it, name another one in CATALOGRAPH_IMAGES, or unset that to go without pictures"
        )


class ImageUnusable(LearningError):
    """`address` is the `image_url` of an item; the item counts as without picture."""

    code = "image_unusable"

    def __init__(self, *, address: str, reason: str) -> None:
        self.address = address
        self.reason = reason
        super().__init__(f"{address!r} {reason}; mend or remove it, or train without it")


class FeatureMissing(LearningError):
    code = "feature_missing"

    def __init__(self, *, label: str, feature: str) -> None:
        self.label = label
        self.feature = feature
        super().__init__(
            f"the {label} nodes of this graph have no {feature}; "
            "make the graph by `Featurizer.apply`"
        )
