import msgspec
import pytest
import torch

from ml.errors import CheckpointInvalid, CheckpointNotWritten, GraphTooSmall, TrainingDiverged
from ml.runtime import runtime
from ml.tasks.base import Outcome
from ml.training.config import TaskWeight, TrainingConfig
from ml.training.journal import LineJournal
from ml.training.loop import Place, train
from ml.training.objective import Objective
from tests.full_disk import files_of_at_most
from tests.ml.training.toys import line

CPU = runtime("cpu")
ON = {"line": TaskWeight()}
SHORT = TrainingConfig(steps=60, learning_rate=0.05, weight_decay=0.0, evaluate_every=20)


def objective(**parameters):
    encoder, task = line(**parameters)
    return Objective(encoder, [task])


class Stop(BaseException):
    """What a worker raises in a body that has to stop."""


def stop_at(step):
    def report(progress):
        if progress.step == step:
            raise Stop

    return report


def test_training_learns():
    model = objective(dropout=0.0)
    before = model.evaluate(["line"], 1)["line/fit"]

    trained = train(model, SHORT, ON, runtime=CPU)

    assert trained.steps == 60
    assert trained.metrics["line/fit"] > before / 20


def test_a_run_that_was_stopped_goes_on_to_the_same_weights(tmp_path):
    straight, stopped = objective(), objective()
    train(straight, SHORT, ON, runtime=CPU)
    place = Place(tmp_path / "checkpoint", run="r")
    # Once within an epoch of 8 batches, once at the end of one.
    for step in (13, 16, 37):
        with pytest.raises(Stop):
            train(stopped, SHORT, ON, runtime=CPU, place=place, report=stop_at(step))
        stopped = objective(seed=99)

    trained = train(stopped, SHORT, ON, runtime=CPU, place=place)

    assert trained.steps == 60
    for name, tensor in straight.state_dict().items():
        torch.testing.assert_close(stopped.state_dict()[name], tensor, rtol=0, atol=0)


def test_a_run_that_was_killed_goes_on_from_its_last_checkpoint(tmp_path):
    place = Place(tmp_path / "checkpoint", run="r")
    kept = []

    def keep(progress):
        kept.append(place.path.read_bytes() if place.path.exists() else None)

    straight = objective()
    train(straight, SHORT, ON, runtime=CPU, place=place, report=keep, checkpoint_every_s=0)
    place.path.write_bytes(kept[30])
    again = objective(seed=99)

    steps = []
    train(
        again, SHORT, ON, runtime=CPU, place=place, report=lambda progress: steps.append(progress)
    )

    assert steps[0].step > 30
    for name, tensor in straight.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], tensor, rtol=0, atol=0)


def test_a_run_that_is_done_trains_no_more(tmp_path):
    place = Place(tmp_path / "checkpoint", run="r")
    first = train(objective(), SHORT, ON, runtime=CPU, place=place)
    steps = []

    again = train(objective(), SHORT, ON, runtime=CPU, place=place, report=steps.append)

    assert steps == []
    assert again.metrics == first.metrics


def test_a_checkpoint_of_other_settings_is_refused(tmp_path):
    train(objective(), SHORT, ON, runtime=CPU, place=Place(tmp_path / "checkpoint", run="r"))

    with pytest.raises(CheckpointInvalid, match="other settings"):
        train(objective(), SHORT, ON, runtime=CPU, place=Place(tmp_path / "checkpoint", run="s"))


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b[8:]])
def test_a_damaged_checkpoint_is_refused(tmp_path, damage):
    place = Place(tmp_path / "checkpoint", run="r")
    train(objective(), SHORT, ON, runtime=CPU, place=place)
    place.path.write_bytes(damage(place.path.read_bytes()))

    with pytest.raises(CheckpointInvalid, match="delete it"):
        train(objective(), SHORT, ON, runtime=CPU, place=place)


def test_a_full_disk_leaves_the_checkpoint_before_it_whole(tmp_path):
    place = Place(tmp_path / "checkpoint", run="r")
    with pytest.raises(Stop):
        train(objective(), SHORT, ON, runtime=CPU, place=place, report=stop_at(10))
    before = place.path.read_bytes()

    with files_of_at_most(100), pytest.raises(CheckpointNotWritten, match="make room"):
        train(objective(), SHORT, ON, runtime=CPU, place=place, checkpoint_every_s=0)

    assert place.path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


def test_a_run_that_is_stopped_on_a_full_disk_is_stopped(tmp_path):
    place = Place(tmp_path / "checkpoint", run="r")

    with files_of_at_most(100), pytest.raises(Stop):
        train(objective(), SHORT, ON, runtime=CPU, place=place, report=stop_at(10))

    assert list(tmp_path.iterdir()) == []


