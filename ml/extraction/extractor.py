"""The trained extractor: texts to values with their places and a confidence."""

# R candidates

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch

from ml.extraction.answers import Answers
from ml.extraction.candidates import Candidates
from ml.extraction.features import matrix_of
from ml.extraction.files import Parts, packed, unpacked
from ml.extraction.grid import Grid
from ml.extraction.judgement import Judgement
from ml.extraction.knowledge import Triples, proposals_of
from ml.extraction.network_inputs import Question
from ml.extraction.records import Extraction, LabelledText, Notify
from ml.extraction.sheet import Sheet
from ml.extraction.stacking import ExtractionConfig, Stacked, Stacking
from ml.extraction.statistics import WholeCounts, weak_events
from ml.extraction.tokens import tokenise
from ml.links.training import faster_dtype

LEAST_CONFIDENCE = 0.02  # below, an answer is not worth the bytes
_TEXTS = 64  # at a time; more make no text cheaper


class Extractor:
    """Finds the values of parameters in texts; immutable, so that threads can share one.

    Attributes:
        thresholds: confidence from which on the answers were best, by parameter; those that
            training did not see have the one of all.
    """

    def __init__(self, parts: Parts) -> None:
        """Args: `parts`, networks in the format that this machine multiplies faster."""
        self._parts = parts
        self.thresholds: Mapping[str, float] = parts.thresholds

    @classmethod
    def train(
        cls,
        texts: Sequence[LabelledText],
        config: ExtractionConfig,
        *,
        notify: Notify,
        triples: Triples = (),
    ) -> Extractor:
        """Learn from labelled texts; a label whose value its text does not say teaches nothing.

        Args:
            triples: parameters and lower-case values that others found in other texts.

        Raises:
            GraphTooSmall: fewer texts that say a value than folds.
            TrainingDiverged: the loss of the network is no number.
        """
        return cls.of(Stacking(texts, config, notify, triples).run())

    @classmethod
    def of(cls, stacked: Stacked) -> Extractor:
        judgement = Judgement.of(stacked.judged)
        calibration, thresholds = judgement.fitted(np.ones(len(judgement.score_X), bool))
        return cls(
            Parts(
                knowledge=stacked.knowledge,
                counts=stacked.counts,
                networks=stacked.networks,
                looks=stacked.looks,
                calibration=calibration,
                thresholds=thresholds,
            )
        )

    def extract(
        self,
        texts: Sequence[str],
        categories: Sequence[str],
        parameters: Sequence[Sequence[str]] | None = None,
    ) -> list[list[Extraction]]:
        """The best value of every parameter of every text, where there is any, in any confidence.

        Whoever writes facts compares with `thresholds`. Of a text, the first
        `cleaning.LONGEST_CHARACTERS` characters and `tokens.LONGEST_TOKENS` words are read.

        Args:
            categories: one of each text; one that training did not have is served by what was
                learnt where no category was known, or else of its parameters elsewhere.
            parameters: which are asked of each text; None: all that its category had in training,
                for a category that it did not have, all.
        """
        known = map(self._parts.knowledge.slots.category, categories)
        questions = [
            Question(
                tokenise(text),
                category,
                self._asked(category, None if parameters is None else parameters[n]),
            )
            for n, (text, category) in enumerate(zip(texts, known, strict=True))
        ]
        found: list[list[Extraction]] = [[] for _ in questions]
        worth = [n for n, q in enumerate(questions) if q.text.words and q.parameters]
        for at in range(0, len(worth), _TEXTS):
            chosen = worth[at : at + _TEXTS]
            answered = self._extract([questions[n] for n in chosen])
            for n, of_text in zip(chosen, answered, strict=True):
                found[n] = [
                    Extraction(parameter, texts[n][start:end], start, end, confidence)
                    for parameter, start, end, confidence in of_text
                    if parameters is None or parameter in parameters[n]
                ]
        return found

    def _asked(self, category: str, wanted: Sequence[str] | None) -> tuple[str, ...]:
        """All of a known category: what is taken for another value helps to judge the wanted."""
        slots = self._parts.knowledge.slots
        if wanted is None:
            return slots.asked(category)
        if not wanted:
            return ()
        return tuple(dict.fromkeys((*wanted, *slots.of_category.get(category, ()))))

    def _extract(self, questions: list[Question]) -> list[list[tuple[str, int, int, float]]]:
        parts, knowledge, counts = self._parts, self._parts.knowledge, self._parts.counts
        sheet = knowledge.sheet(questions)
        grid = Grid.of(sheet, counts)
        proposals = proposals_of(parts.networks, sheet, counts, grid)
        candidates = knowledge.finder.find(sheet, proposals)
        candidates = candidates.where(knowledge.is_there(sheet, candidates, counts))
        features = knowledge.features(sheet, candidates, proposals, counts, grid)
        probability_R = parts.looks.probabilities(sheet, candidates, matrix_of(features))
        answers = Answers.of(candidates, probability_R, len(sheet.slot_Q))
        return self._in_texts(sheet, candidates, answers)

    def _in_texts(
        self, sheet: Sheet, candidates: Candidates, answers: Answers
    ) -> list[list[tuple[str, int, int, float]]]:
        confidence_Q = self._parts.calibration.confidence(answers.score_Q)
        found = []
        for n, question in enumerate(sheet.questions):
            of_text = []
            for a, parameter in enumerate(question.parameters):
                q = int(sheet.questions_N1[n]) + a
                row = int(answers.row_Q[q])
                if row < 0 or confidence_Q[q] < LEAST_CONFIDENCE:
                    continue
                start, end = question.text.clean.original_span(
                    int(candidates.start_R[row]), int(candidates.end_R[row])
                )
                of_text.append((parameter, start, end, float(confidence_Q[q])))
            found.append(of_text)
        return found

    def with_triples(self, triples: Triples) -> Extractor:
        """The same that knows only these of the triples it was trained with."""
        knowledge = self._parts.knowledge
        weak = WholeCounts.of_events(weak_events(triples, knowledge.vocabulary, knowledge.slots))
        counts = WholeCounts(
            {**self._parts.counts.keys, **weak.keys}, {**self._parts.counts.counts, **weak.counts}
        )
        return Extractor(replace(self._parts, counts=counts))

    def to_files(self) -> dict[str, bytes]:
        """By name: JSON, LightGBM's text and safetensors."""
        return packed(self._parts)

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Extractor:
        """The extractor that `to_files` wrote.

        Raises:
            ExtractorInvalid: a file is missing or not what it should be.
        """
        parts = unpacked(files)
        for network in parts.networks:
            network.to(faster_dtype(torch.device("cpu"), network.backbone.width))
        return cls(parts)
