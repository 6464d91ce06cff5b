"""Ids: the same name written differently is one thing, different names are two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import ValueInvalid
from graph.text import (
    brand_id,
    category_ids,
    distinct_id,
    item_id,
    model_id,
    parameter_id,
    slug,
    value_id,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Galaxy S9", "galaxy-s9"),
        ("  GALAXY--s9 ", "galaxy-s9"),
        ("ＧＡＬＡＸＹ　Ｓ９", "galaxy-s9"),
        ("Galaxy S9+", "galaxy-s9-plus"),
        ("Galaxy S9 Plus", "galaxy-s9-plus"),
        ("AT&T", "at-t"),
        ("benq_siemens", "benq-siemens"),
        ("Snapdragon™ 410", "snapdragon-410"),
        ("三星 盖乐世", "三星-盖乐世"),
        ("Straße", "strasse"),
        ("Ångström", "ångström"),
        ("ภาษาไทย", "ภาษาไทย"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_a_slug_keeps_letters_and_digits_of_every_script(text, expected):
    assert slug(text) == expected


def test_a_text_without_letters_gets_a_hash_of_its_own():
    star, heart = slug("★"), slug("♥")

    assert star != heart
    assert len(star) == len(heart) == 9


@given(st.text())
def test_a_slug_of_a_slug_is_the_same_slug(text):
    once = slug(text)

    assert once
    assert slug(once) == once


@given(st.text())
def test_case_and_space_around_do_not_change_a_slug(text):
    assert slug(f"  {text.casefold()}\t") == slug(text)


def test_a_surrogate_that_slipped_in_does_not_break_a_slug():
    assert slug("\ud800")


def test_categories_are_named_by_their_whole_path():
    ids = category_ids(["Home & Garden", "Lamps", "LED"])

    assert ids == ["home-garden", "home-garden/lamps", "home-garden/lamps/led"]


@pytest.mark.parametrize(
    ("brand", "name", "expected"),
    [
        ("Samsung", "Galaxy S9", "samsung-galaxy-s9"),
        ("Samsung", "SAMSUNG Galaxy S9", "samsung-galaxy-s9"),
        ("benq_siemens", "BenQ-Siemens E61", "benq-siemens-e61"),
        ("LG", "LGA 5", "lg-lga-5"),
        ("Palm", "Palm", "palm"),
        (None, "Lamp 3", "lamp-3"),
        (" ", "Lamp 3", "lamp-3"),
    ],
)
def test_a_model_id_names_the_brand_once(brand, name, expected):
    assert model_id(brand, name) == expected


@pytest.mark.parametrize("blank", ["", " ", "\t\u3000"])
def test_a_blank_name_is_refused_by_everything_that_has_a_name(blank):
    for name_to_id in (brand_id, parameter_id, lambda name: model_id("x", name)):
        with pytest.raises(ValueInvalid, match="needs a name"):
            name_to_id(blank)
    with pytest.raises(ValueInvalid, match="needs a name"):
        category_ids(["Home", blank])


def test_names_that_differ_in_signs_alone_can_be_told_apart():
    assert distinct_id("ot-355", "OT 355") != distinct_id("ot-355", "OT-355")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("display", None, 6.1, "in"), "display=6.1in"),
        (("ram", None, 8.0, "GB"), "ram=8GB"),
        (("year", None, 2015.0, None), "year=2015"),
        (("chipset", "Snapdragon 410", None, None), "chipset=snapdragon-410"),
        (("chipset", "SNAPDRAGON-410", None, None), "chipset=snapdragon-410"),
    ],
)
def test_a_value_id_reads_like_the_value(arguments, expected):
    assert value_id(*arguments) == expected


def test_long_values_with_one_beginning_keep_different_ids():
    one, other = (value_id("note", "word " * 50 + end) for end in ("one", "other"))

    assert one != other
    assert len(one) < 100
    assert one == value_id("note", "WORD " * 50 + "ONE")


def test_a_value_of_nothing_is_refused():
    with pytest.raises(ValueInvalid, match="neither"):
        value_id("display")


def test_an_item_id_keeps_the_sku_as_the_shop_writes_it():
    assert item_id("shop.example", " A-1/b' } 三星 ") == "shop.example:A-1/b' } 三星"


@pytest.mark.parametrize(
    ("source", "sku", "reason"),
    [
        ("Shop", "1", "not a source name"),
        ("shop:b", "1", "not a source name"),
        ("", "1", "not a source name"),
        ("-shop", "1", "not a source name"),
        ("shop", "  ", "is empty"),
        ("shop", "x" * 201, "201 characters"),
        ("shop", "a\x00b", r"character 2 .* U\+0000"),
        ("shop", "a\u200bb", r"character 2 .* U\+200B"),
        ("shop", "\ud800", r"U\+D800"),
    ],
)
def test_an_item_id_says_what_is_wrong_with_its_parts(source, sku, reason):
    with pytest.raises(ValueInvalid, match=reason):
        item_id(source, sku)


@given(st.text(), st.text())
def test_an_item_id_never_fails_in_another_way(source, sku):
    try:
        found = item_id(source, sku)
    except ValueInvalid:
        return
    assert found == f"{source}:{sku.strip()}"
