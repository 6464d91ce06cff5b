"""Filters bound to the parameters of a graph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import FilterInvalid
from graph.filters import Has, OneOf, Quantity, Range, Term, bind, parse
from graph.records import Parameter
from graph.text import normalise_value

PARAMETERS = {
    parameter.id: parameter
    for parameter in (
        Parameter(id="display", name="Display size", kind="number", unit="in", names=("屏幕",)),
        Parameter(id="battery", name="Battery capacity", kind="number", unit="mAh"),
        Parameter(id="laser", name="Laser", kind="number", unit="mW"),
        Parameter(id="year", name="Year", kind="number"),
        Parameter(id="chipset", name="Chipset", kind="text", names=("Processor",)),
        Parameter(id="cpu", name="CPU", kind="text", names=("processor",)),
        Parameter(id="nfc", name="NFC", kind="boolean"),
    )
}


def bound(expression):
    return bind(parse(expression), PARAMETERS)


@pytest.mark.parametrize(
    ("expression", "term"),
    [
        ("display>=6.5", Term("display", Range(low=Quantity(6.5, "in")))),
        ("display>=16.51cm", Term("display", Range(low=Quantity(6.5, "in")))),
        ("屏幕≥6.5寸", Term("display", Range(low=Quantity(6.5, "in")))),
        ("DISPLAY-SIZE<6.5in", Term("display", Range(None, Quantity(6.5, "in"), True, False))),
        ('"battery capacity":5Ah..', Term("battery", Range(low=Quantity(5000, "mAh")))),
        ("laser>=5mw", Term("laser", Range(low=Quantity(5, "mW")))),
        ("year>=2015", Term("year", Range(low=Quantity(2015)))),
        ("year:2015,2016", Term("year", OneOf(("year=2015", "year=2016")))),
        ("display:6.50in,16.51cm", Term("display", OneOf(("display=6.5in",)))),
        ('chipset:"SNAPDRAGON 410"', Term("chipset", OneOf(("chipset=snapdragon-410",)))),
        ("chipset:chipset=exynos", Term("chipset", OneOf(("chipset=exynos",)))),
        ("-nfc:有", Term("nfc", OneOf(("nfc=yes",)), negated=True)),
        ("has:屏幕", Term("display", Has())),
        ('brand:"Sony  Ericsson"', Term("brand", OneOf(("sony-ericsson",)))),
        ('category:"Home & Garden/Lamps"', Term("category", OneOf(("home-garden/lamps",)))),
        ('model:"Galaxy S9+"', Term("model", OneOf(("galaxy-s9-plus",)))),
        ("source:Shop.Example", Term("source", OneOf(("shop.example",)))),
        ("id:Shop:A-1", Term("id", OneOf(("Shop:A-1",)))),
        ("price:1..2", Term("price", Range(Quantity(1), Quantity(2)))),
        ("has:price", Term("price", Has())),
        ("in_stock:1", Term("in_stock", OneOf(("yes",)))),
        ("closed:true", Term("closed", OneOf(("yes",)))),
    ],
)
def test_names_become_ids_and_quantities_the_unit_of_the_parameter(expression, term):
    assert bound(expression).terms == (term,)


def test_a_bound_value_is_the_id_that_the_import_gives():
    raw = "Qualcomm® Snapdragon™ 8 Gen 2"

    (term,) = bound(f'chipset:"{raw}"').terms

    assert term.condition == OneOf((normalise_value(raw, PARAMETERS["chipset"]).id,))


@pytest.mark.parametrize(
    ("expression", "position", "reason"),
    [
        ("a:1", 0, "no parameter is called 'a'; write a parameter's id or name"),
        ("year:1 displya>=6", 7, "no parameter is called 'displya'; did you mean display"),
        ("brnad:x", 0, "did you mean brand"),
        ("processor:x", 0, "'processor' may be chipset or cpu; write its id"),
        ("year:1 chipset>5", 7, "chipset holds no numbers; write chipset:value"),
        ("year:1 -display>=6g", 7, "cannot turn g into in: mass is not length"),
        ("year>=2015g", 0, "year has no unit; leave out 'g'"),
        ("nfc:maybe", 0, "'maybe' is neither yes nor no"),
        ("display:big", 0, "'big' does not start with a number"),
        ("year:1 has:wifi", 7, "no parameter is called 'wifi'"),
    ],
)
def test_what_means_nothing_in_this_graph_is_refused_where_it_stands(expression, position, reason):
    with pytest.raises(FilterInvalid) as refused:
        bound(expression)

    assert reason in refused.value.reason
    assert refused.value.position == position
    assert refused.value.expression == expression


def test_a_joined_filter_is_refused_at_the_place_in_both():
    joined = parse("brand:x").and_(parse("wifi:yes"))

    with pytest.raises(FilterInvalid) as refused:
        bind(joined, PARAMETERS)

    assert refused.value.expression[refused.value.position :] == "wifi:yes"


fields = st.sampled_from(["display", "year", "chipset", "nfc", "brand", "price", "id", "category"])
conditions = st.text(max_size=20) | st.sampled_from([">=5in", ":5..6", ":yes", ":a,b", '="x y"'])


@given(st.lists(st.tuples(fields, conditions).map("".join), max_size=3).map(" ".join))
def test_binding_twice_is_binding_once_or_the_filter_is_refused(expression):
    try:
        once = bound(expression)
    except FilterInvalid:
        return
    assert bind(once, PARAMETERS) == once
    assert bind(parse(str(once)), PARAMETERS) == once
