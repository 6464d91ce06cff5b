"""The ranker: candidates of a question share what silence leaves."""

import numpy as np
import pytest

from ml.extraction.ranker import Lessons, Ranker, RankerConfig, softmax_with_silence


def test_probabilities_of_a_question_and_of_its_silence_add_up_to_one():
    question_R = np.array([0, 0, 1])
    score_R = np.array([1.0, 2.0, -800.0])

    p_R = softmax_with_silence(score_R, question_R)

    total = 1 + np.exp(1.0) + np.exp(2.0)
    assert p_R[:2].tolist() == pytest.approx([np.exp(1.0) / total, np.exp(2.0) / total])
    assert p_R[2] == 0.0


def test_it_learns_which_candidate_is_right_and_when_none_is():
    rng = np.random.default_rng(0)
    question_R = np.repeat(np.arange(300), 3)
    has_right = np.repeat(rng.random(300) < 0.6, 3)
    is_right_R = (np.arange(900) % 3 == 0) & has_right
    matrix = np.stack((is_right_R + rng.normal(0, 0.2, 900), rng.normal(size=900)), 1)
    lessons = Lessons(matrix.astype(np.float32), question_R, is_right_R, np.ones(900, np.float32))

    ranker = Ranker.train(lessons, ["hint", "noise"], RankerConfig(trees=40, rate=0.2), seed=0)
    again = Ranker.from_text(ranker.to_text())

    p_R = again.probabilities(lessons.matrix, question_R)
    assert p_R[is_right_R].mean() > 0.8
    assert p_R[~is_right_R].mean() < 0.1
    assert ranker.gains()["hint"] > ranker.gains()["noise"]


@pytest.mark.parametrize("rows", [0, 60])
def test_where_nothing_tells_candidates_apart_they_keep_the_scores_they_begin_with(rows):
    question_R = np.arange(rows) // 2
    start_R = np.zeros(rows)
    lessons = Lessons(
        np.ones((rows, 2), np.float32), question_R, np.arange(rows) % 2 == 0,
        np.ones(rows, np.float32), start_R,
    )  # fmt: skip

    ranker = Ranker.train(lessons, ["one", "other"], RankerConfig(), seed=0)
    again = Ranker.from_text(ranker.to_text())

    p_R = again.probabilities(np.ones((3, 2), np.float32), np.array([0, 0, 1]), np.zeros(3))
    assert p_R.tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 2])
    assert again.gains() == {}
