"""Run by torchrun in test_distributed: trains the toy and writes down what this rank came to."""

import sys
from pathlib import Path

import torch
from torch import nn

from ml.runtime import runtime
from ml.training.config import TaskWeight, TrainingConfig
from ml.training.distributed import process_group
from ml.training.loop import Place, train
from ml.training.objective import Objective
from tests.ml.training.toys import line

CONFIG = TrainingConfig(steps=40, learning_rate=0.05, weight_decay=0.0, evaluate_every=10)


class Stop(BaseException):
    pass


def main(folder: Path, stop_at: int) -> None:
    def report(progress):
        if progress.step == stop_at:
            raise Stop

    torch.set_num_threads(1)
    encoder, task = line(dropout=0.0)
    encoder.register_parameter("unused", nn.Parameter(torch.zeros(3)))
    model = Objective(encoder, [task])
    with process_group(gpu=False) as shard:
        place = Place(folder / "checkpoint", run="r")
        weights = {"line": TaskWeight()}
        try:
            train(
                model,
                CONFIG,
                weights,
                runtime=runtime("cpu"),
                shard=shard,
                place=place,
                report=report,
            )
        except Stop:
            torch.distributed.barrier()  # who leaves first must not break what the other reads
            return
        torch.save(model.state_dict(), folder / f"rank{shard.rank}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
