"""The report on entities of three files, and its scores."""

from dataclasses import replace

import pytest
import torch

from ml.entities.config import TaggingConfig
from ml.entities.evaluation import EntityFiles, evaluate_entities
from ml.entities.records import LabelledTitle
from ml.entities.scoring import exact_counts, shares_of
from ml.errors import TitlesInvalid
from ml.evaluation.report import Measured
from tests.ml.entities.made_up import GOODS, as_bieos, titles

QUICK = TaggingConfig(networks=("cnn",), epochs=4, pretraining_epochs=1, made_up=0.5)


@pytest.fixture
def files(tmp_path):
    paths = {}
    for seed, (name, count) in enumerate((("train", 120), ("valid", 20), ("test", 30))):
        paths[name] = tmp_path / f"{name}.bieos"
        paths[name].write_text(as_bieos(titles(count, seed)), encoding="utf-8")
    goods = tmp_path / "goods.dic"
    goods.write_text("\n".join(GOODS), encoding="utf-8")
    return EntityFiles(**paths, gazetteers={"goods": goods})


def test_the_report_stands_beside_both_lookups_and_tells_every_type(files):
    report = evaluate_entities(files, QUICK, notify=lambda _: None)

    assert set(report.baselines) == {"training_lookup", "gazetteer_lookup"}
    assert set(report.metrics) == {
        *("f1", "precision", "recall", "seen_recall", "unseen_recall", "ece"),
        *("f1_MAKER", "precision_MAKER", "recall_MAKER"),
        *("f1_WARE", "precision_WARE", "recall_WARE"),
    }
    assert all(0 <= own.low <= own.high <= 1 for own in report.metrics.values())
    assert report.metrics["f1"].value > 0.8
    assert report.baselines["gazetteer_lookup"]["precision"] == 1.0
    assert report.baselines["gazetteer_lookup"]["recall"] == 0.5  # it knows no maker
    assert report.config["gazetteers"] == {"goods": "WARE"}
    assert {str(path) for path in files.all()} == set(report.data)


def test_without_gazetteers_only_the_training_titles_are_looked_up(files):
    report = evaluate_entities(replace(files, gazetteers={}), QUICK, notify=lambda _: None)

    assert set(report.baselines) == {"training_lookup"}


def test_entities_without_an_end_are_told_and_stand_in_the_report(files):
    with files.train.open("a", encoding="utf-8") as file:
        file.write("\n水\tB-WARE\n茶\tB-WARE\n壶\tE-WARE\n")
    told = []

    report = evaluate_entities(files, QUICK, notify=told.append)

    (line,) = report.config["unclosed_entities"][str(files.train)]
    assert any(f"the first in line {line}" in note for note in told)


def test_test_titles_that_were_learnt_from_are_told(files):
    told = []

    report = evaluate_entities(replace(files, test=files.train), QUICK, notify=told.append)

    count = report.config["test_titles_known"]
    assert count > 0
    assert any(f"{count} of {count} were in the files before it" in note for note in told)


def test_a_test_file_that_is_missing_is_told_before_the_training(files):
    files.test.unlink()

    def nothing_is_trained(_):
        raise AssertionError

    with pytest.raises(TitlesInvalid, match="is no file"):
        evaluate_entities(files, QUICK, notify=nothing_is_trained)


def test_only_exact_spans_of_the_right_type_count():
    rows = [
        LabelledTitle("海灯水壶", (("MAKER", 0, 2), ("WARE", 2, 4))),
        LabelledTitle("台灯", (("WARE", 0, 2),)),
    ]
    found = [[("WARE", 0, 2), ("WARE", 2, 4)], [("WARE", 0, 1)]]

    count_S3 = exact_counts(rows, found)

    generator = torch.Generator().manual_seed(0)
    f1 = Measured.ratio_of(*shares_of(count_S3)["f1"], generator)
    assert count_S3.tolist() == [[1, 2, 2], [0, 1, 1]]
    assert f1.value == pytest.approx(2 * 1 / (3 + 3))
    assert (f1.low, f1.high) == (0.0, 0.5)


def test_where_nothing_is_found_the_score_is_zero():
    count_S3 = exact_counts([LabelledTitle("台灯", (("WARE", 0, 2),))], [[]])

    generator = torch.Generator().manual_seed(0)
    assert Measured.ratio_of(*shares_of(count_S3)["precision"], generator).value == 0.0
