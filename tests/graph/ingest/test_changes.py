"""Dumps of prices and stock alone: their mapping, and rows of products that are not there."""

from __future__ import annotations

import json

import pytest

from graph.errors import ImportFailed, MappingInvalid
from graph.ingest.changes import with_unlisted_told
from graph.ingest.items import change
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import parse_mapping
from graph.ingest.rejects import RejectFile
from graph.ingest.rows import Row
from graph.ingest.stream import ItemStream

MAPPING = """
version = 1
target = "product"
changes = true
id = { column = "sku" }
[fields]
price = { column = "price", decimal = "," }
in_stock = { column = "stock" }
"""


@pytest.fixture
def streamed(tmp_path):
    """The items and rejects of a file of changes, beside products that are there."""

    def streamed(*lines, there=()):
        path = tmp_path / "delta.csv"
        path.write_text("\n".join(("sku,price,stock", *lines)) + "\n")
        items = []
        with RejectFile(tmp_path / "rejects.ndjson") as rejects:
            stream = ItemStream(
                path,
                RowMapping(parse_mapping(MAPPING)),
                source="shop",
                rejects=rejects,
                unlisted=lambda ids: {id for id in ids if id not in there},
            )
            with stream:
                items.extend(stream)
        written = rejects.path.read_text().splitlines() if rejects.path.exists() else []
        return items, [json.loads(line) for line in written]

    return streamed


def test_a_row_says_what_has_changed_and_nothing_else(streamed):
    (lamp, shade), rejects = streamed('1,"9,50",3', "2,,0", there=("shop:1", "shop:2"))

    assert (lamp.id, lamp.price, lamp.in_stock, lamp.title) == ("shop:1", 9.5, True, "")
    assert (shade.price, shade.in_stock) == (None, False)
    assert rejects == []


def test_a_row_of_a_product_that_is_not_there_is_rejected_and_keeps_its_place(streamed):
    items, (reject,) = streamed("1,9,3", "2,8,1", there=("shop:2",))

    assert [item.id for item in items] == ["shop:1", "shop:2"]
    assert (reject["code"], reject["line"], reject["value"]) == ("item_unknown", 2, "shop:1")
    assert reject["row"] == {"sku": "1", "price": "9", "stock": "3"}


def test_rows_before_a_break_are_told_too():
    def breaking():
        yield change(source="shop", sku="1", price=9.0), Row(line=2, cells={"sku": "1"})
        raise ImportFailed(file="delta.csv", place="after line 2", reason="is cut off")

    told = []
    with pytest.raises(ImportFailed, match="cut off"):
        list(with_unlisted_told(breaking(), set, told.append))

    assert [reject.line for reject in told] == [2]


def without(text, line):
    return text.replace(line, "")


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        (without(MAPPING, "changes = true"), r"fields.title.*changes = true"),
        (MAPPING + 'title = { column = "name" }', "take fields.title away"),
        (MAPPING + '[[parameters]]\nid = "ram"\nname = "RAM"\ncolumn = "ram"', "parameter ram"),
        (MAPPING.replace('"product"', '"model"'), "are of products"),
        (MAPPING.split("price")[0] + 'currency = { value = "EUR" }', "need fields.price"),
    ],
)
def test_a_mapping_of_changes_says_nothing_else(mapping, reason):
    with pytest.raises(MappingInvalid, match=reason):
        parse_mapping(mapping)
