"""Facts out of the texts of files: every row has its line, and says what is wrong with it."""

import io
import json

import pytest

from app.services.extracting_files import extract_file
from graph.errors import ImportFailed
from graph.records import Fact, Item, Named, Parameter
from graph.text import normalise_value
from ml.grounding.grounder import Wanted
from tests.fakes import FakeGraph, grounder_of

FINISH = Parameter("finish", "Finish", "text")
HEIGHT = Parameter("height", "Height", "number", "cm")


@pytest.fixture(scope="module")
def grounder():
    facts = tuple(
        Fact(normalise_value(cell, parameter), "x")
        for cell, parameter in (("pale green", FINISH), ("30 cm", HEIGHT))
    )
    item = Item("product", "a:1", "Lamp", "a", "hash", brand=Named("acme", "Acme"), facts=facts)
    return grounder_of(FakeGraph([item], {"finish": FINISH, "height": HEIGHT}))


def extracted(path, grounder, **options):
    to = io.BytesIO()
    counts = extract_file(path, grounder, Wanted(), to=to, **options)
    return [json.loads(line) for line in to.getvalue().splitlines()], counts


def test_each_row_has_a_line_with_its_facts(tmp_path, grounder):
    path = tmp_path / "offers.csv"
    path.write_text("name,description\nLamp 30cm,in pale green\nChair,\n")

    rows, counts = extracted(path, grounder, title="name")

    assert [row["line"] for row in rows] == [2, 3]
    assert [(f["parameter"], f["field"]) for f in rows[0]["facts"]] == [
        ("height", "title"),
        ("finish", "description"),
    ]
    assert rows[1]["facts"] == []
    assert (counts.rows, counts.facts, counts.without, counts.rejected) == (2, 2, 1, 0)


def test_a_file_of_bare_texts_is_read(tmp_path, grounder):
    path = tmp_path / "titles.txt"
    path.write_text("Lamp 30cm\nPale green lamp\n")

    rows, _ = extracted(path, grounder)

    assert [[fact["value"] for fact in row["facts"]] for row in rows] == [["30cm"], ["Pale green"]]


def test_a_row_without_a_text_has_a_line_that_says_so(tmp_path, grounder):
    path = tmp_path / "offers.ndjson"
    path.write_text('{"title": ""}\n{"title": 5}\n{broken\n{"title": "Lamp", "brand": "Acme"}\n')

    rows, counts = extracted(path, grounder)

    assert [row.get("code") for row in rows[:2]] == ["text_missing", "text_missing"]
    assert [row["line"] for row in rows] == [1, 2, 3, 4]
    assert (counts.rows, counts.rejected) == (4, 3)


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path, grounder):
    path = tmp_path / "offers.csv"
    path.write_text("name,price\nLamp,5\n")

    with pytest.raises(ImportFailed, match=r"no column 'title'; name one of 'name', 'price'"):
        extracted(path, grounder)
