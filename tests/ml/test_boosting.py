"""LightGBM on a system that lacks the OpenMP runtime which it wants."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIGHTGBM = """
import sys
if sys.modules.get("torch") is None:
    raise OSError("libgomp.so.1: cannot open shared object file")
Booster = "a booster"
"""
FIRST_USED = "from ml import boosting; print(boosting.Booster)"


def said_by(folder, program):
    path = f"import sys; sys.path[:0] = [{str(folder)!r}, {str(ROOT)!r}]\n"
    done = subprocess.run(
        [sys.executable, "-c", path + program], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_the_runtime_of_torch_is_taken_where_the_system_has_none(tmp_path):
    (tmp_path / "lightgbm.py").write_text(LIGHTGBM, encoding="utf-8")
    (tmp_path / "torch.py").write_text("", encoding="utf-8")

    assert said_by(tmp_path, FIRST_USED) == "a booster\n"


def test_without_either_the_error_names_what_to_install(tmp_path):
    (tmp_path / "lightgbm.py").write_text(LIGHTGBM, encoding="utf-8")

    said = said_by(tmp_path, "sys.modules['torch'] = None\n" + FIRST_USED)

    assert "LibraryMissing" in said
    assert "libgomp1" in said


def test_nothing_is_loaded_before_it_is_used(tmp_path):
    (tmp_path / "lightgbm.py").write_text("raise AssertionError", encoding="utf-8")

    assert said_by(tmp_path, "import ml.linking.linker, ml.matching.matcher") == ""
