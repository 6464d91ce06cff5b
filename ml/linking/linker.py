"""The linker: which model of a catalogue a title names, or none."""

# S titles, K candidates

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ml.errors import CatalogueEmpty
from ml.linking.blocking import BATCH, Blocking, Candidates
from ml.linking.catalogue import Catalogue
from ml.linking.features import Featuriser, Matrix
from ml.linking.learnt import Learnt
from ml.linking.reasons import reasons_for
from ml.linking.records import CatalogModel, Link
from ml.linking.scoring import Floats, LinkingConfig
from ml.linking.title import Title
from ml.linking.training import train


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates of one title with their scores, in the order of the search."""

    title: Title
    candidates: Candidates
    feature_KF: Matrix
    score_K: Floats


class ModelLinker:
    """Links titles to the models of one catalogue.

    Attributes:
        learnt: what does not depend on the catalogue.
    """

    def __init__(
        self, models: Sequence[CatalogModel], learnt: Learnt, catalogue: Catalogue | None = None
    ) -> None:
        self.learnt = learnt
        self._catalogue = catalogue or _catalogue_of(models)
        self._blocking = Blocking(self._catalogue)
        self._featuriser = Featuriser(self._catalogue, learnt.trust)

    @classmethod
    def train(
        cls,
        models: Sequence[CatalogModel],
        offers: Sequence[tuple[str, str | None]],
        config: LinkingConfig | None = None,
    ) -> ModelLinker:
        """Learn from titles and the ids of their models; None: the catalogue has no such model.

        Raises:
            CatalogueEmpty: there are no models.
            OffersTooFew: fewer than two models have offers.
        """
        catalogue = _catalogue_of(models)
        learnt = train(catalogue, Blocking(catalogue), offers, config or LinkingConfig())
        return cls(models, learnt, catalogue)

    @classmethod
    def untrained(cls, models: Sequence[CatalogModel]) -> ModelLinker:
        """The floor, by rules; its confidence is not calibrated.

        Raises:
            CatalogueEmpty: there are no models.
        """
        return cls(models, Learnt.rules())

    def over(self, models: Sequence[CatalogModel]) -> ModelLinker:
        """What was learnt, over another catalogue.

        Raises:
            CatalogueEmpty: there are no models.
        """
        return ModelLinker(models, self.learnt)

    def rules(self) -> ModelLinker:
        """The floor over the same catalogue."""
        return ModelLinker((), Learnt.rules(), self._catalogue)

    def link(
        self, titles: Sequence[str], brands: Sequence[str | None] | None = None
    ) -> list[Link | None]:
        """The model of each title; None where the best one is below the threshold.

        Args:
            brands: of each title, where something besides the title says it.
        """
        return [
            self._link(ranked, int(ranked.score_K.argmax()))
            if ranked.score_K.max(initial=-1.0) >= self.learnt.threshold
            else None
            for ranked in self.ranked(titles, brands)
        ]

    def candidates(self, title: str, limit: int = 20) -> list[Link]:
        """What the title may name, the likeliest first, however unlikely."""
        titles = [Title.read(title, self._catalogue)]
        (ranked,) = self._ranked(titles, max(limit, self.learnt.candidates))
        order_K = np.argsort(-ranked.score_K, kind="stable")[:limit]
        return [self._link(ranked, place) for place in order_K.tolist()]

    def ranked(
        self, titles: Sequence[str], brands: Sequence[str | None] | None = None
    ) -> Iterator[Ranked]:
        """Candidates and scores of each title, before anything is decided."""
        for first in range(0, len(titles), BATCH):
            texts = titles[first : first + BATCH]
            said = brands[first : first + BATCH] if brands else [None] * len(texts)
            read = [
                Title.read(text, self._catalogue, brand)
                for text, brand in zip(texts, said, strict=True)
            ]
            yield from self._ranked(read, self.learnt.candidates)

    def _ranked(self, titles: Sequence[Title], limit: int) -> Iterator[Ranked]:
        found = self._blocking.search(titles, limit)
        features = [
            self._featuriser.features(title, candidates)
            for title, candidates in zip(titles, found, strict=True)
        ]
        score_R = self.learnt.scorer.scores(np.concatenate(features))
        ends = np.cumsum([len(feature_KF) for feature_KF in features])[:-1]
        scores = np.split(score_R, ends)
        for parts in zip(titles, found, features, scores, strict=True):
            yield Ranked(*parts)

    def _link(self, ranked: Ranked, place: int) -> Link:
        entry = self._catalogue.entries[ranked.candidates.position_K[place]]
        return Link(
            model=entry.model.id,
            confidence=self.learnt.calibration.confidence(float(ranked.score_K[place])),
            reasons=reasons_for(ranked.title, entry),
        )

    def model_at(self, position: int) -> CatalogModel:
        """The model that a candidate's position means."""
        return self._catalogue.entries[position].model

    def to_files(self) -> dict[str, bytes]:
        """What was learnt, without the catalogue.

        Raises:
            ArtefactInvalid: nothing was learnt yet.
        """
        return self.learnt.to_files()

    @classmethod
    def from_files(cls, files: Mapping[str, bytes], models: Sequence[CatalogModel]) -> ModelLinker:
        """What `to_files` gave, over a catalogue.

        Raises:
            ArtefactCorrupted: the files are not what `to_files` gave.
            CatalogueEmpty: there are no models.
        """
        return cls(models, Learnt.from_files(files))


def _catalogue_of(models: Sequence[CatalogModel]) -> Catalogue:
    if not models:
        raise CatalogueEmpty()
    return Catalogue(models)
