"""Which statement counts, whatever order they come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.precedence import by_standing, settle
from graph.records import FactView


def fact(value="1", source="shop", origin="catalog", **more):
    parameter = more.pop("parameter", "ram")
    stated = {"status": "accepted", "valid_from": "2025-03-01T00:00:00Z", **more}
    return FactView(
        parameter=parameter,
        name=parameter,
        value=f"{parameter}={value}",
        text=value,
        number=None,
        unit=None,
        origin=origin,
        confidence=1.0,
        source=source,
        evidence=None,
        run=None,
        **stated,
    )


def preferred(facts, sources=()):
    return [(one.value, one.source) for one in settle(facts, sources) if one.preferred]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (fact("1", None, "reviewed"), fact("2")),
        (fact("1"), fact("2", "shop", "extracted")),
        (fact("1", "shop", "extracted"), fact("2", None, "predicted")),
        (fact("1", "second"), fact("2", "unnamed", valid_from="2026-01-01T00:00:00Z")),
        (fact("1", "first"), fact("2", "second", valid_from="2026-01-01T00:00:00Z")),
        (fact("1", "z", valid_from="2025-03-02T00:00:00Z"), fact("2", "a")),
        (fact("1", "z", valid_from="2025-03-01T00:00:00.5Z"), fact("2", "a")),
        (fact("1", "z"), fact("2", "a", valid_from=None)),
        (fact("1", "a"), fact("2", "b")),
        (fact("1", None, "predicted"), fact("2", None, "reviewed", status="proposed")),
        # The order is among catalogs: of a prediction it says nothing.
        (
            fact("1", "x", "predicted", valid_from="2026-01-01T00:00:00Z"),
            fact("2", "first", "predicted"),
        ),
    ],
)
def test_of_two_that_contradict_each_other_one_counts(better, worse):
    for facts in ([better, worse], [worse, better]):
        assert preferred(facts, ("first", "second")) == [(better.value, better.source)]


def test_who_knows_more_values_contradicts_nobody():
    facts = [fact("black", "a"), fact("black", "b"), fact("white", "b")]

    assert settle(facts, ()) == tuple(facts)


def test_a_group_that_the_settled_one_contradicts_does_not_count_for_what_others_share():
    facts = [fact("8", "a"), fact("16", "b"), fact("8", "c"), fact("16", "c")]

    settled = settle(facts, ("a", "b", "c"))

    assert [one.preferred for one in settled] == [True, False, True, True]


def test_parameters_are_settled_apart():
    facts = [fact("1", "a"), fact("2", "b", parameter="rom")]

    assert settle(facts, ()) == tuple(facts)


def test_by_standing_the_statement_that_counts_comes_first():
    facts = [fact("3", "c"), fact("2", "b"), fact("4", "b"), fact("1", None, "predicted")]

    ordered = by_standing(facts, ("b",))

    assert [one.text for one in ordered] == ["2", "4", "3", "1"]
    assert [one.preferred for one in ordered] == [True, True, False, False]


SOURCES = ("maker", "north", "south")
some_facts = st.lists(
    st.builds(
        fact,
        value=st.sampled_from("1234"),
        source=st.sampled_from([None, "north", "south", "maker", "west"]),
        origin=st.sampled_from(["catalog", "extracted", "predicted", "reviewed"]),
        parameter=st.sampled_from(["ram", "rom"]),
        status=st.sampled_from(["accepted", "accepted", "proposed"]),
        valid_from=st.sampled_from(
            [None, "2025-03-01T00:00:00Z", "2025-03-01T00:00:00.5Z", "2026-01-01T00:00:00Z"]
        ),
    ),
    max_size=8,
    unique_by=lambda one: (one.value, one.origin, one.source, one.status),
)


@given(some_facts, st.randoms(use_true_random=False), st.permutations(SOURCES))
def test_what_counts_does_not_depend_on_the_order_of_the_statements(facts, random, sources):
    shuffled = random.sample(facts, len(facts))

    assert set(settle(facts, sources)) == set(settle(shuffled, sources))
    for parameter in {one.parameter for one in facts}:
        of_it = [[one for one in some if one.parameter == parameter] for some in (facts, shuffled)]
        assert by_standing(of_it[0], sources) == by_standing(of_it[1], sources)


@given(some_facts, st.permutations(SOURCES))
def test_one_group_always_counts_and_accepted_ones_before_proposed(facts, sources):
    settled = settle(facts, sources)

    assert [(one.value, one.source) for one in settled] == [(f.value, f.source) for f in facts]
    for parameter in {one.parameter for one in facts}:
        of_it = [one for one in settled if one.parameter == parameter]
        assert any(one.preferred for one in of_it)
        accepted = [one for one in of_it if one.status == "accepted"]
        assert not accepted or any(one.preferred for one in accepted)


@given(some_facts, st.permutations(SOURCES))
def test_settling_what_is_settled_changes_nothing(facts, sources):
    once = settle(facts, sources)

    assert settle(once, sources) == once


@given(some_facts)
def test_where_nothing_is_contradicted_everything_counts(facts):
    agreeing = [fact("1", one.source, one.origin, parameter=one.parameter) for one in facts]

    assert all(one.preferred for one in settle(agreeing, SOURCES))
