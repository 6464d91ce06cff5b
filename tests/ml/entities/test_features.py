"""What a network is told of a title, and what must not be told."""

import numpy as np
import pytest
import torch

from ml.entities.featurizer import Featurizer
from ml.entities.inputs import MASKED, TitleBatch
from ml.entities.labels import Labels
from ml.entities.lexicon import FOLDS, Lexicon
from ml.entities.pretraining import hide, made_up_titles
from ml.entities.records import LabelledTitle
from ml.entities.spelling import plain
from ml.entities.windows import LONGEST_PIECE, windows
from tests.ml.entities.made_up import GOODS, titles


@pytest.fixture
def featurizer():
    return Featurizer.learn(titles(40), {"goods": GOODS})


def test_a_title_does_not_find_its_own_labels_in_its_lexicon():
    rows = [*titles(2 * FOLDS), LabelledTitle("独有的风筝", (("WARE", 3, 5),))]
    labels = Labels.of(rows)

    own = Lexicon.out_of_fold(rows, labels)[(len(rows) - 1) % FOLDS]
    other = Lexicon.out_of_fold(rows, labels)[len(rows) % FOLDS]

    assert "风筝" not in own.shares
    assert "风筝" in other.shares


def test_the_lexicon_knows_how_often_a_string_bears_its_label():
    rows = [LabelledTitle("茶 x", (("WARE", 0, 1),)), LabelledTitle("茶色", ()), *titles(1)]

    shares = Lexicon.of(rows, Labels.of(rows)).shares["茶"]

    assert list(shares.values()) == [1 / 3]  # one of two, and one more for what was not seen


def test_spelling_keeps_every_offset():
    text = "ＬＵＭＡ　İﬁ½\ud800é😀\t"

    found = plain(text)

    assert len(found) == len(text)
    assert found.startswith("luma ")
    found.encode()


def test_a_match_of_a_list_is_told_at_its_characters_only(featurizer):
    text = "买双人帐篷吧"
    with_list = featurizer.encode(text).feature_LF
    without = Featurizer.learn(titles(40), {"goods": ["风筝"]}).encode(text).feature_LF

    differs_L = np.any(with_list[:, :4] != without[:, :4], axis=1)

    assert differs_L.tolist() == [False, True, True, True, True, False]


def test_what_is_hidden_cannot_be_read_off_its_neighbours(featurizer):
    batch = TitleBatch.of([featurizer.encode(title.text) for title in titles(32)])

    seen, hidden_BL = hide(batch, torch.Generator().manual_seed(1))

    assert 0.1 < hidden_BL.sum() / batch.mask_BL.sum() < 0.3
    assert (seen.character_BL[hidden_BL] == MASKED).all()
    assert (seen.left_BL[hidden_BL] == MASKED).all()
    assert (seen.right_BL[hidden_BL] == MASKED).all()
    assert (seen.right_BL[:, :-1][hidden_BL[:, 1:]] == MASKED).all()
    assert (seen.left_BL[:, 1:][hidden_BL[:, :-1]] == MASKED).all()
    assert seen.feature_BLF[hidden_BL].sum() == 0
    assert (seen.character_BL[~hidden_BL] == batch.character_BL[~hidden_BL]).all()


def test_made_up_titles_are_labelled_by_the_list_of_their_entries(featurizer):
    made_up = made_up_titles(featurizer, titles(40), 50, seed=1)

    names = {title.text[start:end] for title in made_up for _, start, end in title.entities}
    assert {kind for title in made_up for kind, _, _ in title.entities} == {"WARE"}
    assert names <= set(GOODS)
    assert made_up == made_up_titles(featurizer, titles(40), 50, seed=1)


def test_without_gazetteers_no_title_is_made_up():
    bare = Featurizer.learn(titles(20), {})

    assert made_up_titles(bare, titles(20), 50, seed=1) == []


@pytest.mark.parametrize("text", ["", "茶", "茶壶 " * 400, "茶" * (3 * LONGEST_PIECE + 1)])
def test_pieces_of_a_long_text_are_the_text(text):
    pieces = list(windows(text))

    assert "".join(piece for _, piece in pieces) == text
    assert all(text[start:].startswith(piece) for start, piece in pieces)
    assert all(len(piece) <= LONGEST_PIECE for _, piece in pieces)
    if " " in text:
        assert all(piece.endswith(" ") for _, piece in pieces)