class Interrupted:
    """A function that is interrupted once, when it is called for the n-th time."""

    def __init__(self, function, call):
        self.function, self.left = function, call

    def __call__(self, *arguments):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return self.function(*arguments)


@pytest.mark.parametrize(("method", "call"), [("forward", 14), ("forward", 60), ("evaluate", 3)])
def test_a_run_that_was_interrupted_within_a_step_goes_on_to_the_same_weights(
    tmp_path, method, call
):
    straight, stopped = objective(), objective()
    expected = train(straight, SHORT, ON, runtime=CPU)
    place = Place(tmp_path / "checkpoint", run="r")
    task = stopped.task("line")
    setattr(task, method, Interrupted(getattr(task, method), call))
    with pytest.raises(KeyboardInterrupt):
        train(stopped, SHORT, ON, runtime=CPU, place=place, checkpoint_every_s=0)

    resumed = objective(seed=99)
    trained = train(resumed, SHORT, ON, runtime=CPU, place=place)

    assert trained.metrics == expected.metrics
    for name, tensor in straight.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], tensor, rtol=0, atol=0)


def test_patience_ends_a_run_and_the_best_weights_stay():
    # Too high a rate: it gets worse after a good start.
    config = TrainingConfig(
        steps=500, learning_rate=0.5, schedule="constant", evaluate_every=1, patience=5
    )
    model = objective()

    trained = train(model, config, ON, runtime=CPU)

    assert trained.steps < 500
    assert trained.steps == trained.best_step + 5
    assert model.evaluate(["line"], config.seed) == trained.metrics


def test_a_loss_that_is_no_number_ends_the_run(tmp_path):
    model = objective()
    with torch.no_grad():
        model.encoder.weight.fill_(float("nan"))

    with pytest.raises(TrainingDiverged, match="line is not a finite number at step 0"):
        train(model, SHORT, ON, runtime=CPU, place=Place(tmp_path / "checkpoint", run="r"))

    assert not (tmp_path / "checkpoint").exists()


def test_weights_that_are_no_numbers_end_the_run_though_the_loss_was_one(tmp_path):
    model = objective()
    # The root of 0 is 0, and its gradient is infinite.
    model.task("line").forward = lambda encoder, batch, generator: Outcome(
        (encoder.weight * 0).abs().sqrt().sum(), 1
    )
    place = Place(tmp_path / "checkpoint", run="r")

    with pytest.raises(TrainingDiverged, match="at step 1"):
        train(model, TrainingConfig(steps=1), ON, runtime=CPU, place=place)

    assert not place.path.exists()


def test_a_task_without_examples_is_named():
    with pytest.raises(GraphTooSmall, match="the task line has no training examples"):
        train(objective(points=4), SHORT, ON, runtime=CPU)


def test_a_task_is_on_only_in_its_part_of_the_run():
    numbers = {}

    train(
        objective(),
        SHORT,
        {"line": TaskWeight(begins=0.25, ends=0.5)},
        runtime=CPU,
        report=lambda progress: numbers.update({progress.step: progress.metrics}),
    )

    on = [step - 1 for step, metrics in numbers.items() if "line/loss" in metrics]
    assert on == list(range(15, 30))


def test_the_journal_has_a_line_for_every_step(tmp_path):
    path = tmp_path / "journal.jsonl"

    with LineJournal(path) as journal:
        train(objective(), SHORT, ON, runtime=CPU, journal=journal)

    lines = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
    assert [line["step"] for line in lines] == list(range(1, 61))
    assert {"loss", "learning_rate", "line/loss", "line/off"} <= set(lines[0])
    assert "line/fit" in lines[19]


def test_progress_says_how_long_it_takes():
    seen = []

    train(objective(), SHORT, ON, runtime=CPU, report=seen.append)

    assert [progress.step for progress in seen] == list(range(1, 61))
    assert seen[30].rate > 0
    assert seen[-1].left_s == 0


@pytest.mark.parametrize("schedule", ["one_cycle", "linear"])
def test_the_learning_rate_rises_and_falls(schedule):
    config = TrainingConfig(steps=100, learning_rate=1.0, schedule=schedule, warmup=0.1)

    rates = [config.learning_rate_at(step) for step in range(100)]

    assert rates.index(max(rates)) in (9, 10)
    assert max(rates) == pytest.approx(1.0, abs=0.1)
    assert rates[99] < 0.05


def test_settings_that_make_no_sense_are_refused():
    with pytest.raises(msgspec.ValidationError, match="steps"):
        msgspec.json.decode(b'{"steps": 0}', type=TrainingConfig)
