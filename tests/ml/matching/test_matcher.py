"""Scores of pairs: learnt, by rules, from files again, and for input of any kind."""

import json
import random

import numpy as np
import pytest

from ml.errors import MatcherInvalid, PairsInvalid
from ml.matching.floor import UNTRAINED
from ml.matching.matcher import Matcher, MatchingConfig
from ml.matching.records import LabelledPair
from ml.matching.trees import TreesConfig
from tests.ml.matching.made_up import in_left_shop, pairs, product

QUICK = TreesConfig(bags=1, trees=60, learning_rate=0.1, leaves=7)
TRAIN, VALID, TEST = pairs(600, 1), pairs(200, 2), pairs(200, 3)


@pytest.fixture(scope="module")
def trained():
    return Matcher.train(TRAIN, VALID, MatchingConfig(trees=QUICK))


@pytest.fixture(scope="module")
def linked():
    return Matcher.train(TRAIN, VALID, MatchingConfig(known_links=True, trees=QUICK))


def asked(labelled):
    return [(pair.left, pair.right) for pair in labelled]


def f1(matcher, labelled):
    decided = matcher.probabilities(asked(labelled)) >= matcher.threshold
    same = np.array([pair.same for pair in labelled])
    return 2 * (decided & same).sum() / (decided.sum() + same.sum())


@pytest.mark.parametrize(
    ("left", "right", "is_same"),
    [
        ({"gtin": "4006381333931"}, {"EAN": "04006381333931"}, True),
        ({"gtin": "4006381333931"}, {"gtin": "4006381333932"}, False),  # no valid number
        ({"gtin": "123"}, {"gtin": "123"}, False),
        ({"gtin": ""}, {"gtin": ""}, False),
    ],
)
def test_an_equal_gtin_decides_however_different_the_titles_are(trained, left, right, is_same):
    pair = ({"title": "Glow lamp", **left}, {"title": "Leuchte in Rot", **right})

    for matcher in (trained, Matcher.untrained()):
        assert (matcher.probabilities([pair])[0] >= 0.99) == is_same
        [found] = matcher.score([pair])
        assert (found.reasons[0].name == "the same GTIN") == is_same


def test_a_trained_matcher_tells_siblings_apart_better_than_rules(trained):
    assert f1(trained, TEST) > 0.9
    assert f1(trained, TEST) > f1(Matcher.untrained(), TEST)


def test_scores_are_probabilities_with_the_strongest_reasons_first(trained):
    for scored in trained.score(asked(TEST)):
        sizes = [abs(reason.contribution) for reason in scored.reasons]
        assert 0 < scored.score < 1
        assert sizes == sorted(sizes, reverse=True)
        assert 0 < len(sizes) <= 6


def test_scores_with_and_without_reasons_are_the_same(trained):
    with_reasons = [scored.score for scored in trained.score(asked(TEST))]

    assert trained.probabilities(asked(TEST)).tolist() == with_reasons


def test_scores_hold_as_probabilities(trained):
    score = trained.probabilities(asked(TEST))
    same = np.array([pair.same for pair in TEST])

    assert abs(score.mean() - same.mean()) < 0.05


def test_where_only_the_model_number_differs_it_is_the_reason_against():
    def pair(n, other):
        return {"title": f"Lumio lamp KX-{n}"}, {"title": f"lamp Lumio kx{other} new"}

    train = [
        LabelledPair(*pair(n, n + away), same=not away) for n in range(200, 400) for away in (0, 7)
    ]
    matcher = Matcher.train(train, train, MatchingConfig(rivals=False, trees=QUICK))

    found, other = matcher.score([pair(555, 555), pair(555, 562)])

    said = [{r.name: r.contribution for r in scored.reasons} for scored in (found, other)]
    assert found.score > 0.9 > 0.1 > other.score
    assert said[0]["model numbers"] > 0 > said[1]["model numbers"]


