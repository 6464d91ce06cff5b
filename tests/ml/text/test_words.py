import numpy as np
import pytest

from ml.text.words import WordIndex, WordWeights

TITLES = ["acme kettle kt 17", "acme kettle kt 22", "borealis drill 18 v", "acme lamp"]


@pytest.fixture(scope="module")
def index():
    return WordIndex(TITLES, WordWeights.fit(TITLES))


def test_the_nearest_document_of_a_text_is_itself(index):
    for row, title in enumerate(TITLES):
        scores = index.scores(title)

        assert scores.argmax() == row
        assert scores[row] == pytest.approx(1.0)


def test_a_rare_word_counts_more_than_a_frequent_one():
    weights = WordWeights.fit(TITLES).of("acme drill")

    assert weights["drill"] > weights["acme"]


def test_a_word_that_nobody_has_seen_weighs_most():
    weights = WordWeights.fit(TITLES).of("drill heater")

    assert weights["heater"] > weights["drill"]


def test_a_text_of_other_words_scores_nothing(index):
    assert not index.scores("手机").any()
    assert not index.scores("").any()


def test_an_index_of_nothing_answers():
    index = WordIndex([], WordWeights.fit([]))

    assert index.scores("acme").shape == (0,)


def test_scores_are_cosines_of_word_vectors(index):
    asked, weights = "kettle acme 17", index.weights

    expected = [
        sum(weights.of(asked).get(word, 0.0) * w for word, w in weights.of(title).items())
        for title in TITLES
    ]

    np.testing.assert_allclose(index.scores(asked), expected, rtol=1e-5)
