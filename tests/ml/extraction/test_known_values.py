"""Known values are found in one pass, inside of words too."""

from ml.extraction.known_values import KnownValues
from ml.extraction.tokens import tokenise


def found(values, text):
    tokens = tokenise(text)
    known = KnownValues({value: n for n, value in enumerate(values)})
    return {tokens.low[hit.start : hit.end] for hit in known.hits(tokens)}


def test_values_are_found_whatever_their_case_and_length():
    assert found(["deep blue", "red"], "Deep Blue lamp, RED") == {"deep blue", "red"}


def test_a_value_may_be_a_part_of_a_word():
    assert found(["stripe"], "Striped lamp") == {"stripe"}


def test_short_ones_and_numbers_must_be_whole():
    assert found(["xl", "18"], "axle 2018") == set()
    assert found(["xl", "18"], "XL 18") == {"xl", "18"}
