"""`catalograph pretrain` where it refuses: before a database is looked for."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# A module that is None cannot be imported: the same on machines that have the package.
WITHOUT_TENSORBOARD = (
    "import sys; sys.modules['tensorboard'] = None; from app.cli.main import main; main()"
)


def test_tensorboard_that_is_not_installed_is_said_with_its_remedy(tmp_path):
    done = subprocess.run(
        [
            *(sys.executable, "-c", WITHOUT_TENSORBOARD),
            *("pretrain", "--tensorboard", str(tmp_path / "events"), "--json"),
        ],
        env={**os.environ, "CATALOGRAPH_HOME": str(tmp_path / "home")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "tensorboard_missing"
    assert "pip install 'catalograph[tensorboard]'" in error["message"]
    assert not (tmp_path / "home" / "jobs").exists()
