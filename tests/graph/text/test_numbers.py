"""Numbers as catalogs write them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import ValueInvalid
from graph.text import format_number, parse_number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("128", 128),
        ("-3", -3),
        ("+3", 3),
        ("−4", -4),
        (" 6.10 ", 6.1),
        (".5", 0.5),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1.234.567", 1234567),
        ("1,234", 1234),
        ("1,29,999", 129999),
        ("15,49", 15.49),
        ("0,125", 0.125),
        ("1.234", 1.234),
        ("1 234", 1234),
        ("1\u00a0234,5", 1234.5),
        ("1'234.50", 1234.5),
        ("１２８", 128),
        ("１，２３４", 1234),
        ("~ 5", 5),
        ("about 5.5", 5.5),
        ("Approx. 5", 5),
        ("约5000", 5000),
        ("2.5e3", 2500),
        ("1.2万", 12_000),
        ("1.1 萬", 11_000),
        ("约3亿", 300_000_000),
    ],
)
def test_a_number_is_read_however_it_is_written(text, expected):
    assert parse_number(text) == expected


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [("1,234", ",", 1.234), ("1.234", ",", 1234), ("1,234", ".", 1234), ("1.234", ".", 1.234)],
)
def test_a_stated_decimal_sign_settles_what_is_ambiguous(text, decimal, expected):
    assert parse_number(text, decimal=decimal) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-", ".", "½", "1½", "10²", "1.5k", "4.4.2", "12,345,67", "1 23", "5.", "--3"),
        *("nan", "inf", "1e999", "9" * 390, "9" * 10_000, "8 GB", "٣", "1_000", "0x1F", "1.2,3.4"),
    ],
)
def test_what_is_not_one_number_is_refused(text):
    with pytest.raises(ValueInvalid):
        parse_number(text)


@pytest.mark.parametrize(("text", "decimal"), [("15,49", "."), ("6.1", ",")])
def test_a_sign_that_the_column_does_not_use_is_refused(text, decimal):
    with pytest.raises(ValueInvalid, match="decimal sign"):
        parse_number(text, decimal=decimal)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(128.0, "128"), (6.1, "6.1"), (-0.0, "0"), (0.00001, "0.00001"), (1e15, "1" + "0" * 15)],
)
def test_a_number_is_written_without_an_exponent(number, expected):
    assert format_number(number) == expected


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_not_written(number):
    with pytest.raises(ValueInvalid, match="finite"):
        format_number(number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_written_reads_back_as_the_same_number(number):
    assert parse_number(format_number(number), decimal=".") == number


@given(st.text() | st.text("0123456789.,-+e '~"), st.sampled_from(["auto", ".", ","]))
def test_any_text_is_a_finite_number_or_refused(text, decimal):
    try:
        number = parse_number(text, decimal=decimal)
    except ValueInvalid:
        return
    assert math.isfinite(number)
