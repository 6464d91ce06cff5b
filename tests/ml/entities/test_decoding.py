"""From probabilities to entities, and to confidences that can be believed."""

import random

import pytest
import torch

from ml.entities.calibration import Calibration
from ml.entities.decoding import spans_worth_it


@pytest.fixture
def probability_TLM():
    return torch.zeros(2, 6, 4)


def test_of_two_that_overlap_the_more_probable_stays(probability_TLM):
    probability_TLM[0, 1, 2] = 0.5  # 1..4
    probability_TLM[1, 3, 1] = 0.45  # 3..5
    probability_TLM[1, 0, 0] = 0.9  # 0..1

    found = spans_worth_it(probability_TLM, 0.4)

    assert [span[:3] for span in found] == [(1, 0, 1), (0, 1, 4)]


def test_two_beside_each_other_may_be_worth_more_than_one_over_both(probability_TLM):
    probability_TLM[0, 0, 3] = 0.5
    probability_TLM[0, 0, 1] = 0.48
    probability_TLM[0, 2, 1] = 0.48

    found = spans_worth_it(probability_TLM, 0.4)

    assert [span[:3] for span in found] == [(0, 0, 2), (0, 2, 4)]


def test_what_does_not_exceed_the_threshold_is_no_entity(probability_TLM):
    probability_TLM[0, 0, 0] = 0.39

    assert spans_worth_it(probability_TLM, 0.4) == []


def test_confidences_of_who_is_too_sure_are_taken_back():
    draw = random.Random(1)
    said = [draw.uniform(0.6, 0.999) for _ in range(800)]
    right = [draw.random() < 0.5 + (p - 0.5) / 3 for p in said]

    calibrated = Calibration.learn(said, right)

    mean = sum(map(calibrated, said)) / len(said)
    assert mean == pytest.approx(sum(right) / len(right), abs=0.02)
    assert calibrated(0.6) < calibrated(0.9) < calibrated(1.0) < 1.0


@pytest.mark.parametrize("right", [True, False])
def test_who_is_always_right_or_never_gets_finite_confidences(right):
    calibrated = Calibration.learn([0.9] * 50, [right] * 50)

    assert abs(calibrated(0.9) - right) < 0.1
    assert all(0.0 < calibrated(said) < 1.0 for said in (0.0, 0.5, 1.0))


def test_of_a_few_spans_nothing_is_learnt():
    assert Calibration.learn([0.9] * 3, [False] * 3) == Calibration()
