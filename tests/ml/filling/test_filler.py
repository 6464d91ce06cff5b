"""Facts that follow from others are filled in; what does not follow is left open."""

import pytest
import torch

from graph.snapshot import Snapshot
from ml.data.choices import Choice, ChoiceConfig, Choices
from ml.data.features import FeatureConfig, Featurizer
from ml.data.grams import GramConfig
from ml.errors import GraphTooSmall
from ml.evaluation.hidden_facts import (
    confident,
    filled,
    hide_half,
    measure,
    threshold_for,
)
from ml.filling.filler import FactFiller, FillerConfig, fit_filler
from ml.filling.items import Details, ItemFacts, facts_of
from ml.filling.network import FactNetworkConfig
from ml.filling.votes import Votes, VotesConfig
from ml.models.neighbours import Near, Neighbours
from tests.ml.graphs import catalog

BUCKETS = 256
SMALL = FillerConfig(
    network=FactNetworkConfig(width=16, blocks=1, dropout=0.0),
    network_epochs=10,
    votes_epochs=3,
    neighbours=8,
    batch_items=16,
)


def material(products=90):
    snapshot = catalog(products)
    featurizer = Featurizer.fit(snapshot, config=FeatureConfig(grams=GramConfig(buckets=BUCKETS)))
    choices = Choices.fit(snapshot, config=ChoiceConfig(value_facts=2))
    data = featurizer.apply(snapshot)
    facts = facts_of(data, "Product", choices.of_values(snapshot), choices.parameter_of)
    return facts, choices


@pytest.fixture(scope="module")
def fitted():
    facts, choices = material()
    every = torch.arange(90)
    train, valid, test = facts[every[:60]], facts[every[60:75]], facts[every[75:]]
    return fit_filler(train, valid, choices, BUCKETS, SMALL), test, choices


def test_items_have_one_choice_for_each_parameter_they_state():
    facts, choices = material()

    seat, wood = choices.parameters.index("seat"), choices.parameters.index("wood")
    assert (facts.choice_NP[:, seat] >= 0).sum() == 45  # lamps have no seat
    assert choices.choices[int(facts.choice_NP[0, wood])].value == "wood=oak"


def test_what_follows_from_the_maker_is_named(fitted):
    filler, test, choices = fitted
    hidden_NP = hide_half(test, seed=1)

    with torch.no_grad():
        score_NC = filler(test.without(hidden_NP))

    assert measure(score_NC, test, hidden_NP, choices).accuracy > 0.9


def test_scores_are_probabilities_within_each_parameter(fitted):
    filler, test, choices = fitted

    with torch.no_grad():
        score_NC = filler(test)

    total_NP = torch.zeros(len(test), len(choices.parameters))
    total_NP.index_add_(1, choices.parameter_of, score_NC.exp())
    torch.testing.assert_close(total_NP, torch.ones_like(total_NP))


def test_only_open_parameters_are_guessed_surest_first(fitted):
    filler, test, choices = fitted
    wood = choices.parameters.index("wood")
    hidden_NP = torch.zeros_like(test.choice_NP, dtype=torch.bool)
    hidden_NP[:, wood] = True

    guesses = filler.guess(test.without(hidden_NP))

    lamp = next(row for row in range(len(test)) if int((test.choice_NP[row] < 0).sum()) == 1)
    assert {guess.choice.parameter for guess in guesses[lamp]} == {"wood", "seat"}
    assert guesses[lamp][0].confidence >= guesses[lamp][1].confidence


def test_an_item_that_came_after_training_votes_once_it_is_heard():
    facts, choices = material()
    every = torch.arange(90)
    filler = fit_filler(facts[every[:60]], facts[every[60:75]], choices, BUCKETS, SMALL)
    newest = facts[every[75:76]]
    before = filler.index.nearest(newest, 1).facts_BK

    filler.hears(facts[every[75:]])

    near = filler.index.nearest(newest, 1)
    assert near.item_BK.tolist() == [[60]]
    assert len(filler.index.items) == 75
    assert bool((near.facts_BK >= before).all())
    assert bool(filler(facts[every[75:]]).isfinite().all())


def test_fitting_again_gives_the_same_answers(fitted):
    filler, test, choices = fitted
    facts, _ = material()
    every = torch.arange(90)

    again = fit_filler(facts[every[:60]], facts[every[60:75]], choices, BUCKETS, SMALL)

    with torch.no_grad():
        torch.testing.assert_close(again(test), filler(test), rtol=0, atol=0)


def test_an_item_without_facts_and_title_gets_the_usual_answers():
    facts, choices = material()
    nothing = ItemFacts(
        torch.full((1, len(choices.parameters)), -1),
        torch.zeros(1, 4, dtype=torch.long),
        torch.zeros(1, 4),
        facts.details[torch.tensor([0])].without(torch.ones(1, 3, dtype=torch.bool)),
    )

    with torch.no_grad():
        score_NC = FactFiller(choices, facts, BUCKETS, SMALL).eval()(nothing)

    assert bool(torch.isfinite(score_NC).all())


def test_a_part_without_facts_is_nothing_to_learn_from():
    facts, choices = material()

    with pytest.raises(GraphTooSmall, match="validation"):
        fit_filler(facts, facts[torch.tensor([], dtype=torch.long)], choices, BUCKETS, SMALL)


def test_a_training_item_does_not_find_itself():
    facts, choices = material()
    index = Neighbours(facts, choices=len(choices), buckets=BUCKETS)

    near = index.nearest(facts, 5, exclude_B=torch.arange(len(facts)))

    assert not bool((near.item_BK == torch.arange(len(facts))[:, None]).any())


