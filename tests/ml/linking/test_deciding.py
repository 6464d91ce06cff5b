"""Thresholds and calibration."""

import numpy as np
import pytest

from ml.linking.deciding import Calibration, Counts, choose_threshold, weights_of


def each_alone(score):
    return [f"model {place}" for place in range(len(score))]


def test_the_threshold_parts_right_from_wrong():
    score = np.concatenate([np.linspace(0.6, 0.9, 200), np.linspace(0.1, 0.4, 200)])
    right = score > 0.5

    threshold = choose_threshold(score, right, right, each_alone(score), seed=0)

    assert 0.4 < threshold <= 0.61


def test_one_model_of_many_offers_does_not_choose_the_threshold():
    """Its offers are all right at .2; those of the many others are right from .6 on alone."""
    popular = 300
    others = np.tile([0.9, 0.7, 0.5, 0.4], 25)
    score = np.concatenate([np.full(popular, 0.2), others])
    right = np.concatenate([np.full(popular, True), others > 0.6])
    groups = ["popular"] * popular + [f"other {place}" for place in range(len(others))]

    by_model = choose_threshold(score, right, right, groups, seed=0)
    by_offer = choose_threshold(score, right, right, each_alone(score), seed=0)

    assert by_offer <= 0.2
    assert 0.5 < by_model <= 0.7


def test_a_group_counts_once_however_many_titles_it_has():
    assert weights_of(["a", "b", "a", "a"]) == pytest.approx([1 / 3, 1, 1 / 3, 1 / 3])


def test_without_titles_there_is_still_a_threshold():
    nothing = np.zeros(0)
    never = np.zeros(0, bool)

    assert 0 < choose_threshold(nothing, never, never, [], seed=0) < 1


def test_calibration_makes_a_boastful_score_modest():
    generator = np.random.default_rng(0)
    score = np.full(2_000, 0.95)
    right = generator.random(2_000) < 0.7

    assert Calibration.fit(score, right, np.ones(2_000)).confidence(0.95) == pytest.approx(
        0.7, abs=0.03
    )


def test_what_weighs_more_says_what_a_score_is_worth():
    score = np.full(400, 0.8)
    right = np.arange(400) < 200
    weight = np.where(right, 3.0, 1.0)

    assert Calibration.fit(score, right, weight).confidence(0.8) == pytest.approx(0.75, abs=0.02)


def test_calibration_never_turns_the_order_round():
    score = np.array([0.9, 0.8, 0.2, 0.1] * 20)
    right = np.array([False, False, True, True] * 20)

    calibration = Calibration.fit(score, right, np.ones(80))

    assert calibration.confidence(0.9) >= calibration.confidence(0.1)


def test_wrong_links_count_against_precision_and_recall():
    counts = Counts(right=6, given=8, wanted=12)

    assert (counts.precision, counts.recall, counts.f1) == (0.75, 0.5, 0.6)


def test_nothing_given_is_zero_and_no_error():
    assert Counts(0, 0, 0).f1 == Counts(0, 0, 5).precision == 0.0
