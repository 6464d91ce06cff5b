"""The report of link prediction, from three files."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from ml.errors import TriplesInvalid
from ml.links import evaluation
from ml.links.evaluation import LinksConfig, evaluate_links
from tests.ml.links.made_up import as_text, split
from tests.progress import silent

DATA = Path(os.environ.get("CATALOGRAPH_DATA", Path(__file__).parents[4] / "shared" / "data"))
NAMES = ("train", "valid", "test")
# Learnt in a tenth of that where the machine is free.
LEARNT = LinksConfig(minutes=0.2, rank=8, device="cpu")
SHORT = LinksConfig(minutes=0.01, rank=8, device="cpu")


@pytest.fixture
def files(tmp_path):
    paths = [tmp_path / f"{name}.txt" for name in NAMES]
    for path, rows in zip(paths, split(), strict=True):
        path.write_text(as_text(rows), encoding="utf-8")
    return paths


def test_the_model_beats_its_baselines_and_all_stand_in_one_report(files):
    report = evaluate_links(*files, LEARNT, notify=silent)

    assert report.task == "links"
    assert set(report.metrics) == {"mrr", "hits@1", "hits@3", "hits@10"}
    for found in report.metrics.values():
        assert 0 <= found.low <= found.value <= found.high <= 1
    assert set(report.baselines) == {"popularity", "personalised_pagerank"}
    for values in report.baselines.values():
        assert report.metrics["mrr"].value > values["mrr"]
    assert set(report.data) == set(map(str, files))
    assert report.config["test_triples_scored"] == len(split()[2])


def test_entities_held_out_are_predicted_from_their_known_edges(files):
    report = evaluate_links(*files, replace(LEARNT, unseen=0.2), notify=silent)

    assert 0 < report.config["test_triples_scored"] < len(split()[2])
    assert report.config["entities_trained"] < report.config["entities"]
    assert report.metrics["mrr"].value > report.baselines["personalised_pagerank"]["mrr"]


def test_the_test_file_is_not_read_before_the_training_is_over(files, monkeypatch):
    train, valid, test = files
    read = []
    original = evaluation.read_triples
    monkeypatch.setattr(
        evaluation, "read_triples", lambda path: read.append(path.name) or original(path)
    )

    evaluate_links(train, valid, test, SHORT, notify=lambda text: read.append("trained"))

    assert read[:2] == ["train.txt", "valid.txt"]
    assert read.index("test.txt") > max(n for n, what in enumerate(read) if what == "trained")
    assert read.count("test.txt") == 1


def test_a_test_file_that_is_missing_is_found_before_the_training(files, tmp_path):
    with pytest.raises(TriplesInvalid, match=r"gone.txt: is no file"):
        evaluate_links(*files[:2], tmp_path / "gone.txt", SHORT, notify=silent)


def test_test_triples_that_were_known_before_are_told(files):
    train, valid, test = files
    rows = [path.read_text(encoding="utf-8").splitlines(keepends=True)[:2] for path in files]
    test.write_text("".join(line for lines in rows for line in lines), encoding="utf-8")
    said = []

    report = evaluate_links(train, valid, test, SHORT, notify=said.append)

    assert report.config["test_triples_known"] == 4
    assert any("test.txt: 4 of 6 were in the files before it" in text for text in said)


def test_names_that_no_training_triple_has_are_told_and_ranked_among_the_last(files):
    train, valid, test = files
    test.write_text("stranger\tis a\tlamp\nlamp 0.0\tloved by\tshop 0\n", encoding="utf-8")
    said = []

    report = evaluate_links(train, valid, test, SHORT, notify=said.append)

    assert any("'stranger' in line 1" in text for text in said)
    assert report.config["test_triples_scored"] == 2
    assert report.metrics["mrr"].value < 0.6


def test_validation_triples_of_another_graph_are_refused(files):
    train, valid, test = files
    valid.write_text("x\ty\tz\n", encoding="utf-8")

    with pytest.raises(TriplesInvalid, match=r"valid.txt: no triple has its entities"):
        evaluate_links(train, valid, test, SHORT, notify=silent)


@pytest.mark.data
@pytest.mark.skipif(
    not DATA.is_dir(), reason="no development data; set CATALOGRAPH_DATA to its folder"
)
def test_a_small_graph_of_the_literature_is_learnt():
    files = [DATA / "links" / "nations" / f"{name}.txt" for name in NAMES]

    report = evaluate_links(*files, LEARNT, notify=silent)

    assert report.metrics["mrr"].low > 0.6
    assert report.metrics["mrr"].low > report.baselines["popularity"]["mrr"]
