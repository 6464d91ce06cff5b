import torch

from ml.tasks.base import Shard
from ml.text.batches import of_similar_length

LENGTHS = torch.arange(1000) % 40 + 1


def epoch(size=16, seed=7, shard=None):
    generator = torch.Generator().manual_seed(seed)
    return list(of_similar_length(LENGTHS, size, generator, shard or Shard()))


def test_every_text_comes_once_an_epoch():
    assert torch.cat(epoch()).sort().values.equal(torch.arange(1000))


def test_little_of_a_batch_is_padding():
    batches = epoch()

    padded = sum(int(LENGTHS[batch].max()) * len(batch) for batch in batches)

    assert padded < 1.1 * int(LENGTHS.sum())


def test_the_order_comes_from_the_generator():
    assert torch.cat(epoch(seed=7)).equal(torch.cat(epoch(seed=7)))
    assert not torch.cat(epoch(seed=7)).equal(torch.cat(epoch(seed=8)))


def test_shards_take_equal_numbers_of_batches_and_together_all_texts():
    shards = [epoch(shard=Shard(rank, 4)) for rank in range(4)]

    assert {len(shard) for shard in shards} == {16}
    assert len(torch.cat([batch for shard in shards for batch in shard]).unique()) == 1000


def test_no_texts_make_no_batches():
    lengths = torch.empty(0, dtype=torch.int64)

    assert list(of_similar_length(lengths, 8, torch.Generator(), Shard())) == []
