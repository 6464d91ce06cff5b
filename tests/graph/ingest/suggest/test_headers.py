"""Names of columns to roles, units and readable names."""

from __future__ import annotations

import pytest

from graph.ingest.suggest.headers import (
    currency_in,
    is_foreign_id,
    roles_of,
    shown_name,
    split_unit,
    words_of,
)


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("productTitle", "title"),
        ("Product Name", "title"),
        ("brand_name", "brand"),
        ("brand.name", "brand"),
        ("商品分类", "category"),
        ("path", "category"),
        ("原厂品牌", "brand"),
        ("price (EUR)", "price"),
        ("Selling Price", "price"),
        ("imageURL", "image_url"),
        ("image 1", "image_url"),
        ("offer.price", "price"),
        ("Hersteller", "brand"),
        ("EAN-13", "gtin"),
        ("manufacturer part number", "mpn"),
        ("Variant Inventory Qty", "in_stock"),
        ("stock_quantity", "in_stock"),
        ("Lagerbestand", "in_stock"),
        ("Lager", "in_stock"),
        ("Verfügbarkeit", "in_stock"),
        ("Artikelnr", "id"),
        ("Artikel-Nr.", "id"),
        ("Art.-Nr.", "id"),
        ("Artikelname", "title"),
        ("Warengruppe", "category"),
        ("Hersteller-Nr.", "mpn"),
        ("库存数量", "in_stock"),
        ("Réf. fournisseur", "id"),
        ("Référence", "id"),
        ("Désignation", "title"),
        ("title.fr", "title"),
        ("Title (EN)", "title"),
        ("Prix public TTC", "price"),
        ("Prix de vente", "price"),
        ("Sous-famille", "subcategory"),
        ("vendor", "brand"),
        ("body_html", "description"),
    ],
)
def test_a_name_speaks_for_a_role(header, role):
    assert max(roles_of(header), key=roles_of(header).get) == role


@pytest.mark.parametrize(
    "header",
    [
        *("vendor name", "seller_id", "供应商名称", "colour", "", "col1"),
        *("min stock", "pack quantity", "max_order_qty", "stock code"),
    ],
)
def test_names_of_other_things_speak_for_none(header):
    assert roles_of(header) == {}


def test_the_old_price_is_less_of_a_price():
    assert roles_of("original price")["price"] < roles_of("selling price")["price"]
    assert roles_of("原价") == {} or roles_of("原价")["price"] < roles_of("售价")["price"]


@pytest.mark.parametrize(
    ("header", "name", "unit"),
    [
        ("Weight (g)", "Weight", "g"),
        ("重量（克）", "重量", "g"),
        ("weight_kg", "weight", "kg"),
        ("battery mAh", "battery", "mAh"),
        ("made in", "made in", None),
        ("size (EU)", "size (EU)", None),
        ("kg", "kg", None),
    ],
)
def test_a_unit_is_cut_from_the_name(header, name, unit):
    assert split_unit(header) == (name, unit)


def test_small_questions_about_names():
    assert currency_in("price_usd") == "USD"
    assert is_foreign_id("供应商id")
    assert not is_foreign_id("brand")
    assert shown_name("screen_size") == "Screen size"
    assert shown_name("NFC") == "NFC"
    assert words_of("###") == ()
