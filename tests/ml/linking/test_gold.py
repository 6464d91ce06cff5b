"""What the label of a cluster names."""

from dataclasses import replace

import pytest

from ml.linking.gold import Gold
from ml.linking.offers import Offer
from tests.ml.linking.made_up import catalogue, model


@pytest.fixture(scope="module")
def gold():
    return Gold(catalogue())


@pytest.mark.parametrize(
    ("label", "id"),
    [
        ("Orvik Aster 10", "orvik-aster-10"),
        ("ORVIK Aster10", "orvik-aster-10"),
        ("Orvik Aster 10 Plus 1.7 l", "orvik-aster-10-plus"),
        ("Orvik Aster 10+ Black", "orvik-aster-10-plus"),
        ("Orvik Aster 10 1.7 l Signal Red", "orvik-aster-10"),
    ],
)
def test_sizes_and_words_of_values_are_taken_off(gold, label, id):
    assert gold.model_of(label) == id


@pytest.mark.parametrize("label", ["Orvik Aster 10 Max", "Orvik", "", "Aster 10"])
def test_words_that_are_of_no_value_stay_and_the_label_names_nothing(gold, label):
    assert gold.model_of(label) is None


@pytest.mark.parametrize("label", ["Aster 9", "ORVIK Aster 9 black", "orvik-aster-9"])
def test_a_model_is_named_without_its_brand_with_it_and_by_its_id(label):
    known = replace(model("Orvik", "Aster 9"), id="orvik-aster-9")

    assert Gold([known, model("Tandem", "Boreal")]).model_of(label) == "orvik-aster-9"


def test_a_label_that_fits_two_models_names_none():
    twins = [model("Orvik", "Orvik Solo 7"), model("Orvik", "Orvik Solo7")]

    assert Gold(twins).model_of("Orvik Solo 7") is None


def test_offers_of_strange_makers_must_get_none_and_unclear_ones_are_left_out(gold):
    offers = [
        Offer("orvik aster 10 new", "Orvik Aster 10"),
        Offer("zuvo x", "Zuvo X Black"),
        Offer("orvik aster unheard of", "Orvik Aster 77"),
    ]

    judged = gold.judge(offers)

    assert [(offer.title, offer.model) for offer in judged] == [
        ("orvik aster 10 new", "orvik-aster-10"),
        ("zuvo x", None),
    ]
