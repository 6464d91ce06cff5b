"""Thresholds, probabilities and measures of decisions about pairs."""

import numpy as np
import pytest

from ml.matching.calibration import Calibration, calibration_error
from ml.matching.folds import stratified_folds
from ml.matching.measures import Counts, pair_measures, shares
from ml.matching.threshold import best_threshold


def drawn(count=4_000, seed=0):
    """Log-odds that are true, and labels drawn by them."""
    generator = np.random.default_rng(seed)
    log_odds = generator.normal(-1, 2, count)
    return log_odds, generator.random(count) < 1 / (1 + np.exp(-log_odds))


def test_the_threshold_separates_what_can_be_separated():
    score, same = np.array([0.1, 0.2, 0.3, 0.8, 0.9]), np.array([0, 0, 0, 1, 1], dtype=bool)

    assert 0.3 < best_threshold(score, same) <= 0.8


def test_scores_that_are_all_the_same_have_a_threshold_too():
    assert best_threshold(np.full(4, 0.5), np.array([True, False, False, False])) == 0.5


def test_overconfident_log_odds_become_probabilities_that_hold():
    log_odds, same = drawn()
    before = calibration_error(1 / (1 + np.exp(-3 * log_odds)), same)

    calibrated = Calibration.fit(3 * log_odds, same)(3 * log_odds)

    assert calibration_error(calibrated, same) < 0.02 < before


def test_labels_that_are_separable_do_not_make_scores_certain():
    log_odds, same = np.array([-5.0, -4.0, 4.0, 5.0]), np.array([False, False, True, True])

    score = Calibration.fit(log_odds, same)(log_odds)

    assert 0 < score[0] <= score[1] < 0.5 < score[2] <= score[3] < 1


def test_shares_of_counts_by_hand():
    assert shares(Counts(hits=3, wrong=1, missed=2)) == {
        "f1": pytest.approx(2 / 3),
        "precision": 0.75,
        "recall": 0.6,
    }


def test_no_match_decided_is_no_precision_and_no_error():
    assert shares(Counts(0, 0, 5)) == {"f1": 0.0, "precision": 0.0, "recall": 0.0}


def test_the_interval_narrows_with_the_number_of_pairs():
    widths = []
    for count in (100, 10_000):
        log_odds, same = drawn(count)
        found = pair_measures(log_odds > 0, same, seed=0)["f1"]
        assert found.low <= found.value <= found.high
        widths.append(found.high - found.low)

    assert widths[1] < widths[0] / 5


def test_each_fold_has_its_share_of_the_matches():
    same = np.arange(100) < 20

    folds = stratified_folds(same, 5, seed=0)

    assert np.bincount(folds[same]).tolist() == [4] * 5
    assert np.bincount(folds[~same]).tolist() == [16] * 5
