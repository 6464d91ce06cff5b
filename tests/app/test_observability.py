"""What is logged, in a process of its own: the configuration is that of the whole process."""

import subprocess
import sys

import pytest

LOGGED = """
import structlog
from app.observability import configure_logging
from app.settings import Settings
configure_logging(Settings({settings}), of_command={of_command})
structlog.get_logger("models").info("model_loaded")
structlog.get_logger("models").warning("model_not_loaded")
"""


@pytest.mark.parametrize(
    ("settings", "of_command", "expected"),
    [
        ("", False, ["model_loaded", "model_not_loaded"]),
        ("", True, ["model_not_loaded"]),
        ("log_level='info'", True, ["model_loaded", "model_not_loaded"]),
        ("log_level='error'", True, []),
    ],
)
def test_a_command_logs_warnings_alone_unless_a_level_was_chosen(
    tmp_path, settings, of_command, expected
):
    code = LOGGED.format(settings=f"home={str(tmp_path)!r}, {settings}", of_command=of_command)

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    lines = done.stderr.splitlines()
    assert [event for line, event in zip(lines, expected, strict=True) if event in line] == expected
    assert done.stdout == ""
