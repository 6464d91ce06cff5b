"""Patterns of mapping files, also hostile ones."""

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
    assert list(Pattern(expression).found(text)) == found


def test_what_is_no_regular_expression_is_refused():
    with pytest.raises(ValueError, match="is not a regular expression"):
        Pattern("(")


def test_a_search_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(patterns, "SEARCH_LIMIT_S", 0.05)

    with pytest.raises(ValueInvalid, match="took over"):
        list(Pattern(BACKTRACKING).found(HOSTILE))


def test_a_pattern_that_is_slow_again_and_again_ends_the_import(monkeypatch):
    monkeypatch.setattr(patterns, "SEARCH_LIMIT_S", 0.01)
    pattern = Pattern(BACKTRACKING)
    for _ in range(patterns.SLOW_CELLS_MAX):
        with pytest.raises(ValueInvalid):
            list(pattern.found(HOSTILE))

    with pytest.raises(MappingInvalid, match="match in two ways"):
        list(pattern.found(HOSTILE))
