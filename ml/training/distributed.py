"""The processes that train one model: their shares of the work, and how they find each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
import torch.distributed

# Its functions keep the group that exists at import as a default: read in the middle of a run,
# as DistributedDataParallel does, it holds the group's threads until they abort the exit.
import torch.distributed.nn.functional

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


@contextmanager
def local_group(shard: Shard, meeting: Path, *, gpu: bool) -> Iterator[None]:
    """In step with the other processes of this machine that name the same file until the end.

    The file `meeting` does not exist before; it takes the place of an address and a port.
    """
    torch.distributed.init_process_group(
        "nccl" if gpu else "gloo",
        init_method=meeting.absolute().as_uri(),
        rank=shard.rank,
        world_size=shard.of,
    )
    try:
        yield
    finally:
        torch.distributed.destroy_process_group()
