"""JSON that stands in text cells: a column for each key, read by a pattern."""

from __future__ import annotations

import json

import pytest

from graph.ingest.suggest.columns import Column
from graph.ingest.suggest.structures import unfold


def unfolded(*cells: str) -> dict[str, list[tuple[str, ...]]]:
    columns, _ = unfold([Column(name="raw", texts=[(cell,) for cell in cells])])
    return {column.label: column.texts for column in columns}


def test_an_object_is_a_column_for_each_key():
    cells = [
        json.dumps({"ram": "8 GB", "price": 5, "note": 'say "hi"'}),
        json.dumps({"ram": "4 GB"}),
    ]

    found = unfolded(*cells)

    assert found["ram"] == [("8 GB",), ("4 GB",)]
    assert found["price"] == [("5",), ()]


@pytest.mark.parametrize("sign", [":", "=>"])
def test_a_list_of_keys_and_values_is_a_column_for_each_key(sign):
    cell = f'{{"specs"{sign}[{{"key"{sign}"Size", "value"{sign}"6 in"}}, ' \
           f'{{"key"{sign}"Colour", "value"{sign}"red"}}]}}'  # fmt: skip

    assert unfolded(cell, cell) == {"Size": [("6 in",)] * 2, "Colour": [("red",)] * 2}


@pytest.mark.parametrize("cell", ['["red", "blue"]', "['red', 'blue']"])
def test_a_list_of_texts_is_one_column_of_many_values(cell):
    assert unfolded(cell, cell) == {"raw": [("red", "blue")] * 2}


def test_what_patterns_cannot_read_stays_as_it_is():
    assert unfolded('[{"a": [1]}]', '[{"a": [2]}]') == {
        "raw": [('[{"a": [1]}]',), ('[{"a": [2]}]',)]
    }


def test_text_is_left_alone():
    assert unfolded("plain", "(in brackets)") == {"raw": [("plain",), ("(in brackets)",)]}
