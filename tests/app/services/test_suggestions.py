"""Names that somebody may be typing: begun, behind other words, misspelt."""

import pytest

from app.services.suggestions import Suggester
from graph.repositories.names import NamedItems
from ml.search.spelling import Spelling

NAMES = [
    NamedItems("brand", "acme", "Acme", ("ACME", "艾克米"), 70),
    NamedItems("category", "lamps", "Lamps", ("Lamp",), 50),
    NamedItems("model", "acme-lantern-6", "Acme Lantern 6", (), 3),
    NamedItems("value", "colour=red", "Crème Red", ("红色",), 30, "colour"),
    NamedItems("value", "made=leather", "Leather", (), 20, "made"),
    NamedItems("value", "lining=leather", "Leather", (), 10, "lining"),
    NamedItems("model", "anns-kettle", "Ann's Kettle", (), 1),
    NamedItems("model", "strasse-1", "Straße 12", (), 1),
    NamedItems("model", "eclair-9", "E\u0301clair 9", (), 1),
]
SUGGESTER = Suggester(NAMES, Spelling((one.name, one.items) for one in NAMES))


def completed(typed):
    found = SUGGESTER.suggest(typed, limit=5)
    for one in found:
        start, end = one.highlight
        assert 0 <= start < end <= len(one.text)
    return [one.text for one in found]


@pytest.mark.parametrize(
    ("typed", "texts"),
    [
        ("ac", ["Acme", "Acme Lantern 6"]),
        ("ＬＡＮ", ["Acme Lantern 6"]),
        ("creme", ["Crème Red"]),
        ("克米", ["艾克米"]),
        ("lamp", ["Lamp"]),
        ("zzz", []),
        ("  ", []),
        ("x" * 500, []),
        ("ﾞ", []),
        ("\ufc5e", []),
    ],
)
def test_names_are_completed(typed, texts):
    assert completed(typed) == texts


def test_another_name_of_one_thing_hides_no_other_thing_that_is_called_so():
    names = [
        NamedItems("brand", "acme", "Acme", ("Acme Labs",), 70),
        NamedItems("brand", "labs", "Acme Labs", (), 3),
    ]
    found = Suggester(names, Spelling([])).suggest("acm", limit=5)

    assert [one.id for one in found] == ["acme", "labs"]


def test_completions_say_what_they_are_and_how_many_items_have_them():
    [found] = SUGGESTER.suggest("红", limit=5)

    assert (found.kind, found.id, found.parameter, found.items) == (
        "value",
        "colour=red",
        "colour",
        30,
    )


@pytest.mark.parametrize(
    ("typed", "queries"),
    [
        ("lan", ["Acme Lantern 6"]),
        ("Cheap  lan", ["Cheap Acme Lantern 6"]),
        ("(lan", ["(Acme Lantern 6"]),
        ("cheap acme lan", ["cheap Acme Lantern 6"]),
        ("便宜 红", ["便宜 红色"]),
        ("便宜红", ["便宜红色"]),
        ("便宜lan", ["便宜Acme Lantern 6"]),
        ("cheap l", []),
        ("women's-lan", []),
        ("Ann's lan", ["Ann's Acme Lantern 6"]),
        ("not 'lan", ["not 'Acme Lantern 6"]),
        ("ann’s k", ["Ann's Kettle"]),
        ("x" * 90 + " lan", ["x" * 90 + " Acme Lantern 6"]),
    ],
)
def test_the_last_words_are_completed_behind_others_that_stay(typed, queries):
    assert [one.query for one in SUGGESTER.suggest(typed, limit=5)] == queries


@pytest.mark.parametrize(
    ("typed", "texts"),
    [
        ("lanetr", ["Acme Lantern 6"]),
        ("leahter", ["Leather"]),
        ("acne lant", ["Acme Lantern 6"]),
        ("acmee lantren", ["Acme Lantern 6"]),
        ("big lantren", ["Acme Lantern 6"]),
        ("lax", []),
        ("lathe", []),
    ],
)
def test_misspelt_beginnings_are_completed_but_everyday_words_are_none(typed, texts):
    assert completed(typed) == texts


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("lantern6", "Acme Lantern 6", "Lantern 6"),
        ("acme-lan", "Acme Lantern 6", "Acme Lan"),
        ("acmelan", "Acme Lantern 6", "Acme Lan"),
        ("lan tern 6", "Acme Lantern 6", "Lantern 6"),
        ("anns k", "Ann's Kettle", "Ann's K"),
        ("strasse12", "Straße 12", "Straße 12"),
    ],
)
def test_a_name_may_be_typed_without_what_is_between_its_words_or_with_more(typed, text, marked):
    [found] = SUGGESTER.suggest(typed, limit=5)
    start, end = found.highlight

    assert (found.text, found.text[start:end]) == (text, marked)


@pytest.mark.parametrize("typed", ["acmee lantern", "acmee lantern 6", "amce lanterm 6"])
def test_typing_errors_are_mended_in_front_of_an_everyday_word_and_a_number(typed):
    assert [one.query for one in SUGGESTER.suggest(typed, limit=5)] == ["Acme Lantern 6"]


@pytest.mark.parametrize(
    ("typed", "marked"),
    [("strasse 1", "Straße 1"), ("stras", "Straß"), ("eclair", "E\u0301clair"), ("e", "E\u0301")],
)
def test_what_is_marked_is_as_long_as_what_was_typed_in_the_letters_of_the_name(typed, marked):
    [found] = [one for one in SUGGESTER.suggest(typed, limit=5) if one.kind == "model"]
    start, end = found.highlight

    assert found.text[start:end] == marked
