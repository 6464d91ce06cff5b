"""How far a long command is, where it writes to a file."""

import io

import pytest
from rich.console import Console

from app.cli.progress_lines import ProgressLines


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def told(clock):
    """What is printed when a task goes through `steps`: seconds, and what changes then."""

    def told(*steps):
        log = io.StringIO()
        with ProgressLines(Console(file=log), clock=clock) as lines:
            task = lines.add_task("starting", total=None, note="")
            for at, changes in steps:
                clock.now = at
                lines.update(task, **changes)
        return log.getvalue().splitlines()

    return told


def test_a_training_says_each_phase_and_each_tenth(told):
    steps = [(6 + at, {"completed": at, "note": "loss 1.2"}) for at in range(0, 101)]

    lines = told((5, {"description": "training", "total": 100}), *steps)

    assert lines[:3] == ["training: 0 %", "training: 10 %, loss 1.2", "training: 20 %, loss 1.2"]
    assert lines[-1] == "training: 100 %, loss 1.2"
    assert len(lines) == 11


def test_what_is_quick_says_nothing(told):
    assert told((1, {"description": "a", "total": 2}), (4, {"completed": 2})) == []


def test_what_does_not_know_its_end_says_each_minute_that_it_goes_on(told):
    lines = told(*[(at, {"completed": 1_000 * at}) for at in range(10, 200, 10)])

    assert lines == [
        "starting: 10,000",
        "starting: 70,000",
        "starting: 130,000",
        "starting: 190,000",
    ]
