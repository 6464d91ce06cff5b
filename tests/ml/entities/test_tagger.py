"""The tagger as a whole: what it learns, what it survives, and that it can be kept."""

import random
from dataclasses import replace

import pytest

from ml.entities.config import TaggingConfig
from ml.entities.records import LabelledTitle
from ml.entities.tagger import EntityTagger
from ml.errors import ArtefactCorrupted, GraphTooSmall
from tests.ml.entities.made_up import GOODS, MAKERS, title, titles

QUICK = TaggingConfig(networks=("cnn", "lstm"), epochs=5, pretraining_epochs=1, made_up=1.5)
NEW_GOODS = ("陶瓷碗", "滑板", "毛笔")


def spans(rows):
    return [tuple((found.type, found.start, found.end) for found in row) for row in rows]


def trained(config=QUICK, gazetteers=None):
    lists = {"goods": (*GOODS, *NEW_GOODS)} if gazetteers is None else gazetteers
    return EntityTagger.train(titles(150), titles(40, 1), lists, config, notify=lambda _: None)


@pytest.fixture(scope="module")
def tagger():
    return trained()


def test_entities_of_new_titles_are_found_where_they_stand(tagger):
    rows = titles(30, seed=2)

    found = tagger.tag([row.text for row in rows])

    right = sum(own == row.entities for own, row in zip(spans(found), rows, strict=True))
    assert right >= 27
    for row, entities in zip(rows, found, strict=True):
        assert all(row.text[own.start : own.end] == own.text for own in entities)
        assert all(0.5 < own.confidence < 1.0 for own in entities)


def test_a_name_that_only_the_gazetteer_knows_is_found(tagger):
    draw = random.Random(4)
    rows = [title(draw, MAKERS, NEW_GOODS) for _ in range(20)]

    found = spans(tagger.tag([row.text for row in rows]))

    assert sum(row.entities[1] in own for row, own in zip(rows, found, strict=True)) >= 16


def test_what_a_text_gets_does_not_depend_on_the_texts_beside_it(tagger):
    texts = [row.text for row in titles(12, seed=3)]

    together = tagger.tag([*texts, "长" * 200])[:-1]

    assert spans(together) == spans([tagger.tag([text])[0] for text in texts])


def test_the_same_seed_trains_the_same_tagger():
    config = TaggingConfig(networks=("lstm",), epochs=1, pretraining_epochs=1, made_up=0.2)
    texts = [row.text for row in titles(10, seed=5)]

    assert trained(config).tag(texts) == trained(config).tag(texts)


def test_a_tagger_that_was_kept_says_the_same(tagger):
    texts = [row.text for row in titles(10, seed=6)]

    again = EntityTagger.from_files(tagger.to_files())

    assert again.tag(texts) == tagger.tag(texts)
    assert again.config == tagger.config


@pytest.mark.parametrize(
    ("name", "content"),
    [("tagger.json", b"{}"), ("network-1.safetensors", b"x"), ("tagger.json", None)],
)
def test_files_that_are_no_tagger_are_named(tagger, name, content):
    files = {**tagger.to_files(), name: content}
    if content is None:
        del files[name]

    with pytest.raises(ArtefactCorrupted, match=name):
        EntityTagger.from_files(files)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \t\u3000",
        "😀" * 300,
        "a",
        "\x00\x07\u202e水壶",
        "مصباح 台灯 lampe ﬁ½",
        "\ud800水壶",
        "水壶 " * 3_000,
        "<b>水壶</b>&amp;",
    ],
    ids=["empty", "blank", "emoji", "one", "control", "mixed", "surrogate", "long", "html"],
)
def test_whatever_the_text_offsets_are_those_of_the_text(tagger, text):
    (found,) = tagger.tag([text])

    assert all(text[own.start : own.end] == own.text for own in found)
    borders = [place for own in found for place in (own.start, own.end)]
    assert borders == sorted(borders)


def test_an_entity_behind_much_text_is_found(tagger):
    row = titles(1, seed=7)[0]

    (found,) = tagger.tag(["，" * 2_000 + row.text])

    moved = tuple((kind, 2_000 + start, 2_000 + end) for kind, start, end in row.entities)
    assert spans([found])[0] == moved


def test_without_a_labelled_entity_there_is_nothing_to_learn():
    with pytest.raises(GraphTooSmall, match="no training title has an entity"):
        EntityTagger.train([LabelledTitle("茶", ())], [], {}, QUICK, notify=lambda _: None)


def test_one_title_of_one_character_is_enough_to_train():
    config = replace(QUICK, epochs=1, pretraining_epochs=2)

    tiny = EntityTagger.train(
        [LabelledTitle("茶", (("WARE", 0, 1),))], [], {}, config, notify=lambda _: None
    )

    assert tiny.longest == 1


def test_gazetteers_and_validation_titles_may_be_missing():
    config = TaggingConfig(networks=("cnn",), epochs=3, pretraining_epochs=0)

    bare = EntityTagger.train(titles(100), [], {}, config, notify=lambda _: None)

    assert bare.tag(["山月台灯"])[0]
