"""`catalograph pretrain` where it refuses or is interrupted."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.cli import pretrain
from app.services.models import registry_of
from app.services.training_runs import PretrainSpec
from app.settings import Settings
from tests.app.services.test_pretraining import TINY
from tests.graph.repositories.conftest import store

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


@pytest.mark.parametrize(
    ("phase", "said", "versions"),
    [
        ("training", "^$", ()),
        ("embedding", "^products/1 is registered and not promoted", ("1",)),
    ],
)
def test_who_interrupts_a_run_hears_what_was_registered(
    database, tmp_path, monkeypatch, phase, said, versions
):
    @contextmanager
    def interrupted():
        def report(progress):
            if progress.phase == phase:
                raise KeyboardInterrupt

        yield report

    monkeypatch.setattr(pretrain, "_bar", interrupted)
    store(database)
    settings = Settings(home=tmp_path, device="cpu")

    with pytest.raises(KeyboardInterrupt, match=said):
        pretrain.trained_here(database, settings, PretrainSpec(recipe="quick", overrides=TINY))

    registry = registry_of(settings)
    assert (registry.versions("products"), registry.aliases("products")) == (versions, {})
    (folder,) = (tmp_path / "jobs").iterdir()
    assert [left.name for left in folder.iterdir()] == ["journal.jsonl"]
