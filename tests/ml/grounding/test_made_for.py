"""An accessory is no instance of the model that its title names, and has nothing of it."""

from dataclasses import replace

import pytest

from graph.records import FactText, Named, Parameter, ValueView
from ml.grounding.grounder import Grounder, KnownModel, Wanted
from ml.grounding.lexicon import Lexicon
from ml.grounding.records import TextToRead
from ml.grounding.trust import Trust
from ml.linking.linker import ModelLinker
from ml.linking.records import CatalogModel
from ml.purpose.kinds import Sold

ACME, ORVIK = Named("acme", "Acme", ("阿克米",)), Named("orvik", "Orvik")
LANTERNS, CASES = Named("lanterns", "Lanterns"), Named("cases", "Lantern cases")
STORAGE = Parameter("storage", "Storage", "number", "GB")
COLOUR = Parameter("colour", "Colour", "text")
VALUES = [
    ValueView("storage=64GB", "storage", "64 GB", 64.0, "GB", items=9),
    ValueView("colour=black", "colour", "black", None, None, items=9),
]
HAS_64 = (FactText("storage", "Storage", "storage=64GB", "64 GB", 64.0, "GB"),)
GLOW = KnownModel("acme-glow-6", "Acme Glow 6", HAS_64, "acme", (), LANTERNS)
ARMOUR = KnownModel("orvik-thick-armour", "Orvik Thick Armour", (), "orvik", (), CASES)


def grounder_of(*models, categories=(LANTERNS, CASES)):
    lexicon = Lexicon.of([STORAGE, COLOUR], VALUES, brands=[ACME, ORVIK], categories=categories)
    linker = ModelLinker.untrained(
        [CatalogModel(m.id, m.name, m.names, m.name.split()[0], {}) for m in models]
    )
    return Grounder(lexicon, Trust(), linker, {model.id: model for model in models})


@pytest.fixture(scope="module")
def grounder():
    return grounder_of(GLOW, ARMOUR)


def stated(grounder, title, **item):
    [facts] = grounder.ground([TextToRead({"title": title}, **item)], Wanted(implied=True))
    return {fact.relation: fact for fact in facts}, {
        fact.parameter: fact.normalized.text for fact in facts
    }


@pytest.mark.parametrize(
    "title",
    [
        "Acme Glow 6 case black",
        "black case for Acme Glow 6",
        "black wick trimmer for the new Acme Glow 6",  # no word of the language data
        "case for Acme Glow 6 64GB, black",
        "Acme Glow 6 battery",
        "Acme Glow 6-case, black",
        "适用于 Acme Glow 6 手机壳",
    ],
)
def test_an_accessory_is_made_for_the_model_and_nothing_of_it(grounder, title):
    relations, values = stated(grounder, title)

    assert "INSTANCE_OF" not in relations
    assert "MADE_BY" not in relations
    assert relations["MADE_FOR"].links.entity == GLOW.id
    assert relations["MADE_FOR"].reasons[0]
    assert "storage" not in values
    assert values.get("colour") == ("black" if "black" in title else None)


def test_the_words_that_say_for_what_are_the_evidence(grounder):
    title = "Silicone case for Acme Glow 6 - black"

    relations, _ = stated(grounder, title)

    fact = relations["MADE_FOR"]
    assert fact.value == title[fact.start : fact.end] == "Acme Glow 6"
    assert fact.reasons[0] == "'case' is what it offers, and 'for' says what that is for"


def test_without_a_model_the_words_behind_for_say_nothing_of_the_item(grounder):
    relations, values = stated(grounder, "case for Acme Spark 9 64GB black")

    assert relations.keys() == {"HAS_PARAMETER"}
    assert values == {"colour": "black"}


@pytest.mark.parametrize(
    "title",
    [
        "Acme Glow 6 64GB black",
        "Acme Glow 6 with case",
        "Acme Glow 6 lantern for seniors",
        "lantern for kids Acme Glow 6",
        "Acme Glow 6 charger included",
    ],
)
def test_bundles_stay_what_they_are(grounder, title):
    relations, values = stated(grounder, title)

    assert relations["INSTANCE_OF"].links.entity == GLOW.id
    assert relations["MADE_BY"].links.entity == "acme"
    assert values["storage"] == "64 GB"


def test_the_maker_is_one_that_is_named_beside_what_it_is_made_for(grounder):
    relations, _ = stated(grounder, "Orvik case for Acme Glow 6")

    assert relations["MADE_BY"].links.entity == "orvik"


def test_a_model_of_a_category_of_cases_is_linked(grounder):
    relations, _ = stated(grounder, "Orvik Thick Armour case black")

    assert relations["INSTANCE_OF"].links.entity == ARMOUR.id
    assert "MADE_FOR" not in relations


def test_a_model_that_is_called_so_is_linked():
    tough = replace(ARMOUR, name="Orvik Tough Case", category=LANTERNS)

    relations, _ = stated(grounder_of(GLOW, tough), "Orvik Tough Case black case")

    assert relations["INSTANCE_OF"].links.entity == ARMOUR.id


def test_what_titles_show_to_be_sold_is_linked():
    bare = grounder_of(GLOW, categories=(LANTERNS,))
    taught = [(f"Acme Glow {n} case", LANTERNS.id) for n in range(3)]
    sold = Sold.of({LANTERNS.id: (LANTERNS.name,)}, taught)
    shown = replace(bare, lexicon=replace(bare.lexicon, sold=sold))

    assert "MADE_FOR" in stated(bare, "Acme Glow 6 case")[0]
    assert "INSTANCE_OF" in stated(shown, "Acme Glow 6 case")[0]


def test_what_is_known_of_an_item_stays(grounder):
    relations, values = stated(grounder, "Acme Glow 6 case", model=GLOW.id)

    assert "MADE_FOR" not in relations
    assert values["storage"] == "64 GB"
    assert grounder.own_links([TextToRead({"title": "Acme Glow 6 case"})]) == [None]