def test_the_score_of_a_pair_does_not_depend_on_its_company(trained):
    together = trained.probabilities(asked(TEST))
    alone = [trained.probabilities([pair])[0] for pair in asked(TEST)[:5]]

    assert together[:5] == pytest.approx(alone, abs=1e-6)


def test_training_twice_gives_the_same_matcher(trained):
    again = Matcher.train(TRAIN, VALID, MatchingConfig(trees=QUICK))

    assert again.to_files() == trained.to_files()


@pytest.mark.parametrize("name", ["trained", "linked", "untrained"])
def test_from_its_files_a_matcher_scores_as_before(request, name):
    matcher = Matcher.untrained() if name == "untrained" else request.getfixturevalue(name)

    again = Matcher.from_files(matcher.to_files())

    assert again.threshold == matcher.threshold
    assert again.score(asked(TEST)) == matcher.score(asked(TEST))
    assert again.to_files() == matcher.to_files()


def test_the_files_are_json_and_text(trained):
    for name, content in trained.to_files().items():
        if name.endswith(".json"):
            json.loads(content)
        else:
            assert content.decode().startswith("tree")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("matcher.json", None, "is missing"),
        ("matcher.json", b"{", "cannot be read"),
        ("matcher.json", b'{"format":9,"threshold":0.5,"learnt":null}', "has format 9"),
        ("matcher_items.json", None, "is missing"),
        ("matcher_trees_0.txt", b"no tree", "holds no trees"),
        ("matcher_trees_0.txt", b"\xff", "holds no trees"),
    ],
)
def test_a_damaged_file_is_named(trained, name, content, reason):
    files = trained.to_files()
    if content is None:
        del files[name]
    else:
        files[name] = content

    with pytest.raises(MatcherInvalid, match=reason) as caught:
        Matcher.from_files(files)

    assert caught.value.file == name


def test_what_has_a_known_match_is_less_likely_to_match_another():
    # Which of two cups is meant nothing tells, but each left one has one match.
    draw = random.Random(0)
    train = []
    for n in range(150):
        left, words = {"title": f"blue cup {n}"}, draw.sample(("oak", "elm", "ash", "fir"), 4)
        rights = [{"title": f"azure cup {n} {word}"} for word in words[: draw.randint(2, 4)]]
        train += [LabelledPair(left, right, right is rights[0]) for right in rights]
    config = MatchingConfig(rivals=False, known_links=True, trees=QUICK)
    matcher = Matcher.train(train, train[:60], config)

    linked, free = matcher.probabilities(
        [({"title": f"blue cup {n}"}, {"title": f"azure cup {n} yew"}) for n in (1, 999)]
    )

    assert linked < 0.2 < free


@pytest.mark.parametrize(
    ("train", "valid", "reason"),
    [
        ([], VALID, "none of those to learn from match"),
        ([pair for pair in TRAIN if pair.same], VALID, "none of those to learn from do not match"),
        (TRAIN, [p for p in VALID if not p.same], "none of those to choose the threshold by match"),
    ],
)
def test_one_label_alone_cannot_be_learnt_from(train, valid, reason):
    with pytest.raises(PairsInvalid) as caught:
        Matcher.train(train, valid, MatchingConfig(trees=QUICK))

    assert caught.value.reason == reason


STRANGE = {
    "no field": {},
    "an empty text": {"title": ""},
    "only spaces": {"title": "  \t "},
    "only signs": {"title": "!!! -- ???", "price": "-"},
    "only emoji": {"title": "🎉🎉"},
    "another field": {"colour of the box": "brown"},
    "a number as text": {"title": "4711", "price": "twelve"},
    "a price of zero": {"title": "tea", "price": "0"},
    "a price with everything": {"title": "tea", "price": "1.2.3,4,5 €"},
    "Chinese": {"title": "红色 茶壶 1.5L", "brand": "龙"},
    "right to left": {"title": "שלום 12 عالم"},
    "HTML": {"title": "<b>Lamp</b> &amp; co &#39;"},
    "half a character": {"title": "lamp \ud800"},
    "control characters": {"title": "la\x00mp\x1b[0m"},
    "a megabyte": {"title": "kettle 12v kx-100 " * 60_000},
    "one long word": {"title": "k1" * 500_000},
}


