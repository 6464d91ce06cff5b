"""The report of matching, from three files."""

import os
from pathlib import Path

import pytest

from ml.errors import PairsInvalid
from ml.matching import evaluation
from ml.matching.evaluation import MatchingEvaluation, evaluate_matching
from ml.matching.trees import TreesConfig
from tests.ml.matching.made_up import as_text, pairs
from tests.progress import silent

DATA = Path(os.environ.get("CATALOGRAPH_DATA", Path(__file__).parents[4] / "shared" / "data"))
NAMES = ("train", "valid", "test")
ONCE = MatchingEvaluation(folds=0)


@pytest.fixture
def files(tmp_path, monkeypatch):
    small = TreesConfig(bags=1, trees=40, learning_rate=0.1, leaves=7)
    monkeypatch.setattr(evaluation, "TreesConfig", lambda **_: small)
    paths = [tmp_path / f"{name}.txt" for name in NAMES]
    for seed, path in enumerate(paths):
        path.write_text(as_text(pairs(200, seed)), encoding="utf-8")
    return paths


def test_the_model_beats_its_baselines_and_all_stand_in_one_report(files):
    report = evaluate_matching(*files, MatchingEvaluation(folds=3), notify=silent)

    assert report.task == "matching"
    measures = {"f1", "precision", "recall"}
    assert set(report.metrics) == measures | {f"cv_{name}" for name in measures}
    for found in report.metrics.values():
        assert 0 <= found.low <= found.value <= found.high <= 1
    assert set(report.baselines) == {"one_similarity", "untrained"}
    for values in report.baselines.values():
        assert report.metrics["f1"].value > values["f1"]
    assert set(report.data) == set(map(str, files))
    assert report.config["pairs"] == {"train": 200, "valid": 200, "test": 200}


def test_test_pairs_that_were_learnt_from_are_told(files):
    train, valid, _ = files
    said = []

    report = evaluate_matching(train, valid, valid, ONCE, notify=said.append)

    assert report.config["test_pairs_known"] == 200
    assert any("200 of 200 were in the files before it" in text for text in said)


@pytest.mark.parametrize(
    ("label", "all_right"), [("1", {"recall", "precision", "f1"}), ("0", set())]
)
def test_a_test_file_may_have_one_label_alone(files, label, all_right):
    test = files[-1]
    lines = [line for line in test.read_text(encoding="utf-8").splitlines() if line[-1] == label]
    test.write_text("\n".join(lines), encoding="utf-8")

    report = evaluate_matching(*files, ONCE, notify=silent)

    assert report.config["pairs"]["test"] == len(lines)
    for name in ("recall", "precision", "f1"):
        assert (report.metrics[name].value > 0.5) == (name in all_right)


def test_pairs_with_both_labels_are_told(files):
    train, valid, test = files
    turned = str.maketrans("01", "10")
    lines = train.read_text(encoding="utf-8").splitlines()
    both = [f"{line[:-1]}{line[-1].translate(turned)}" for line in lines[:7]]
    train.write_text("\n".join([*lines, *both]), encoding="utf-8")
    said = []

    evaluate_matching(train, valid, test, ONCE, notify=said.append)

    assert "7 pairs are labelled both as the same and as not" in said


def test_known_links_are_told_in_the_configuration(files):
    report = evaluate_matching(*files, MatchingEvaluation(known_links=True, folds=0), notify=silent)

    assert report.config["known_links"] is True
    assert report.metrics["f1"].value > report.baselines["one_similarity"]["f1"]


def test_the_same_files_and_seed_give_the_same_numbers(files):
    first, second = (evaluate_matching(*files, ONCE, notify=silent) for _ in range(2))

    assert first.metrics == second.metrics
    assert first.config["threshold"] == second.config["threshold"]


def test_the_test_file_is_read_once_and_after_the_training(files, monkeypatch):
    read = []
    original = evaluation.read_pairs

    def told(path, **options):
        read.append(path.name)
        return original(path, **options)

    monkeypatch.setattr(evaluation, "read_pairs", told)

    evaluate_matching(*files, ONCE, notify=lambda text: read.append("trained"))

    assert read == ["train.txt", "valid.txt", "trained", "test.txt"]


def test_a_test_file_that_is_missing_is_found_before_the_training(files, tmp_path):
    with pytest.raises(PairsInvalid, match=r"gone.txt: is no file"):
        evaluate_matching(*files[:2], tmp_path / "gone.txt", ONCE, notify=silent)


@pytest.mark.parametrize("place", range(2), ids=NAMES[:2])
def test_a_file_to_learn_from_with_one_label_alone_is_refused(files, place):
    alike = [pair for pair in pairs(80) if pair.same]
    files[place].write_text(as_text(alike), encoding="utf-8")

    with pytest.raises(PairsInvalid, match=f"{NAMES[place]}.txt: has no pair with the label 0"):
        evaluate_matching(*files, ONCE, notify=silent)


@pytest.mark.long
@pytest.mark.data
@pytest.mark.skipif(
    not DATA.is_dir(), reason="no development data; set CATALOGRAPH_DATA to its folder"
)
@pytest.mark.parametrize(
    ("folder", "floor"),
    [
        ("textual_abt-buy", 0.92),
        ("structured_amazon-google", 0.75),
    ],
)
def test_pairs_of_real_shops_are_matched_at_least_this_well(folder, floor):
    train, valid = (DATA / "matching" / folder / f"{name}.txt" for name in ("train", "valid"))

    report = evaluate_matching(train, valid, valid, ONCE, notify=silent)

    assert report.metrics["f1"].value > floor
    for values in report.baselines.values():
        assert report.metrics["f1"].value > values["f1"]
