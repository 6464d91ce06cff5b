"""Homes of the embedded server that were copied, moved, linked or made by an earlier version."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from graph.embedded.detached import read_status
from graph.embedded.layout import Layout
from graph.embedded.state import ProcessId, State


def running(layout: Layout) -> State:
    """The state of a home whose server runs, in the care of this process."""
    ours = ProcessId.of(os.getpid())
    layout.password_file.write_text("secret")
    state = State(phase="running", bolt_port=1, http_port=2, supervisor=ours, server=ours)
    state.write(layout)
    return state


def test_the_copy_of_a_home_does_not_take_the_server_of_the_original_for_its_own(
    tmp_path: Path,
) -> None:
    original, copy = Layout(tmp_path / "original"), Layout(tmp_path / "copy")
    original.create()
    running(original)
    shutil.copytree(original.home, copy.home)

    assert read_status(original).phase == "running"
    assert read_status(copy).phase == "stopped"
    assert State.read(copy) is None  # so that nobody ends the original's processes either


def test_a_home_under_another_name_is_the_same_home(tmp_path: Path) -> None:
    home = Layout(tmp_path / "home")
    home.create()
    (tmp_path / "link").symlink_to(home.home)
    state = running(home)

    assert State.read(Layout(tmp_path / "link")) == state


def test_the_state_of_a_home_that_was_moved_tells_of_its_server(tmp_path: Path) -> None:
    before = Layout(tmp_path / "before")
    before.create()
    state = running(before)
    before.home.rename(tmp_path / "after")

    assert State.read(Layout(tmp_path / "after")) == state


def test_a_state_of_an_earlier_version_is_believed(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.create()
    state = running(layout)
    fields = json.loads(layout.state_file.read_text())
    del fields["root"]
    layout.state_file.write_text(json.dumps(fields))

    assert State.read(layout) == state
