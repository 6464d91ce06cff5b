"""`catalograph evaluate links` as people and scripts use it."""

import json

import pytest

from app.cli.report_table import print_report
from ml.evaluation.report import Measured, Report
from tests.ml.extraction.made_up import texts, write
from tests.ml.links.made_up import as_text, split

DONE, FAILED, USAGE = 0, 1, 2


@pytest.fixture
def files(tmp_path):
    options = []
    for name, rows in zip(("train", "valid", "test"), split(), strict=True):
        path = tmp_path / f"{name}.txt"
        path.write_text(as_text(rows), encoding="utf-8")
        options += [f"--{name}", path]
    return [*options, "--minutes", "0.05", "--device", "cpu", "--rank", "8"]


def test_json_is_one_report_and_nothing_else_on_standard_output(run, files):
    done = run("evaluate", "links", *files, "--json", "--seed", "3")

    assert done.returncode == DONE, done.stderr
    report = json.loads(done.stdout)
    assert list(report) == ["task", "metrics", "baselines", "seconds", "config", "data"]
    assert set(report["metrics"]["mrr"]) == {"value", "low", "high"}
    assert (report["config"]["seed"], report["config"]["device"]) == (3, "cpu")
    assert "validation MRR" in done.stderr


def test_people_get_a_table_of_the_model_and_its_baselines(capsys):
    found = Measured(value=0.5, low=0.25, high=0.75)
    report = Report("links", {"mrr": found}, {"popularity": {"mrr": 0.125}}, 9.0, {}, {})

    print_report(report)

    printed = capsys.readouterr().out
    for cell in ("popularity", "mrr", "0.500", "0.250-0.750", "0.125", "9 s"):
        assert cell in printed


def test_a_measure_that_a_baseline_lacks_is_a_dash(capsys):
    found = Measured(value=0.5, low=0.25, high=0.75)

    print_report(Report("linking", {"ece": found}, {"rules": {"f1": 0.125}}, 9.0, {}, {}))

    assert "-" in capsys.readouterr().out.split("0.750")[1]


def test_a_bad_file_is_named_with_line_and_reason(run, files, tmp_path):
    (tmp_path / "valid.txt").write_text("2\n0 1 0\n", encoding="utf-8")

    done = run("evaluate", "links", *files, "--json")

    assert done.returncode == FAILED
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "triples_invalid"
    assert "valid.txt, line 1: announces 2 triples, but 1 follow" in error["message"]


@pytest.mark.parametrize(
    "option",
    [("--unseen", "1"), ("--unseen", "nan"), ("--minutes", "nan"), ("--minutes", "inf")],
)
def test_what_is_no_amount_is_wrong_usage(run, files, option):
    done = run("evaluate", "links", *files, *option)

    assert done.returncode == USAGE
    assert option[0] in done.stderr


def test_extraction_is_scored_by_folds_of_the_training_file(run, tmp_path):
    train = write(tmp_path / "train.jsonl", texts(60))

    done = run(
        "evaluate", "extraction", "--train", train, "--folds", "2", "--network", "none", "--json"
    )

    assert done.returncode == DONE, done.stderr
    report = json.loads(done.stdout)
    assert report["task"] == "extraction"
    assert (report["config"]["folds"], report["config"]["network_used"]) == (2, "none")
    assert report["baselines"]["dictionary"]["micro_f1"] > 0
    assert "rankers of fold 2 of 2" in done.stderr


def test_a_bad_line_of_labels_is_named_with_its_number(run, tmp_path):
    train = write(tmp_path / "train.jsonl", texts(2))
    train.write_text(train.read_text() + "{broken\n", encoding="utf-8")

    done = run("evaluate", "extraction", "--train", train, "--folds", "2", "--json")

    assert done.returncode == FAILED
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "labels_invalid"
    assert "train.jsonl, line 3: is no JSON" in error["message"]


@pytest.mark.parametrize("options", [(), ("--folds", "2", "--test", "t.jsonl")])
def test_extraction_takes_either_a_test_file_or_folds(run, tmp_path, options):
    train = write(tmp_path / "train.jsonl", texts(2))

    done = run("evaluate", "extraction", "--train", train, *options)

    assert done.returncode == USAGE
    assert "--folds" in done.stderr
