"""A recommender learns what follows what, finds new items, and survives its files."""

import numpy as np
import pytest
import torch

from ml.errors import RecommenderInvalid
from ml.recommendation.evaluation import RecommendationTrial, judge
from ml.recommendation.network import NetworkConfig, SequenceNetwork
from ml.recommendation.recommender import strangers, train_recommender
from ml.recommendation.sequences import Histories, Interactions
from ml.recommendation.trained import TENSORS, TrainedRecommender
from tests.ml.recommendation import made_up
from tests.ml.recommendation.conftest import ONE_STEP, QUICK
from tests.ml.recommendation.made_up import item
from tests.progress import silent


@pytest.fixture(scope="module")
def judged(data):
    return judge(data, QUICK, RecommendationTrial(unseen=0.15), notify=silent)


def test_it_beats_popularity_and_both_cosines(judged):
    for name in ("popularity", "item_cosine", "attribute_cosine"):
        for measure in ("hr@10", "ndcg@10", "full_hr@10", "full_ndcg@10"):
            assert judged.metrics[measure].low > judged.baselines[name][measure]


def test_items_that_were_cut_out_of_the_training_are_found(judged):
    assert judged.metrics["unseen_hr@10"].value > 0.5
    assert judged.baselines["popularity"]["unseen_hr@10"] == 0


def test_what_comes_next_is_of_the_next_kind_and_the_same_colour(trained):
    history = [item(2, 1, 0), item(3, 1, 2), item(4, 1, 1)]

    ranked = trained.rank(history, 4)

    assert {id for id, _ in ranked} == {item(5, 1, number) for number in range(made_up.PER_PAIR)}
    assert ranked[0][1] == 1.0


def test_nothing_of_the_history_is_ranked_and_all_else_is(trained):
    history = [item(2, 1, 0), item(3, 1, 2)]

    ranked = trained.rank(history, 1_000)

    assert len(ranked) == len(trained.items) - 2
    assert not {id for id, _ in ranked} & set(history)


def test_a_history_of_strangers_has_no_answer(trained):
    assert trained.rank(["nobody's"], 5) == []
    assert trained.rank([], 5) == []


def test_its_files_hold_all_of_it(trained):
    again = TrainedRecommender.from_files(trained.to_files())

    history = [item(2, 1, 0), item(3, 1, 2)]
    assert again.rank(history, 20) == trained.rank(history, 20)


@pytest.mark.parametrize("damage", ["missing", "cut", "format"])
def test_damaged_files_are_refused(trained, damage):
    files = dict(trained.to_files())
    match damage:
        case "missing":
            del files[TENSORS]
        case "cut":
            files[TENSORS] = files[TENSORS][:100]
        case "format":
            files["recommender.json"] = b'{"format":9,"items":[],"attributes":0,"networks":[]}'

    with pytest.raises(RecommenderInvalid):
        TrainedRecommender.from_files(files)


def test_the_same_seed_gives_the_same_recommender(data):
    first, second = (
        train_recommender(data.histories, data.facts, ONE_STEP, notify=silent) for _ in range(2)
    )

    given = data.histories.chosen(np.arange(5))
    assert torch.equal(first.scores(given), second.scores(given))


def test_items_without_attributes_are_learnt_as_well():
    plain = Interactions.build(made_up.sequences(), {})

    recommender = train_recommender(plain.histories, plain.facts, ONE_STEP, notify=silent)

    assert recommender.scores(plain.histories.chosen(np.arange(3))).isfinite().all()


def test_a_place_of_a_history_sees_nothing_after_it(data):
    torch.manual_seed(0)
    network = SequenceNetwork(data.facts, NetworkConfig(width=16, layers=2)).eval()
    items = network.item_vectors()

    state = network(items, torch.tensor([[1, 2, 3, 4], [1, 2, 9, 9]]))

    assert torch.allclose(state[0, 1], state[1, 1], atol=1e-6)
    assert not torch.allclose(state[0, 2], state[1, 2], atol=1e-3)


def test_padding_changes_nothing(data):
    torch.manual_seed(0)
    network = SequenceNetwork(data.facts, NetworkConfig(width=16)).eval()
    items = network.item_vectors()

    bare = network(items, torch.tensor([[5, 6]]))[0, -1]
    padded = network(items, torch.tensor([[-1, -1, 5, 6]]))[0, -1]

    assert torch.allclose(bare, padded, atol=1e-5)


def test_strangers_are_different_and_none_that_a_shopper_has_had():
    histories = Histories.of([[0, 1, 2], [5]])

    drawn = strangers(histories, 30, 20, np.random.default_rng(0))

    assert all(len(set(row)) == 20 for row in drawn.tolist())
    assert not {0, 1, 2} & set(drawn[0].tolist())
    assert 5 not in drawn[1]
