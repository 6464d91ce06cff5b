import pytest
import torch

from ml.errors import GraphTooSmall
from ml.tasks.base import Shard
from ml.tasks.similarity import Similarity, SimilarityBatch, SimilarityConfig
from tests.ml.tasks.text_cases import TITLES, text_encoder

THINGS = [number // 4 for number in range(len(TITLES))]


def generator(seed=7):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def encoder():
    torch.manual_seed(7)
    return text_encoder()


def test_pairs_are_two_texts_of_one_thing_each_text_once(encoder):
    task = Similarity(encoder, TITLES, THINGS, config=SimilarityConfig(batch_pairs=4))

    batches = list(task.batches(generator()))

    for batch in batches:
        first, second = batch.things.view(2, -1)
        assert first.equal(second)
    assert sum(len(batch.things) for batch in batches) == len(TITLES)


def test_a_text_that_is_alone_is_no_example(encoder):
    task = Similarity(encoder, TITLES[:5], [0, 0, 1, 1, 2])

    (batch,) = task.batches(generator())

    assert set(batch.things.tolist()) == {0, 1}


def test_look_alikes_come_together(encoder):
    families = ["acme", "borealis", "cumulus", "dynamo", "kettle", "drill", "lamp", "fan"]
    titles = [family for family in families for _ in range(16)]
    things = [number // 2 for number in range(128)]
    config = SimilarityConfig(lookalikes=8, batch_pairs=8)

    batches = list(Similarity(encoder, titles, things, config=config).batches(generator()))

    assert [len({thing // 8 for thing in batch.things.tolist()}) for batch in batches] == [1] * 8


def test_other_texts_of_the_same_thing_are_no_negatives(encoder):
    tokens = encoder.tokenizer.padded(["acme kettle", "borealis fan", "acme kettle"] * 2)
    task = Similarity(encoder, TITLES, THINGS).eval()
    encoder.eval()

    def loss(*things):
        return task(encoder, SimilarityBatch(tokens, torch.tensor(things * 2)), generator()).loss

    assert loss(0, 1, 0) < loss(0, 1, 2)


def test_the_margin_makes_it_harder(encoder):
    encoder.eval()

    def loss(margin):
        task = Similarity(encoder, TITLES, THINGS, config=SimilarityConfig(margin=margin)).eval()
        return task(encoder, next(task.batches(generator())), generator()).loss

    assert loss(0.3) > loss(0.0)


def test_a_text_never_loses_all_of_its_tokens(encoder):
    task = Similarity(encoder, TITLES, THINGS, config=SimilarityConfig(dropped=0.99))
    seen = []
    vectors = encoder.vectors
    encoder.vectors = lambda tokens: seen.append(tokens) or vectors(tokens)

    task(encoder, next(task.batches(generator())), generator())

    (tokens,) = seen
    assert (tokens != 0).any(1).all()
    assert (tokens[:, :-1] >= 0).all()


def test_shards_take_equal_numbers_of_batches(encoder):
    task = Similarity(encoder, TITLES, THINGS, config=SimilarityConfig(batch_pairs=4))

    counts = {len(list(task.batches(generator(), Shard(rank, 4)))) for rank in range(4)}

    assert len(counts) == 1


@pytest.mark.parametrize("things", [[0, 1, 2, 3], [0, 0, 1, 2], [0, 0, 0, 0]])
def test_without_two_things_of_two_texts_there_is_nothing_to_tell_apart(encoder, things):
    with pytest.raises(GraphTooSmall):
        Similarity(encoder, TITLES[:4], things)
