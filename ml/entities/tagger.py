"""The tagger of entities: trained on labelled titles, applied to any text."""

# B titles, L characters, T types, M longest entity

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from ml.entities import tagger_files
from ml.entities.calibration import Calibration
from ml.entities.config import TaggingConfig
from ml.entities.decoding import spans_worth_it
from ml.entities.featurizer import Featurizer
from ml.entities.inputs import EncodedTitle, TitleBatch
from ml.entities.lexicon import FOLDS, Lexicon
from ml.entities.network import TitleNetwork
from ml.entities.pretraining import made_up_titles
from ml.entities.records import Entity, LabelledTitle
from ml.entities.training import finetune, pretrain
from ml.entities.windows import windows
from ml.errors import GraphTooSmall
from ml.links.training import Notify, faster_dtype
from ml.runtime import seed_of

_TAGGED_TOGETHER = 64  # pieces


@dataclass(frozen=True, slots=True)
class EntityTagger:
    """Several networks whose span probabilities are averaged.

    Attributes:
        longest: entity that can be found, in characters: that of the training titles.
    """

    featurizer: Featurizer
    networks: tuple[TitleNetwork, ...]
    config: TaggingConfig
    calibration: Calibration
    longest: int

    @classmethod
    def train(
        cls,
        train: Sequence[LabelledTitle],
        valid: Sequence[LabelledTitle],
        gazetteers: Mapping[str, Sequence[str]],
        config: TaggingConfig,
        *,
        notify: Notify,
    ) -> EntityTagger:
        """Learn from `train`; `valid` only says how far confidences can be believed.

        Args:
            gazetteers: names of entities by the gazetteer's own name; which type it speaks of is
                learnt, unless it is called like one.

        Raises:
            GraphTooSmall: no title has an entity.
            TrainingDiverged: a loss is no number.
        """
        train = [title for title in train if title.text]
        lengths = [end - start for title in train for _, start, end in title.entities]
        if not lengths:
            raise GraphTooSmall(
                missing="no training title has an entity", remedy="Give titles with labels."
            )
        featurizer = Featurizer.learn(train, gazetteers)
        networks = _trained(featurizer, train, config, notify)
        raw = cls(featurizer, networks, config, Calibration(), max(lengths))
        return cls(featurizer, networks, config, _calibrated(raw, valid), max(lengths))

    def tag(self, texts: Sequence[str]) -> list[list[Entity]]:
        """The entities of every text, from left to right, without overlap."""
        pieces = [
            (row, offset, piece)
            for row, text in enumerate(texts)
            for offset, piece in windows(text)
        ]
        pieces.sort(key=lambda piece: len(piece[2]))
        found: list[list[Entity]] = [[] for _ in texts]
        for first in range(0, len(pieces), _TAGGED_TOGETHER):
            together = pieces[first : first + _TAGGED_TOGETHER]
            encoded = [self.featurizer.encode(piece) for _, _, piece in together]
            for (row, offset, piece), probability_TLM in zip(
                together, self._probabilities(encoded), strict=True
            ):
                found[row] += self._entities(piece, offset, probability_TLM)
        return [sorted(entities, key=lambda entity: entity.start) for entities in found]

    def to_files(self) -> dict[str, bytes]:
        """Everything that `tag` needs, as JSON and safetensors."""
        return tagger_files.written(
            tagger_files.Parts(
                self.featurizer, self.networks, self.config, self.calibration, self.longest
            )
        )

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> EntityTagger:
        """
        Raises:
            ArtefactCorrupted: a file is missing or is not what `to_files` wrote.
        """
        parts = tagger_files.read(files)
        return cls(parts.featurizer, parts.networks, parts.config, parts.calibration, parts.longest)

    def _entities(self, text: str, offset: int, probability_TLM: Tensor) -> list[Entity]:
        types = self.featurizer.labels.types
        return [
            Entity(
                type=types[kind],
                text=text[start:end],
                start=offset + start,
                end=offset + end,
                confidence=self.calibration(probability),
            )
            for kind, start, end, probability in spans_worth_it(
                probability_TLM, self.config.threshold
            )
        ]

    @torch.no_grad()
    def _probabilities(self, titles: Sequence[EncodedTitle]) -> Tensor:
        """`probability_BTLM`, the mean of what the networks say."""
        batch = TitleBatch.of(titles)
        says = [network.span_probabilities(batch, self.longest) for network in self.networks]
        return torch.stack(says).mean(dim=0)


def _trained(
    featurizer: Featurizer, train: Sequence[LabelledTitle], config: TaggingConfig, notify: Notify
) -> tuple[TitleNetwork, ...]:
    lexica = Lexicon.out_of_fold(train, featurizer.labels)
    titles = [
        featurizer.encode(title.text, title.entities, lexica[place % FOLDS])
        for place, title in enumerate(train)
    ]
    made_up: list[EncodedTitle] = []
    if config.pretraining_epochs:
        count = round(config.made_up * len(train))
        drawn = made_up_titles(featurizer, train, count, seed_of(config.seed, "made up"))
        made_up = [featurizer.encode(title.text, title.entities) for title in drawn]
    dtype = faster_dtype(torch.device("cpu"), 256)
    networks = []
    for number, encoder in enumerate(config.networks):
        notify(f"network {number + 1} of {len(config.networks)}: {encoder}")
        seed = seed_of(config.seed, number)
        with torch.random.fork_rng(
            devices=[]
        ):  # first weights and dropout draw from the global one
            torch.manual_seed(seed)
            network = TitleNetwork(encoder, featurizer, dtype)
            generator = Generator().manual_seed(seed)
            pretrain(network, titles, made_up, config, generator, notify=notify)
            finetune(network, titles, config, generator, notify=notify)
        network.dtype = torch.float32  # the same answers on every machine
        networks.append(network.eval())
    return tuple(networks)


def _calibrated(tagger: EntityTagger, valid: Sequence[LabelledTitle]) -> Calibration:
    found = tagger.tag([title.text for title in valid])
    judged = [
        (entity.confidence, (entity.type, entity.start, entity.end) in title.entities)
        for title, entities in zip(valid, found, strict=True)
        for entity in entities
    ]
    return Calibration.learn([p for p, _ in judged], [right for _, right in judged])
