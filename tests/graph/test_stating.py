"""What becomes of a stated fact: who stands higher, who may change what, what teaches."""

import pytest

from graph.records import StatedFact, Value
from graph.stating import Settled, Standing, Turns, disagrees, settle_stated, teaches, worth


def fact(value="oak", **more):
    fields = {
        "origin": "extracted",
        "status": "accepted",
        "confidence": 0.9,
        "evidence": "",
        "model": "reader@1",
        **more,
    }
    return StatedFact(item="shop:1", value=Value(value, "wood", value), **fields)


def standing(value="oak", origin="extracted", **more):
    fields = {
        "status": "accepted",
        "confidence": 0.9,
        "evidence": None,
        "model": "reader@1",
        "inherited": False,
        **more,
    }
    return Standing("wood", value, origin, **fields)


@pytest.mark.parametrize(
    ("said", "beside", "expected"),
    [
        (fact(), [], Settled("written", "accepted")),
        (fact(), [standing()], Settled("unchanged")),
        (fact(confidence=0.8), [standing()], Settled("written", "accepted")),
        (fact(), [standing("ash", "catalog")], Settled("outranked", "proposed")),
        (fact(), [standing("oak", "catalog")], Settled("outranked", ends=True)),
        (fact(), [standing("ash", "catalog", status="proposed")], Settled("written", "accepted")),
        (fact(), [standing("ash", "predicted")], Settled("written", "accepted")),
        (fact(), [standing("ash", "reviewed", status="rejected")], Settled("written", "accepted")),
        (fact(), [standing("oak", "reviewed", status="rejected")], Settled("rejected")),
        (fact(), [standing("ash", "catalog", inherited=True)], Settled("outranked", "proposed")),
        (fact(), [standing("oak", "catalog", inherited=True)], Settled("written", "accepted")),
        (
            fact(),
            [standing("ash", "catalog"), standing("oak", "catalog", inherited=True)],
            Settled("outranked", "proposed"),
        ),
        (
            fact(origin="predicted"),
            [standing("ash"), standing("oak", "predicted", status="proposed")],
            Settled("outranked"),
        ),
        (fact(model="rules@1", confidence=0.9), [standing()], Settled("unchanged")),
        (fact(model="rules@1", confidence=0.95), [standing()], Settled("written", "accepted")),
        (fact(model="reader@2", confidence=0.1), [standing()], Settled("written", "accepted")),
    ],
)
def test_a_stated_fact_is_settled_by_what_is_said_already(said, beside, expected):
    assert settle_stated(said, beside) == expected


@pytest.mark.parametrize(
    ("said", "beside", "expected"),
    [
        (fact(model="rules", confidence=0.5), [standing()], Settled("written", "accepted")),
        (fact(model="rules", status="proposed"), [standing()], Settled("written", "proposed")),
        (
            fact(model="rules"),
            [standing("oak", "catalog"), standing()],
            Settled("outranked", ends=True),
        ),
        (
            fact(model="rules"),
            [standing("oak", "reviewed", status="rejected")],
            Settled("rejected"),
        ),
        (fact(), [standing()], Settled("unchanged")),
    ],
)
def test_who_reads_a_text_again_need_not_be_more_confident(said, beside, expected):
    assert settle_stated(said, beside, again=True) == expected


def test_an_answer_teaches_most_where_the_model_does_not_know():
    weights = [worth(confidence, disagreement=False) for confidence in (0.5, 0.6, 0.3, 0.05, 1.0)]

    assert weights == sorted(weights, reverse=True)
    assert worth(0.9, disagreement=True) > worth(0.8, disagreement=False)


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ([], False),
        ([standing("oak")], False),
        ([standing("ash", "catalog")], True),
        ([standing("ash", "predicted", status="proposed")], True),
        ([standing("ash", "reviewed", status="rejected")], False),
    ],
)
def test_disagreement_is_that_somebody_says_something_else(beside, expected):
    assert disagrees("oak", beside) is expected


def test_parameters_and_items_take_turns():
    turns = Turns()

    places = [("a", "wood"), ("b", "wood"), ("a", "size"), ("c", "size"), ("d", "age")]

    assert [turns.next(*place) for place in places] == [0, 1, 1, 2, 0]
    assert teaches(1.0, 0) > teaches(1.0, 1) > teaches(1.0, 2)
