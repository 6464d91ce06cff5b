import pytest

from ml.text.segmentation import words


@pytest.mark.parametrize(
    "spelling", ["kd 43xf7596", "KD-43 XF7596", "kd43xf7596", "ｋｄ４３ XF 7596"]
)
def test_a_model_number_is_the_same_words_however_it_is_spelled(spelling):
    assert words(spelling) == ["kd", "43", "xf", "7596"]


def test_chinese_is_cut_into_pairs_of_neighbours():
    assert words("电热水壶 1.7L") == ["电热", "热水", "水壶", "1", "7", "l"]


def test_a_single_chinese_character_is_a_word():
    assert words("灯 LED") == ["灯", "led"]


@pytest.mark.parametrize("text", ["", "   ", "!?", "\u200b"])
def test_what_holds_no_word_has_none(text):
    assert words(text) == []
