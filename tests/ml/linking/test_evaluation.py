"""The report of linking, from a catalogue and files of offers."""

import csv
import gzip
import random

import pytest

from ml.errors import CatalogueEmpty, OffersInvalid
from ml.linking import evaluation
from ml.linking.evaluation import LinkingTrial, evaluate_linking, read_judged
from ml.linking.gold import Judged
from ml.linking.measures import Answers, measured
from tests.ml.linking.made_up import LINES, QUICK, catalogue, halves, model, title_of
from tests.progress import silent

HEADER = ["product_id", "product_title", "cluster_label", "category_label"]
MEASURES = {"precision", "recall", "f1", "ece"}


def write_offers(path, models, *, seed=0, category="Home"):
    rng = random.Random(seed)
    rows = [(title_of(found, rng), f"{found.name} 1.7 l Black") for found in models] * 2
    strangers = [model("Zuvo", f"Zuvo {line} {seed}") for line in LINES]
    rows += [(title_of(found, rng), found.name) for found in strangers]
    rows.append(("orvik something", "Orvik Unheard Of"))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows((n, title, label, category) for n, (title, label) in enumerate(rows))
    return path


@pytest.fixture(scope="module")
def models():
    return catalogue()


@pytest.fixture
def files(tmp_path, models):
    first, second = halves(models)
    return write_offers(tmp_path / "train.csv", first), write_offers(
        tmp_path / "test.csv", second, seed=1
    )


def trial(**changes):
    return LinkingTrial(linking=QUICK, **changes)


def test_the_linker_beats_its_baselines_and_all_stand_in_one_report(files, models):
    said = []

    report = evaluate_linking(models, [], *files, trial(absent=0.2), notify=said.append)

    assert report.task == "linking"
    assert set(report.metrics) == MEASURES
    for found in report.metrics.values():
        assert 0 <= found.low <= found.value <= found.high <= 1
    assert set(report.baselines) == {"rules", "cosine", "longest_name"}
    for name in ("cosine", "longest_name"):
        assert report.metrics["f1"].value > report.baselines[name]["f1"]
    assert report.metrics["f1"].value > 0.85
    assert set(report.data) == set(map(str, files))
    (run,) = report.config["runs"]
    assert run["models_taken_out"] > 0
    assert "1 cannot be judged" in said[0]


def test_one_file_is_split_by_model_again_and_again(files, models):
    train, _ = files

    report = evaluate_linking(models, [], train, None, trial(splits=2), notify=silent)

    runs = report.config["runs"]
    assert [run["seed"] for run in runs] == [0, 1]
    assert all(run["groups_also_trained"] == 0 for run in runs)
    mean = sum(run["f1"] for run in runs) / 2
    assert report.metrics["f1"].value == pytest.approx(mean)


def test_models_that_both_files_name_are_judged_and_counted(files, models):
    train, _ = files

    report = evaluate_linking(models, [], train, train, trial(absent=0.0), notify=silent)

    (run,) = report.config["runs"]
    assert run["groups_also_trained"] == len(halves(models)[0]) + len(LINES)


def test_the_test_file_is_not_read_before_the_training_is_over(files, models, monkeypatch):
    train, test = files
    order = []
    read, learn = evaluation.read_offers, evaluation.ModelLinker.train
    monkeypatch.setattr(
        evaluation, "read_offers", lambda path, *rest: order.append(path.name) or read(path, *rest)
    )
    monkeypatch.setattr(
        evaluation.ModelLinker, "train", lambda *rest: order.append("training") or learn(*rest)
    )

    evaluate_linking(models, [], train, test, trial(), notify=silent)

    assert order == ["train.csv", "training", "test.csv"]


def test_only_the_categories_asked_for_are_read(tmp_path, models):
    path = write_offers(tmp_path / "both.csv", models[:40], category="Kettles")
    more = write_offers(tmp_path / "more.csv", models[40:], category="Drills")
    rest = more.read_text(encoding="utf-8").split("\n", 1)[1]
    path.write_text(path.read_text(encoding="utf-8") + rest, encoding="utf-8")

    kettles = evaluation.read_offers(path, ["kettles"])

    assert len(kettles) == 40 * 2 + len(LINES) + 1
    assert len(evaluation.read_offers(path)) > len(kettles)


def test_a_packed_file_says_the_same(files):
    train, _ = files
    packed = train.with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress(train.read_bytes()))

    assert evaluation.read_offers(packed) == evaluation.read_offers(train)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "has no column 'product_title'"),
        (b"title,label\na,b\n", "has no column 'cluster_label', 'model'"),
        (b"text,model\na,b\n", "'title', 'name' or 'product_name'; it has 'text', 'model'"),
        (b"product_title,cluster_label,category_label\n", "has no offer that is asked for"),
        (b"product_title,cluster_label,category_label\na\n", "line 2: has too few cells"),
        (b"product_title,cluster_label,category_label\n\xff,b,c\n", "is not UTF-8"),
        (b"\x1f\x8bbroken", "is cut off or damaged"),
        (gzip.compress(b"x")[:10] + b"\xff" * 20, "is cut off or damaged"),
        (b"x" * 2_000_001, "a cell of more than"),
        (
            b"product_title,cluster_label,category_label\nzuvo,Zuvo 1,Home\n",
            "has no label that names a model",
        ),
    ],
    ids=[
        "empty",
        "label",
        "title",
        "header",
        "short-row",
        "bytes",
        "gzip",
        "deflate",
        "long-cell",
        "no-model",
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(tmp_path, models, content, reason):
    path = tmp_path / "offers.csv"
    path.write_bytes(content)

    with pytest.raises(OffersInvalid, match=reason) as caught:
        evaluate_linking(models, [], path, None, trial(splits=1), notify=silent)
    assert caught.value.path == path


def test_titles_that_labels_contradict_each_other_about_are_told(tmp_path, models):
    path, said = tmp_path / "offers.csv", []
    names = [models[0].name, models[1].name]
    rows = [f"kettle {n},{names[n % 2]}" for n in range(4)] + [f"kettle 0,{names[1]}"]
    path.write_text("\n".join(["title,model", *rows]))

    read_judged(models, path, trial(), notify=said.append)

    assert said[-1] == f"{path}: 1 titles are labelled as several models"


def test_a_test_file_that_is_missing_is_told_before_the_training(files, models, tmp_path):
    with pytest.raises(OffersInvalid, match="is no file"):
        evaluate_linking(models, [], files[0], tmp_path / "none.csv", trial(), notify=silent)


def test_an_unknown_category_is_told_with_those_there_are(files, models):
    with pytest.raises(OffersInvalid, match="its categories are Home"):
        evaluate_linking(models, [], files[0], None, trial(categories=("Boats",)), notify=silent)


def test_without_models_there_is_nothing_to_link_to(files):
    with pytest.raises(CatalogueEmpty):
        evaluate_linking([], [], *files, trial(), notify=silent)


def test_offers_of_one_model_stand_and_fall_together():
    one = [Judged("a", "m", "m")] * 50 + [Judged("b", "n", "n")] * 50
    many = [Judged("a", f"m{i}", f"m{i}") for i in range(100)]
    half = ["m"] * 50 + [None] * 50
    halves_of_many = [f"m{i}" if i < 50 else None for i in range(100)]

    wide = measured([Answers(one, half, [1.0] * 100)], seed=0)["recall"]
    narrow = measured([Answers(many, halves_of_many, [1.0] * 100)], seed=0)["recall"]

    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)
