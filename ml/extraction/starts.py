"""A pretrained transformer for the span network to begin with, where that is not the usual one."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from ml.artefact import Artefact
from ml.errors import RecipeInvalid
from ml.extraction.backbone import (
    ATTENTION,
    Backbone,
    from_folder,
    marks_of,
    pieces_of,
    without_dropout,
)
from ml.item_predictor import ItemPredictor
from ml.text.encoder import TextEncoder

SHORTEST_PIECES = 32  # 16 of them may be the category


@dataclass(frozen=True, slots=True)
class Start:
    """Every network of a training begins with a copy of it.

    Attributes:
        name: for reports.
        parent: NAME/VERSION, of an artefact.

    Raises:
        RecipeInvalid: it reads too little of a text.
    """

    name: str
    backbone: Backbone
    parent: str | None = None

    def __post_init__(self) -> None:
        if self.backbone.longest < SHORTEST_PIECES:
            reason = (
                f"{self.name} reads {self.backbone.longest} pieces of a text; a category and a "
                f"few words take {SHORTEST_PIECES}, so pretrain with a longer tokenizer.longest"
            )
            raise RecipeInvalid(setting="from", reason=reason)

    @classmethod
    def of_folder(cls, folder: Path) -> Start:
        """A local checkpoint, as `save_pretrained` writes it.

        Raises:
            TextCheckpointInvalid: the folder is not there, or not of that kind.
        """
        return cls(folder.name, from_folder(folder))

    @classmethod
    def of_artefact(cls, artefact: Artefact) -> Start:
        """The side of an item encoder that reads texts.

        Raises:
            ArtefactCorrupted: it is of another kind, or a file of it is not what was registered.
        """
        encoder = ItemPredictor.load(artefact).text
        return cls(artefact.reference, from_text_encoder(encoder), artefact.reference)


def from_text_encoder(encoder: TextEncoder) -> Backbone:
    """A copy of its transformer and tokenizer.

    As in `from_folder`, nothing but the span network hides states. Of a text it reads as many
    pieces as the encoder was made for.
    """
    transformer = deepcopy(encoder.backbone)
    transformer.set_attn_implementation(ATTENTION)
    without_dropout(transformer)
    return Backbone(transformer, pieces_of(encoder.tokenizer), marks_of(encoder.tokenizer))
