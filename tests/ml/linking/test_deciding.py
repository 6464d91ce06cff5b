"""Thresholds and calibration."""

import numpy as np
import pytest

from ml.linking.deciding import Calibration, Counts, choose_threshold


def test_the_threshold_parts_right_from_wrong():
    score = np.concatenate([np.linspace(0.6, 0.9, 200), np.linspace(0.1, 0.4, 200)])
    right = score > 0.5

    assert 0.4 < choose_threshold(score, right, right, seed=0) <= 0.61


def test_calibration_makes_a_boastful_score_modest():
    generator = np.random.default_rng(0)
    score = np.full(2_000, 0.95)
    right = generator.random(2_000) < 0.7

    assert Calibration.fit(score, right).confidence(0.95) == pytest.approx(0.7, abs=0.03)


def test_calibration_never_turns_the_order_round():
    score = np.array([0.9, 0.8, 0.2, 0.1] * 20)
    right = np.array([False, False, True, True] * 20)

    calibration = Calibration.fit(score, right)

    assert calibration.confidence(0.9) >= calibration.confidence(0.1)


def test_wrong_links_count_against_precision_and_recall():
    counts = Counts(right=6, given=8, wanted=12)

    assert (counts.precision, counts.recall, counts.f1) == (0.75, 0.5, 0.6)


def test_nothing_given_is_zero_and_no_error():
    assert Counts(0, 0, 0).f1 == Counts(0, 0, 5).precision == 0.0
