"""Training: networks and rankers that judge only texts they never saw, then those that serve."""

# N texts, Q questions, R candidates, F folds

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch

from ml.errors import GraphTooSmall, RecipeInvalid
from ml.extraction.answers import Answers
from ml.extraction.backbone import Backbone, NetworkName, backbone_for, used_network
from ml.extraction.candidates import Candidates
from ml.extraction.cleaning import IntArray
from ml.extraction.features import matrix_of
from ml.extraction.folds import Folds
from ml.extraction.grid import Grid
from ml.extraction.knowledge import Knowledge, Triples
from ml.extraction.labels import Labels, labels_of, says_all
from ml.extraction.lessons import Lesson
from ml.extraction.looks import Course, Looks
from ml.extraction.network import SpanNetwork, SpanNetworkConfig
from ml.extraction.network_inputs import Question
from ml.extraction.network_training import NetworkRecipe, train_network
from ml.extraction.pace import Pace
from ml.extraction.proposals import Proposals, by_counts, by_network
from ml.extraction.ranker import RankerConfig
from ml.extraction.records import LabelledText, Notify
from ml.extraction.slots import Slots
from ml.extraction.statistics import FloatArray, FoldCounts, WholeCounts, events_of, weak_events
from ml.links.training import faster_dtype
from ml.runtime import seed_of
from ml.text.tuning import Tuned

if TYPE_CHECKING:
    from ml.extraction.starts import Start

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ExtractionConfig:
    """How an extractor is trained.

    Attributes:
        network: `auto`: on the English transformer where its package is installed, else on a small
            one from scratch; `none`: counts propose the spans.
        folds: of the training texts; every one is judged by what learnt from the others.
        together: networks that learn from the same texts and answer as one, where texts are judged
            and where they are served: the ranker learns how sure so many are.
        absent_weight: in the ranker, of parameters that a text's labels do not name, where labels
            name all that a text says.
    """

    network: NetworkName = "auto"
    folds: int = 3
    together: int = 3
    shape: SpanNetworkConfig = field(default_factory=SpanNetworkConfig)
    recipe: NetworkRecipe = field(default_factory=NetworkRecipe)
    ranker: RankerConfig = field(default_factory=RankerConfig)
    absent_weight: float = 0.3
    seed: int = 0

    def tuning(self, tuned: Tuned) -> ExtractionConfig:
        """The same where only this of a pretrained transformer learns."""
        tuning = replace(self.recipe.tuning, tuned=tuned)
        return replace(self, recipe=replace(self.recipe, tuning=tuning))