def test_the_nearest_share_all_facts_that_are_known():
    facts, choices = material()
    index = Neighbours(facts, choices=len(choices), buckets=BUCKETS)

    near = index.nearest(facts[torch.tensor([0])], 5)

    torch.testing.assert_close(near.facts_BK, torch.ones(1, 5))


def test_an_index_smaller_than_asked_gives_what_it_has():
    facts, choices = material()
    one = Neighbours(facts[torch.tensor([0])], choices=len(choices), buckets=BUCKETS)

    assert one.nearest(facts, 30).item_BK.shape == (90, 1)


def test_the_threshold_is_the_lowest_that_keeps_the_precision():
    confidence_M = torch.tensor([0.9, 0.8, 0.7, 0.6])
    hits_M = torch.tensor([True, True, False, True])

    threshold = threshold_for(0.75, confidence_M, hits_M)

    assert threshold == pytest.approx(0.6)
    assert threshold_for(1.0, confidence_M, hits_M) == pytest.approx(0.8)
    assert filled(0.8, confidence_M, hits_M).share == 0.5
    assert filled(0.8, confidence_M, hits_M).precision == 1.0


def test_guesses_that_are_equally_sure_are_taken_together():
    confidence_M = torch.tensor([0.9, 0.7, 0.7])
    hits_M = torch.tensor([True, True, False])

    assert threshold_for(1.0, confidence_M, hits_M) == pytest.approx(0.9)


def test_a_margin_asks_for_more_guesses_that_hold_before_the_precision_is_believed():
    confidence_M = torch.linspace(1, 0.5, 200)
    hits_M = torch.arange(200) % 40 != 20

    assert threshold_for(0.95, confidence_M, hits_M) == pytest.approx(0.5)
    assert threshold_for(0.95, confidence_M, hits_M, margin=1.645) > 0.5
    assert threshold_for(0.9, confidence_M[:5], hits_M[:5], margin=1.645) == float(
        "inf"
    )  # too few to tell


def test_of_an_item_the_value_its_number_and_its_brand_are_read_beside_the_choice():
    facts, choices = material()
    seat = choices.parameters.index("seat")

    details = facts.details

    assert details.brand_N[:6].tolist() == [1, 2, 3, 1, 2, 3]
    assert bool((details.value_NP[:, seat] > 0).eq(facts.choice_NP[:, seat] >= 0).all())
    assert details.number_NP[0, seat] < details.number_NP[4, seat] < details.number_NP[2, seat]
    assert bool(details.number_NP[1].isnan().all())  # a lamp has nothing in numbers


def test_brands_that_training_had_none_of_are_not_known():
    seen = catalog(12)
    edges = {kind: table for kind, table in seen.edges.items() if "Brand" not in kind}
    nodes = {label: table for label, table in seen.nodes.items() if label != "Brand"}
    brandless = Snapshot.of(nodes, edges)
    choices = Choices.fit(seen, config=ChoiceConfig(value_facts=2))
    data = Featurizer.fit(brandless).apply(seen)

    facts = facts_of(data, "Product", choices.of_values(seen), choices.parameter_of)

    assert not bool(facts.details.brand_N.any())


def test_a_hidden_fact_is_hidden_in_its_details_as_well():
    facts, _ = material()

    known = facts.without(facts.choice_NP >= 0)

    assert not bool(known.details.value_NP.any())
    assert bool(known.details.number_NP.isnan().all())
    assert known.details.brand_N.tolist() == facts.details.brand_N.tolist()


def numbered(*numbers):
    """Items of one ordered parameter that all fall into its first bin, beside one to be named."""
    count = len(numbers)
    nothing = torch.full((count, 1), float("nan"))
    return ItemFacts(
        torch.tensor([[0, 2 + at % 2] for at in range(count)]),
        torch.zeros(count, 1, dtype=torch.long),
        torch.zeros(count, 1),
        Details(
            torch.zeros(count, 2, dtype=torch.long),
            torch.cat((torch.tensor(numbers)[:, None], nothing), 1),
            torch.zeros(count, dtype=torch.long),
        ),
    )


def test_numbers_of_one_bin_are_told_apart_by_how_near_they_are():
    bins = [Choice("size", low=0.0, high=1.0), Choice("size", low=2.0, high=3.0)]
    choices = Choices([*bins, Choice("wood", "wood=oak"), Choice("wood", "wood=pine")])
    votes = Votes(choices, torch.full((4,), 0.5), VotesConfig(details=True))
    with torch.no_grad():
        votes.weight.weight[:, 3 * 2 + 6 + 2] = 5.0  # the narrowest reach
    items = numbered(0.5, 0.1)
    query = numbered(0.1).without(torch.tensor([[False, True]]))
    near = Near(torch.tensor([[0, 1]]), torch.ones(1, 2), torch.ones(1, 2))

    share_K = votes.shares(query, near, items)[0, :2, 1]

    assert share_K[1] > 10 * share_K[0]


def test_votes_on_details_say_so_where_the_items_have_none():
    facts, choices = material()
    bare = ItemFacts(facts.choice_NP, facts.grams_NG, facts.weights_NG)

    with pytest.raises(ValueError, match="without them"):
        FactFiller(choices, bare, BUCKETS, SMALL).voted(bare)


def test_that_a_value_is_rare_is_no_guess():
    facts, choices = material()
    hidden_NP = hide_half(facts, seed=0)
    score_NC = torch.where(choices.is_rare, 0.0, -9.0).expand(len(facts), -1)

    confidence_M, _ = confident(score_NC, facts, hidden_NP, choices)

    assert confidence_M.max() == 0.0


def test_ties_have_their_mean_rank():
    facts, choices = material()
    hidden_NP = hide_half(facts, seed=0)

    found = measure(torch.zeros(len(facts), len(choices)), facts, hidden_NP, choices)

    assert found.mrr == pytest.approx(1 / 2.5)  # of four choices, all level
