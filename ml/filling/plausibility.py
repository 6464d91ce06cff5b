"""How plausible a fact is for an item: what the known items that are most like it have there."""

# Q questions, N items of the index, P parameters, C choices, K neighbours

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import torch
from torch import Generator, Tensor

from graph.records import FactText, ItemText
from ml.data.choices import ChoiceConfig, Choices
from ml.data.grams import GramConfig
from ml.filling.filler import FillerConfig, prior_of, trained
from ml.filling.items import ItemFacts
from ml.filling.texts import ItemReader
from ml.filling.votes import Votes, VotesConfig
from ml.models.neighbours import Near, Neighbours

_BATCH_QUESTIONS = 64  # each has K x C votes in memory: megabytes


class PlausibilityConfig(msgspec.Struct, frozen=True):
    """What is compared, and how attention is trained: facts are hidden, and named by neighbours.

    Attributes:
        votes: what of a pair of items is compared.
        epochs: 0 leaves the plain rule, a softmax of similarity.
        training_items: drawn to be asked about; few weights are learnt.
        fewest, most: bounds of the share of an item's facts that are hidden; a text states few.
    """

    grams: GramConfig = GramConfig()
    choices: ChoiceConfig = ChoiceConfig()
    votes: VotesConfig = VotesConfig(details=True)
    neighbours: int = 60
    epochs: int = 6
    training_items: int = 2_000
    rate: float = 0.03
    fewest: float = 0.4
    most: float = 0.95
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """Whether an item has a value.

    Attributes:
        item: what is known of it beside that; its facts of the same parameter are not looked at.
        fact: what is asked for; its text does not matter.
        family: items of the index with this one are not asked; None: all are.
    """

    item: ItemText
    fact: FactText
    family: str | None = None


@dataclass(frozen=True, slots=True)
class Plausible:
    """What similar items say of a fact; shares in 0..1.

    Attributes:
        probability: that the item has the value.
        prior: share of all items with the parameter that have the value.
        best: the likeliest value, as it is written, and `best_probability` its own.
        rank: of the value among those of the parameter, from 1.
        alike, agreeing: neighbours that state the parameter, and those of them with the value.
    """

    probability: float
    prior: float
    best: str
    best_probability: float
    rank: int
    alike: int
    agreeing: int


@dataclass(frozen=True, slots=True, repr=False)  # megabytes, in a log
class Index:
    """The known items that can be asked.

    Attributes:
        reader: how items were read, and are read that are asked about.
        items: one value of each parameter, for comparing.
        has_NC: bool, every value that an item has.
        share_C: of the items that state the parameter, those that have the value.
        families: of the items, by row; `rows_of` the other way round.
    """

    reader: ItemReader
    items: ItemFacts
    near: Neighbours
    has_NC: Tensor
    share_C: Tensor
    families: Sequence[str]
    rows_of: Mapping[str, list[int]]

    @classmethod
    def over(
        cls, items: Sequence[ItemText], families: Sequence[str], config: PlausibilityConfig
    ) -> Index:
        """Raises GraphTooSmall: no item has a fact."""
        reader = ItemReader.fit(items, config.choices, config.grams)
        has_NC = torch.zeros(len(items), len(reader.choices), dtype=torch.bool)
        for row, item in enumerate(items):
            has_NC[row, list(reader.choices_of(item))] = True
        return cls.of(reader, reader.read(items), has_NC, families)

    @classmethod
    def of(
        cls, reader: ItemReader, items: ItemFacts, has_NC: Tensor, families: Sequence[str]
    ) -> Index:
        """An index of items that were read before."""
        choices = reader.choices
        states_P = (items.choice_NP >= 0).sum(0).clamp_min(1)
        rows: dict[str, list[int]] = defaultdict(list)
        for row, family in enumerate(families):
            rows[family].append(row)
        near = Neighbours(items, choices=len(choices), buckets=reader.grams.buckets)
        share_C = has_NC.sum(0) / states_P[choices.parameter_of]
        return cls(reader, items, near, has_NC, share_C, families, rows)

    @property
    def choices(self) -> Choices:
        return self.reader.choices


