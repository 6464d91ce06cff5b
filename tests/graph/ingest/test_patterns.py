"""Patterns of mapping files, also hostile ones."""

import itertools
from time import process_time

import pytest

from graph.errors import MappingInvalid, ValueInvalid
from graph.ingest import patterns
from graph.ingest.patterns import Pattern

BACKTRACKING = r"(a|aa)+$"
HOSTILE = "a" * 60 + "b"


@pytest.mark.parametrize(
    ("expression", "text", "found"),
    [
        (r"\d+", "4 and 8 GB", ["4", "8"]),
        (r"(\d+) ?GB|(\d+) ?MB", "4 GB, 512MB", ["4", "512"]),
        (r"x", "nothing", []),
    ],
)
def test_a_match_is_its_first_group_that_took_part_or_all_of_it(expression, text, found):
    pattern = Pattern(expression)

    assert pattern.found(text) == found
    assert pattern.first(text) == (found[0] if found else None)


def test_what_is_no_regular_expression_is_refused():
    with pytest.raises(ValueError, match="is not a regular expression"):
        Pattern("(")


def test_a_search_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(patterns, "SEARCH_LIMIT_S", 0.05)

    with pytest.raises(ValueInvalid, match="took over"):
        Pattern(BACKTRACKING).found(HOSTILE)


def test_processor_time_that_others_take_costs_no_cell(monkeypatch):
    monkeypatch.setattr(patterns, "SEARCH_LIMIT_S", 0.2)
    matches = itertools.count(1)
    told = patterns._told

    def is_kept_from_work_once(match):
        if next(matches) == 100:
            until = process_time() + 0.5
            while process_time() < until:
                pass
        return told(match)

    monkeypatch.setattr(patterns, "_told", is_kept_from_work_once)

    assert Pattern(r"\d+").found("12 " * 500) == ["12"] * 500
    assert next(matches) > 501  # it began once more


def test_a_pattern_that_is_slow_again_and_again_ends_the_import(monkeypatch):
    monkeypatch.setattr(patterns, "SEARCH_LIMIT_S", 0.01)
    pattern = Pattern(BACKTRACKING)
    for _ in range(patterns.SLOW_CELLS_MAX):
        with pytest.raises(ValueInvalid):
            pattern.found(HOSTILE)

    with pytest.raises(MappingInvalid, match="match in two ways"):
        pattern.found(HOSTILE)
