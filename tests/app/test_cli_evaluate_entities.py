"""`catalograph evaluate entities` as people and scripts use it."""

import json

import pytest

from tests.ml.entities.made_up import GOODS, as_bieos, titles

DONE, FAILED, USAGE = 0, 1, 2


@pytest.fixture
def files(tmp_path):
    options = []
    for seed, (name, count) in enumerate((("train", 40), ("valid", 10), ("test", 10))):
        path = tmp_path / f"{name}.bieos"
        path.write_text(as_bieos(titles(count, seed)), encoding="utf-8")
        options += [f"--{name}", path]
    (tmp_path / "gazetteers").mkdir()
    (tmp_path / "gazetteers" / "goods.dic").write_text("\n".join(GOODS), encoding="utf-8")
    return [*options, "--fast"]


def test_json_is_one_report_that_says_which_gazetteers_were_used(run, files):
    done = run("evaluate", "entities", *files, "--json", "--seed", "3")

    assert done.returncode == DONE, done.stderr
    report = json.loads(done.stdout)
    assert list(report) == ["task", "metrics", "baselines", "seconds", "config", "data"]
    assert set(report["metrics"]["f1"]) == {"value", "low", "high"}
    assert report["config"]["gazetteers"] == {"goods": "WARE"}
    assert report["config"]["seed"] == 3
    assert "network 1 of 1" in done.stderr


def test_a_broken_sequence_of_labels_is_named_with_line_and_remedy(run, files, tmp_path):
    (tmp_path / "valid.bieos").write_text("水\tO\n壶\tI-WARE\n", encoding="utf-8")

    done = run("evaluate", "entities", *files, "--json")

    assert done.returncode == FAILED
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "titles_invalid"
    assert "valid.bieos, line 2: I-WARE follows no open entity" in error["message"]


@pytest.mark.parametrize(("options", "told"), [((), True), (("--no-gazetteers",), False)])
def test_that_no_gazetteers_lie_beside_the_titles_is_told(run, files, tmp_path, options, told):
    (tmp_path / "gazetteers").rename(tmp_path / "elsewhere")
    (tmp_path / "valid.bieos").write_text("", encoding="utf-8")  # ends it before it learns

    done = run("evaluate", "entities", *files, *options)

    assert ("no gazetteers: there is no file in" in done.stderr) is told


def test_a_gazetteer_that_is_missing_is_named(run, files, tmp_path):
    done = run("evaluate", "entities", *files, "--gazetteer", f"WARE={tmp_path / 'none.dic'}")

    assert done.returncode == FAILED
    assert "none.dic: cannot be read: No such file" in done.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--gazetteer", "goods.dic"), "is not TYPE=FILE"),
        (("--no-gazetteers", "--gazetteer", "WARE=x"), "--no-gazetteers"),
    ],
)
def test_gazetteers_that_cannot_be_meant_are_wrong_usage(run, files, options, told):
    done = run("evaluate", "entities", *files, *options)

    assert done.returncode == USAGE
    assert told in done.stderr
