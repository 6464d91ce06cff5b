"""JSON that stands in text cells: a column for each key, read by a pattern."""

from __future__ import annotations

import json

import pytest

from graph.ingest.suggest import suggest
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


def test_objects_of_a_name_and_a_value_are_a_column_for_each_name(tmp_path, items):
    path = tmp_path / "dump.json"
    rows = [
        {"货号": f"N-{n}", "标题": f"灯 {n}号 落地灯", "价格": f"￥{n + 100}.00",
         "属性": [{"名称": "净重", "值": f"{n + 1}千克"},
                  {"名称": "颜色", "值": ["黑色", "灰色", "绿色"][n % 3]},
                  {"名称": "最大 a.b", "值": ["红色", "白色"][n % 2]}],
         "评价": [{"星": 5, "值": "好"}]}
        for n in range(30)
    ]  # fmt: skip
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")

    (first, *_) = items(path)

    assert [(f.value.parameter, f.value.text) for f in first.facts] == [
        ("净重", "1 kg"),
        ("颜色", "黑色"),
        ("最大-a-b", "红色"),
    ]


@pytest.mark.parametrize(
    "objects", [[{"name": "M", "price": 5}], [{"value": 5}], ["red"], [{"name": 3, "value": 5}], []]
)
def test_other_lists_of_objects_are_no_columns(tmp_path, objects):
    path = tmp_path / "dump.json"
    rows = [{"sku": f"N-{n}", "title": f"Lamp {n} oak", "list": objects} for n in range(30)]
    path.write_text(json.dumps(rows), encoding="utf-8")

    assert "[name=" not in suggest([path]).toml
