"""What a run writes of itself, as whoever looks at it later reads it."""

import json
import sys

import pytest

from ml.errors import JournalNotWritten, TensorBoardMissing
from ml.training.journal import open_journal
from tests.full_disk import files_of_at_most


def test_a_run_that_goes_on_appends_to_its_lines(tmp_path):
    for step in (1, 2):
        with open_journal(tmp_path / "journal.jsonl") as journal:
            journal.write(step, {"loss": 0.5})

    lines = (tmp_path / "journal.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"step": 1, "loss": 0.5},
        {"step": 2, "loss": 0.5},
    ]


def test_tensorboard_shows_every_step_once_though_the_run_began_anew(tmp_path):
    pytest.importorskip("tensorboard", reason="the extra `tensorboard` is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    for steps, loss in (((1, 2, 3), 0.9), ((3, 4), 0.4)):  # killed behind its checkpoint of 2
        with open_journal(tmp_path / "journal.jsonl", tmp_path / "events") as journal:
            for step in steps:
                journal.write(step, {"line/loss": loss})

    shown = EventAccumulator(str(tmp_path / "events"))
    shown.Reload()
    scalars = shown.Scalars("line/loss")
    assert [one.step for one in scalars] == [1, 2, 3, 4]
    assert [one.value for one in scalars] == pytest.approx([0.9, 0.9, 0.4, 0.4])
    assert len((tmp_path / "journal.jsonl").read_text().splitlines()) == 5


def test_a_full_disk_is_named_with_the_file(tmp_path):
    path = tmp_path / "journal.jsonl"

    with (
        files_of_at_most(100),
        pytest.raises(JournalNotWritten, match=r"journal\.jsonl: .*make room"),
        open_journal(path) as journal,
    ):
        journal.write(1, dict.fromkeys(map(str, range(100)), 0.5))


def test_a_folder_for_tensorboard_that_cannot_be_made_is_named_before_the_first_step(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("ml.training.journal.require_tensorboard", lambda: None)
    (tmp_path / "file").touch()

    with (
        pytest.raises(JournalNotWritten, match=r"file/run: .*another folder"),
        open_journal(tmp_path / "journal.jsonl", tmp_path / "file" / "run"),
    ):
        pass


def test_tensorboard_that_is_not_installed_is_said_with_its_remedy(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard", None)

    with (
        pytest.raises(TensorBoardMissing, match=r"pip install 'catalograph\[tensorboard\]'"),
        open_journal(tmp_path / "journal.jsonl", tmp_path / "events"),
    ):
        pass
    assert not (tmp_path / "events").exists()
