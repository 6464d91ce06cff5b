"""Titles to categories: trained, calibrated, and able to say that none fits."""

# N texts, C categories

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from ml.categories import categorizer_files
from ml.categories.choosing import FEW_TITLES, choose
from ml.categories.meaning import Meaning, english_meaning
from ml.categories.novelty import Familiar, Novelty, learn_novelty
from ml.categories.records import Guess, LabelledTitle, Notify, silent
from ml.categories.scorer import Scorer
from ml.categories.terms import words_of
from ml.errors import CategoriesTooFew
from ml.purpose.kinds import Sold

BATCH = 512
TELLING_WORDS = 3


@dataclass(frozen=True, slots=True)
class CategorizerConfig:
    """Attributes:
    with_meaning: the English transformer may be used where few texts are labelled, if its
        package is installed and cross-validation finds that it helps.
    """

    with_meaning: bool = True
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Categorizer:
    """What was learnt.

    Attributes:
        tried: the cross-entropy of everything that could have been.
        sold: by which accessories are told from what they are made for; None: learnt by a version
            that did not look for them.
    """

    scorer: Scorer
    familiar: Familiar
    novelty: Novelty
    tried: Mapping[str, float]
    sold: Sold | None = None

    @classmethod
    def train(
        cls,
        titles: Sequence[LabelledTitle],
        config: CategorizerConfig | None = None,
        *,
        names: Mapping[str, str] | None = None,
        notify: Notify = silent,
    ) -> Self:
        """Choose by cross-validation, fit to everything, calibrate by what was not learnt from.

        Args:
            titles: with a word or sign each.
            names: what categories are called, by category; default: nothing.

        Raises:
            CategoriesTooFew: they are of fewer than two categories.
            TextCheckpointInvalid: the transformer's package is damaged.
        """
        config, names = config or CategorizerConfig(), names or {}
        counts = Counter(one.category for one in titles)
        if len(counts) < 2:
            raise CategoriesTooFew(categories=len(counts))
        meaning = _meaning(config, len(titles))
        chosen = choose(titles, names, meaning, seed=config.seed, notify=notify)
        notify("Learning what is unknown")
        novelty = learn_novelty(titles, chosen, names, meaning, seed=config.seed)
        scorer = Scorer.fit(titles, chosen.shape, names, meaning)
        scorer = scorer.with_temperature(chosen.temperature)
        called = {category: (names.get(category, category),) for category in counts}
        sold = Sold.of(called, [(one.title, one.category) for one in titles])
        familiar = Familiar.of(scorer, titles, config.seed)
        return cls(scorer, familiar, novelty, chosen.tried, sold)

    @property
    def categories(self) -> tuple[str, ...]:
        return self.scorer.categories

    def guess(self, texts: Sequence[str]) -> list[Guess]:
        """A text without a word, and one without any known word where only words count, is unknown.

        Its categories are ranked in any case.
        """
        return [
            guess
            for start in range(0, len(texts), BATCH)
            for guess in self._guess(texts[start : start + BATCH])
        ]

    def _guess(self, texts: Sequence[str]) -> list[Guess]:
        logit_NC = self.scorer.logits(texts)
        share_NC = softmax(logit_NC, axis=1)
        novelty_N = self.novelty(self.familiar.signals(self.scorer, texts, logit_NC))
        order_NC = np.argsort(-share_NC, axis=1, kind="stable")
        telling = self._telling(texts, order_NC[:, 0])
        return [
            self._judged(
                text,
                tuple((self.categories[c], float(share_NC[n, c])) for c in order_NC[n]),
                float(novelty_N[n]),
                telling[n],
            )
            for n, text in enumerate(texts)
        ]

    def _judged(
        self,
        text: str,
        ranked: tuple[tuple[str, float], ...],
        novelty: float,
        telling: tuple[str, ...],
    ) -> Guess:
        unknown = novelty >= self.novelty.threshold or self._says_nothing(text)
        found = self.sold.accessory(text, ranked[0][0]) if self.sold and not unknown else None
        accessory = text[found.start : found.end] if found else None
        return Guess(ranked, novelty, unknown or accessory is not None, telling, accessory)

    def _says_nothing(self, text: str) -> bool:
        words = words_of(text)
        if not words:
            return True
        return self.scorer.shape.view == "words" and self.scorer.views.words.unseen(words) == 1

    def _telling(self, texts: Sequence[str], top_N: NDArray[np.int64]) -> list[tuple[str, ...]]:
        """Words by how much more they speak for the first category than for all on average."""
        if self.scorer.shape.view == "meaning":
            return [()] * len(texts)
        words, weight_VC = self.scorer.views.words, self.scorer.regression.weights[0]
        found = []
        for text, top in zip(texts, top_N, strict=True):
            known = [word for word in dict.fromkeys(words_of(text)) if word in words.ids]
            ids = [words.ids[word] for word in known]
            value_V = weight_VC[ids, top] - weight_VC[ids].mean(axis=1)
            value_V = value_V * words.weight_V[ids]
            best = np.argsort(-value_V, kind="stable")[:TELLING_WORDS]
            found.append(tuple(known[n] for n in best if value_V[n] > 0))
        return found

    def to_files(self) -> dict[str, bytes]:
        return categorizer_files.write(
            self.scorer, self.familiar, self.novelty, self.tried, self.sold
        )

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Self:
        """Raises CategorizerInvalid: they are not of this version, or need what is not here."""
        return cls(*categorizer_files.read(files))


def _meaning(config: CategorizerConfig, titles: int) -> Meaning | None:
    return english_meaning() if config.with_meaning and titles <= FEW_TITLES else None
