"""Categories learnt from one file of offers and scored on another, beside the baselines."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import numpy as np

from ml.categories.baselines import majority, nearest_words
from ml.categories.categorizer import Categorizer, CategorizerConfig
from ml.categories.choosing import folds_of
from ml.categories.measures import Answers, measured
from ml.categories.records import Guess, LabelledTitle, Notify
from ml.categories.titles import COLUMNS, read_titles
from ml.errors import OffersInvalid
from ml.evaluation.held_out import Floats, HeldOut, Places, mark
from ml.evaluation.overlap import tell_known
from ml.evaluation.report import Measured, Report, sha256_of

JUDGING_FOLDS = 4  # a quarter is judged by, by what was learnt from the rest
TIMED_TITLES = 200

_BASELINES = {"majority": majority, "nearest_words": nearest_words}


@dataclass(frozen=True, slots=True)
class CategoriesTrial:
    """Attributes:
    per_class: labels to learn from of each category, drawn anew in every draw; None: all.
    draws: how often, where `per_class` is given.
    unknown: categories to leave out of the training whole: their titles are of unknown kinds.
    """

    per_class: int | None = None
    draws: int = 5
    unknown: tuple[str, ...] = ()
    categorizer: CategorizerConfig = field(default_factory=CategorizerConfig)

    @property
    def seed(self) -> int:
        return self.categorizer.seed


def evaluate_categories(
    train: Path, test: Path, trial: CategoriesTrial, *, notify: Notify
) -> Report:
    """Metrics are means over draws; those of known categories leave unknown ones out.

    Raises:
        OffersInvalid: a file cannot be read or judged by.
        CategoriesTooFew: there are titles of fewer than two categories to learn from.
    """
    started = time.perf_counter()
    titles = _without(read_titles(train), trial.unknown, train)
    draws = list(_draws(titles, trial, notify))
    learnt = [_train(draw, trial, n, notify) for n, draw in enumerate(draws)]
    asked = read_titles(test, to_judge_by=True)
    texts = [one.title for one in asked]
    known = set(learnt[0].categories)
    if not any(one.category in known for one in asked):
        reason = f"has no title of the categories in {train}"
        raise OffersInvalid(path=test, reason=reason, columns=COLUMNS)
    unknown = sum(one.category not in known for one in asked)
    notify(f"{len(asked):,} titles to score, {unknown:,} of unknown kinds")
    trained = (one.group for draw in draws for one in draw)
    also_known = tell_known(test, [one.group for one in asked], trained, notify)
    answers = [Answers(asked, one.guess(texts), one.categories) for one in learnt]
    return Report(
        task="categories",
        metrics={**measured(answers, trial.seed), "ms_per_title": _speed(learnt[0], texts)},
        baselines=_baselines(draws, asked),
        seconds=time.perf_counter() - started,
        config={
            **msgspec.to_builtins(trial),
            "categories": list(learnt[0].categories),
            "labels": [len(draw) for draw in draws],
            "test_titles": len(asked),
            "test_titles_of_unknown_kinds": unknown,
            "test_titles_of_known_products": also_known,
            "chosen": [msgspec.to_builtins(one.scorer.shape) for one in learnt],
            "tried_by_cross_validation": len(learnt[0].tried),
        },
        data={str(path): sha256_of(path) for path in (train, test)},
    )


def train_and_judge(
    titles: Sequence[LabelledTitle],
    config: CategorizerConfig,
    names: Mapping[str, str],
    *,
    notify: Notify,
) -> tuple[Categorizer, dict[str, Measured], dict[str, dict[str, float]], HeldOut | None]:
    """Learnt from all titles; measured by another that a quarter of the products was kept from.

    Where no category has two products nothing can be measured: no metrics, and no answers.

    Raises:
        CategoriesTooFew: they are of fewer than two categories.
    """
    fold_N = folds_of(titles, JUDGING_FOLDS, config.seed)
    most = [one for one, fold in zip(titles, fold_N, strict=True) if fold]
    known = {one.category for one in most}
    rest = [
        one for one, fold in zip(titles, fold_N, strict=True) if not fold and one.category in known
    ]
    metrics: dict[str, Measured] = {}
    baselines: dict[str, dict[str, float]] = {}
    held = None
    if rest and len(known) > 1:
        notify(f"Learning from {len(most):,} titles, to judge by {len(rest):,} others")
        judge = Categorizer.train(most, config, names=names, notify=notify)
        guesses = judge.guess([one.title for one in rest])
        answers = Answers(rest, guesses, judge.categories)
        metrics |= measured([answers], config.seed)
        baselines |= _baselines([most], rest)
        held = _held_out(titles, most, answers)
    notify(f"Learning from all {len(titles):,} titles")
    learnt = Categorizer.train(titles, config, names=names, notify=notify)
    return learnt, metrics, baselines, held


def _held_out(
    titles: Sequence[LabelledTitle], most: Sequence[LabelledTitle], answers: Answers
) -> HeldOut:
    texts = [one.title for one in answers.titles]

    def answered(titles: Sequence[LabelledTitle], guesses: Sequence[Guess]) -> Floats:
        right_A = Answers(titles, guesses, ()).right()
        return np.stack([right_A, np.ones_like(right_A)], axis=1)

    def ask(files: Mapping[str, bytes], place_A: Places) -> Floats:
        asked = [answers.titles[place] for place in place_A.tolist()]
        guesses = Categorizer.from_files(files).guess([one.title for one in asked])
        return answered(asked, guesses)

    return HeldOut(
        texts=[mark(text) for text in texts],
        examples=[mark(one.title, one.category) for one in answers.titles],
        groups=[one.group for one in answers.titles],
        answers_S2=answered(answers.titles, answers.guesses),
        baselines={
            name: answered(answers.titles, guess(most, texts)) for name, guess in _BASELINES.items()
        },
        learnt={mark(one.title) for one in titles},
        ask=ask,
    )


def _train(
    draw: Sequence[LabelledTitle], trial: CategoriesTrial, place: int, notify: Notify
) -> Categorizer:
    names = {one.category: one.category for one in draw}
    config = replace(trial.categorizer, seed=trial.seed + place)
    learnt = Categorizer.train(draw, config, names=names)
    shape = learnt.scorer.shape
    notify(f"Learnt from {len(draw):,} titles by {shape.view}, strength {shape.strength:g}")
    return learnt


def _without(
    titles: Sequence[LabelledTitle], unknown: Collection[str], path: Path
) -> list[LabelledTitle]:
    left_out = {name.casefold() for name in unknown}
    there = sorted({one.category for one in titles})
    missing = left_out - {name.casefold() for name in there}
    if missing:
        reason = f"has no category {min(missing)!r}; its categories are {', '.join(there[:10])}"
        raise OffersInvalid(path=path, reason=reason, columns=COLUMNS)
    return [one for one in titles if one.category.casefold() not in left_out]


def _draws(
    titles: Sequence[LabelledTitle], trial: CategoriesTrial, notify: Notify
) -> list[list[LabelledTitle]]:
    if trial.per_class is None:
        return [list(titles)]
    by_category: dict[str, list[LabelledTitle]] = defaultdict(list)
    for one in titles:
        by_category[one.category].append(one)
    few = [name for name, there in by_category.items() if len(there) < trial.per_class]
    if few:
        notify(f"{len(few):,} categories have fewer than {trial.per_class} titles, as {few[0]!r}")
    draws = []
    for draw in range(trial.draws):
        chance = random.Random(trial.seed + draw)
        draws.append(
            [
                one
                for _, there in sorted(by_category.items())
                for one in chance.sample(there, min(trial.per_class, len(there)))
            ]
        )
    return draws


def _baselines(
    draws: Sequence[Sequence[LabelledTitle]], asked: Sequence[LabelledTitle]
) -> dict[str, dict[str, float]]:
    texts = [one.title for one in asked]
    found = {}
    for name, guess in _BASELINES.items():
        values = [_plain(draw, asked, guess(draw, texts)) for draw in draws]
        found[name] = {
            measure: float(np.mean([one[measure] for one in values]))
            for measure in ("accuracy", "macro_f1", "ece")
        }
    return found


def _plain(
    draw: Sequence[LabelledTitle], asked: Sequence[LabelledTitle], guesses: Sequence[Guess]
) -> dict[str, float]:
    categories = sorted(Counter(one.category for one in draw))
    values = Answers(asked, guesses, categories).values(np.ones((1, len(asked))))
    return {name: float(value_R[0]) for name, value_R in values.items()}


def _speed(learnt: Categorizer, texts: Sequence[str]) -> Measured:
    """Of titles one by one; the interval is of single titles, not of the mean."""
    taken = []
    for n, text in enumerate(texts[:TIMED_TITLES]):
        started = time.perf_counter()
        learnt.guess([f"{text} {n}"])  # not one that is remembered
        taken.append((time.perf_counter() - started) * 1_000)
    low, high = np.quantile(taken, (0.025, 0.975)).tolist()
    return Measured(float(np.mean(taken)), low, high)
