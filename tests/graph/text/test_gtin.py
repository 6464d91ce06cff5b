"""Global trade item numbers."""

import pytest

from graph.text import gtin_of


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("4006381333931", "04006381333931"),
        ("4 006381-333931", "04006381333931"),
        ("73513537", "00000073513537"),
        ("036000291452", "00036000291452"),
        ("36000291452", "00036000291452"),  # a spreadsheet has lost the zero
        ("4006381333932", None),
        ("1234567", None),
        ("00000000", None),
        ("\u0664006381333931", None),
        ("", None),
    ],
)
def test_a_number_is_checked_by_its_last_digit(written, number):
    assert gtin_of(written) == number
