"""Whether things are in stock: by words, by how many there are."""

from __future__ import annotations

import pytest

from tests.graph.ingest.suggest.shop import ROWS


@pytest.mark.parametrize(("yes", "no"), [("in stock", "out of stock"), ("有货", "缺货")])
def test_stock_is_understood_in_the_words_of_shops(dump, items, yes, no):
    rows = [(*row[:2], yes if n % 2 else no) for n, row in enumerate(ROWS)]

    found = items(dump(("sku", "title", "availability"), rows))

    assert (found[0].in_stock, found[1].in_stock) == (False, True)


def counted(header, *cells):
    """Products with one column more, whose cells come in turns."""
    return ("sku", "title", header), [
        (*row[:2], cells[n % len(cells)]) for n, row in enumerate(ROWS)
    ]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("stock", (0, 3, 12, -2)),
        ("quantity", (0, 1, 12)),
        ("库存数量", (0, 250)),
        ("Inventory Qty", ("0.0", "7.0")),
        ("stock", ("0", "20+", ">5")),
        ("availability", ("sold out", "20+", "in stock")),
        ("Lager", ("nicht lieferbar", "12", "auf Lager")),
    ],
)
def test_how_many_there_are_says_whether_there_are_any(dump, suggested, items, header, cells):
    path = dump(*counted(header, *cells))

    first, second = items(path)[:2]

    assert suggested(path).parameters == ()
    assert (first.in_stock, second.in_stock) == (False, True)


def test_a_quantity_that_is_never_0_is_how_many_are_in_a_pack(dump, suggested):
    mapping = suggested(dump(*counted("quantity", 1, 6, 12)))

    assert mapping.fields.in_stock is None
    assert [(one.id, one.kind) for one in mapping.parameters] == [("quantity", "number")]


def test_of_two_columns_for_the_stock_the_other_is_left_out(dump, suggested):
    rows = [(*row[:2], "in stock" if n % 3 else "sold out", n % 3) for n, row in enumerate(ROWS)]
    mapping = suggested(dump(("sku", "title", "availability", "stock_quantity"), rows))

    assert mapping.fields.in_stock.column == "availability"
    assert mapping.parameters == ()
