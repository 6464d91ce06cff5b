"""Which cells of a column leave open whether a sign divides thousands or begins decimals."""

import pytest

from graph.ingest.decimal_signs import DecimalSigns
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import parse_mapping
from graph.ingest.rows import Row

MAPPING = """
version = 1
target = "product"
id = { column = "sku" }
[fields]
title = { column = "title" }
price = { column = "price" }
[[parameters]]
id = "battery"
name = "Battery"
column = "battery"
kind = "number"
unit = "mAh"
"""


@pytest.mark.parametrize(
    ("cells", "unsure"),
    [
        (["30.000 mAh", "500 mAh"], "30.000 mAh"),
        (["30.000 mAh", "12.5 mAh"], None),
        (["30.000 mAh", "1.234,5"], "30.000 mAh"),
        (["30.000 mAh", "1.234.567"], "30.000 mAh"),
        (["5.000", "1,234.5"], None),
        (["5.000", "1234.567"], None),
        (["0.125 kg"], None),
        (["1,299", "899"], None),
        (["1,299", "0,5"], "1,299"),
        (["v1.2.3", "12", "1.", ".5", "", "1" * 10_000 + ".000"], None),
    ],
)
def test_a_cell_is_unsure_unless_others_confirm_how_it_was_read(cells, unsure):
    signs = DecimalSigns()

    for cell in cells:
        signs.notice(cell)

    assert signs.unsure == unsure


def mapped(toml, **cells):
    rows = RowMapping(parse_mapping(toml))
    found = rows.apply(Row(2, {"sku": "1", "title": "Power bank", **cells}), "shop")
    return rows, found.facts[0].value.number, found.price


def test_an_import_tells_of_cells_that_may_be_thousands():
    rows, battery, price = mapped(MAPPING, battery="30.000 mAh", price="1.299 EUR")

    assert (battery, price) == (30, 1.299)
    assert rows.decimals_unsure == {"price": "1.299 EUR", "battery": "30.000 mAh"}


def test_a_mapping_that_names_the_sign_reads_thousands_and_is_sure():
    toml = MAPPING.replace('"price" }', '"price", decimal = "," }') + 'decimal = ","\n'

    rows, battery, price = mapped(toml, battery="30.000 mAh", price="1.299 EUR")

    assert (battery, price) == (30_000, 1_299)
    assert rows.decimals_unsure == {}
