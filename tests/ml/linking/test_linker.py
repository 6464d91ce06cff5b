"""The linker as shops use it: titles in, models or none out."""

import pytest

from ml.errors import ArtefactCorrupted, ArtefactInvalid, CatalogueEmpty, OffersTooFew
from ml.linking.linker import ModelLinker
from ml.linking.records import CatalogModel
from tests.ml.linking.made_up import LINES, QUICK, catalogue, halves, model, offers


@pytest.fixture(scope="module")
def models():
    return catalogue()


@pytest.fixture(scope="module")
def linker(models):
    learnt_from, _ = halves(models)
    return ModelLinker.train(models, offers(learnt_from), QUICK)


def share_right(links, rows):
    right = [
        (link.model if link else None) == gold for link, (_, gold) in zip(links, rows, strict=True)
    ]
    return sum(right) / len(right)


def test_models_that_were_never_trained_on_are_found_and_strangers_are_not(linker, models):
    rows = offers(halves(models)[1], seed=1)

    links = linker.link([title for title, _ in rows])

    assert share_right(links, rows) > 0.9


def test_siblings_are_told_apart_by_one_word(linker):
    plain, plus = linker.link(["orvik aster 10 black boxed", "orvik aster 10+ black boxed"])

    assert (plain.model, plus.model) == ("orvik-aster-10", "orvik-aster-10-plus")


def test_a_model_that_the_catalogue_lacks_is_not_given_its_sibling(linker, models):
    without = [found for found in models if found.id != "tandem-ember-20-pro"]

    (link,) = linker.over(without).link(["tandem ember 20 pro ivory new"])

    assert link is None


def test_a_model_that_was_added_later_is_linked_without_training(linker, models):
    grown = linker.over([*models, model("Orvik", "Orvik Zephyr 55 Mini")])

    (link,) = grown.link(["orvik zephyr 55 mini copper genuine"])

    assert link.model == "orvik-zephyr-55-mini"


def test_reasons_are_for_people(linker):
    (link,) = linker.link(["kestrel boreal 20 1.7l signal red"])

    assert "name covered: boreal 20" in link.reasons
    assert "brand Kestrel" in link.reasons
    assert "1.7 l is a capacity of it" in link.reasons
    assert "Signal Red is a colour of it" in link.reasons
    assert 0.5 < link.confidence <= 1


def test_candidates_come_with_falling_confidence_and_no_more_than_asked(linker):
    found = linker.candidates("lumeo cirro 10 plus", limit=5)

    assert len(found) == 5
    assert found[0].model == "lumeo-cirro-10-plus"
    confidences = [link.confidence for link in found]
    assert confidences == sorted(confidences, reverse=True)
    assert len(linker.candidates("orvik plus", limit=40)) == 40


def test_a_brand_known_from_elsewhere_decides_between_equal_names(models):
    twins = [model("Orvik", "Orvik Solo 7"), model("Tandem", "Tandem Solo 7"), *models]
    rules = ModelLinker.untrained(twins)

    found = rules.link(["solo 7 black", "solo 7 black"], brands=["Orvik", "Tandem"])

    assert [link.model for link in found] == ["orvik-solo-7", "tandem-solo-7"]


def test_before_any_training_rules_find_whole_names_and_refuse_strangers(models):
    rules = ModelLinker.untrained(models)

    found, none = rules.link(["new orvik delta 20 mini ivory", "zuvo quartz 90 toaster"])

    assert found.model == "orvik-delta-20-mini"
    assert none is None


def test_files_give_the_same_linker_back(linker, models):
    titles = [title for title, _ in offers(models[:20], each=1)]

    again = ModelLinker.from_files(linker.to_files(), models)

    assert again.link(titles) == linker.link(titles)


def test_the_same_offers_and_seed_give_the_same_files(models):
    rows = offers(models[:12])

    first, second = (ModelLinker.train(models, rows, QUICK).to_files() for _ in range(2))

    assert first == second


def test_rules_have_no_files(models):
    with pytest.raises(ArtefactInvalid, match="was not trained"):
        ModelLinker.untrained(models).to_files()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("linker.json", b"{}"),
        ("linker.json", b"\xff"),
        ("linker.json", None),
        ("trees-0.txt", None),
        ("trees-0.txt", b"no trees"),
    ],
)
def test_damaged_files_are_refused_by_name(linker, models, name, content):
    files = dict(linker.to_files())
    if content is None:
        del files[name]
    else:
        files[name] = content

    with pytest.raises(ArtefactCorrupted, match=name):
        ModelLinker.from_files(files, models)


@pytest.mark.parametrize(
    "title",
    [
        "",
        "   ",
        "😀🎉",
        "!!! --- ///",
        "x" * 1_000_000,
        "orvik " * 200_000,
        "\u202eorvik\u0000\ud800",
        "1.2.3.4.5",
    ],
    ids=["empty", "blank", "emoji", "signs", "one-long-word", "1-MB", "control", "dots"],
)
def test_titles_that_name_nothing_get_nothing(linker, title):
    assert linker.link([title]) == [None]
    assert len(linker.candidates(title)) <= 20


def test_no_titles_are_no_links(linker):
    assert linker.link([]) == []


def test_other_scripts_are_read(models):
    kettle = model("Orvik", "Orvik Aurora 3", names=("奥维克 极光 3",))
    linker = ModelLinker.untrained([*models, kettle])

    (link,) = linker.link(["全新 奥维克 极光 3 黑色 orvik"])

    assert link.model == "orvik-aurora-3"


def test_an_empty_catalogue_is_refused():
    for build in (
        lambda: ModelLinker.untrained([]),
        lambda: ModelLinker.train([], [("orvik aster", "orvik-aster")], QUICK),
    ):
        with pytest.raises(CatalogueEmpty, match="the catalogue is empty"):
            build()


def test_offers_of_one_model_are_too_few_to_learn_from(models):
    rows = [("orvik aster 10 black", "orvik-aster-10"), ("gone", "no-such-model"), ("none", None)]

    with pytest.raises(OffersTooFew, match="to learn from there are 1"):
        ModelLinker.train(models, rows, QUICK)


def test_a_model_whose_name_is_signs_alone_is_no_obstacle(models):
    linker = ModelLinker.untrained([*models, model("", "!!!"), model("Orvik", "???")])

    found, none = linker.link(["orvik aster 10 ivory", "!!! ???"])

    assert found.model == "orvik-aster-10"
    assert none is None


def test_a_catalogue_of_one_model_can_be_searched():
    linker = ModelLinker.untrained([model("Orvik", "Orvik Aster 10")])

    found, none = linker.link(["orvik aster 10 ivory", "something else"])

    assert found.model == "orvik-aster-10"
    assert none is None


def test_words_for_what_is_sold_are_no_part_of_another_name():
    names = [f"Orvik {line} {number}" for line in LINES for number in (10, 20)]
    models = [
        CatalogModel(name, name, (), "Orvik", {}, ("Electric kettles",))
        for name in [*names, "Orvik Garnet Kettle"]
    ]

    said, bare = ModelLinker.untrained(models).link(
        ["Orvik Aster 10 electric kettle", "Orvik Aster 10"]
    )

    assert said is not None
    assert bare is not None
    assert said.model == "Orvik Aster 10"
    assert said.confidence == pytest.approx(bare.confidence, abs=0.05)
