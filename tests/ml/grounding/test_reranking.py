"""Readings are weighed once more by what similar items have: raised, lowered, or exchanged."""

import dataclasses

import pytest

from graph.records import ItemText, Named
from ml.errors import ArtefactCorrupted, GraphTooSmall
from ml.filling.plausibility import Plausibility, PlausibilityConfig
from ml.filling.plausibility_files import SETTINGS, TENSORS, TREES
from ml.filling.trees import Trees, TreesConfig
from ml.grounding.grounder import Grounder, KnownModel
from ml.grounding.judging import JudgedText, crossed, judge, skill
from ml.grounding.plausible_files import from_files, to_files
from ml.grounding.reading import read
from ml.grounding.records import TextToRead
from ml.grounding.reranking import OF_TEXT
from ml.grounding.trust import Trust
from tests.ml.lamps import facts_of, families, lexicon, models, titles

CONFIG = PlausibilityConfig(neighbours=10, epochs=1, training_items=40)
TREES_CONFIG = TreesConfig(trees=40, least_rows=5)


def judged_texts():
    return [
        JudgedText(
            ItemText("product", title, brand=Named(maker.lower(), maker), facts=facts_of(maker)),
            family=model,
        )
        for title, model, maker in titles()
    ]


@pytest.fixture(scope="module")
def similar():
    return Plausibility.fit(models(), families(), CONFIG)


@pytest.fixture(scope="module")
def judged(similar):
    return judge(judged_texts(), lexicon(), similar)


@pytest.fixture(scope="module")
def files(judged, similar):
    return to_files(Trees.fit(judged.x_RF, judged.right_R, TREES_CONFIG), similar)


@pytest.fixture(scope="module")
def grounder(files):
    trust = Trust.learnt([one.item for one in judged_texts()], lexicon())
    return Grounder(lexicon(), trust, weigher=from_files("plausibility@7", files))


def test_rivals_for_the_same_words_are_there_where_they_are_wanted():
    found = read("Acme Glow 1 40W", lexicon(), rivals=True)

    assert {one.parameter for one in found} == {"power", "spare"}
    assert [one.chosen for one in found].count(True) == 1
    assert len(read("Acme Glow 1 40W", lexicon())) == 1


def test_similar_items_say_what_the_words_alone_do_not(judged):
    beside = skill(judged, crossed(judged, TREES_CONFIG))
    alone = skill(judged, crossed(judged, TREES_CONFIG, of_text_alone=True))

    assert judged.x_RF.shape[1] > OF_TEXT
    assert beside.low > 0.8
    assert beside.low > alone.high


def test_what_reading_says_already_has_no_skill(judged):
    assert skill(judged, judged.read_R).value == pytest.approx(0.0)


def test_too_few_titles_are_refused(similar):
    with pytest.raises(GraphTooSmall, match="50"):
        judge(judged_texts()[:10], lexicon(), similar)


def test_the_maker_decides_which_parameter_a_number_is_of(grounder):
    titles = ["Acme Glow 77 40W", "Bolt Glow 77 40W"]

    found = grounder.ground([TextToRead({"title": title}) for title in titles])

    [acme], [bolt] = ([one for one in facts if one.value == "40W"] for facts in found)
    assert (acme.parameter, bolt.parameter) == ("spare", "power")
    assert min(acme.confidence, bolt.confidence) > 0.8
    assert bolt.model == "plausibility@7"
    assert "10 of 10 alike have 40 W" in bolt.reasons


def test_what_no_item_alike_has_is_vetoed(grounder):
    [facts] = grounder.ground([TextToRead({"title": "Corona Glow 5 40W"})])

    assert max((one.confidence for one in facts), default=0.0) < 0.3


def test_what_reads_is_named_with_what_weighs_it(grounder):
    assert grounder.read_by == "rules, weighed by plausibility@7"
    assert dataclasses.replace(grounder, weigher=None).read_by == "rules"


def test_what_the_model_of_the_item_says_is_left_to_it(grounder):
    [known] = [one for one in models() if one.id == "corona-glow-5"]
    model = KnownModel("m", "Glow 5", known.facts)
    with_model = dataclasses.replace(grounder, models={"m": model})
    item = TextToRead({"title": "Glow 5 60W", "description": "spare 9W"}, model="m")

    [weighed] = with_model.ground([item])
    [read_alone] = dataclasses.replace(with_model, weigher=None).ground([item])

    assert [(one.parameter, one.confidence) for one in weighed] == [
        (one.parameter, one.confidence) for one in read_alone
    ]


def test_empty_texts_state_nothing(grounder):
    assert grounder.ground([TextToRead({"title": ""}), TextToRead({})]) == [(), ()]
    assert grounder.ground([]) == []


def test_a_page_of_quantities_is_left_to_reading_alone(grounder):
    page = TextToRead({"title": "Acme Glow 77 40W", "description": ", ".join(["40W"] * 100)})

    [facts] = grounder.ground([page])

    assert {one.model for one in facts if one.field == "description"} <= {"rules"}


@pytest.mark.parametrize("file", [TREES, SETTINGS, TENSORS])
@pytest.mark.parametrize("content", [None, b"", b"{}"], ids=["missing", "empty", "other"])
def test_damaged_files_are_named(files, file, content):
    damaged = {name: one for name, one in files.items() if name != file}
    if content is not None:
        damaged[file] = content

    with pytest.raises(ArtefactCorrupted, match=file):
        from_files("plausibility@7", damaged)
