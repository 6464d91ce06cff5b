"""Measures by hand-made answers."""

import pytest

from ml.extraction.reading import GoldText
from ml.extraction.scoring import Answer, Scores

GOLD = [
    GoldText("a", "lamps", {"Color": frozenset({"Red", "Scarlet"}), "Size": frozenset()}),
    GoldText("b", "lamps", {"Color": frozenset({"Blue"}), "Size": frozenset({"5"})}),
]
KNOWN = [frozenset({("lamps", "Color", "Blue")})] * 2


def scores(*answers):
    return Scores.of(GOLD, answers, KNOWN)


def test_any_gold_value_counts_and_silence_on_both_sides_does_not():
    measures = scores(
        {"Color": Answer("Scarlet", 0.9, True), "Power": Answer("40W", 0.9, True)},
        {"Color": Answer("Green", 0.8, True), "Size": Answer("5", 0.3, False)},
    ).measures()

    assert measures["precision"] == pytest.approx(1 / 2)
    assert measures["recall"] == pytest.approx(1 / 3)
    assert measures["micro_f1"] == pytest.approx(2 * 1 / (2 + 3))
    assert measures["macro_f1"] == pytest.approx((2 * 1 / (2 + 2) + 0) / 2)
    assert measures["unseen_recall"] == pytest.approx(1 / 2)  # Red and 5 are new, Blue is not


def test_an_answer_where_the_text_says_nothing_costs_precision():
    measures = scores(
        {"Color": Answer("Red", 0.9, True), "Size": Answer("a", 0.9, True)}, {}
    ).measures()

    assert measures["precision"] == pytest.approx(1 / 2)


def test_coverage_is_what_can_be_answered_surest_first():
    sure = {"Color": Answer("Red", 0.9, True)}
    wrong = {"Color": Answer("Green", 0.5, True), "Size": Answer("5", 0.2, False)}

    assert scores(sure, wrong).measures()["coverage_at_93"] == pytest.approx(1 / 3)


def test_answers_that_are_equally_sure_are_covered_together_whatever_their_order():
    right = {"Color": Answer("Red", 0.9, True)}
    wrong = {"Color": Answer("Green", 0.9, True), "Size": Answer("6", 0.9, True)}

    assert scores(right, wrong).measures()["coverage_at_93"] == 0.0


def test_the_value_lies_in_its_interval():
    found = scores({"Color": Answer("Red", 0.9, True)}, {}).measured(seed=0)

    for measured in found.values():
        assert measured.low <= measured.value <= measured.high
    assert found["recall"].low == 0.0
