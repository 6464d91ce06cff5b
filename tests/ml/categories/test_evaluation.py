"""Evaluation scores categories learnt from one file on another, and knows unknown kinds."""

import numpy as np
import pytest

from ml.categories.categorizer import CategorizerConfig
from ml.categories.evaluation import CategoriesTrial, evaluate_categories, train_and_judge
from ml.categories.measures import Answers, measured
from ml.categories.records import Guess, LabelledTitle
from ml.errors import CategoriesTooFew, OffersInvalid
from tests.ml.categories.made_up import titles, write_offers
from tests.progress import silent

WORDS_ALONE = CategorizerConfig(with_meaning=False)


@pytest.fixture
def files(tmp_path):
    train = write_offers(tmp_path / "train.csv", titles())
    return train, write_offers(tmp_path / "test.csv", titles(each=8, seed=5))


def test_it_is_measured_beside_the_baselines(files):
    report = evaluate_categories(*files, CategoriesTrial(categorizer=WORDS_ALONE), notify=silent)

    assert {"accuracy", "macro_f1", "ece", "known_refused", "ms_per_title"} == set(report.metrics)
    assert report.metrics["accuracy"].value > 0.95
    assert report.baselines["majority"]["accuracy"] == pytest.approx(0.25)
    assert set(report.baselines) == {"majority", "nearest_words"}
    assert set(report.data) == {str(path) for path in files}


def test_titles_of_products_that_were_learnt_from_are_told(files):
    train, _ = files
    said = []

    report = evaluate_categories(
        train, train, CategoriesTrial(categorizer=WORDS_ALONE), notify=said.append
    )

    titles_asked = report.config["test_titles"]
    assert report.config["test_titles_of_known_products"] == titles_asked
    assert any(f"{titles_asked} of {titles_asked} were in the files" in text for text in said)


def test_a_category_that_was_left_out_is_an_unknown_kind(files):
    trial = CategoriesTrial(unknown=("tents",), categorizer=WORDS_ALONE)

    report = evaluate_categories(*files, trial, notify=silent)

    assert "Tents" not in report.config["categories"]
    assert report.config["test_titles_of_unknown_kinds"] == 8
    assert report.metrics["accuracy"].value > 0.95  # of the others alone
    assert report.metrics["unknown_auroc"].value > 0.9
    assert report.metrics["unknown_recall"].value > 0.5


def test_few_labels_are_drawn_several_times(files):
    said = []
    trial = CategoriesTrial(per_class=3, draws=2, categorizer=WORDS_ALONE)

    report = evaluate_categories(*files, trial, notify=said.append)

    assert report.config["labels"] == [12, 12]
    assert report.metrics["accuracy"].value > report.baselines["majority"]["accuracy"]
    assert any("Learnt from 12 titles" in one for one in said)


@pytest.mark.parametrize(
    ("train", "test", "error", "reason"),
    [
        ("text\nkettle\n", None, OffersInvalid, "'title', 'name' or 'product_name'; it has 'text'"),
        ("product_title\nkettle\n", None, OffersInvalid, "no column 'category_label'"),
        ("product_title,category_label\nkettle\n", None, OffersInvalid, "too few cells"),
        ("product_title,category_label\n", None, OffersInvalid, "no row with a title"),
        ("product_title,category_label\na,K\nb,K\n", None, CategoriesTooFew, "titles of 1"),
        (None, "product_title,category_label\nred car,Cars\n", OffersInvalid, "no title of the"),
    ],
)
def test_files_that_cannot_be_judged_by_are_refused(files, train, test, error, reason):
    for path, text in zip(files, (train, test), strict=True):
        if text is not None:
            path.write_text(text, encoding="utf-8")

    with pytest.raises(error, match=reason):
        evaluate_categories(*files, CategoriesTrial(categorizer=WORDS_ALONE), notify=silent)


def test_a_category_to_leave_out_has_to_be_there(files):
    with pytest.raises(OffersInvalid, match="has no category 'sofas'; its categories are Desks"):
        evaluate_categories(*files, CategoriesTrial(unknown=("Sofas",)), notify=silent)


def test_titles_with_commas_emoji_and_a_megabyte_are_read(files):
    train, test = files
    with train.open("a", encoding="utf-8") as file:
        file.write(f'"kettle, {"steam " * 170_000}",big,Kettles\n💡,emoji,Lanterns\n,none,Desks\n')

    report = evaluate_categories(
        train, test, CategoriesTrial(categorizer=WORDS_ALONE), notify=silent
    )

    assert report.config["labels"] == [len(titles()) + 1]


def test_where_no_category_has_two_products_nothing_is_measured():
    _, metrics, _, held = train_and_judge(titles(each=1), WORDS_ALONE, {}, notify=silent)

    assert (metrics, held) == ({}, None)


def guess(category, confidence, novelty=0.0, unknown=False):
    return Guess(((category, confidence),), novelty, unknown)


def test_measures_are_what_their_names_say():
    asked = [
        LabelledTitle(str(n), category, str(n))
        for n, category in enumerate(("a", "a", "a", "b", "x", "x"))
    ]
    said = [
        guess("a", 0.75),
        guess("a", 0.75, 0.3),
        guess("b", 0.75),
        guess("b", 0.75, 0.6, unknown=True),
        guess("a", 0.9, 0.5),
        guess("b", 0.9, 0.9, unknown=True),
    ]

    found = Answers(asked, said, ("a", "b")).values(np.ones((1, 6)))

    value = {name: float(value_R[0]) for name, value_R in found.items()}
    assert value["accuracy"] == 0.75
    assert value["ece"] == pytest.approx(0)
    assert value["macro_f1"] == pytest.approx((4 / 5 + 2 / 3) / 2)
    assert value["known_refused"] == 0.25
    assert value["unknown_auroc"] == pytest.approx(7 / 8)
    assert (value["unknown_precision"], value["unknown_recall"]) == (0.5, 0.5)
    assert value["unknown_recall_at_90"] == 0.5


def test_unknown_ones_that_seem_equally_new_are_refused_together_whatever_their_order():
    asked = [LabelledTitle(str(n), category, str(n)) for n, category in enumerate("xxaaab")]
    said = [guess("a", 0.9, 0.5) for _ in asked]

    found = Answers(asked, said, ("a", "b")).values(np.ones((1, 6)))

    assert found["unknown_recall_at_90"].tolist() == [0.0]


def test_titles_of_one_product_are_resampled_together():
    asked = [LabelledTitle(str(n), "a", "one" if n < 9 else "other") for n in range(10)]
    said = [guess("a" if n < 9 else "b", 1.0) for n in range(10)]

    accuracy = measured([Answers(asked, said, ("a", "b"))], seed=0)["accuracy"]

    assert (accuracy.value, accuracy.low, accuracy.high) == (0.9, 0.0, 1.0)
