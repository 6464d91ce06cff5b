"""`catalograph evaluate linking` as people and scripts use it."""

import json

import pytest

from tests.app.services.test_reference_models import MAPPING, write_dump
from tests.ml.linking.made_up import catalogue
from tests.ml.linking.test_evaluation import write_offers

DONE, FAILED, USAGE = 0, 1, 2


@pytest.fixture
def options(tmp_path):
    models = catalogue()[:60]
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    return {
        "--catalog": write_dump(tmp_path / "dump.csv", models),
        "--mapping": tmp_path / "mapping.toml",
        "--train": write_offers(tmp_path / "offers.csv", models),
    }


def flat(options):
    return [part for pair in options.items() for part in pair]


def test_json_is_one_report_and_nothing_else_on_standard_output(run, options, tmp_path):
    more = write_dump(tmp_path / "more.csv", catalogue()[60:70])

    done = run("evaluate", "linking", *flat(options), "--splits", "1", "--json", more)

    assert done.returncode == DONE, done.stderr
    report = json.loads(done.stdout)
    assert list(report) == ["task", "metrics", "baselines", "seconds", "config", "data"]
    assert set(report["metrics"]["f1"]) == {"value", "low", "high"}
    assert report["config"]["models"] == 70
    assert set(report["data"]) == {str(options["--catalog"]), str(more), str(options["--train"])}
    assert "cannot be judged" in done.stderr


def failed(done):
    assert done.returncode == FAILED, done.stderr
    return json.loads(done.stdout)["error"]


def test_offers_without_their_columns_are_refused(run, options):
    options["--train"].write_text("title\nkettle\n", encoding="utf-8")

    error = failed(run("evaluate", "linking", *flat(options), "--json"))

    assert error["code"] == "offers_invalid"
    assert "line 1: has no column 'cluster_label'" in error["message"]


@pytest.mark.parametrize("absent", ["nan", "1"])
def test_what_is_no_share_is_wrong_usage(run, options, absent):
    done = run("evaluate", "linking", *flat(options), "--absent", absent)

    assert done.returncode == USAGE
    assert "--absent" in done.stderr
