"""Units: every usual spelling, and conversion within one dimension."""

import math
from collections import Counter
from unicodedata import is_normalized

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from graph.errors import ValueInvalid
from graph.text import convert, find_unit
from graph.text.unit_table import UNITS


@pytest.mark.parametrize(
    ("symbol", "spellings"),
    [
        ("in", ["in", "in.", "inch", "Inches", '"', "”", "″", "英寸", "寸", "Zoll"]),
        ("mm", ["mm", "MM", "millimetres", "毫米", "㎜"]),
        ("g", ["g", "gram", "Grams", "克"]),
        ("kg", ["kg", "KG", "公斤", "千克", "㎏"]),
        ("lb", ["lb", "lbs", "pounds"]),
        ("mAh", ["mAh", "MAH", "mah", "毫安时", "毫安"]),
        ("GB", ["GB", "gb", "Gb", "G", "gig", "GiB", "吉字节", "ＧＢ", "Go"]),
        ("MP", ["MP", "mp", "Mpx", "megapixels", "mega pixel"]),
        ("万像素", ["万像素"]),
        ("GHz", ["GHz", "ghz", "GHZ", "㎓"]),
        ("h", ["h", "hrs", "hours", "小时", "Stunden"]),
        ("month", ["months", "个月"]),
        ("ml", ["ml", "mL", "毫升", "㎖"]),
        ("fl oz", ["fl oz", "fl. oz", "fl  oz", "fluid ounces"]),
        ("°C", ["°C", "℃", "C", "ºC", "celsius"]),
        ("m2", ["m2", "m²", "㎡", "sq. m", "平方米"]),
        ("Ω", ["Ω", "\u2126", "ohms"]),
        ("μm", ["μm", "\u00b5m", "um"]),
        ("Mbps", ["Mbps", "mbps", "Mb/s", "Mbit/s"]),
        ("MB/s", ["MB/s", "MBps"]),
        ("%", ["%", "％", "percent"]),
        ("pcs", ["pcs", "个", "pieces"]),
    ],
)
def test_a_unit_is_found_by_each_of_its_spellings(symbol, spellings):
    expected = find_unit(symbol)

    assert expected
    assert expected.symbol == symbol
    assert [spelling for spelling in spellings if find_unit(spelling) is not expected] == []


@pytest.mark.parametrize("symbol", ["", "abc", "€", "mw", "mb/s", "to", "x" * 1_000])
def test_what_is_no_unit_or_could_be_two_is_not_found(symbol):
    assert find_unit(symbol) is None


def test_every_symbol_is_unique_and_finds_its_own_unit():
    symbols = Counter(unit.symbol for unit in UNITS)

    assert max(symbols.values()) == 1
    assert [symbol for symbol in symbols if not is_normalized("NFKC", symbol)] == []
    assert [unit.symbol for unit in UNITS if find_unit(unit.symbol) is not unit] == []


@pytest.mark.parametrize(
    ("number", "from_unit", "to_unit", "expected"),
    [
        (15.49, "cm", "in", 6.09843),
        (512, "MB", "GB", 0.5),
        (1, "TB", "GB", 1024),
        (6.07, "oz", "g", 172.082),
        (1300, "万像素", "MP", 13),
        (32, "°F", "°C", 0),
        (-40, "F", "C", -40),
        (24, "months", "years", 2),
        (90, "min", "h", 1.5),
        (5, "Ah", "mAh", 5000),
        (1, "PB", "KB", 1024**4),
        (5, "mw", "mW", 5),
        (1, "kWh", "Wh", 1000),
        (1, "克拉", "g", 0.2),
    ],
)
def test_a_number_is_converted(number, from_unit, to_unit, expected):
    assert convert(number, from_unit, to_unit) == expected


@pytest.mark.parametrize(
    ("from_unit", "to_unit", "reason"),
    [
        ("g", "in", "cannot turn g into in: mass is not length"),
        ("inchez", "in", "'inchez' is not a known unit; did you mean .*inch"),
        ("in", "蘋果", "'蘋果' is not a known unit"),
        ("mw", "W", "may be mW or MW"),
    ],
)
def test_a_conversion_that_means_nothing_says_why(from_unit, to_unit, reason):
    with pytest.raises(ValueInvalid, match=reason):
        convert(1.0, from_unit, to_unit)


@pytest.mark.parametrize("number", [math.nan, math.inf, 1e308])
def test_a_conversion_never_leaves_the_finite_numbers(number):
    with pytest.raises(ValueInvalid, match="finite"):
        convert(number, "km", "nm")


@given(
    st.floats(min_value=1e-3, max_value=1e6),
    st.sampled_from(UNITS),
    st.sampled_from(UNITS),
)
def test_there_and_back_is_the_same_number_but_for_the_rounding(number, one, other):
    assume(one.dimension == other.dimension and not one.offset and not other.offset)

    there = convert(number, one.symbol, other.symbol)

    assert convert(there, other.symbol, one.symbol) == pytest.approx(number, rel=2e-5)


@given(st.text(), st.text())
def test_any_two_texts_are_converted_or_refused(from_unit, to_unit):
    try:
        converted = convert(1.0, from_unit, to_unit)
    except ValueInvalid:
        return
    assert math.isfinite(converted)
