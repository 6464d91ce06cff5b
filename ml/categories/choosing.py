"""How a scorer is best made, found by cross-validation over the labels that are there."""

# N texts, C categories

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ml.categories.meaning import Meaning
from ml.categories.records import LabelledTitle, Notify, silent
from ml.categories.scorer import Floats, Scorer, Shape, best_temperature, cross_entropies
from ml.categories.views import View

FEW_TITLES = 2_000  # up to here meanings are tried: 20 s of encoding, and from here words win
FOLDS_OF_FEW, FOLDS_OF_MANY = 5, 3
STRENGTHS_OF_FEW: tuple[float, ...] = (30.0,)  # 3 to 300 differ by .2 points
STRENGTHS_OF_MANY: tuple[float, ...] = (50.0, 10.0)
_NEVER = -1e3  # logit of a category that the fold did not have


@dataclass(frozen=True, slots=True)
class Unseen:
    """What scorers said of texts that they had not learnt from.

    Attributes:
        scorers: of each fold, with what it learnt from and the places of what it did not.
        logit_NC: of every text; NaN where its category was in no other fold.
    """

    logit_NC: Floats
    category_N: NDArray[np.int64]
    scorers: tuple[tuple[Scorer, tuple[LabelledTitle, ...], tuple[int, ...]], ...]

    def scored(self) -> tuple[Floats, NDArray[np.int64]]:
        """Those that could be judged."""
        good_N = ~np.isnan(self.logit_NC[:, 0])
        return self.logit_NC[good_N], self.category_N[good_N]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Attributes:
    tried: cross-entropy by what was tried, at its best temperature; lower is better.
    temperature: 1 where no text could be judged.
    """

    shape: Shape
    temperature: float
    tried: Mapping[str, float]
    unseen: Unseen | None


def choose(
    titles: Sequence[LabelledTitle],
    names: Mapping[str, str],
    meaning: Meaning | None,
    *,
    seed: int,
    notify: Notify = silent,
) -> Chosen:
    """The first shape, unless another is surer of what is right by more than chance.

    Few labels make noisy folds: one that is better by less than a standard error of the
    difference does not take its place.
    """
    shapes = shapes_for(len(titles), names, meaning)
    fold_N = folds_of(titles, FOLDS_OF_FEW if len(titles) <= FEW_TITLES else FOLDS_OF_MANY, seed)
    tried: dict[str, float] = {}
    best: tuple[Floats, Chosen] | None = None
    for number, shape in enumerate(shapes, 1):
        unseen = cross_validate(titles, fold_N, shape, names, meaning)
        logit_NC, category_N = unseen.scored()
        if not len(category_N):
            break
        temperature = best_temperature(logit_NC, category_N)
        loss_N = cross_entropies(logit_NC / temperature, category_N)
        tried[f"{shape.view}, {shape.strength:g}, names {shape.with_names}".lower()] = float(
            loss_N.mean()
        )
        if best is None or _surely_lower(loss_N, best[0]):
            best = loss_N, Chosen(shape, temperature, tried, unseen)
        notify(f"{number} of {len(shapes)} ways to read a title tried")
    # Every category has one text, so that nothing can be judged.
    return best[1] if best else Chosen(shapes[0], 1.0, tried, None)


def _surely_lower(loss_N: Floats, other_N: Floats) -> bool:
    gain_N = other_N - loss_N
    return bool(gain_N.mean() > gain_N.std() / np.sqrt(len(gain_N)))


def shapes_for(titles: int, names: Mapping[str, str], meaning: Meaning | None) -> tuple[Shape, ...]:
    """The first is taken where nothing can be judged."""
    if titles > FEW_TITLES:
        return tuple(Shape("words", strength, False) for strength in STRENGTHS_OF_MANY)
    views: tuple[View, ...] = ("both", "meaning", "words") if meaning else ("words",)
    naming = (True, False) if names else (False,)
    return tuple(
        Shape(view, strength, named)
        for strength, view, named in product(STRENGTHS_OF_FEW, views, naming)
    )


def folds_of(titles: Sequence[LabelledTitle], folds: int, seed: int) -> NDArray[np.int64]:
    """A fold for every text: whole groups, each category spread over all folds."""
    members: dict[str, list[int]] = defaultdict(list)
    for n, one in enumerate(titles):
        members[one.group].append(n)
    groups = sorted(members)
    random.Random(seed).shuffle(groups)
    groups.sort(key=lambda group: titles[members[group][0]].category)  # stable
    fold_N = np.zeros(len(titles), dtype=np.int64)
    for place, group in enumerate(groups):
        fold_N[members[group]] = place % folds
    return fold_N


def cross_validate(
    titles: Sequence[LabelledTitle],
    fold_N: NDArray[np.int64],
    shape: Shape,
    names: Mapping[str, str],
    meaning: Meaning | None,
) -> Unseen:
    """Scores every text by a scorer that saw none of its fold."""
    categories = sorted({one.category for one in titles})
    column = {category: n for n, category in enumerate(categories)}
    category_N = np.array([column[one.category] for one in titles], dtype=np.int64)
    logit_NC = np.full((len(titles), len(categories)), np.nan)
    scorers = []
    for fold in range(int(fold_N.max()) + 1):
        learnt = [one for one, n in zip(titles, fold_N, strict=True) if n != fold]
        known = {one.category for one in learnt}
        out = [n for n in np.flatnonzero(fold_N == fold).tolist() if titles[n].category in known]
        if not out or len(known) < 2:
            continue
        scorer = Scorer.fit(learnt, shape, names, meaning)
        found_NC = np.full((len(out), len(categories)), _NEVER)
        columns = [column[category] for category in scorer.categories]
        found_NC[:, columns] = scorer.logits([titles[n].title for n in out])
        logit_NC[out] = found_NC
        scorers.append((scorer, tuple(learnt), tuple(out)))
    return Unseen(logit_NC, category_N, tuple(scorers))
