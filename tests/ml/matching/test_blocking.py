"""Candidates among many items."""

import random

import pytest

from ml.matching.blocking import Blocking
from tests.ml.matching.made_up import in_left_shop, in_right_shop, product


@pytest.fixture(scope="module")
def shops():
    draw = random.Random(0)
    things = [product(n) for n in range(300)]
    return [in_left_shop(t) for t in things], [in_right_shop(t, draw) for t in things]


def test_nearly_every_match_is_among_a_few_candidates(shops):
    left, right = shops

    found = Blocking.of(right).candidates(left, 10)

    assert sum(n in places for n, places in enumerate(found)) >= 0.97 * len(left)
    assert all(len(places) <= 10 for places in found)


def test_the_likeliest_stands_first():
    items = [{"title": "red kettle"}, {"title": "kettle KX 200"}, {"title": "steel pot"}]

    (found,) = Blocking.of(items).candidates([{"name": "Kettle, KX-200"}], 3)

    assert found.tolist() == [1, 0]


@pytest.mark.parametrize("spelling", ["TG-1032", "TG1032", "tg 1032", "xtg1032"])
def test_model_numbers_are_found_however_they_are_cut(spelling):
    items = [{"title": "phone TG1032"}, {"title": "phone TG1033"}, {"title": "other thing"}]

    (found,) = Blocking.of(items).candidates([{"title": spelling}], 1)

    assert found.tolist() == [0]


def test_pairs_within_one_catalogue_come_once_and_never_of_an_item_with_itself(shops):
    items = [*shops[0][:50], *shops[1][:50]]

    pairs = Blocking.of(items).pairs_within(items, 5)

    assert len(pairs) == len(set(pairs))
    assert all(one < other for one, other in pairs)
    assert sum((n, n + 50) in pairs for n in range(50)) >= 45


def test_a_word_of_all_items_makes_no_candidates():
    items = [{"title": f"new offer{n:04}"} for n in range(3_000)]

    (found,) = Blocking.of(items).candidates([{"title": "new thing"}], 5)

    assert found.tolist() == []


@pytest.mark.parametrize("item", [{}, {"title": ""}, {"title": "!!"}, {"title": "never seen"}])
def test_an_item_without_a_known_word_has_no_candidates(shops, item):
    assert Blocking.of(shops[1]).candidates([item], 5)[0].tolist() == []


def test_among_no_items_there_is_nothing():
    assert Blocking.of([]).candidates([{"title": "kettle"}], 5)[0].tolist() == []
    assert Blocking.of([{"title": "kettle"}]).candidates([], 5) == []