@dataclass(frozen=True, slots=True)
class Plausibility:
    """Asks the K most similar items of an index, whose votes count by learnt attention.

    An item can be asked about that was not there a second ago: it is known by its title and facts.
    """

    config: PlausibilityConfig
    index: Index
    votes: Votes

    @classmethod
    def fit(
        cls,
        items: Sequence[ItemText],
        families: Sequence[str],
        config: PlausibilityConfig | None = None,
        rows: Tensor | None = None,
    ) -> Plausibility:
        """Learns from items with facts whom to ask: some are hidden, and named by other items.

        Args:
            items: the index.
            families: of each what it shares with its look-alikes, and with what is said of it
                elsewhere; see `ml.data.splits.families`.
            rows: of the index those that may be asked about in training; None: any.

        Raises:
            GraphTooSmall: no item has a fact.
        """
        config = config or PlausibilityConfig()
        torch.manual_seed(config.seed)  # initial weights
        index = Index.over(items, families, config)
        votes = Votes(index.choices, prior_of(index.items, index.choices), config.votes)
        generator = Generator().manual_seed(config.seed)
        row_T = torch.arange(len(items)) if rows is None else rows
        drawn_T = torch.randperm(len(row_T), generator=generator)[: config.training_items]
        row_T = row_T[drawn_T]

        def predict(known: ItemFacts, rows: Tensor) -> Tensor:
            near = index.near.nearest(known, config.neighbours, row_T[rows])
            score_BC: Tensor = votes(known, near, index.items)
            return score_BC

        losses = trained(
            votes,
            predict,
            index.items[row_T],
            config.epochs,
            config.rate,
            FillerConfig(fewest=config.fewest, most=config.most),
            generator,
        )
        deque(losses, maxlen=0)
        return cls(config, index, votes.eval())

    @torch.no_grad()
    def of(self, questions: Sequence[Question]) -> list[Plausible | None]:
        """For each question what similar items say; None where nothing can be said.

        That is so of parameters without enough facts, and of values that hardly any item has.
        """
        choice_Q = [self._choice(question.fact) for question in questions]
        asked = [at for at, choice in enumerate(choice_Q) if choice is not None]
        found: list[Plausible | None] = [None] * len(questions)
        for first in range(0, len(asked), _BATCH_QUESTIONS):
            part = asked[first : first + _BATCH_QUESTIONS]
            answers = self._answers(
                [questions[at] for at in part], torch.tensor([choice_Q[at] for at in part])
            )
            for at, answer in zip(part, answers, strict=True):
                found[at] = answer
        return found

    def shares(self, known: ItemFacts, near: Near, heard_QK: Tensor) -> Tensor:
        """How much each neighbour that is heard counts, [Q, K + 1, P]; the last is nobody."""
        share_QKP = self.votes.shares(known, near, self.index.items)
        share_QKP = torch.cat((share_QKP[:, :-1] * heard_QK[:, :, None], share_QKP[:, -1:]), dim=1)
        whole_Q1P = share_QKP.sum(1, keepdim=True).clamp_min(1e-9)
        heard_QKP: Tensor = share_QKP / whole_Q1P
        return heard_QKP

    def _choice(self, fact: FactText) -> int | None:
        choice = self.index.choices.of_value(fact.value, fact.parameter, fact.number)
        return None if choice < 0 or bool(self.index.choices.is_rare[choice]) else choice

    def _answers(self, questions: Sequence[Question], choice_Q: Tensor) -> list[Plausible]:
        index = self.index
        parameter_Q = index.choices.parameter_of[choice_Q]
        known = index.reader.read([question.item for question in questions])
        hidden_QP = torch.zeros(known.choice_NP.shape, dtype=torch.bool)
        hidden_QP[torch.arange(len(questions)), parameter_Q] = True
        known = known.without(hidden_QP)
        barred_QN = self._barred(questions)
        near = self.index.near.nearest(known, self.config.neighbours, barred_BN=barred_QN)
        heard_QK = ~barred_QN.gather(1, near.item_BK)
        voted_QC = self._voted(known, near, heard_QK)
        states_QKP = self.index.items.choice_NP[near.item_BK] >= 0
        asked_QK = heard_QK & states_QKP[torch.arange(len(questions)), :, parameter_Q]
        return [
            self._plausible(*one)
            for one in zip(
                voted_QC, choice_Q.tolist(), parameter_Q.tolist(), near.item_BK, asked_QK,
                strict=True,
            )
        ]  # fmt: skip

    def _barred(self, questions: Sequence[Question]) -> Tensor:
        """Whom of the index each question must not hear, bool [Q, N]."""
        barred_QN = torch.zeros(len(questions), len(self.index.families), dtype=torch.bool)
        for row, question in enumerate(questions):
            if question.family is not None:
                barred_QN[row, self.index.rows_of.get(question.family, [])] = True
        return barred_QN

    def _voted(self, known: ItemFacts, near: Near, heard_QK: Tensor) -> Tensor:
        """The probability of every choice, [Q, C]."""
        share_QKP = self.shares(known, near, heard_QK)
        share_QKC = share_QKP[:, :, self.index.choices.parameter_of]
        given_QC = (share_QKC[:, :-1] * self.index.has_NC[near.item_BK]).sum(1)
        voted_QC: Tensor = given_QC + share_QKC[:, -1] * self.index.share_C
        return voted_QC

    def _plausible(
        self, voted_C: Tensor, choice: int, parameter: int, near_K: Tensor, asked_K: Tensor
    ) -> Plausible:
        first = int(self.index.choices.sizes[:parameter].sum())
        own = slice(first, first + int(self.index.choices.sizes[parameter]))
        votes = voted_C[own]
        best = int(votes.argmax())
        return Plausible(
            probability=float(voted_C[choice]),
            prior=float(self.index.share_C[choice]),
            best=self._written(first + best),
            best_probability=float(votes[best]),
            rank=1 + int((votes > voted_C[choice]).sum()),
            alike=int(asked_K.sum()),
            agreeing=int((self.index.has_NC[near_K, choice] & asked_K).sum()),
        )

    def _written(self, choice: int) -> str:
        of = self.index.choices.choices[choice]
        if of.value is not None:
            return of.value.partition("=")[2]
        return "a rare one" if of.low is None else f"{of.low:g} to {of.high:g}"
