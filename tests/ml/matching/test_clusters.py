"""Groups out of scores of pairs."""

import random

from ml.matching.clusters import Contradiction, clusters


def test_what_is_the_same_as_the_same_is_in_one_group():
    found = clusters([("a", "b", 0.9), ("b", "c", 0.8), ("d", "e", 0.7), ("a", "f", 0.1)], 0.5)

    assert found.groups == (("a", "b", "c"), ("d", "e"), ("f",))
    assert found.contradictions == ()


def test_a_contradiction_is_told_with_its_scores_and_the_weaker_link_gives_way():
    found = clusters([("a", "b", 0.9), ("b", "c", 0.6), ("a", "c", 0.05)], 0.5)

    assert found.groups == (("a", "b"), ("c",))
    assert found.contradictions == (Contradiction("a", "b", "c", (0.9, 0.6, 0.05)),)


def test_one_doubtful_pair_does_not_chain_two_groups_that_others_hold_apart():
    left, right = ["a1", "a2", "a3"], ["b1", "b2", "b3"]
    sure = [(x, y, 0.95) for side in (left, right) for x in side for y in side if x < y]
    apart = [(x, y, 0.1) for x in left for y in right if (x, y) != ("a1", "b1")]

    found = clusters([*sure, *apart, ("a1", "b1", 0.6)], 0.5)

    assert found.groups == (("a1", "a2", "a3"), ("b1", "b2", "b3"))


def test_the_order_of_pairs_and_of_their_ids_does_not_matter():
    draw = random.Random(0)
    ids = [f"i{n}" for n in range(30)]
    scored = [(*draw.sample(ids, 2), draw.random()) for _ in range(200)]
    turned = [(b, a, score) for a, b, score in scored]
    draw.shuffle(turned)

    assert clusters(scored, 0.6) == clusters(turned, 0.6)


def test_every_id_is_in_exactly_one_group():
    draw = random.Random(1)
    ids = [f"i{n}" for n in range(40)]
    scored = [(*draw.sample(ids, 2), draw.random()) for _ in range(300)]

    groups = clusters(scored, 0.5).groups

    members = [member for group in groups for member in group]
    assert sorted(members) == sorted({member for a, b, _ in scored for member in (a, b)})


def test_a_pair_scored_twice_counts_with_its_mean_and_an_item_is_no_pair_with_itself():
    found = clusters([("a", "b", 0.9), ("b", "a", 0.0), ("c", "c", 1.0)], 0.5)

    assert found.groups == (("a",), ("b",), ("c",))


def test_nothing_scored_is_nothing_grouped():
    assert clusters([], 0.5).groups == ()
