"""Queries with the answers that they should have: of names, and of what shoppers chose."""

from ml.search.judgements import SAME, VARIANT, judged_by_choices, judged_by_names, together

CHOICES = (
    ("Brass Lamp", "shop:1", "Desk lamp brass", False),
    ("brass  lamp", "shop:1", "Desk lamp brass", True),
    ("brass lamp", "shop:2", "Brass floor lamp", False),
    ("lamp", "shop:2", "Brass floor lamp", True),
    ("  ", "shop:3", "Kettle", True),
)


def test_what_was_bought_gains_more_than_what_was_viewed():
    judged = judged_by_choices(CHOICES)

    assert judged.texts == ["Desk lamp brass", "Brass floor lamp"]
    assert judged.queries == ["Brass Lamp", "lamp"]
    assert judged.gains == [{0: SAME, 1: VARIANT}, {1: SAME}]
    assert judged.families == ["brass lamp", "lamp"]


def test_a_title_that_both_speak_of_is_one_text():
    named = judged_by_names([("Desk lamp brass", "Lamp 3"), ("Kettle", "Kettle 5")])

    both = together([named, judged_by_choices(CHOICES)])

    assert both.texts == ["Desk lamp brass", "Kettle", "Brass floor lamp"]
    assert both.gains == [{0: SAME}, {1: SAME}, {0: SAME, 2: VARIANT}, {2: SAME}]
    assert len(both.families) == len(both.queries) == 4


def test_nothing_is_judged_by_nothing():
    assert together([]) == together([judged_by_choices([]), judged_by_names([])])


def test_equal_titles_of_one_source_stay_apart():
    named = judged_by_names([("lamp", "Lamp 3"), ("lamp", "Lamp 4")])

    assert together([named]) == named
