import pytest
import torch

from ml.errors import GraphTooSmall
from ml.text.tokenizer import PADDING, Tokenizer, TokenizerConfig

TITLES = ["acme kettle kt 1700 w", "acme kettle kt 2200 w", "电热水壶 acme", "电热水壶 1700 w"] * 3


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer.trained(TITLES, TokenizerConfig(longest=12))


def whole(tokenizer, text):
    return tokenizer.encode([text]).words.tolist()


def test_what_the_catalog_repeats_is_one_token(tokenizer):
    encoded = tokenizer.encode(["acme kettle"])

    assert encoded.lengths().tolist() == [2]


def test_pieces_of_one_word_belong_together(tokenizer):
    words = whole(tokenizer, "acme kettles")

    assert words[0] == 0
    assert set(words[1:]) == {1}
    assert len(words) > 2


def test_every_chinese_piece_is_a_word_of_its_own(tokenizer):
    words = whole(tokenizer, "壶水热 acme")

    assert words == [0, 1, 2, 3]


def test_words_are_numbered_within_each_text(tokenizer):
    encoded = tokenizer.encode(["acme kt", "", "kettle w"])

    assert encoded.words.tolist() == [0, 1, 0, 1]
    assert encoded.lengths().tolist() == [2, 0, 2]


def test_rows_are_padded_to_the_longest_of_them_only(tokenizer):
    encoded = tokenizer.encode(["acme", "acme kettle kt 1700 w", "kettle w"])

    tokens, words = encoded.rows(torch.tensor([2, 0]))

    assert tokens.shape == (2, 2)
    assert tokens[1, 1] == PADDING
    assert words.tolist() == [[0, 1], [0, -1]]


def test_texts_without_a_word_can_be_left_out(tokenizer):
    encoded = tokenizer.encode(["", "acme kettle", "  ", "w"]).with_words()

    assert encoded.lengths().tolist() == [2, 1]
    assert encoded.words.tolist() == [0, 1, 0]


def test_a_long_text_is_cut(tokenizer):
    assert tokenizer.padded(["acme " * 50]).shape == (1, 12)


def test_capitals_and_full_width_signs_make_no_difference(tokenizer):
    assert tokenizer.padded(["ＡＣＭＥ Kettle"]).equal(tokenizer.padded(["acme kettle"]))


def test_what_is_written_is_read_as_the_same_tokenizer(tokenizer):
    again = Tokenizer.from_json(tokenizer.to_json())

    assert again.padded(TITLES).equal(tokenizer.padded(TITLES))
    assert (again.longest, again.mask, len(again)) == (12, tokenizer.mask, len(tokenizer))


def test_training_is_repeatable():
    once, again = (Tokenizer.trained(TITLES).to_json() for _ in range(2))

    assert once == again


def test_a_catalog_without_a_word_is_refused():
    with pytest.raises(GraphTooSmall):
        Tokenizer.trained(["", "  "])


def test_a_vocabulary_smaller_than_its_alphabet_is_refused():
    with pytest.raises(ValueError, match="characters"):
        TokenizerConfig(vocabulary=100, characters=200)
