"""What speaks for items that nobody has had, and what a network that was kept from some is lent."""

import tracemalloc

import numpy as np
import pytest
import torch

from ml.recommendation import alike
from ml.recommendation.alike import said_by, speakers
from ml.recommendation.components import Components
from ml.recommendation.counts import Counts, attribute_rows, idf
from ml.recommendation.mixture import Choices, fit_mixture
from ml.recommendation.network import NetworkConfig, SequenceNetwork
from ml.recommendation.recommender import rivals
from ml.recommendation.sequences import Histories, ItemFacts
from ml.recommendation.training import TrainingConfig, train_network

LAMP, LAMP_TOO, KETTLE, NEW_LAMP, BARE = range(5)
FACTS = ItemFacts.of([[0, 1], [0, 2], [3], [0, 1], []], 4)
NEW = np.array([False, False, False, True, True])


def networks(count):
    torch.manual_seed(0)
    shape = NetworkConfig(width=8, layers=1)
    return [SequenceNetwork(FACTS, shape).eval() for _ in range(count)]


def test_known_items_speak_for_new_ones_the_more_the_more_they_share():
    shares = speakers(attribute_rows(FACTS, idf(FACTS)), NEW).toarray()

    of_lamp, of_bare = shares
    assert of_lamp[LAMP] > of_lamp[LAMP_TOO] > 0
    assert of_lamp[KETTLE] == of_lamp[NEW_LAMP] == 0
    assert of_lamp.sum() == pytest.approx(1)
    assert not of_bare.any()


def test_what_they_say_is_their_mean():
    shares = speakers(attribute_rows(FACTS, idf(FACTS)), NEW)
    known = np.arange(2 * 5 * 3, dtype=np.float32).reshape(2, 5, 3)

    said = said_by(shares, known)

    assert said.shape == (2, 2, 3)
    share = shares.toarray()[0]
    assert said[1, 0] == pytest.approx(share[LAMP] * known[1, LAMP] + share[LAMP_TOO] * known[1, 1])
    assert not said[:, 1].any()


def test_nobody_speaks_where_nothing_is_new_or_everything_is():
    rows = attribute_rows(FACTS, idf(FACTS))

    assert speakers(rows, np.zeros(5, dtype=bool)).shape == (0, 5)
    assert speakers(rows, np.ones(5, dtype=bool)).nnz == 0


def test_finding_who_speaks_takes_no_memory_for_every_pair_of_items(monkeypatch):
    monkeypatch.setattr(alike, "CELLS_AT_ONCE", 100_000)
    facts = ItemFacts.of([[n % 50] for n in range(5_000)], 50)
    rows, new = attribute_rows(facts, idf(facts)), np.arange(5_000) < 1_000

    tracemalloc.start()
    shares = speakers(rows, new)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert shares.nnz == 1_000 * alike.NEAREST
    assert peak_bytes < 1_000 * 4_000 * 4  # a number for each pair


def test_what_is_counted_of_an_item_does_not_score_it_as_new():
    both = Histories.of([[LAMP, NEW_LAMP], [LAMP, NEW_LAMP], [KETTLE, LAMP_TOO]])
    without = both.without_items(NEW)
    learnt = torch.from_numpy(~NEW).unsqueeze(0)
    given = Histories.of([[KETTLE]])

    pretended = Components(networks(1), Counts.of(both, FACTS), learnt, torch.from_numpy(NEW))
    truly = Components(networks(1), Counts.of(without, FACTS), learnt)

    own = [truly.new_names.index(name) for name in ("network_0", "attribute_cosine", "new")]
    for components in (pretended, truly):
        assert components.new_N.tolist() == NEW.tolist()
    found, wanted = (one.scores(given)[1][:, NEW][:, :, own] for one in (pretended, truly))
    assert torch.allclose(found, wanted, atol=1e-6)


