"""Confidence is the share of right answers; thresholds follow evidence."""

import numpy as np
import pytest

from ml.extraction.calibration import Calibration, best_threshold, expected_calibration_error
from ml.extraction.thresholds import Thresholds


def test_scores_that_boast_are_brought_down():
    rng = np.random.default_rng(0)
    score = rng.uniform(0.01, 0.99, 4_000)
    right = rng.random(4_000) < score**3
    ones = np.ones(4_000)

    confidence = Calibration.fitted(score, right).confidence(score)

    assert expected_calibration_error(score, right, ones) > 0.15
    assert expected_calibration_error(confidence, right, ones) < 0.05
    assert (np.argsort(confidence) == np.argsort(score)).all()


def test_of_answers_that_are_all_right_nothing_is_learnt():
    assert Calibration.fitted(np.full(50, 0.7), np.ones(50, bool)) == Calibration()


def test_the_threshold_is_that_of_the_highest_f1():
    confidence = np.array([0.9, 0.8, 0.7, 0.2])
    right = np.array([True, True, False, False])

    assert 0.7 < best_threshold(confidence, right, values=2) < 0.8


def test_a_threshold_does_not_part_answers_that_are_equally_sure():
    confidence = np.array([0.9, 0.6, 0.6, 0.6, 0.6])
    right = np.array([True, True, False, False, False])

    assert best_threshold(confidence, right, values=2) == pytest.approx(0.75)


def test_a_parameter_of_few_answers_keeps_close_to_the_threshold_of_all():
    parameters = np.array(["Color"] * 400 + ["Size"] * 4, object)
    confidence = np.concatenate((np.linspace(0.01, 0.99, 400), [0.9, 0.2, 0.2, 0.1]))
    right = np.concatenate((np.linspace(0.01, 0.99, 400) > 0.5, [True, False, False, False]))

    thresholds = Thresholds.chosen(parameters, confidence, right, right)

    assert abs(thresholds["Size"] - thresholds.default) < 0.05
    assert thresholds["Never heard of"] == thresholds.default
