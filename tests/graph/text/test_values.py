"""Cells as normalised values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import ValueInvalid
from graph.records import Parameter, Value
from graph.text import clean_text, normalise_value

DISPLAY = Parameter(id="display", name="Display", kind="number", unit="in")
YEAR = Parameter(id="year", name="Year", kind="number")
CHIPSET = Parameter(id="chipset", name="Chipset", kind="text")
NFC = Parameter(id="nfc", name="NFC", kind="boolean")


@pytest.mark.parametrize("raw", ["6.1 inches", '6.10"', "6,1 in", "6.1英寸", "６．１寸", "6.1"])
def test_every_spelling_of_a_size_is_one_value(raw):
    assert normalise_value(raw, DISPLAY) == Value(
        id="display=6.1in", parameter="display", text="6.1 in", number=6.1, unit="in"
    )


def test_a_number_without_a_unit_stays_bare():
    value = normalise_value("2015.04", YEAR, decimals=0)

    assert value == Value(id="year=2015", parameter="year", text="2015", number=2015.0)


def test_a_parameter_may_name_its_unit_by_any_spelling():
    parameter = Parameter(id="display", name="Display", kind="number", unit="inches")

    assert normalise_value("15.49 cm", parameter, decimals=1).id == "display=6.1in"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (" Snapdragon  410\n", "Snapdragon 410"),
        ("Snapdragon&reg; 410", "Snapdragon 410"),
        ("Ｓｎａｐｄｒａｇｏｎ　４１０", "Snapdragon 410"),
        ("SNAPDRAGON-410", "SNAPDRAGON-410"),
    ],
)
def test_a_text_keeps_its_case_and_shares_its_id(raw, text):
    assert normalise_value(raw, CHIPSET) == Value(
        id="chipset=snapdragon-410", parameter="chipset", text=text
    )


@pytest.mark.parametrize(
    ("raw", "text"),
    [(raw, "yes") for raw in ("Yes", "TRUE", "1", "有", "是", "oui", "✓", "yes (market dependent)")]
    + [(raw, "no") for raw in ("No", "false", "0", "无", "否", "不支持", "nein", "none")],
)
def test_yes_and_no_are_understood_in_several_languages(raw, text):
    assert normalise_value(raw, NFC) == Value(id=f"nfc={text}", parameter="nfc", text=text)


@pytest.mark.parametrize(
    ("raw", "parameter", "reason"),
    [
        ("", CHIPSET, "the cell is empty"),
        ("\u3000 &nbsp;", DISPLAY, "the cell is empty"),
        ("nan", YEAR, "not a number"),
        ("inf", DISPLAY, "does not start with a number"),
        ("10²", YEAR, "not a number"),
        ("optional", NFC, "'optional' is neither yes nor no"),
        ("x" * 1_001, CHIPSET, "1001 characters"),
        ("\ud800abc", CHIPSET, r"not UTF-8: U\+D800 at character 1"),
        ("172 g", DISPLAY, "mass is not length"),
    ],
)
def test_a_cell_without_a_meaning_is_refused_with_the_reason(raw, parameter, reason):
    with pytest.raises(ValueInvalid, match=reason):
        normalise_value(raw, parameter)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  Galaxy \t S9+\r\n64GB ", "Galaxy S9+ 64GB"),
        ("Salt &amp; Pepper", "Salt & Pepper"),
        ("三星　Ｓ９", "三星 Ｓ９"),
        ("a\x00b\u200bc\ufeff", "abc"),
        ("caf\u00e9\u00a0™", "caf\u00e9 ™"),
        ("👩\u200d🔧", "👩\u200d🔧"),
        ("safe\u202etxt", "safetxt"),
        ("", ""),
    ],
)
def test_a_title_keeps_its_characters_but_not_the_invisible_ones(raw, expected):
    assert clean_text(raw) == expected


@pytest.mark.parametrize(
    ("raw", "reason"),
    [("a\udcff", "not UTF-8"), ("&#" + "9" * 5_000 + ";", "character reference")],
)
def test_a_title_that_cannot_be_decoded_is_refused(raw, reason):
    with pytest.raises(ValueInvalid, match=reason) as refused:
        clean_text(raw)

    assert refused.value.value.encode("utf-8")
    assert len(refused.value.value) <= 1_000


@given(st.text(st.characters(codec="utf-8", exclude_characters="&")))
def test_cleaning_twice_is_cleaning_once(text):
    cleaned = clean_text(text)

    assert clean_text(cleaned) == cleaned


@given(st.text(st.characters(codec=None)), st.sampled_from([DISPLAY, YEAR, CHIPSET, NFC]))
def test_any_cell_is_a_value_or_refused(raw, parameter):
    try:
        value = normalise_value(raw, parameter)
    except ValueInvalid as error:
        (error.reason + error.value).encode("utf-8")
        return
    assert value.id.startswith(f"{parameter.id}=")
    assert value.text
    assert normalise_value(value.text, parameter, decimal=".").id == value.id
