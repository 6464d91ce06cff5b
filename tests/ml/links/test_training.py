"""Training within a budget, watched on the validation triples."""

from dataclasses import replace

import pytest
import torch

from ml.errors import TrainingDiverged
from ml.links.factorisation import FactorisationConfig
from ml.links.recipes import RECIPES, Recipe, recipe_for
from ml.links.training import CHECKS, faster_dtype, train_factorisation
from ml.links.triples import TripleFile, Vocabulary
from tests.ml.links.made_up import split

CPU = torch.device("cpu")
RECIPE = Recipe(FactorisationConfig(rank=8), minutes=1, epochs=20, least_steps=20, batch_queries=64)


@pytest.fixture(scope="module")
def graph():
    vocabulary = Vocabulary()
    return vocabulary, *(
        vocabulary.encode(TripleFile("made up", *zip(*part, strict=True), tuple(range(len(part)))))
        for part in split()[:2]
    )


def trained(graph, recipe=RECIPE, seed=0):
    vocabulary, train_T3, valid_T3 = graph
    said = []
    found = train_factorisation(
        train_T3,
        valid_T3,
        entities=len(vocabulary.entities),
        relations=len(vocabulary.relations),
        recipe=recipe,
        device=CPU,
        seed=seed,
        notify=said.append,
    )
    return found, said


def test_it_learns_and_says_so_at_every_check(graph):
    found, said = trained(graph)

    assert found.valid_mrr > 0.3
    assert 1 <= len(said) <= CHECKS
    assert all("validation MRR" in line for line in said)


def test_the_same_seed_gives_the_same_weights(graph):
    recipe = replace(RECIPE, epochs=2, least_steps=2, model=FactorisationConfig(candidates=5))

    first, second = (trained(graph, recipe)[0].model.state_dict() for _ in range(2))

    for name, tensor in first.items():
        assert torch.equal(tensor, second[name])


def test_it_ends_with_its_minutes(graph):
    found, _ = trained(graph, replace(RECIPE, minutes=1e-6, epochs=10**6))

    assert found.epochs < 1


def test_a_loss_that_is_no_number_ends_the_run(graph):
    with pytest.raises(TrainingDiverged, match="the loss of links"):
        trained(graph, replace(RECIPE, model=FactorisationConfig(rank=8, scale=1e30)))


def test_more_minutes_take_a_recipe_of_at_least_the_same_rank():
    ranks = [recipe_for(minutes).model.rank for minutes in (0.1, 1, 3, 15, 90, 1_000)]

    assert ranks == sorted(ranks)
    assert recipe_for(max(RECIPES)).model == RECIPES[max(RECIPES)].model


def test_a_rank_and_a_decoder_of_ones_own_replace_the_recipes():
    model = recipe_for(15, "rotate", rank=12).model

    assert (model.decoder, model.rank, model.width) == ("rotate", 12, 24)
    assert not model.relation_weight  # no bilinear decoder


def test_the_faster_format_is_one_of_the_two():
    assert faster_dtype(CPU, 64) in (torch.float32, torch.bfloat16)
