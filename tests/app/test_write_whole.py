"""A file that a command writes: whole, or as it was."""

import os

import pytest

from app.cli.output import write_whole


def test_what_was_there_is_replaced_and_a_link_stays_one(tmp_path):
    file, link = tmp_path / "rows.csv", tmp_path / "latest.csv"
    file.write_bytes(b"before")
    link.symlink_to(file)

    write_whole(link, b"after")

    assert file.read_bytes() == b"after"
    assert link.is_symlink()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["latest.csv", "rows.csv"]


def test_a_failure_leaves_what_was_there_and_nothing_beside_it(tmp_path, monkeypatch):
    file = tmp_path / "rows.csv"
    file.write_bytes(b"before")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, b"after")

    assert file.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["rows.csv"]


def test_a_pipe_is_written_into_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    write_whole(pipe, b"rows")

    assert os.read(reading, 10) == b"rows"
    assert pipe.is_fifo()
    os.close(reading)
