"""Gazetteers: files of names, what they match, and which type they speak of."""

import pytest

from ml.entities.featurizer import Featurizer
from ml.entities.gazetteers import gazetteers_beside, read_gazetteers
from ml.entities.phrases import Phrases
from ml.errors import GazetteerInvalid
from tests.ml.entities.made_up import GOODS, MAKERS, titles


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "gazetteers").mkdir()
    (tmp_path / "gazetteers" / "goods.dic").write_text("水壶\r\n\n 电钻 \n", encoding="utf-8")
    (tmp_path / "gazetteers" / ".hidden").write_bytes(b"\xff")
    return tmp_path


def test_files_beside_the_training_titles_are_found_by_themselves(folder):
    files = gazetteers_beside(folder / "train.bieos")

    assert read_gazetteers(files) == {"goods": ["水壶", "电钻"]}
    assert gazetteers_beside(folder / "gazetteers" / "train.bieos") == {}


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file"), (b" \n", "holds no name"), (b"a\n\xff\n", "line 2: is not UTF-8")],
)
def test_a_gazetteer_that_cannot_be_read_is_named(tmp_path, content, reason):
    path = tmp_path / "brands.dic"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(GazetteerInvalid, match=reason) as caught:
        read_gazetteers({"brands": path})

    assert str(path) in str(caught.value)


def test_all_matches_are_found_whatever_their_case_and_width():
    phrases = Phrases.of({"makers": ["Luma", "luma灯"], "goods": ["灯", "luma"]})

    found = set(phrases.matches("xluma灯"))

    assert found == {(1, 5, (0, 1)), (1, 6, (0,)), (5, 6, (1,))}


def test_a_list_speaks_of_the_type_whose_labelled_names_it_holds():
    lists = {"a": [*GOODS[:3], "x"], "b": MAKERS[:2], "c": ["x"], "MAKER#2": GOODS}

    featurizer = Featurizer.learn(titles(60), lists)

    types = [None if t is None else featurizer.labels.types[t] for t in featurizer.leaning]
    assert types == ["WARE", "MAKER", None, "MAKER"]
