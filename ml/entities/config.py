"""How a tagger is trained."""

from __future__ import annotations

from dataclasses import dataclass

from ml.entities.encoders import EncoderName


@dataclass(frozen=True, slots=True)
class TaggingConfig:
    """What may be chosen.

    Attributes:
        networks: the encoder of each; their probabilities are averaged.
        epochs: over the labelled titles, at a rate that falls to 0 at the end.
        pretraining_epochs: before, over hidden characters and made-up titles; 0: none.
        made_up: titles of gazetteer entries for each labelled one; without gazetteers none.
        threshold: probability from which a span is an entity.
    """

    networks: tuple[EncoderName, ...] = ("lstm", "cnn")
    epochs: int = 5
    pretraining_epochs: int = 3
    made_up: float = 2.0
    batch_titles: int = 32
    dropout: float = 0.5
    pretraining_dropout: float = 0.2
    threshold: float = 0.4
    seed: int = 0


FAST = TaggingConfig(networks=("cnn",), pretraining_epochs=0)
