"""Queries as they are compared: words, spelling, and places to mark."""

import pytest

from ml.search.highlights import ranges
from ml.search.spelling import Spelling
from ml.search.words import folded, part_numbers, prepared, split_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Galaxy S10e", ("galaxy", "s", "10", "e")),
        ("ＡＣＭＥ　１２８ＧＢ", ("acme", "128", "gb")),
        ("crème brûlée", ("creme", "brulee")),
        ("三星手机 8GB", ("三星", "星手", "手机", "8", "gb")),
        ("", ()),
    ],
)
def test_words_are_cut_between_letters_and_digits(text, words):
    assert split_words(text) == words


def test_a_code_is_found_in_the_joined_title():
    assert prepared("Acme KI 1312-F30").joined == "acmeki1312f30"
    assert folded("İ" * 10)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("WFC 3C26 uk", ("wfc3c26", "3c26uk", "wfc3c26uk")),
        ("KD-49XF7003BU", ("49xf7003bu", "49xf7003", "kd49xf7003bu", "kd49xf7003")),
        ("S7 edge", ("s7edge",)),
        ("x1 12345 black", ("x112345", "12345black", "x112345black")),
        ("white kettle", ()),
        ("黑色 12345", ()),
        ("", ()),
    ],
)
def test_part_numbers_are_joined_and_cut_behind_their_last_digit(text, numbers):
    assert part_numbers(text) == numbers


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("lanten", "lantern"),
        ("lantren", "lantern"),
        ("lantern", None),
        ("lamp", None),
        ("ki1312", None),
        ("xantern", None),
        ("灯笼灯笼", None),
    ],
)
def test_a_word_is_read_as_the_nearest_name(written, meant):
    assert Spelling([("Acme Lantern 6", 10), ("Lanterne", 1)]).correction(written) == meant


def test_two_letters_in_each_others_place_are_a_smaller_error_than_another_letter():
    assert Spelling([("stone", 9), ("stove", 1)]).correction("stvoe") == "stove"
    assert Spelling([("champ", 9), ("cheap", 1)]).correction("chaep") == "cheap"


def test_of_equally_near_names_the_frequent_one_is_meant():
    assert Spelling([("stone", 1), ("stove", 9)]).correction("stoke") == "stove"


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("Acme Lantern 128GB", "lantern 128 gb", ["Lantern", "128GB"]),
        ("Crème lamp", "creme", ["Crème"]),
        ("红色手机壳", "手机", ["手机"]),
        ("Acme", "", []),
        ("<b>acme</b> &amp;", "acme", ["acme"]),
        ("lamp " * 1_000, "lamp", ["lamp"] * 50),
    ],
)
def test_the_words_of_a_query_are_marked_where_they_stand(text, query, marked):
    assert [text[start:end] for start, end in ranges(text, query)] == marked