@pytest.mark.parametrize("matcher", ["trained", "linked", "untrained"])
def test_items_of_any_kind_get_a_score(request, matcher):
    scorer = Matcher.untrained() if matcher == "untrained" else request.getfixturevalue(matcher)
    usual = in_left_shop(product(1))

    for item in STRANGE.values():
        for scored in scorer.score([(item, usual), (usual, item), (item, item)]):
            assert 0 <= scored.score <= 1


def test_no_pairs_get_no_scores(trained):
    assert trained.score([]) == []
    assert Matcher.untrained().score([]) == []


def test_a_handful_of_labels_is_enough_to_train():
    matcher = Matcher.train(TRAIN[:8], TRAIN[:8], MatchingConfig(known_links=True, trees=QUICK))

    assert all(0 <= scored.score <= 1 for scored in matcher.score(asked(TEST)))


def test_strange_items_among_the_labels_are_learnt_from():
    strange = [LabelledPair(item, item, same=False) for item in STRANGE.values()]

    matcher = Matcher.train(TRAIN[:80] + strange, VALID, MatchingConfig(trees=QUICK))

    assert f1(matcher, VALID) > 0.7


class TestWithoutLabels:
    def test_the_reasons_say_so(self):
        for scored in Matcher.untrained().score(asked(TEST)):
            assert scored.reasons[-1].name == UNTRAINED

    def test_the_same_offer_is_the_same_and_a_stranger_is_not(self):
        same, other = Matcher.untrained().score(
            [
                (in_left_shop(product(1)), in_left_shop(product(1))),
                (in_left_shop(product(1)), in_left_shop(product(40))),
            ]
        )

        assert other.score < 0.1 < 0.9 < same.score

    @pytest.mark.parametrize(
        ("right", "reason"),
        [
            ({"title": "Boreal drill KZ-200 18 volt red"}, "model numbers"),
            ({"title": "Boreal drill KX-100 36 volt red"}, "sizes and numbers"),
            ({"title": "Boreal drill KX-100 18 volt green"}, "colours"),
            ({"title": "drill KX-100 18 volt red", "brand": "Hamrex"}, "brand"),
            ({"title": "Boreal drill KX-100 18 volt red", "price": "20"}, "price"),
        ],
    )
    def test_what_contradicts_is_named_and_lowers_the_score(self, right, reason):
        left = {"title": "Boreal drill KX-100 18 volt red", "brand": "Boreal", "price": "99.99"}

        same, other = Matcher.untrained().score([(left, left), (left, right)])

        against = {r.name for r in other.reasons if r.contribution < 0}
        assert reason in against
        assert other.score < same.score

    def test_left_and_right_may_be_exchanged(self):
        there = Matcher.untrained().score(asked(TEST[:50]))
        back = Matcher.untrained().score([(b, a) for a, b in asked(TEST[:50])])

        assert [a.score for a in there] == pytest.approx([b.score for b in back])


@pytest.mark.parametrize("scorer", ["trained", "untrained"])
def test_an_accessory_is_not_what_it_is_made_for(request, scorer):
    matcher = request.getfixturevalue("trained") if scorer == "trained" else Matcher.untrained()
    pair = ({"title": "Acme KX4000 kettle"}, {"title": "lid for Acme KX4000 kettle"})

    [found] = matcher.score([pair])

    assert found.score == pytest.approx(matcher.probabilities([pair])[0])
    assert found.score < matcher.threshold
    assert found.reasons[0].name == "'lid' is made for the other"
    assert found.reasons[0].contribution < 0


def test_an_equal_gtin_outweighs_what_titles_say_of_accessories():
    gtin = {"gtin": "4006381333931"}
    pair = ({"title": "Acme KX4000", **gtin}, {"title": "lid for Acme KX4000", **gtin})

    [found] = Matcher.untrained().score([pair])

    assert found.score >= 0.99
