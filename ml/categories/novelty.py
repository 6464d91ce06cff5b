"""Whether a text is of a kind that was never learnt, learnt by hiding categories one by one."""

# N texts, S signals, M remembered texts, V words, C categories

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit, logit, logsumexp, softmax

from ml.categories.choosing import Chosen
from ml.categories.meaning import Meaning
from ml.categories.records import LabelledTitle
from ml.categories.regression import Regression
from ml.categories.scorer import Floats, Scorer
from ml.categories.terms import words_of

REMEMBERED = 5_000  # texts that others are compared with
HIDDEN_CATEGORIES = 12  # hidden one by one to learn by; each costs a training
HIDING_TITLES = 3_000  # of all categories, to train with while one is hidden
JUDGED_TITLES = 300  # of the hidden category
REFUSED_SHARE = 0.02  # of texts of known kinds that may be taken for unknown ones
FEW = 20  # below this the threshold is no quantile but the highest that was seen
_EDGE = 1e-6
_BATCH = 512
_STRENGTH = 10.0


@dataclass(frozen=True, slots=True)
class Familiar:
    """What was learnt from, to compare with.

    Attributes:
        words_MV: of remembered texts, of unit length.
        meaning_MH: likewise; None where only words count.
        seen_VC: 1 where a word was in a text of the category.
    """

    words_MV: csr_array
    meaning_MH: NDArray[np.float32] | None
    seen_VC: csr_array

    @classmethod
    def of(cls, scorer: Scorer, titles: Sequence[LabelledTitle], seed: int) -> Self:
        words_NV = scorer.views.word_vectors([one.title for one in titles])
        place = {category: n for n, category in enumerate(scorer.categories)}
        category_N = np.array([place[one.category] for one in titles])
        member_CN = csr_array(
            (np.ones(len(titles), dtype=np.float32), (category_N, np.arange(len(titles)))),
            shape=(len(place), len(titles)),
        )
        seen_VC = (member_CN @ words_NV > 0).T.tocsr().astype(np.float32)
        kept = sorted(random.Random(seed).sample(range(len(titles)), min(REMEMBERED, len(titles))))
        meaning = scorer.views.meaning
        meaning_MH = meaning.vectors([titles[n].title for n in kept]) if meaning else None
        return cls(words_NV[kept], meaning_MH, seen_VC)

    def signals(self, scorer: Scorer, texts: Sequence[str], logit_NC: Floats) -> Floats:
        """Returns x_NS: how sure, how strong, how near, how supported, how many unseen words."""
        parts = [
            self._batch(scorer, texts[n : n + _BATCH], logit_NC[n : n + _BATCH])
            for n in range(0, len(texts), _BATCH)
        ]
        return np.concatenate(parts)

    def _batch(self, scorer: Scorer, texts: Sequence[str], logit_NC: Floats) -> Floats:
        words_NV = scorer.views.word_vectors(texts)
        top_N = logit_NC.argmax(axis=1)
        sure_N = softmax(logit_NC, axis=1).max(axis=1)
        seen_NC = words_NV @ self.seen_VC
        columns = [
            logit(np.clip(sure_N, _EDGE, 1 - _EDGE)),
            logsumexp(logit_NC, axis=1) - logit_NC.mean(axis=1),
            _nearest(words_NV, self.words_MV),
            seen_NC[np.arange(len(texts)), top_N] / np.maximum(words_NV.sum(axis=1), _EDGE),
            np.array([scorer.views.words.unseen(words_of(text)) for text in texts]),
        ]
        if self.meaning_MH is not None and scorer.views.meaning is not None:
            meaning_NH = scorer.views.meaning.vectors(texts)
            columns.append((meaning_NH @ self.meaning_MH.T).max(axis=1))
        return np.stack(columns, axis=1).astype(np.float64)


def _nearest(words_NV: csr_array, words_MV: csr_array) -> Floats:
    """The highest cosine with a remembered text."""
    return np.asarray((words_NV @ words_MV.T).max(axis=1).todense(), dtype=np.float64).ravel()


