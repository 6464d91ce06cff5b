"""Items that were not there in the training are ranked by what they are, and nothing else moves."""

import numpy as np
import pytest

from ml.recommendation.recommender import train_recommender
from ml.recommendation.sequences import Interactions
from ml.recommendation.trained import TrainedRecommender
from tests.ml.recommendation import made_up
from tests.ml.recommendation.conftest import QUICK
from tests.ml.recommendation.made_up import item
from tests.progress import silent

NEW = {id for id in made_up.attributes() if id.endswith("3")}


@pytest.fixture(scope="module")
def before():
    """A recommender that has never heard of a quarter of the items."""
    histories = {
        shopper: [id for id in items if id not in NEW]
        for shopper, items in made_up.sequences(120).items()
    }
    known = {id: has for id, has in made_up.attributes().items() if id not in NEW}
    data = Interactions.build(histories, known)
    recommender = train_recommender(data.histories, data.facts, QUICK, notify=silent)
    return TrainedRecommender(data.items, data.attributes, recommender, data.facts)


@pytest.fixture(scope="module")
def after(before):
    return before.with_new_items({id: made_up.attributes()[id] for id in sorted(NEW)})


def test_an_item_that_fits_a_history_comes_before_the_other_new_ones(after):
    places = []
    for kind in range(made_up.KINDS):
        for colour in range(made_up.COLOURS):
            history = [item(kind, colour, 0), item((kind + 1) % made_up.KINDS, colour, 1)]
            new = [id for id, _ in after.rank(history, 1_000) if id in NEW]
            places.append(new.index(item((kind + 2) % made_up.KINDS, colour, 3)))

    assert np.mean(places) < len(NEW) / 10  # by chance: the half of them


def test_the_others_keep_scores_and_order(before, after):
    history = [item(2, 1, 0), item(3, 1, 2)]

    kept = [one for one in after.rank(history, 1_000) if one[0] not in NEW]

    wanted = before.rank(history, 1_000)
    ratio = wanted[0][1] / kept[0][1]  # a new one may be the best, to which all others compare
    assert [id for id, _ in kept] == [id for id, _ in wanted]
    assert [share * ratio for _, share in kept] == pytest.approx([share for _, share in wanted])


def test_a_history_of_new_items_alone_is_answered(before, after):
    history = [item(2, 1, 3), item(3, 1, 3)]

    best = {id for id, _ in after.rank(history, made_up.PER_PAIR)}

    assert before.rank(history, 5) == []
    assert len(best & {item(4, 1, number) for number in range(made_up.PER_PAIR)}) >= 3


def test_attributes_that_the_training_had_not_are_ignored_and_items_without_others_left_out(before):
    more = before.with_new_items({"said": ["kind 3", "smell sweet"], "unsaid": ["smell sweet"]})

    assert more.known(["said", "unsaid"]) == ["said"]
    assert before.with_new_items({"unsaid": [], before.items[0]: ["kind 3"]}) is before


def test_attributes_of_items_that_nobody_has_had_describe_nothing():
    """Their vectors are as they were drawn, and would outweigh what was learnt."""
    idle = {f"idle{number}": [f"odd {number}"] for number in range(200)}
    data = Interactions.build(made_up.sequences(120), made_up.attributes() | idle)
    recommender = train_recommender(data.histories, data.facts, QUICK, notify=silent)
    trained = TrainedRecommender(data.items, data.attributes, recommender, data.facts)
    odd = [f"odd {number}" for number in range(8)]

    more = trained.with_new_items(
        {"odd": odd, "plain": ["kind 3", "colour b"], "both": ["kind 3", "colour b", *odd]}
    )

    assert more.known(["odd", "plain", "both", "idle7"]) == ["plain", "both"]
    assert more.rank(["odd"], 5) == []
    plain, both = (dict(more.rank([id], 20)) for id in ("plain", "both"))
    assert len(plain.keys() & both.keys()) >= 16


def test_added_at_once_or_one_after_the_other_is_the_same(before):
    both = {id: made_up.attributes()[id] for id in (item(1, 0, 3), item(5, 2, 3))}
    history = [item(0, 0, 1)]

    together = before.with_new_items(both)
    apart = before
    for id, has in both.items():
        apart = apart.with_new_items({id: has})

    found, wanted = (dict(one.rank(history, 1_000)) for one in (apart, together))
    assert found == pytest.approx(wanted, abs=1e-5)


def test_a_recommender_can_be_kept_and_takes_in_new_items_afterwards(before, after):
    again = TrainedRecommender.from_files(before.to_files())

    more = again.with_new_items({id: made_up.attributes()[id] for id in sorted(NEW)})

    history = [item(2, 1, 3), item(3, 1, 2)]
    assert dict(more.rank(history, 20)) == pytest.approx(dict(after.rank(history, 20)), abs=1e-5)
