"""Groups of words that may be names."""

from ml.aliases.phrases import FREE, TAKEN, free_but, phrases, spelled
from ml.grounding.tokens import tokens


def found(text, told=None, named=None):
    return {
        " ".join(phrase): role
        for phrase, role in phrases(text, tokens(text), told or {}, named or {})
    }


def test_up_to_three_words_that_no_sign_divides_are_one():
    assert set(found("Deep Sea-Blue, lamp")) == {
        "deep", "sea", "blue", "deep sea", "sea blue", "deep sea blue", "lamp",
    }  # fmt: skip


def test_a_code_is_one_word_however_many_letters_and_digits_alternate():
    assert set(found("GO9b+")) == {"go 9 b", "go 9 b plus"}


def test_chinese_characters_count_for_less_and_never_alone():
    assert set(found("炭黑色 灯")) == {"炭 黑", "黑 色", "炭 黑 色"}


def test_numbers_and_quantities_are_in_no_phrase_alone():
    assert set(found("ebony 40W 2019")) == {"ebony"}


def test_a_known_word_is_a_name_in_its_own_role_alone():
    assert found("Orbit ebony", told={0: 4}) == {"orbit": 4, "orbit ebony": 4, "ebony": FREE}
    assert found("Orbit ebony", told={0: TAKEN}) == {"ebony": FREE}


def test_a_second_name_behind_a_slash_may_be_one_in_every_other_role():
    told, named = {0: TAKEN}, {0: 2}

    assert found("Halden/哈登", told, named) == {"哈 登": free_but(2)}
    assert found("Halden 哈登", told, named) == {"哈 登": FREE}


def test_a_phrase_is_spelled_as_the_text_does():
    text = "new Deep-Sea lamp"

    assert spelled(text, tokens(text), ("deep", "sea")) == "Deep-Sea"
