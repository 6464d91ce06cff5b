"""Several processes on one training: what they come to, and what becomes of one that fails."""

from functools import partial

import pytest
import torch

from ml.errors import TrainingDiverged, TrainingProcessFailed
from ml.tasks.base import WHOLE
from ml.training import checkpoint
from ml.training.processes import together
from tests.ml.training import shares


class Stop(BaseException):
    pass


def nobody(progress):
    pass


def in_two(folder, report=nobody, work=shares.train_line):
    together(partial(work, folder), 2, report)


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """Folder of a run of two processes, and the steps that were reported."""
    folder, steps = tmp_path_factory.mktemp("straight"), []
    in_two(folder, lambda progress: steps.append(progress.step))
    return folder, steps


@pytest.mark.long
def test_what_two_processes_come_to_is_taken_over_without_another_step(straight):
    folder, steps = straight
    more = []

    _, trained = shares.train_line(folder, WHOLE, more.append)

    assert steps == list(range(1, 41))
    assert more == []
    assert trained.steps == 40
    assert trained.metrics["line/fit"] > -0.5


def test_processes_that_were_stopped_go_on_to_the_same_weights(straight, tmp_path):
    def stop(progress):
        if progress.step == 17:
            raise Stop

    with pytest.raises(Stop):
        in_two(tmp_path, stop)
    position, _ = checkpoint.load(tmp_path / "checkpoint", "r")
    seen = []
    in_two(tmp_path, lambda progress: seen.append(progress.step))

    assert 17 <= position.step < 40
    assert seen == list(range(position.step + 1, 41))
    (expected, _), (resumed, _) = (
        shares.train_line(folder, WHOLE, nobody) for folder in (straight[0], tmp_path)
    )
    for name, tensor in expected.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], tensor, rtol=0, atol=0)


def test_the_error_of_a_process_is_raised_as_it_was_there(tmp_path):
    with pytest.raises(TrainingDiverged) as raised:
        in_two(tmp_path, work=shares.diverge_in_the_second)

    assert (raised.value.task, raised.value.step) == ("line", 5)


def test_a_process_that_is_killed_is_named_with_its_signal(tmp_path):
    with pytest.raises(TrainingProcessFailed, match="process 2 of 2 ended with signal SIGKILL"):
        in_two(tmp_path, work=shares.die_in_the_second)
