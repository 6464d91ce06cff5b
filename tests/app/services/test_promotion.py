"""Which version serves: of the first ones what is no luck, of later ones what is no worse."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ml.errors import ExtractorInvalid
from ml.evaluation.held_out import HeldOut, mark
from ml.evaluation.report import Measured

HARD = range(40)  # texts that looking up gets wrong


def held(right, *, learnt=None, looked_up=(), serving=None):
    """Answers to texts, each right or wrong; `serving`: those that what serves gets right."""
    texts = [mark(text) for text in right]

    def answers(found):
        return np.array([(float(one), 1.0) for one in found])

    def ask(files, places):
        if serving is None:
            raise ExtractorInvalid(reason="a file is damaged")
        return answers([list(right)[place] in serving for place in places.tolist()])

    return HeldOut(
        texts=texts,
        examples=texts,
        groups=texts,
        answers_S2=answers(right.values()),
        baselines={"lookup": answers([text in looked_up for text in right])},
        learnt={mark(text) for text in (right if learnt is None else learnt)},
        ask=ask,
    )


def keep(shelf, answers, data="0"):
    right = float(answers.answers_S2[:, 0].mean())
    return shelf.keep(
        "matching",
        {"matcher.json": b"{}"},
        config={},
        examples=len(answers.texts),
        metrics={"f1": Measured(right, right, right)},
        baselines={"lookup": {"f1": float(answers.baselines["lookup"][:, 0].mean())}},
        judged_by="f1",
        seed=0,
        fingerprint=data * 64,
        held=answers,
    )


def rights(texts, wrong=()):
    return {text: text not in wrong for text in texts}


@pytest.mark.parametrize(
    ("texts", "looked_up", "serves"),
    [
        (range(4), (), False),  # one of 16 flips of coins says as much
        (range(5), (), False),
        (range(6), (), True),
        (range(10), range(5, 10), False),  # on five of ten they differ
        (range(10), range(6, 10), True),
    ],
)
def test_a_first_version_of_a_few_easy_texts_does_not_serve(shelf, texts, looked_up, serves):
    done = keep(shelf, held(rights(texts), looked_up=looked_up))

    assert done.promoted is serves
    if not serves:
        assert "examples may give by chance (p = 0.0" in done.kept_back
        assert done.kept_back.endswith("learn from more examples")


def test_a_first_version_that_could_not_be_measured_does_not_serve(shelf):
    done = shelf.keep(
        "matching",
        {"matcher.json": b"{}"},
        config={},
        examples=2,
        metrics={},
        baselines={},
        judged_by="f1",
        seed=0,
        fingerprint="0" * 64,
    )

    assert done.kept_back == "its f1 could not be measured: learn from more examples"


def test_a_later_version_is_compared_on_the_texts_that_both_answered(shelf):
    """Its own share of right answers is higher only because its new texts are easy."""
    keep(shelf, held(rights(HARD, wrong=range(10))))
    easy = range(40, 200)
    texts = [*HARD, *easy]

    done = keep(shelf, held(rights(texts, wrong=range(12)), serving=set(texts)), data="1")

    assert done.metrics["f1"].value > done.before["f1"].value
    assert done.kept_back == ("its f1 is 0.940, that of what serves 0.950 on the same 200 examples")
    assert shelf.registry.aliases("matching") == {"champion": "1"}


def test_one_that_learnt_more_and_is_as_good_on_the_same_texts_serves(shelf):
    """Though its share of right answers is lower, because its new texts are hard."""
    keep(shelf, held(rights(HARD)))
    texts = range(60)

    done = keep(shelf, held(rights(texts, wrong=range(40, 50)), serving=set(HARD)), data="1")

    assert done.metrics["f1"].value < done.before["f1"].value
    assert done.promoted


def test_the_same_labels_again_change_nothing(shelf):
    keep(shelf, held(rights(HARD, wrong=range(5))))

    again = keep(shelf, held(rights(HARD, wrong=range(5))))

    assert not again.promoted
    assert shelf.registry.aliases("matching") == {"champion": "1"}


def test_one_that_forgets_what_serves_has_learnt_has_to_be_better_for_sure(shelf):
    keep(shelf, held(rights(range(200), wrong=range(20))))
    new = range(300, 308)

    few = keep(shelf, held(rights(new), serving=set(new) - {300}), data="1")
    more = keep(shelf, held(rights(new), serving={301}), data="2")

    assert not few.promoted
    assert "on the same 8 examples, which 8 examples may give by chance" in few.kept_back
    assert "not learnt from 200 that what serves learnt from: learn from those" in few.kept_back
    assert more.promoted


def test_what_serves_is_not_asked_about_texts_that_it_has_learnt(shelf):
    keep(shelf, held(rights(range(10)), learnt=range(100)))
    asked = held(rights(range(50, 90)), learnt=range(150), serving=())

    done = keep(shelf, asked, data="1")

    assert done.kept_back == "its f1 is 1.000, that of what serves 1.000 on other examples"


def test_one_that_does_not_load_is_compared_by_what_it_answered(shelf):
    keep(shelf, held(rights(HARD, wrong=range(3))))

    done = keep(shelf, held(rights(range(50), wrong=range(40, 50))), data="1")

    assert done.promoted


@pytest.mark.parametrize(("value", "serves"), [(0.81, False), (0.82, False), (0.83, True)])
def test_where_no_examples_are_the_same_the_higher_measure_serves(shelf, value, serves):
    def kept(value, data):
        return shelf.keep(
            "search",
            {"search.json": b"{}"},
            config={},
            examples=50,
            metrics={"ndcg@10": Measured(value, value - 0.03, value + 0.03)},
            baselines={"bm25": {"ndcg@10": 0.5}},
            judged_by="ndcg@10",
            seed=0,
            fingerprint=data * 64,
        )

    kept(0.82, "0")

    done = kept(value, "1")

    assert done.promoted is serves
    assert serves or done.kept_back.endswith("that of what serves 0.820 on other examples")


def test_of_two_that_come_at_once_the_better_one_serves(shelf):
    keep(shelf, held(rights(range(30), wrong=range(6))))
    better = held(rights(range(30)))
    worse = held(rights(range(30), wrong=range(3)))

    with ThreadPoolExecutor(8) as threads:
        futures = [
            threads.submit(keep, shelf, one, data)
            for one, data in [(worse, "1"), (better, "2")] * 4
        ]
        done = [future.result() for future in futures]

    serving = f"matching/{shelf.registry.aliases('matching')['champion']}"
    assert serving in {one.artefact for one in done if one.metrics["f1"].value == 1.0}


def test_which_version_is_replaced_is_looked_at_again(shelf):
    keep(shelf, held(rights(range(30), wrong=range(6))))
    keep(shelf, held(rights(range(30))), data="1")

    assert not shelf.registry.promote_after("matching", "1", champion="1")
    assert shelf.registry.aliases("matching") == {"champion": "2"}
    assert shelf.registry.promote_after("matching", "1", champion="2")
