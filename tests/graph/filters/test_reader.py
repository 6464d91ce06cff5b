"""Expressions read into filters, and filters written as expressions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import FilterInvalid
from graph.filters import Filter, Has, OneOf, Quantity, Range, Term, parse

INCH_6_5 = Quantity(6.5, "in")


def at_least(quantity):
    return Range(low=quantity)


def at_most(quantity):
    return Range(high=quantity)


@pytest.mark.parametrize(
    ("expression", "term"),
    [
        ("brand:samsung", Term("brand", OneOf(("samsung",)))),
        ("BRAND=samsung", Term("brand", OneOf(("samsung",)))),
        ("brand != samsung", Term("brand", OneOf(("samsung",)), negated=True)),
        ("-brand!=samsung", Term("brand", OneOf(("samsung",)))),
        ("brand:samsung,apple", Term("brand", OneOf(("samsung", "apple")))),
        ('brand:"sony ericsson",htc', Term("brand", OneOf(("sony ericsson", "htc")))),
        ("brand：“三星 电子”", Term("brand", OneOf(("三星 电子",)))),
        (r'note:"a \"b\" \\ c"', Term("note", OneOf(('a "b" \\ c',)))),
        ("id:shop:a-1", Term("id", OneOf(("shop:a-1",)))),
        ("id:shop:a..b", Term("id", OneOf(("shop:a..b",)))),
        ("id:ＡＢ", Term("id", OneOf(("ＡＢ",)))),
        ("display>=6.5in", Term("display", at_least(INCH_6_5))),
        ("display >= 6.5 in", Term("display", at_least(INCH_6_5))),
        ("display≥6.5in", Term("display", at_least(INCH_6_5))),
        ('display>="6.5 in"', Term("display", at_least(INCH_6_5))),
        ('display>=6.5"', Term("display", at_least(Quantity(6.5, '"')))),
        ("屏幕 <= 6.5 英寸", Term("屏幕", at_most(Quantity(6.5, "英寸")))),
        ("volume>5 fl oz", Term("volume", Range(low=Quantity(5, "fl oz"), low_inclusive=False))),
        ("display<6.5in", Term("display", Range(high=INCH_6_5, high_inclusive=False))),
        ("temperature>=-5°C", Term("temperature", at_least(Quantity(-5, "°C")))),
        ("display:5..6.5in", Term("display", Range(Quantity(5, "in"), INCH_6_5))),
        ("display:5..6.5 in", Term("display", Range(Quantity(5, "in"), INCH_6_5))),
        ("display:10cm..6.5in", Term("display", Range(Quantity(10, "cm"), INCH_6_5))),
        ('"battery capacity">=5', Term("battery capacity", at_least(Quantity(5)))),
        ("ram:4 GB,8GB", Term("ram", OneOf(("4 GB", "8GB")))),
        ("price:100..300", Term("price", Range(Quantity(100), Quantity(300)))),
        ("price:..300", Term("price", at_most(Quantity(300)))),
        ("price:100..", Term("price", at_least(Quantity(100)))),
        ("price:99.5", Term("price", Range(Quantity(99.5), Quantity(99.5)))),
        ("price<1e3", Term("price", Range(high=Quantity(1000), high_inclusive=False))),
        ("has:nfc", Term("nfc", Has())),
        ("-has:nfc", Term("nfc", Has(), negated=True)),
        ('has:"battery capacity"', Term("battery capacity", Has())),
        ("has:Price", Term("price", Has())),
        ('"has":x', Term("has", OneOf(("x",)))),
        ("in_stock:TRUE", Term("in_stock", OneOf(("yes",)))),
        ("in-stock:no", Term("in_stock", OneOf(("no",)))),
        ("CLOSED:Yes", Term("closed", OneOf(("yes",)))),
        ("-closed:0", Term("closed", OneOf(("no",)), negated=True)),
        ("kind:Model", Term("kind", OneOf(("model",)))),
    ],
)
def test_a_term_says_what_it_means(expression, term):
    assert parse(expression).terms == (term,)


@pytest.mark.parametrize(
    ("expression", "canonical"),
    [
        (
            "brand:samsung display>=6.5in price:100..300 -has:nfc",
            "brand:samsung display>=6.5in price:100..300 -has:nfc",
        ),
        ("  display  >=  6.5  inch\n-brand = x ", "display>=6.5inch -brand:x"),
        ("display>=6 in_stock:yes", "display>=6 in_stock:yes"),
        ("display>=6 in:3", "display>=6 in:3"),
        ("weight<200 g h>=3", "weight<200g h>=3"),
        ('display>=6 "in":3', "display>=6 in:3"),
        ("", ""),
        (" \t ", ""),
    ],
)
def test_terms_are_divided_by_spaces_and_units_are_no_terms(expression, canonical):
    assert str(parse(expression)) == canonical


@pytest.mark.parametrize(
    ("expression", "position", "reason"),
    [
        ("brand", 5, "expected one of : = != < <= > >= after 'brand', such as brand:samsung"),
        ("brand:sony ericsson", 19, 'needs quotes, such as brand:"sony ericsson"'),
        ("brand:", 6, "expected a value directly after ':', such as brand:samsung"),
        ("brand:a,", 8, "expected a value directly after ','"),
        ("brand:a, b", 8, "expected a value directly after ','"),
        ('brand:"a"b', 9, "expected a space"),
        ('brand:"a', 6, "never closed"),
        ('brand:"a\\"', 6, "never closed"),
        ('brand:""', 6, "expected something between the quotes"),
        (":x", 0, "expected the name of a field"),
        ("a:1 -", 5, "expected the name of a field"),
        ("--a:1", 1, "expected the name of a field"),
        ("brand>=5", 7, "brand holds no number; write brand:value"),
        ("display>=", 9, "expected a value directly after '>=', such as display>=6.5in"),
        ("display>=big", 9, "expected a number, such as 6.5in or 300, not 'big'"),
        ("display>=6,5", 10, "with a point as decimal sign"),
        ("display>=6.5inchez", 12, "'inchez' is not a known unit; did you mean"),
        ("display>=6.5 inchez", 19, "expected one of"),
        ("display>=1e999", 9, "too large"),
        ("display:..", 8, "expected a number before or after '..'"),
        ("display:a..b", 8, "expected a number"),
        ("display:1..b", 11, "expected a number"),
        ("display:1..2,3", 12, "a range stands alone"),
        ("display:20cm..5in", 8, "nothing lies in 20cm..5in; write the smaller number first"),
        ("display:5in..6g", 8, "mass is not length"),
        ("price:300..100", 6, "nothing lies in 300..100"),
        ("price>=100EUR", 10, "a price is a bare number"),
        ("price:1,000", 7, "without commas"),
        ("price:cheap", 6, "a price is a bare number"),
        ("has:nfc,gps", 7, "such as has:nfc has:gps"),
        ("has>nfc", 4, "has takes the name of a parameter"),
        ("in_stock:maybe", 9, "expected in_stock:yes or in_stock:no"),
        ("in_stock:yes,no", 9, "expected in_stock:yes or in_stock:no"),
        ("closed:soon", 7, "expected closed:yes or closed:no"),
        ("closed:yes,no", 7, "expected closed:yes or closed:no"),
        ("closed>2025", 7, "closed holds no number; write closed:value"),
        ("kind:phone", 5, "expected kind:product or kind:model"),
        ("a:1 " * 33, 128, "at most 32 terms"),
        ("a" * 2_001, 2_000, "2001 characters; at most 2000"),
    ],
)
def test_an_error_points_at_the_character_and_says_what_was_expected(expression, position, reason):
    with pytest.raises(FilterInvalid) as refused:
        parse(expression)

    assert reason in refused.value.reason
    assert refused.value.position == position


def test_a_term_knows_its_place_without_being_different_for_it():
    first, second = parse("a:1  a:1").terms

    assert (first.position, second.position) == (0, 5)
    assert first == second


def test_two_filters_joined_keep_the_places_of_their_terms():
    joined = parse("brand:x").and_(parse("  has:nfc"))

    assert joined == parse("brand:x has:nfc")
    assert [joined.expression[term.position :][:3] for term in joined.terms] == ["bra", "has"]


def test_an_empty_filter_adds_nothing():
    some = parse("brand:x")

    assert Filter().and_(some) == some.and_(Filter()) == some


def test_a_range_with_two_ends_includes_both():
    with pytest.raises(ValueError, match="two that it includes"):
        Range(Quantity(1), Quantity(2), low_inclusive=False)
    with pytest.raises(ValueError, match="one end"):
        Range()


words = st.text(min_size=1, max_size=12) | st.sampled_from(
    ["battery capacity", "in", "has", "price", 'a"b\\', "“x”", "5", "5..6", "-x", "５", "＂", "a,b"]
)
quantities = st.builds(
    Quantity,
    st.floats(-1e20, 1e20) | st.integers(-99, 99).map(float),
    st.sampled_from([None, "in", "GB", '"', "英寸", "fl oz", "°C"]),
)
ranges = (
    st.builds(at_least, quantities)
    | st.builds(at_most, quantities)
    | st.builds(lambda low: Range(low=low, low_inclusive=False), quantities)
    | st.builds(
        lambda low, width: Range(low, Quantity(low.number + width, low.unit)),
        quantities,
        st.floats(0, 1e6),
    )
)
parameters = words.filter(
    lambda word: word.casefold() not in {"price", "in_stock", "closed", "kind"}
)
terms = st.builds(
    Term,
    parameters.map(lambda word: f"parameter {word}") | st.sampled_from(["display", "屏幕", "has"]),
    st.builds(OneOf, st.lists(words, min_size=1, max_size=3).map(tuple)) | ranges | st.just(Has()),
    st.booleans(),
)


@given(st.lists(terms, max_size=4).map(lambda found: Filter(tuple(found))))
def test_a_filter_written_out_reads_back_as_itself(original):
    assert parse(str(original)) == original


@given(st.text() | st.text('abin:=<>!-., "\\0123456789品'))
def test_any_text_is_a_filter_that_survives_writing_or_is_refused_at_a_place(expression):
    try:
        found = parse(expression)
    except FilterInvalid as error:
        position = error.position
    else:
        position = 0
        assert parse(str(found)) == found
    assert 0 <= position <= len(expression)
