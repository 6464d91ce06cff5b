"""Pretraining in several processes: each reads the snapshot and trains on its share of it."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from graph.snapshot import Snapshot
from ml.images.folder import ImageFolder
from ml.pretraining import pretrain
from ml.runtime import DeviceName, runtime
from ml.tasks.base import Shard
from ml.training.journal import Journal, NoJournal, open_journal
from ml.training.processes import Report, together
from ml.training.recipes import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a run reads and writes; the processes have these paths in common.

    Attributes:
        snapshot: folder to read.
        checkpoint: what the run goes on from, and leaves behind at its last step.
        journal: file of the first process, one line a step.
        tensorboard: folder for its event files; None: there are none.
        images: folder of the items' pictures; None: nothing looks at them.
    """

    snapshot: Path
    checkpoint: Path
    journal: Path
    tensorboard: Path | None = None
    images: Path | None = None


def pretrain_together(
    places: Places, recipe: Recipe, processes: int, *, device: DeviceName, report: Report
) -> None:
    """Train until the last step; `pretrain` with the same checkpoint then has the encoder.

    A step takes a batch of each process, so that one of N processes is like one of N times the
    batch. On GPUs each process takes its own, as long as there are enough.

    Raises:
        LearningError: as `pretrain` raises it, and TrainingProcessFailed.
    """
    there = runtime(device, recipe.training.precision).device.type == "cuda"
    gpus = torch.cuda.device_count() if there else 0
    together(partial(_share, places, recipe, device), processes, report, gpus=gpus)


def _share(
    places: Places, recipe: Recipe, device: DeviceName, shard: Shard, report: Report
) -> None:
    journal: AbstractContextManager[Journal] = (
        open_journal(places.journal, places.tensorboard)
        if shard.rank == 0
        else nullcontext(NoJournal())
    )
    with journal as opened:
        pretrain(
            Snapshot.read(places.snapshot),
            recipe,
            runtime=runtime(device, recipe.training.precision, rank=shard.rank),
            # Of pictures that cannot be used the run that goes on from here will tell.
            images=ImageFolder(places.images) if places.images else None,
            shard=shard,
            checkpoint=places.checkpoint,
            journal=opened,
            report=report,
        )
