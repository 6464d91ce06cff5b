"""`catalograph evaluate matching` as people and scripts use it."""

import json

import pytest

from tests.ml.matching.made_up import as_text, pairs

DONE, FAILED, USAGE = 0, 1, 2


@pytest.fixture
def files(tmp_path):
    options = []
    for seed, name in enumerate(("train", "valid", "test")):
        path = tmp_path / f"{name}.txt"
        path.write_text(as_text(pairs(120, seed)), encoding="utf-8")
        options += [f"--{name}", path]
    return options


def test_json_is_one_report_and_nothing_else_on_standard_output(run, files):
    done = run("evaluate", "matching", *files, "--json", "--known-links", "--folds", "0")

    assert done.returncode == DONE, done.stderr
    report = json.loads(done.stdout)
    assert list(report) == ["task", "metrics", "baselines", "seconds", "config", "data"]
    assert set(report["metrics"]["f1"]) == {"value", "low", "high"}
    assert report["config"]["known_links"] is True
    assert "the threshold is" in done.stderr


def test_people_get_a_table_of_the_model_and_its_baselines(run, files):
    done = run("evaluate", "matching", *files, "--folds", "0")

    assert done.returncode == DONE, done.stderr
    for cell in ("matching", "one_similarity", "untrained", "f1", "precision", "recall"):
        assert cell in done.stdout


def test_a_bad_file_is_named_with_line_and_reason(run, files, tmp_path):
    (tmp_path / "valid.txt").write_text("COL title VAL lamp\tlamp\t1\n", encoding="utf-8")

    done = run("evaluate", "matching", *files, "--json")

    assert done.returncode == FAILED
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "pairs_invalid"
    assert "valid.txt, line 1: the record 'lamp'" in error["message"]


@pytest.mark.parametrize("folds", ["1", "2", "-1"])
def test_too_few_folds_are_wrong_usage(run, files, folds):
    done = run("evaluate", "matching", *files, "--folds", folds)

    assert done.returncode == USAGE
    assert "--folds" in done.stderr
