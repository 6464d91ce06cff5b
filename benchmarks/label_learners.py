"""Classifiers of few labels; what each is set to is chosen inside the labelled part."""

# N labelled items, T judged ones, F features, K classes

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold

FOLDS = 3
STRENGTHS = tuple(4.0**power for power in range(6))  # C, for rows of length one
DENSE = 0.1  # share of the cells above which a plain matrix is the faster one
ROUNDS = (15, 30, 60, 120)  # of boosting
HOW_TO_GET_LIGHTGBM = "LightGBM is not here: run with `uv run --with scikit-learn --with lightgbm`."


def scaled(block: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows of length one in the mean square, so that joined blocks count alike and C means one."""
    return block / np.sqrt(block.multiply(block).sum() / block.shape[0])


def logistic(
    known: sparse.csr_matrix, class_N: np.ndarray, judged: sparse.csr_matrix, seed: int
) -> np.ndarray:
    """The classes of `judged` by multinomial logistic regression, int64 [T]."""
    used = known.getnnz(axis=0) > 0  # the weights of the others stay 0
    known, judged = known[:, used], judged[:, used]
    if known.nnz > DENSE * known.shape[0] * known.shape[1]:
        known, judged = known.toarray(), judged.toarray()
    search = GridSearchCV(
        LogisticRegression(max_iter=2_000), {"C": STRENGTHS}, cv=_folds(seed), scoring="accuracy"
    )
    predicted: np.ndarray = search.fit(known, class_N).predict(judged)
    return predicted


def boosting_is_here() -> bool:
    return importlib.util.find_spec("lightgbm") is not None


def boosted(known: np.ndarray, class_N: np.ndarray, judged: np.ndarray, seed: int) -> np.ndarray:
    """The classes of `judged` by LightGBM with small trees, int64 [T]; NaN is not known."""
    lightgbm = importlib.import_module("lightgbm")
    settings = {
        "objective": "multiclass",
        "num_class": int(class_N.max()) + 1,
        "num_leaves": 7,
        "learning_rate": 0.08,
        "min_data_in_leaf": 5,  # the default of 20 is a whole class of these
        "num_threads": 1,
        "seed": seed,
        "verbosity": -1,
    }

    def grown(x_NF: np.ndarray, y_N: np.ndarray, rounds: int) -> Any:  # noqa: ANN401 - a Booster, where LightGBM is
        return lightgbm.train(settings, lightgbm.Dataset(x_NF, y_N), rounds)

    hits = dict.fromkeys(ROUNDS, 0)
    for learnt, held in _folds(seed).split(known):
        trees = grown(known[learnt], class_N[learnt], ROUNDS[-1])
        for rounds in ROUNDS:
            scores_NK = trees.predict(known[held], num_iteration=rounds)
            hits[rounds] += int((scores_NK.argmax(1) == class_N[held]).sum())
    best = max(ROUNDS, key=lambda rounds: hits[rounds])
    predicted: np.ndarray = grown(known, class_N, best).predict(judged).argmax(1)
    return predicted


def _folds(seed: int) -> KFold:
    """Not by class: some have fewer labels than there are folds."""
    return KFold(FOLDS, shuffle=True, random_state=seed)
