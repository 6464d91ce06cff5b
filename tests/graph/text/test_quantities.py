"""Numbers with units, in cells and in free text."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import ValueInvalid
from graph.text import find_quantities, find_unit, parse_quantity


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("6.1 inches", "in", 6.1),
        ("6.1", "in", 6.1),
        ('6.1"', "in", 6.1),
        ("6.1”", "in", 6.1),
        ("6.1英寸", "in", 6.1),
        ("5 in.", "in", 5),
        ("8GB", "GB", 8),
        ("8 GB", "GB", 8),
        ("8G", "GB", 8),
        ("8g", "GB", 8),
        ("8Gb", "GB", 8),
        ("512 MB", "GB", 0.5),
        ("172 g (6.07 oz)", "g", 172),
        ("172G", "g", 172),
        ("172 g [approx.]", "g", 172),
        ("10 h (music) (2G)", "h", 10),
        ("~5 kg", "g", 5000),
        ("1,500 mAh", "mAh", 1500),
        ("1 500 mAh", "mAh", 1500),
        ("３０００毫安", "mAh", 3000),
        ("1300万像素", "MP", 13),
        ("12M", "MP", 12),
        ("-5°C", "°C", -5),
        ("100 %", "%", 100),
        ("2 lb 3 oz", "g", 992.234),
        ("4 h 30 min", "min", 270),
        ("1小时30分钟", "h", 1.5),
        ("5'10\"", "in", 70),
    ],
)
def test_a_cell_is_read_in_the_unit_that_is_asked_for(text, unit, expected):
    assert parse_quantity(text, unit=unit) == expected


def test_decimals_bring_a_converted_number_to_the_precision_of_the_column():
    assert parse_quantity("15,49 cm", unit="in", decimals=1) == 6.1


def test_the_decimal_sign_of_the_column_is_kept():
    assert parse_quantity("1,234 kg", unit="kg", decimal=",") == 1.234


@pytest.mark.parametrize(
    ("text", "unit", "reason"),
    [
        ("", "in", "the cell is empty; expected a quantity such as 6.1 in"),
        ("n/a", "in", "'n/a' does not start with a number"),
        ("6.1 in abc", "in", "'abc' after '6.1 in' is not understood"),
        ("8GB RAM", "GB", "'RAM' after '8 GB' is not understood"),
        ("4 GB, 512 MB RAM", "GB", "', 512 MB RAM' after '4 GB'"),
        ("5-6 h", "h", "'-6 h' after '5'"),
        ("3 oz 2 lb", "g", "'2 lb' after '3 oz'"),
        ("10²", "cm", "'²' after '10'"),
        ("5 inchez", "in", "'inchez' is not a known unit; did you mean"),
        ("5 g", "in", "mass is not length"),
        ("5", "furlongs", "'furlongs' is not a known unit"),
        ("1.2.3 g", "g", "not a number with one decimal sign"),
        ("9" * 500, "g", "500 characters"),
        ("1 d 1 h 1 min 1 s 1 ms 1 ns", "s", "'1 ns' after '1 d'"),
    ],
)
def test_a_cell_with_more_or_less_than_one_quantity_is_refused(text, unit, reason):
    with pytest.raises(ValueInvalid) as refused:
        parse_quantity(text, unit=unit)

    assert reason in refused.value.reason


@given(
    st.text() | st.text("0123456789.,'\" gGBmin()~-"),
    st.sampled_from(["in", "GB", "g", "°C", "pcs", "?"]),
)
def test_any_cell_is_a_finite_number_or_refused(text, unit):
    try:
        number = parse_quantity(text, unit=unit)
    except ValueInvalid:
        return
    assert math.isfinite(number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Apple iPhone 6s 64GB 4.7 inch", [("64GB", 64, "GB"), ("4.7 inch", 4.7, "in")]),
        ("小米 6.1英寸 8G+128G", [("6.1英寸", 6.1, "in"), ("8G", 8, "GB"), ("128G", 128, "GB")]),
        ("4GB/64GB", [("4GB", 4, "GB"), ("64GB", 64, "GB")]),
        ("５０００毫安时电池", [("５０００毫安时", 5000, "mAh")]),
        ("lamp, 9 W and 9W, -20 °C", [("9W", 9, "W"), ("-20 °C", -20, "°C")]),
        ("ruler 30 cm x 15mm", [("30 cm", 30, "cm"), ("15mm", 15, "mm")]),
        ("37.7 cm2 (~53.4% used)", [("37.7 cm2", 37.7, "cm2"), ("53.4%", 53.4, "%")]),
        ("TV 3D 4K 2 in 1, S9 mm, model 12", []),
        ("1.2.3 mm", []),
        ("20 000 mm", [("20 000 mm", 20_000, "mm")]),
        ("1\u202f200 kg", [("1\u202f200 kg", 1_200, "kg")]),
        ("Nova 8 256 GB", [("256 GB", 256, "GB")]),
    ],
)
def test_quantities_are_found_in_free_text_where_they_stand(text, expected):
    found = [(text[start:end], number, unit) for start, end, number, unit in find_quantities(text)]

    assert found == expected


@given(st.text() | st.text("0123456789., gGBmin()~-英寸"))
def test_found_quantities_lie_in_the_text_in_order(text):
    end_before = 0
    for start, end, number, unit in find_quantities(text):
        assert end_before <= start < end <= len(text)
        assert math.isfinite(number)
        assert find_unit(unit) is not None
        end_before = end
