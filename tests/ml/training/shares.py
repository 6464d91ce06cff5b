"""What processes do that train together, in test_processes; they import it by its name."""

import os
import signal

from ml.errors import TrainingDiverged
from ml.runtime import runtime
from ml.training.config import TaskWeight, TrainingConfig
from ml.training.loop import Place, train
from ml.training.objective import Objective
from tests.ml.training.toys import line

CONFIG = TrainingConfig(steps=40, learning_rate=0.05, weight_decay=0.0, evaluate_every=10)


def train_line(folder, shard, report):
    encoder, task = line()
    model = Objective(encoder, [task])
    trained = train(
        model,
        CONFIG,
        {"line": TaskWeight()},
        runtime=runtime("cpu"),
        shard=shard,
        place=Place(folder / "checkpoint", run="r"),
        report=report,
    )
    return model, trained


def diverge_in_the_second(folder, shard, report):
    def reported(progress):
        report(progress)
        if shard.rank == 1 and progress.step == 5:
            raise TrainingDiverged(task="line", step=5)

    train_line(folder, shard, reported)


def die_in_the_second(folder, shard, report):
    def reported(progress):
        report(progress)
        if shard.rank == 1 and progress.step == 5:
            os.kill(os.getpid(), signal.SIGKILL)

    train_line(folder, shard, reported)