def test_others_speak_for_what_one_network_was_kept_from():
    learnt = torch.tensor([[True] * 5, [True] * 5, [True, False, True, True, False]])
    counts = Counts.of(Histories.of([[LAMP, LAMP_TOO, KETTLE, NEW_LAMP, BARE]]), FACTS)

    known, _ = Components(networks(3), counts, learnt).scores(Histories.of([[LAMP]]))

    score = known[0, :, :3]
    assert torch.allclose(score[LAMP_TOO, 2], score[LAMP_TOO, :2].mean())
    assert not torch.allclose(score[KETTLE, 2], score[KETTLE, :2].mean())


def test_what_nobody_has_had_is_no_rival():
    histories = Histories.of([[2, 7], [4, 9, 7], [5]])

    drawn = rivals(histories, np.array([1, 2]), 2, np.random.default_rng(0))

    assert set(drawn[0].tolist()) == {2, 5}
    assert set(drawn[1].tolist()) < {2, 4, 7, 9}


def test_a_network_learns_nothing_against_what_nobody_has_had():
    histories = Histories.of([[LAMP, KETTLE, LAMP_TOO]] * 8)

    network = train_network(
        histories,
        FACTS,
        NetworkConfig(width=8, layers=1),
        TrainingConfig(epochs=1, least_steps=5),
        seed=0,
        product_dtype=torch.float32,
        notify=lambda text: None,
    )

    assert not network.bias_N[[NEW_LAMP, BARE]].any()
    assert network.bias_N[[KETTLE, LAMP_TOO]].all()


def test_pretending_that_items_are_new_leaves_the_known_ones_as_they_are():
    torch.manual_seed(1)
    known, new = torch.randn(64, 5, 3), torch.randn(64, 5, 2)
    none = torch.zeros(64, 5, dtype=torch.bool)
    some = torch.rand(64, 5) < 0.3

    plain = fit_mixture(Choices(known, new, none, none), seed=0)
    pretended = fit_mixture(Choices(known, new, none, some), seed=0)

    assert torch.equal(plain.of_known(known), pretended.of_known(known))
    assert not torch.equal(plain.of_new(new), pretended.of_new(new))


def test_items_that_are_added_leave_the_scores_of_the_others_as_they_are():
    histories = Histories.of([[LAMP, KETTLE], [LAMP_TOO, LAMP], [KETTLE, LAMP_TOO]])
    components = Components(
        networks(2), Counts.of(histories, FACTS), torch.from_numpy(np.stack((~NEW, ~NEW)))
    )

    more = components.with_new_items(ItemFacts.of([[0, 1], [3], [2]], 4))

    given = Histories.of([[LAMP], [KETTLE, LAMP_TOO]])
    for before, after in zip(components.scores(given), more.scores(given), strict=True):
        assert after.shape[1] == 8
        assert torch.allclose(before, after[:, :5], atol=1e-5)


def test_an_item_that_is_added_is_scored_as_one_that_nobody_had_had_in_the_training():
    histories = Histories.of([[LAMP, KETTLE], [LAMP_TOO, LAMP], [KETTLE, LAMP_TOO]])
    components = Components(
        networks(1), Counts.of(histories, FACTS), torch.from_numpy(~NEW).unsqueeze(0)
    )

    one_by_one = components.with_new_items(ItemFacts.of([[3]], 4)).with_new_items(
        ItemFacts.of([[0, 1]], 4)
    )

    _, new = one_by_one.scores(Histories.of([[KETTLE], [6], [LAMP, NEW_LAMP]]))
    assert torch.allclose(new[:, 6], new[:, NEW_LAMP], atol=1e-5)
    assert one_by_one.new_N.tolist() == [*NEW.tolist(), True, True]


def test_an_item_that_is_added_counts_in_a_history_by_its_attributes():
    components = Components(
        networks(1), Counts.of(Histories.of([[LAMP, KETTLE]]), FACTS), torch.ones(1, 5).bool()
    )

    more = components.with_new_items(ItemFacts.of([[3]], 4))

    known, _ = more.scores(Histories.of([[5]]))
    of_cosine = known[0, :5, more.names.index("attribute_cosine")]
    assert of_cosine.argmax() == KETTLE
