"""Who looks for a value is shown what says it in more words, too."""

import pytest

from ml.grounding.wordings import MOST, Wordings

TEXTS = {
    "colour": ["black", "Matte Black", "Black/White", "Grey", "Space Gray", "Blackish", "Grex"],
    "size": ["7", "7-10", "M", "M/L", "L", "2L"],
    "material": ["Woven", "Non-Woven", "Woven cotton"],
    "lining": ["black felt"],
}


@pytest.fixture(scope="module")
def wordings():
    return Wordings(
        (parameter, f"{parameter}={text}", text)
        for parameter, texts in TEXTS.items()
        for text in texts
    )


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("colour=black", ["colour=black", "colour=Matte Black", "colour=Black/White"]),
        ("colour=Matte Black", ["colour=Matte Black"]),
        ("colour=Grey", ["colour=Grey", "colour=Space Gray"]),
        ("colour=Space Gray", ["colour=Space Gray"]),
        ("size=M", ["size=M", "size=M/L"]),
        ("size=7", ["size=7"]),
        ("size=L", ["size=L", "size=M/L"]),
        ("material=Woven", ["material=Woven", "material=Woven cotton"]),
        ("colour=no such value", ["colour=no such value"]),
        ("brand=acme", ["brand=acme"]),
    ],
)
def test_values_of_the_same_parameter_with_all_of_its_words(wordings, value, found):
    assert sorted(wordings.of(value)) == sorted(found)
    assert wordings.of(value)[0] == value


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("gray",), ["colour=Grey", "colour=Space Gray"]),
        (("grey", "space"), ["colour=Space Gray"]),
        (("black", "felt"), []),
        ((), []),
    ],
)
def test_words_that_are_no_value_find_those_that_have_them(wordings, words, found):
    assert sorted(wordings.saying("colour", words)) == sorted(found)


def test_those_that_count_most_are_kept_where_there_are_very_many():
    values = ((f"colour={number}", f"black {number}") for number in range(2 * MOST))
    many = Wordings(("colour", *value) for value in (("colour=black", "black"), *values))

    assert many.of("colour=black") == (
        "colour=black", *(f"colour={number}" for number in range(MOST - 1))
    )  # fmt: skip
