"""`catalograph categorize` and `evaluate categories` as people and scripts use them."""

import json
from datetime import UTC, datetime

import pytest

from app.services.categorizing import paths_file
from app.services.finetuning import Shelf
from graph.records import Named
from ml.categories.categorizer import Categorizer, CategorizerConfig
from ml.registry import Registry
from tests.ml.categories.made_up import KINDS, titles, write_offers

DONE, FAILED, WITH_REJECTS = 0, 1, 4


@pytest.fixture
def promoted(tmp_path):
    """A categorizer in the home of the command."""
    learnt = Categorizer.train(titles(), CategorizerConfig(with_meaning=False))
    paths = {kind: (Named("home", "Home"), Named(kind, kind)) for kind in KINDS}
    now = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
    shelf = Shelf(Registry(tmp_path / "home" / "models"), "0.1.0", lambda: now, promote="always")
    shelf.keep(
        "categories",
        learnt.to_files() | paths_file(paths),
        config={},
        examples=1,
        metrics={},
        baselines={},
        judged_by="accuracy",
        seed=0,
        fingerprint="0" * 64,
    )


def test_titles_of_a_file_are_answered_without_a_database(run, promoted, tmp_path):
    file = tmp_path / "offers.csv"
    file.write_text("name,price\norvik kettle steam,9\n,8\nmystery,7\n", encoding="utf-8")

    done = run("categorize", file, "--title", "name")

    assert done.returncode == WITH_REJECTS, done.stderr
    kettle, empty, mystery = map(json.loads, done.stdout.splitlines())
    assert kettle["category"]["name"] == "Kettles"
    assert (empty["code"], mystery["unknown"]) == ("text_missing", True)
    assert "3 rows" in done.stderr


def test_a_file_all_of_whose_rows_are_rejected_is_a_failure(run, promoted, tmp_path):
    file = tmp_path / "offers.csv"
    file.write_text("name,price\n,8\n,7\n", encoding="utf-8")

    done = run("categorize", file, "--title", "name")

    assert done.returncode == FAILED, done.stderr
    assert [json.loads(line)["code"] for line in done.stdout.splitlines()] == ["text_missing"] * 2
    assert "All rows were rejected" in done.stderr


def test_json_is_one_report_and_nothing_else_on_standard_output(run, tmp_path):
    train = write_offers(tmp_path / "train.csv", titles())
    test = write_offers(tmp_path / "test.csv", titles(each=4, seed=5))

    done = run("evaluate", "categories", "--train", train, "--test", test, "--no-meaning", "--json")

    assert done.returncode == DONE, done.stderr
    report = json.loads(done.stdout)
    assert list(report) == ["task", "metrics", "baselines", "seconds", "config", "data"]
    assert {"accuracy", "macro_f1", "ece"} <= set(report["metrics"])
    assert set(report["metrics"]["accuracy"]) == {"value", "low", "high"}
