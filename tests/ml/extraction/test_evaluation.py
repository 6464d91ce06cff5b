"""The report of extraction, from files."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from ml.errors import LabelsInvalid
from ml.extraction import evaluation
from ml.extraction.evaluation import EvaluationConfig, evaluate_extraction
from ml.extraction.records import LabelledText
from tests.ml.extraction.conftest import QUICK, silent
from tests.ml.extraction.made_up import texts, write

DATA = Path(os.environ.get("CATALOGRAPH_DATA", Path(__file__).parents[4] / "shared" / "data"))
CONFIG = EvaluationConfig(QUICK)
NAMES = {
    "precision", "recall", "micro_f1", "macro_f1", "unseen_recall", "coverage_at_93", "ece",
    "ms_per_title",
}  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labels")
    return write(folder / "train.jsonl", texts(100)), write(folder / "test.jsonl", texts(40, 1))


def test_the_model_beats_the_dictionary_and_both_stand_in_one_report(files):
    train, test = files

    report = evaluate_extraction([train], test, CONFIG, notify=silent)

    assert report.task == "extraction"
    assert set(report.metrics) == NAMES
    for found in report.metrics.values():
        assert found.low <= found.value <= found.high
    assert report.metrics["micro_f1"].value > report.baselines["dictionary"]["micro_f1"]
    assert report.config["network_used"] == "none"
    assert set(report.data) == {str(train), str(test)}


def test_without_a_test_file_training_texts_are_judged_by_the_others(files):
    train, _ = files
    config = replace(CONFIG, cross_validate=True)

    report = evaluate_extraction([train], None, config, notify=silent)

    assert report.config["texts_scored"] == report.config["training_texts"]
    assert 0.8 < report.metrics["micro_f1"].value <= 1
    assert set(report.data) == {str(train)}


def test_labels_that_are_drawn_by_lot_cannot_be_learnt(tmp_path):
    """What no rule connects with the text must come out near nothing, or a label has leaked."""
    labelled = [
        LabelledText(f"{text.text} {n % 7} {n % 5}", "x", {"Lot": str((n * 37 + n // 3) % 2 + 50)})
        for n, text in enumerate(texts(120))
    ]
    labelled = [LabelledText(f"50 51 {text.text}", "x", text.values) for text in labelled]
    path = write(tmp_path / "lots.jsonl", labelled)
    config = replace(CONFIG, cross_validate=True)

    report = evaluate_extraction([path], None, config, notify=silent)

    assert report.metrics["micro_f1"].value < 0.65


def test_the_test_file_is_not_read_before_the_training_is_over(files, monkeypatch):
    train, test = files
    order = []
    original = evaluation.read_gold
    monkeypatch.setattr(
        evaluation, "read_gold", lambda path: order.append(path.name) or original(path)
    )

    evaluate_extraction([train], test, CONFIG, notify=lambda text: order.append("trained"))

    assert order.count("test.jsonl") == 1
    assert order[-1] == "test.jsonl"


def test_texts_of_the_training_files_are_not_scored(files, tmp_path):
    train, test = files
    both = tmp_path / "both.jsonl"
    both.write_text(test.read_text() + train.read_text().splitlines()[0] + "\n", encoding="utf-8")
    said = []

    report = evaluate_extraction([train], both, CONFIG, notify=said.append)

    assert report.config["test_texts_dropped"] >= 1
    assert any("are in the training files: not scored" in text for text in said)


def test_triples_of_the_texts_themselves_are_left_out(files, tmp_path):
    train, test = files
    triples = tmp_path / "triples.txt"
    rows = [
        f"{text.text}\x01Color\x01{text.values['Color'] or 'NULL'}\n"
        for text in [*texts(100), *texts(30, 8)]
    ]
    triples.write_text("".join(rows), encoding="utf-8")

    report = evaluate_extraction([train], test, CONFIG, notify=silent, triples=triples)

    assert 0 < report.config["triples_used"] <= 30
    assert str(triples) in report.data


def test_test_texts_about_nothing_that_was_learnt_are_refused(files, tmp_path):
    train, _ = files
    other = write(tmp_path / "o.jsonl", [LabelledText("boat", "boats", {"Rigging": "boat"})])

    with pytest.raises(LabelsInvalid, match="asks for an attribute that training has"):
        evaluate_extraction([train], other, CONFIG, notify=silent)


def test_a_test_file_that_is_missing_is_found_before_the_training(files, tmp_path):
    with pytest.raises(LabelsInvalid, match=r"gone.jsonl: is no file"):
        evaluate_extraction(files[:1], tmp_path / "gone.jsonl", CONFIG, notify=silent)


@pytest.mark.data
@pytest.mark.long
@pytest.mark.skipif(
    not DATA.is_dir(), reason="no development data; set CATALOGRAPH_DATA to its folder"
)
def test_real_titles_are_read_better_than_by_a_dictionary():
    path = DATA / "extraction" / "ae-110k" / "train_0.2.jsonl"
    config = replace(CONFIG, cross_validate=True)

    report = evaluate_extraction([path], None, config, notify=silent)

    assert report.metrics["micro_f1"].value > report.baselines["dictionary"]["micro_f1"] + 0.05
