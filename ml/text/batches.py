"""Batches of texts of about one length, so that a step does not pay for padding."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import torch
from torch import Generator, Tensor

from ml.tasks.base import Shard

_POOL = 32  # batches whose texts are sorted together: padding under 5 %, order still random


def of_similar_length(
    lengths: Tensor, size: int, generator: Generator, shard: Shard
) -> Iterator[Tensor]:
    """Positions of the texts of one epoch, `size` at a time.

    Args:
        lengths: tokens of each text, int64 [N].
        size: texts of a batch; the last one of an epoch may have fewer.
        generator: what the order comes from; shards of one run need the same state of it.
        shard: which of the batches are wanted. Where they do not divide, the first ones of the
            epoch come once more.
    """
    if not len(lengths):
        return
    shuffled = torch.randperm(len(lengths), generator=generator)
    batches = [
        batch
        for pool in torch.split(shuffled, size * _POOL)
        for batch in torch.split(pool[lengths[pool].argsort(stable=True)], size)
    ]
    order = torch.randperm(len(batches), generator=generator).tolist()
    wanted = -(-len(order) // shard.of) * shard.of
    padded = (order * (wanted // len(order) + 1))[:wanted]
    for at in islice(padded, shard.rank, None, shard.of):
        yield batches[at]