@dataclass(frozen=True, slots=True)
class Judged:
    """Answers to all questions of the training texts, each by a model that never saw the text.

    Attributes:
        labels: of the texts; `questions` beside them.
        score_Q: of the best candidate.
        answers_Q: its characters; empty: there is no candidate.
        text_Q: number of the text.
        parameters_Q: what was asked.
    """

    labels: tuple[Labels, ...]
    questions: tuple[Question, ...]
    folds: Folds
    score_Q: npt.NDArray[np.float32]
    answers_Q: tuple[str, ...]
    text_Q: IntArray
    parameters_Q: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Attributes: `matrix` [R, features] with the `names` of its columns; `is_there_R`, to them."""

    candidates: Candidates
    matrix: FloatArray
    is_there_R: BoolArray
    names: list[str]


@dataclass(frozen=True, slots=True)
class Stacked:
    """All that training made."""

    knowledge: Knowledge
    counts: WholeCounts
    networks: tuple[SpanNetwork, ...]
    looks: Looks
    dtype: torch.dtype
    judged: Judged


class Stacking:
    """One training, step by step; `run` does all of them."""

    def __init__(
        self,
        texts: Sequence[LabelledText],
        config: ExtractionConfig,
        notify: Notify,
        triples: Triples = (),
        start: Start | None = None,
    ) -> None:
        require_pretrained(config, start)
        self.config, self.notify, self.start = config, notify, start
        self.labels = tuple(labels_of(text) for text in texts)
        if len({label.text.words for label in self.labels if label.spans}) < config.folds:
            raise GraphTooSmall(
                missing=f"fewer than {config.folds} texts say a value",
                remedy="Give labelled texts whose values stand in them.",
            )
        self.says_all = says_all(texts)
        self.slots = Slots.of(
            (label.category, name)
            for label in self.labels
            for name in (*label.spans, *sorted(label.silent))
        )
        self.questions = tuple(
            Question(label.text, label.category, self.slots.asked(label.category))
            for label in self.labels
        )
        self.folds = Folds.of(self.labels, config.folds, config.seed)
        self.pace = Pace(_passes(self.folds, config))
        self.knowledge = Knowledge.of(self.labels, self.slots, triples)
        vocabulary, finder = self.knowledge.vocabulary, self.knowledge.finder
        events = events_of(self.labels, vocabulary, self.slots, finder.known)
        weak = weak_events(triples, vocabulary, self.slots)
        self.counts = WholeCounts.of_events({**events, **weak})
        self.fold_counts = FoldCounts.of_events(
            events, self.folds.fold_N, self.folds.small_N, WholeCounts.of_events(weak)
        )
        self.sheet = self.knowledge.sheet(self.questions)
        self.dtype = torch.float32

    def run(self) -> Stacked:
        proposals = self._proposals()
        candidates = self.knowledge.finder.find(self.sheet, proposals)
        text_R = self.sheet.text_Q[candidates.question_R]
        fold_R = self.folds.fold_N[text_R]
        probability_R = np.zeros(len(candidates), np.float32)
        for fold in range(self.config.folds):
            seen = self._seen(candidates, proposals, fold)
            looks = self._looks(seen, fold_R != fold)
            is_held_R = seen.is_there_R & (fold_R == fold)
            probability_R[is_held_R] = looks.probabilities(
                self.sheet, candidates.where(is_held_R), seen.matrix[is_held_R]
            )
            self.notify(f"rankers of fold {fold + 1} of {self.config.folds}: trained")
        seen = self._seen(candidates, proposals, -1)
        return Stacked(
            self.knowledge,
            self.counts,
            self._serving_networks(),
            self._looks(seen, np.ones(len(candidates), bool)),
            self.dtype,
            self._judged(candidates, probability_R),
        )

    def _serving_networks(self) -> tuple[SpanNetwork, ...]:
        if self.config.network == "none":
            return ()
        return self._networks(np.ones(len(self.labels), bool), part=0)

    def _proposals(self) -> list[Proposals]:
        """Of every text by a network that never saw it, or by counts that leave it out."""
        if self.config.network == "none":
            grid = Grid.of(self.sheet, self.fold_counts)
            return by_counts(self.sheet, grid, self.fold_counts)
        found: list[Proposals | None] = [None] * len(self.labels)
        for fold in range(self.config.folds):
            networks = self._networks(self.folds.fold_N != fold, part=fold + 1)
            held = np.flatnonzero(self.folds.fold_N == fold).tolist()
            questions = [self.questions[n] for n in held]
            for n, made in zip(held, by_network(networks, questions), strict=True):
                found[n] = made
        return [made for made in found if made is not None]

    def _networks(self, is_learnt_N: BoolArray, part: int) -> tuple[SpanNetwork, ...]:
        """Args: `part`, 0: all texts; else the number of the fold that is left out, from 1."""
        made, together = [], self.config.together
        for n in range(together):
            of = f"fold {part} of {self.config.folds}" if part else "all texts"
            self.notify(f"network {n + 1} of {together} of {of}")
            made.append(self._network(is_learnt_N, part, n))
        return tuple(made)

    def _network(self, is_learnt_N: BoolArray, part: int, n: int) -> SpanNetwork:
        seed = seed_of("network", self.config.seed, part, n)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            backbone = self._backbone()
            network = SpanNetwork(backbone, self.slots, self.config.shape)
        if part == 1 and n == 0:  # the first one
            self.dtype = faster_dtype(torch.device("cpu"), backbone.width)
        lessons = [self._lesson(n) for n in np.flatnonzero(is_learnt_N).tolist()]
        train_network(
            network,
            lessons,
            self.config.recipe,
            dtype=self.dtype,
            seed=seed,
            notify=self.notify,
            pace=self.pace,
        )
        return network.to(self.dtype)

    def _backbone(self) -> Backbone:
        if self.start is not None:
            return deepcopy(self.start.backbone)
        shape = self.config.shape
        return backbone_for(
            "auto" if self.config.network == "auto" else "scratch",
            (" ".join(label.text.words) for label in self.labels),
            width=shape.scratch_width,
            layers=shape.scratch_layers,
        )

    def _lesson(self, n: int) -> Lesson:
        label, question = self.labels[n], self.questions[n]
        absent = {p for p in question.parameters if p not in label.spans and p not in label.silent}
        return Lesson(
            question,
            {parameter: label.token_spans(parameter) for parameter in label.spans},
            label.silent,
            frozenset(absent if self.says_all else ()),
        )

    def _seen(self, candidates: Candidates, proposals: Sequence[Proposals], fold: int) -> _Seen:
        """Features as a model without `fold` sees them, and which candidates it would have."""
        counts = self.fold_counts.holding(fold)
        fold_N, small_N = self.folds.fold_N, self.folds.small_N

        def excluded(text_N1: IntArray, train_1M: IntArray) -> BoolArray:
            is_held_N1 = fold_N[text_N1] == fold
            is_own = (small_N[text_N1] == small_N[train_1M]) & ~is_held_N1
            is_ruled_out_NM: BoolArray = is_own | (fold_N[train_1M] == fold)
            return is_ruled_out_NM

        grid = Grid.of(self.sheet, counts)
        features = self.knowledge.features(
            self.sheet, candidates, proposals, counts, grid, excluded
        )
        is_there_R = self.knowledge.is_there(self.sheet, candidates, counts)
        return _Seen(candidates, matrix_of(features), is_there_R, list(features))

    def _targets(self, candidates: Candidates) -> tuple[BoolArray, FloatArray]:
        """Which candidates are right, and the weight of their question; 0: nobody knows."""
        strings = {string: n for n, string in enumerate(candidates.strings)}
        gold_Q, weight_Q = [], []
        for label, question in zip(self.labels, self.questions, strict=True):
            for parameter in question.parameters:
                says, silent = parameter in label.spans, parameter in label.silent
                gold_Q.append(strings.get(label.value(parameter), -1) if says else -1)
                absent = self.config.absent_weight if self.says_all else 0.0
                weight_Q.append(1.0 if says or silent else absent)
        gold_R = np.array(gold_Q, np.int64)[candidates.question_R]
        weight_R = np.array(weight_Q, np.float32)[candidates.question_R]
        return candidates.string_R == gold_R, weight_R

    def _looks(self, seen: _Seen, is_learnt_R: BoolArray) -> Looks:
        is_learnt_R = is_learnt_R & seen.is_there_R
        candidates = seen.candidates.where(is_learnt_R)
        is_right_R, weight_R = self._targets(candidates)
        course = Course(
            sheet=self.sheet,
            candidates=candidates,
            matrix=seen.matrix[is_learnt_R],
            names=seen.names,
            is_right_R=is_right_R,
            weight_R=weight_R,
            small_R=self.folds.small_N[self.sheet.text_Q[candidates.question_R]],
        )
        return Looks.train(course, self.config.ranker, seed=self.config.seed)

    def _judged(self, candidates: Candidates, probability_R: FloatArray) -> Judged:
        answers = Answers.of(candidates, probability_R, len(self.sheet.slot_Q))
        strings = [
            candidates.strings[candidates.string_R[row]] if row >= 0 else ""
            for row in answers.row_Q.tolist()
        ]
        return Judged(
            self.labels,
            self.questions,
            self.folds,
            answers.score_Q,
            tuple(strings),
            self.sheet.text_Q,
            tuple(name for question in self.questions for name in question.parameters),
        )


def _passes(folds: Folds, config: ExtractionConfig) -> int:
    """Texts that all networks learn from, each as often as they pass over it."""
    texts = len(folds.fold_N)
    held: list[int] = np.bincount(folds.fold_N, minlength=config.folds).tolist()
    parts = [texts - one for one in held] + [texts]
    return config.together * sum(config.recipe.epochs_of(one) * one for one in parts)


def require_pretrained(config: ExtractionConfig, start: Start | None) -> None:
    """Raises RecipeInvalid: a part of a transformer is to learn, and nothing was learnt before."""
    if start is not None and config.network != "auto":
        reason = f"network {config.network} leaves no use for a start; leave one of them out"
        raise RecipeInvalid(setting="network", reason=reason)
    tuned = config.recipe.tuning.tuned
    if tuned != "all" and start is None and used_network(config.network) != "english":
        reason = (
            f"{tuned} needs a pretrained transformer: install one with `pip install "
            "'catalograph[english]'`, give one by --from or --checkpoint, or tune all"
        )
        raise RecipeInvalid(setting="tune", reason=reason)
