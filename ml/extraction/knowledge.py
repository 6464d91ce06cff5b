"""What an extractor knows from its training texts, beside the weights it learnt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.extraction.candidates import CandidateFinder, Candidates
from ml.extraction.features import Evidence, Features, features_of
from ml.extraction.grid import Grid
from ml.extraction.known_values import KnownValues
from ml.extraction.labels import Labels
from ml.extraction.neighbours import Excluded, Neighbours
from ml.extraction.network import SpanNetwork
from ml.extraction.network_inputs import Question
from ml.extraction.proposals import Proposals, by_counts, by_network
from ml.extraction.sheet import Sheet
from ml.extraction.slots import Slots
from ml.extraction.statistics import Counts, values_of_slots
from ml.extraction.vocabulary import Vocabulary

Triples = Sequence[tuple[str, str]]  # parameter, value in lower case


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything but counts, which training and serving see differently.

    Attributes:
        slots_of_value: in which slots training had a value, by its number.
    """

    slots: Slots
    vocabulary: Vocabulary
    neighbours: Neighbours
    slots_of_value: tuple[tuple[int, ...], ...]
    finder: CandidateFinder

    @classmethod
    def of(cls, labels: Sequence[Labels], slots: Slots, triples: Triples = ()) -> Knowledge:
        vocabulary = Vocabulary.of(labels, (value for _, value in triples))
        of_value: list[set[int]] = [set() for _ in vocabulary.values]
        for slot, values in enumerate(values_of_slots(labels, vocabulary, slots)):
            for value in values:
                of_value[value].add(slot)
        of_parameter: dict[str, list[int]] = {}
        for slot, (_, parameter) in enumerate(slots.slots):
            of_parameter.setdefault(parameter, []).append(slot)
        for parameter, text in triples:
            of_value[vocabulary.values[text]].update(of_parameter.get(parameter, ()))
        slots_of_value = tuple(tuple(sorted(found)) for found in of_value)
        return cls.made(slots, vocabulary, Neighbours.of(labels, vocabulary, slots), slots_of_value)

    @classmethod
    def made(
        cls,
        slots: Slots,
        vocabulary: Vocabulary,
        neighbours: Neighbours,
        slots_of_value: tuple[tuple[int, ...], ...],
    ) -> Knowledge:
        finder = CandidateFinder(KnownValues(vocabulary.values), vocabulary, slots_of_value)
        return cls(slots, vocabulary, neighbours, slots_of_value, finder)

    def sheet(self, questions: Sequence[Question]) -> Sheet:
        return Sheet.of(questions, self.vocabulary, self.slots)

    def is_there(
        self, sheet: Sheet, candidates: Candidates, counts: Counts
    ) -> npt.NDArray[np.bool_]:
        """Which candidates are proposed, or known to these counts."""
        q_R, value_R = candidates.question_R, candidates.value_R
        text_R = sheet.text_Q[q_R]
        known_R = counts.of("value", sheet.slot_Q[q_R], value_R, text_R)
        weak_R = counts.of("weak_value", sheet.parameter_Q[q_R], value_R, text_R)
        is_there_R: npt.NDArray[np.bool_] = candidates.is_proposed_R | (known_R + weak_R > 0)
        return is_there_R

    def features(
        self,
        sheet: Sheet,
        candidates: Candidates,
        proposals: Sequence[Proposals],
        counts: Counts,
        grid: Grid,
        excluded: Excluded | None = None,
    ) -> Features:
        return features_of(
            Evidence(
                sheet=sheet,
                candidates=candidates,
                proposals=proposals,
                grid=grid,
                counts=counts,
                nearest=self.neighbours.nearest(sheet, excluded),
                labels=self.neighbours.columns,
            )
        )


def proposals_of(
    networks: Sequence[SpanNetwork], sheet: Sheet, counts: Counts, grid: Grid
) -> list[Proposals]:
    if networks:
        return by_network(networks, sheet.questions)
    return by_counts(sheet, grid, counts)
