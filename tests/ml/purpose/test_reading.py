"""What titles offer that is made for something else: cases and filters, not what they fit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.purpose.reading import read_purpose, without_extras

HEADS = frozenset({"lantern", "kettle", "camera", "machine", "drill"})


@pytest.mark.parametrize(
    ("title", "thing"),
    [
        ("Glow 6 case", "case"),
        ("Silicone Case for Acme Glow 6 Plus - black", "case"),
        ("Orvik Thick Armour Glow X cover", "cover"),
        ("tempered glass screen protector acme glow 6 pro", "tempered glass"),
        ("Ersatzakku fuer Acme Glow 6", "ersatzakku"),
        ("Ladegerät passend für Acme Glow 6", "ladegeraet"),
        ("USB-Kabel für Acme KX40", "usb-kabel"),
        ("适用于 Glow X 手机壳", "手机壳"),
        ("保护套 阿克米8", "保护套"),
        ("阿克米8专用电池", "电池"),
        ("coque Glow X transparente", "coque"),
        ("Zuvo K18 battery charger", "charger"),
        ("water filter for Bolt E8", "water filter"),
        ("door seal fits Bolt WB2837 washing machine", "door seal"),
        ("battery pack 5Ah for Zuvo K18", "battery"),
        ("Acme DX500 camera leather case", "case"),
        ("Bolt E8 chuck replacement", "replacement"),
        ("spare lid Orvik kettle", "lid"),
        ("feet for washing machines", "feet"),
        ("Acme GX20 battery", "battery"),
        ("case with belt clip for Glow 6", "case"),
    ],
)
def test_what_is_made_for_something_else_is_told_from_it(title, thing):
    found = read_purpose(title, HEADS)

    assert found is not None
    assert found.thing == thing or title[found.start : found.end].casefold() == thing
    assert 0 <= found.start < found.end <= len(title)


@pytest.mark.parametrize(
    "title",
    [
        "Acme Glow 6 128GB black",
        "Glow 6 128GB with case",
        "Glow 6 + free screen protector",
        "Acme DX500 camera body incl. 18-55 lens and bag",
        "Glow X unlocked in original case/box",
        "smart lantern with leather strap",
        "Acme GX20 battery 4000 mAh",
        "Acme GX20 dual camera",
        "Glow 6 charger included",
        "Glow 6 charger incl.",
        "Glow 6 64GB no charger",
        "Orvik lantern for seniors",
        "Bolt E8 kettle w/ water filter",
        "Zuvo K18 drill 2x 2.0Ah batteries, charger, case",
        "Acme DX500 camera kit 18-55 lens bag",
        "Acme Glow 6, case, charger, 128GB",
        "阿克米8 6+128GB 送手机壳",
        "阿克米 P20 含充电器",
        "Bolt E8 Kaffeemaschine inkl. Wasserfilter",
        "Zuvo K18 broken, for spares or repair",
        "spout cover lantern",  # what stands in front of a lantern says which one
    ],
)
def test_what_comes_along_does_not_make_an_accessory(title):
    assert read_purpose(title, HEADS) is None


@pytest.mark.parametrize(
    ("title", "object"),
    [
        ("Silicone case for Acme Glow 6", "Acme Glow 6"),
        ("case for the new Glow 6 128GB black - with strap", "the new Glow 6 128GB"),
        ("cable fits Glow 6, Glow 7, 2 m", "Glow 6"),
        ("适用于 Glow X1 手机壳", ""),  # the word for it stands behind
    ],
)
def test_where_it_says_for_what_that_place_is_known(title, object):
    found = read_purpose(title)

    assert title[found.object_start : found.object_end] == object


def test_a_word_of_the_name_of_a_model_is_no_accessory():
    assert read_purpose("Acme Dock 2 128GB").thing == "dock"
    assert read_purpose("Acme Dock 2 128GB", named=(0, 11)) is None
    assert read_purpose("Acme Dock 2 case", named=(0, 11)).thing == "case"


def test_a_part_behind_the_name_of_a_model_is_one():
    assert read_purpose("Acme Glow battery") is None
    assert read_purpose("Acme Glow battery", named=(0, 9)).thing == "battery"


@pytest.mark.parametrize(
    ("title", "own"),
    [
        ("Glow 6 + free screen protector", "Glow 6 "),
        ("Glow 6+ 128GB", "Glow 6+ 128GB"),
        ("Glow 6 + 128GB", "Glow 6 + 128GB"),
        ("", ""),
    ],
)
def test_a_plus_that_something_comes_along_behind_is_no_part_of_a_name(title, own):
    assert without_extras(title) == own


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read(text):
    found = read_purpose(f"{text} case for {text}", HEADS)

    assert found is None or 0 <= found.start < found.end <= 2 * len(text) + len(" case for ")


def test_a_megabyte_is_read_like_its_beginning():
    assert read_purpose("case for Glow 6 " + "x1 + with for case " * 50_000).thing == "case"
