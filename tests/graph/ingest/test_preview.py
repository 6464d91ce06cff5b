"""The first rows of a file as they would be stored."""

from __future__ import annotations

import pytest

from graph.errors import ImportFailed
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import parse_mapping
from graph.ingest.preview import preview_file

MAPPING = """
version = 1
target = "{target}"
id = {{ column = "sku" }}
[fields]
title = {{ column = "title" }}
brand = {{ column = "brand" }}
[[parameters]]
id = "weight"
name = "Weight"
kind = "number"
unit = "g"
column = "weight"
invalid = "skip"
"""


def previewed(tmp_path, lines, *, target="product", limit=10):
    path = tmp_path / "dump.csv"
    path.write_text("\n".join(["sku,title,brand,weight", *lines]) + "\n", encoding="utf-8")
    rows = RowMapping(parse_mapping(MAPPING.format(target=target)))
    return preview_file(path, rows, source="shop", limit=limit), rows


def test_rows_are_shown_as_items_with_normalised_values(tmp_path):
    ((row,), _) = previewed(tmp_path, ["1,Lamp,Hay,1.5 kg"])

    assert (row.line, row.item.id, row.item.title) == (2, "shop:1", "Lamp")
    assert [fact.value.text for fact in row.item.facts] == ["1500 g"]


def test_only_so_many_rows_are_read(tmp_path):
    found, _ = previewed(tmp_path, [f"{n},Lamp,," for n in range(50)], limit=3)

    assert [row.line for row in found] == [2, 3, 4]


def test_rejects_repeats_and_skipped_cells_are_shown_as_what_they_are(tmp_path):
    found, rows = previewed(tmp_path, ["1,Lamp,,heavy", "1,Lamp,,heavy", "1,Desk,,", "2,,,", "a,b"])

    assert found[0].item is not None
    assert (found[1].item, found[1].rejected) == (None, None)
    codes = [row.rejected.code for row in found[2:]]
    assert codes == ["duplicate_id", "title_missing", "wrong_width"]
    assert "line 2 has this id too" in found[2].rejected.reason
    assert rows.cells_skipped == {"weight": 2}


def test_models_whose_names_differ_in_signs_alone_are_two(tmp_path):
    found, _ = previewed(tmp_path, ["1,OT 355,Hay,", "2,OT-355,Hay,"], target="model")

    first, second = (row.item.id for row in found)
    assert first == "hay-ot-355"
    assert second.startswith("hay-ot-355-")


def test_a_file_without_the_columns_is_refused(tmp_path):
    path = tmp_path / "dump.csv"
    path.write_text("sku,name\n1,Lamp\n", encoding="utf-8")

    with pytest.raises(ImportFailed, match="has no column 'brand'"):
        preview_file(
            path, RowMapping(parse_mapping(MAPPING.format(target="product"))), source="s", limit=5
        )
