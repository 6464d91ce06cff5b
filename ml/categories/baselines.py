"""What needs no learning: the most frequent category, and the nearest mean of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from ml.categories.records import Guess, LabelledTitle
from ml.categories.terms import words_of
from ml.categories.weights import Rarity


def majority(train: Sequence[LabelledTitle], texts: Sequence[str]) -> list[Guess]:
    """Everything is of the category that most titles have."""
    ((most, count),) = Counter(one.category for one in train).most_common(1)
    return [Guess(((most, count / len(train)),), 0.0, False)] * len(texts)


def nearest_words(train: Sequence[LabelledTitle], texts: Sequence[str]) -> list[Guess]:
    """The category whose mean vector of words has the highest cosine, which is the confidence."""
    terms = [words_of(one.title) for one in train]
    words = Rarity.fit(terms, at_least=1, most=len(terms) * 1_000)
    categories = sorted({one.category for one in train})
    place = [categories.index(one.category) for one in train]
    member_CN = csr_array((np.ones(len(train)), (place, range(len(train)))))
    mean_CV = (member_CN @ words.vectors(terms)).toarray()
    mean_CV /= np.linalg.norm(mean_CV, axis=1, keepdims=True)
    cosine_NC = words.vectors([words_of(text) for text in texts]) @ mean_CV.T
    return [
        Guess(((categories[top], float(cosine_C[top])),), 1 - float(cosine_C[top]), False)
        for cosine_C, top in zip(cosine_NC, cosine_NC.argmax(axis=1), strict=True)
    ]