@dataclass(frozen=True, slots=True)
class Novelty:
    """A logistic function of the signals.

    Attributes:
        weight_S: of the signals as they are.
        threshold: probability from which on a text is of an unknown kind; above 1: never.
    """

    weight_S: tuple[float, ...]
    bias: float
    threshold: float

    @classmethod
    def never(cls, signals: int) -> Self:
        """Where fewer than three categories are known: hiding one leaves nothing to tell apart."""
        return cls((0.0,) * signals, 0.0, 2.0)

    @classmethod
    def fit(cls, known_NS: Floats, unknown_NS: Floats) -> Self:
        """Both sides weigh the same; the threshold refuses `REFUSED_SHARE` of the known."""
        both_NS = np.concatenate([known_NS, unknown_NS])
        mean_S, scale_S = both_NS.mean(axis=0), both_NS.std(axis=0) + 1e-6
        times = max(1, round(len(known_NS) / max(1, len(unknown_NS))))
        rows_NS = np.concatenate([known_NS, np.repeat(unknown_NS, times, axis=0)])
        novel_N = np.arange(len(rows_NS)) >= len(known_NS)
        fitted = Regression.fit(
            [((rows_NS - mean_S) / scale_S).astype(np.float32)],
            novel_N.astype(np.int64),
            2,
            strength=_STRENGTH,
        )
        weight_S = (fitted.weights[0][:, 1] - fitted.weights[0][:, 0]) / scale_S
        bias = float(fitted.bias_C[1] - fitted.bias_C[0] - weight_S @ mean_S)
        unset = cls(tuple(weight_S.tolist()), bias, 2.0)
        share = 1.0 if len(known_NS) < FEW else 1 - REFUSED_SHARE
        threshold = float(np.quantile(unset(known_NS), share)) + _EDGE
        return cls(unset.weight_S, bias, threshold)

    def __call__(self, signal_NS: Floats) -> Floats:
        """Returns x_N in 0..1."""
        return np.asarray(expit(signal_NS @ np.array(self.weight_S) + self.bias))


def learn_novelty(
    titles: Sequence[LabelledTitle],
    chosen: Chosen,
    names: Mapping[str, str],
    meaning: Meaning | None,
    *,
    seed: int,
) -> Novelty:
    """From texts that scorers had not seen, and from those of categories that they had not."""
    by_category: dict[str, list[LabelledTitle]] = defaultdict(list)
    for one in titles:
        by_category[one.category].append(one)
    signals = 5 if chosen.shape.view == "words" else 6
    if len(by_category) < 3 or chosen.unseen is None:
        return Novelty.never(signals)
    known = []
    for scorer, learnt, out in chosen.unseen.scorers:
        cooled = scorer.with_temperature(chosen.temperature)
        texts = [titles[n].title for n in out]
        known.append(_signals(cooled, learnt, texts, seed))
    chance = random.Random(seed)
    hidden = chance.sample(sorted(by_category), min(HIDDEN_CATEGORIES, len(by_category)))
    unknown = []
    for category in hidden:
        rest = [one for one in titles if one.category != category]
        if len(rest) > HIDING_TITLES:
            rest = _with_all_categories(rest, chance)
        scorer = Scorer.fit(rest, chosen.shape, names, meaning)
        there = by_category[category]
        texts = [one.title for one in chance.sample(there, min(JUDGED_TITLES, len(there)))]
        unknown.append(_signals(scorer.with_temperature(chosen.temperature), rest, texts, seed))
    return Novelty.fit(np.concatenate(known), np.concatenate(unknown))


def _signals(
    scorer: Scorer, learnt: Sequence[LabelledTitle], texts: Sequence[str], seed: int
) -> Floats:
    return Familiar.of(scorer, learnt, seed).signals(scorer, texts, scorer.logits(texts))


def _with_all_categories(
    titles: Sequence[LabelledTitle], chance: random.Random
) -> list[LabelledTitle]:
    """About `HIDING_TITLES` of them, at least one of every category."""
    drawn = chance.sample(list(titles), len(titles))
    first = list({one.category: one for one in reversed(drawn)}.values())
    return [*first, *drawn[: max(0, HIDING_TITLES - len(first))]]
