"""Titles of a file get their categories, row by row."""

import io
import json

import pytest

from app.services.categorizing import LoadedCategorizer
from app.services.categorizing_files import FileCategorizing
from graph.errors import ImportFailed
from graph.records import Named
from ml.categories.categorizer import Categorizer, CategorizerConfig
from tests.ml.categories.made_up import KINDS, titles


@pytest.fixture(scope="module")
def categorizing():
    learnt = Categorizer.train(titles(), CategorizerConfig(with_meaning=False))
    paths = {kind: (Named("home", "Home"), Named(kind, kind)) for kind in KINDS}
    loaded = LoadedCategorizer("categories@1", learnt, paths)
    return FileCategorizing(loaded, lambda: loaded)


def test_every_row_has_a_line_with_its_category_or_its_error(categorizing, tmp_path):
    file, to = tmp_path / "offers.csv", io.BytesIO()
    file.write_text("name,price\norvik kettle steam,9\n,8\nmystery,7\n", encoding="utf-8")

    counts = categorizing.file(file, to=to, title="name")

    kettle, empty, mystery = map(json.loads, to.getvalue().splitlines())
    assert (kettle["line"], kettle["category"]["name"], kettle["unknown"]) == (2, "Kettles", False)
    assert [one["name"] for one in kettle["path"]] == ["Home", "Kettles"]
    assert (empty["line"], empty["code"]) == (3, "text_missing")
    assert (mystery["unknown"], mystery["category"]) == (True, None)
    assert (counts.rows, counts.unknown, counts.rejected) == (3, 1, 1)


def test_a_description_counts_where_the_title_says_nothing(categorizing, tmp_path):
    file, to = tmp_path / "offers.csv", io.BytesIO()
    file.write_text("title,description\nKX-77,kettle spout whistle steam\n", encoding="utf-8")

    categorizing.file(file, to=to, title="title")

    assert json.loads(to.getvalue())["category"]["name"] == "Kettles"


def test_a_column_that_is_not_there_is_told_with_those_that_are(categorizing, tmp_path):
    file = tmp_path / "offers.csv"
    file.write_text("name\nkettle\n", encoding="utf-8")

    with pytest.raises(ImportFailed, match="has no column 'title'; name one of 'name'"):
        categorizing.file(file, to=io.BytesIO(), title="title")


def test_lines_are_titles(categorizing):
    to = io.BytesIO()

    counts = categorizing.lines(["acme tent dome poles\n", "\n", "bolt oak desk"], to=to)

    tent, empty, desk = map(json.loads, to.getvalue().splitlines())
    assert (tent["category"]["id"], desk["category"]["id"]) == ("Tents", "Desks")
    assert (empty["line"], counts.rows, counts.rejected) == (2, 3, 1)
