"""Counts never tell a text what its own label is."""

import numpy as np
import pytest

from ml.extraction.folds import Folds
from ml.extraction.knowledge import Knowledge
from ml.extraction.labels import labels_of
from ml.extraction.slots import Slots
from ml.extraction.statistics import FAMILIES, FoldCounts, WholeCounts, events_of, weak_events
from tests.ml.extraction.made_up import texts


@pytest.fixture(scope="module")
def made():
    labelled = texts(60)
    labels = [labels_of(text) for text in labelled]
    knowledge = Knowledge.of(labels, Slots.of_texts(labelled))
    folds = Folds.of(labels, 3, seed=0)
    return labels, knowledge, folds


def counts(labels, knowledge, folds):
    events = events_of(labels, knowledge.vocabulary, knowledge.slots, knowledge.finder.known)
    weak = WholeCounts.of_events(weak_events((), knowledge.vocabulary, knowledge.slots))
    return events, FoldCounts.of_events(events, folds.fold_N, folds.small_N, weak)


def test_a_text_is_counted_by_texts_of_other_small_folds_alone(made):
    labels, knowledge, folds = made
    events, of_folds = counts(labels, knowledge, folds)
    value = events["value"]
    text = 7
    other = [n for n in range(len(labels)) if folds.small_N[n] != folds.small_N[text]]
    pair = next(
        (slot, what)
        for slot, what, n in zip(value.whose, value.what, value.text, strict=True)
        if n == text
    )

    count = of_folds.of("value", *(np.array([n]) for n in (*pair, text)))

    expected = sum(
        (slot, what) == pair and n in other
        for slot, what, n in zip(value.whose, value.what, value.text, strict=True)
    )
    assert count.tolist() == [expected]


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_that_a_held_fold_says_is_counted_for_anybody(made, family):
    labels, knowledge, folds = made
    events, of_folds = counts(labels, knowledge, folds)
    kept = [n for n in range(len(labels)) if folds.fold_N[n] != 1]
    held_text = np.flatnonzero(folds.fold_N == 1)[0]
    found = events[family]
    whose, what = np.array(found.whose), np.array(found.what)

    asked = of_folds.holding(1).of(family, whose, what, np.full(len(whose), held_text))

    totals = {}
    for key in zip(found.whose, found.what, found.text, strict=True):
        totals[key[:2]] = totals.get(key[:2], 0) + (key[2] in kept)
    pairs = zip(found.whose, found.what, strict=True)
    assert asked.tolist() == [totals[pair] if -1 not in pair else 0 for pair in pairs]


def test_texts_of_the_same_words_are_in_one_fold():
    labels = [labels_of(text) for text in [*texts(30), *texts(30)]]

    folds = Folds.of(labels, 3, seed=1)

    assert folds.fold_N[:30].tolist() == folds.fold_N[30:].tolist()
    assert set(folds.fold_N.tolist()) == {0, 1, 2}
