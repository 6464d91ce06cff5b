"""Training in several processes that `torchrun` has started: one for each GPU, or for each host."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed

from ml.tasks.base import WHOLE, Shard


@contextmanager
def process_group(*, gpu: bool) -> Iterator[Shard]:
    """This process's share of the work, in step with the others until the end of the block.

    nccl joins GPUs, gloo everything else. A process that no `torchrun` started is alone.
    """
    if not torch.distributed.is_torchelastic_launched():
        yield WHOLE
        return
    torch.distributed.init_process_group("nccl" if gpu else "gloo")
    try:
        yield Shard(torch.distributed.get_rank(), torch.distributed.get_world_size())
    finally:
        torch.distributed.destroy_process_group()
