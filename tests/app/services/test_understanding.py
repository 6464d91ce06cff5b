"""Queries read as filters: prices, brands, values, and what stays words."""

from dataclasses import replace

import pytest

from app.services.search_text import read_query
from app.services.search_words import SearchWords
from app.services.understanding import shown, understand
from graph.records import Named, Parameter, StatedIn, ValueView
from graph.repositories.names import NamedItems
from graph.text.lucene import Words, lucene
from ml.grounding.grounder import Grounder
from ml.grounding.habits import Habits
from ml.grounding.lexicon import Lexicon
from ml.grounding.trust import Trust

PARAMETERS = (
    Parameter("storage", "Storage", "number", "GB"),
    Parameter("colour", "Colour", "text"),
    Parameter("weight", "Weight", "number", "g"),
    Parameter("dimmer", "Dimmer", "boolean", names=("调光",)),
)
VALUES = (
    ValueView("storage=128GB", "storage", "128 GB", 128.0, "GB", (), 40),
    ValueView("storage=64GB", "storage", "64 GB", 64.0, "GB", (), 40),
    ValueView("colour=red", "colour", "Red", None, None, ("红色",), 30),
    ValueView("colour=blue", "colour", "Blue", None, None, (), 30),
    ValueView("weight=2000g", "weight", "2000 g", 2000.0, "g", (), 10),
    ValueView("dimmer=yes", "dimmer", "yes", None, None, (), 10),
    ValueView("dimmer=no", "dimmer", "no", None, None, (), 10),
)
LEXICON = Lexicon.of(
    PARAMETERS,
    VALUES,
    brands=[Named("acme", "Acme", ("ACME", "艾克米")), Named("bolt", "Bolt", ())],
    categories=[Named("lamps", "Lamps", ("Lamp",))],
)
GROUNDER = Grounder(LEXICON, Trust())
NAMES = [
    NamedItems("brand", "acme", "Acme", ("ACME", "艾克米"), 70),
    NamedItems("category", "lamps", "Lamps", ("Lamp",), 50),
    NamedItems("model", "acme-lantern-6", "Acme Lantern 6", (), 3),
    NamedItems("value", "colour=red", "Crème Red", ("红色",), 30, "colour"),
]
WORDS = SearchWords.of(GROUNDER, NAMES)


def understood(query):
    found = understand(query, GROUNDER)
    return str(found.filter), found.rest


def test_a_quantity_that_nothing_of_a_category_has_is_a_word_of_the_text():
    said = [StatedIn("lamps", "north", "weight", 40), StatedIn("radios", "north", "storage", 40)]
    habits = Habits.of(said, {"lamps": ["lamps"], "radios": ["radios"]})
    grounder = Grounder(replace(LEXICON, found=habits), Trust())

    def understood(query):
        found = understand(query, grounder)
        return str(found.filter), found.rest

    assert understood("lamp 128gb") == ("category:lamps", "128gb")
    assert understood("lamp 2kg") == ("category:lamps weight:weight=2000g", "")
    assert understood("128gb") == ("storage:storage=128GB", "")
    assert understood("not lamp 128gb") == ("-category:lamps storage:storage=128GB", "")


@pytest.mark.parametrize(
    ("query", "filter", "rest"),
    [
        ("有机蜂蜜", "organic:organic=yes", "蜂蜜"),
        ("無酒精 蜂蜜", "-alcohol:alcohol=yes", "蜂蜜"),
        ("定时 蜂蜜", "timer:timer=yes", "蜂蜜"),
        ("timer honey", "timer:timer=yes", "honey"),
        ("紅色蜂蜜", "colour:colour=red", "蜂蜜"),  # the script of names is no matter
    ],
)
def test_what_columns_put_as_a_question_is_asked_for_by_what_it_is_about(query, filter, rest):
    asked = (
        Parameter("organic", "是否有机", "boolean"),
        Parameter("alcohol", "是否含酒精", "boolean"),
        Parameter("timer", "定时功能", "boolean", names=("Has timer",)),
    )
    answers = (
        ValueView(f"{one.id}={said}", one.id, said, None, None, (), 10)
        for one in asked
        for said in ("yes", "no")
    )
    grounder = Grounder(Lexicon.of((*PARAMETERS, *asked), (*VALUES, *answers)), Trust())

    found = understand(query, grounder)

    assert (str(found.filter), found.rest) == (filter, rest)


def test_a_price_is_told_from_a_number_of_values_that_only_texts_state():
    copper = ValueView("colour=copper", "colour", "Copper", None, None, (), 0)
    grounder = Grounder(Lexicon.of(PARAMETERS, (*VALUES, copper)), Trust())

    assert str(understand("under 300 copper thing", grounder).filter) == "price<=300"


@pytest.mark.parametrize(
    ("query", "filter", "rest"),
    [
        (
            "red 128gb acme under 300",
            "colour:colour=red storage:storage=128GB brand:acme price<=300",
            "",
        ),
        ("acme lantern", "brand:acme", "lantern"),
        (
            "艾克米 红色 300元以下 灯笼",
            "brand:acme colour:colour=red price<=300 currency:CNY",
            "灯笼",
        ),
        ("lantern under $300", "price<=300 currency:USD", "lantern"),
        ("lantern under ¥300", "price<=300 currency:CNY,JPY", "lantern"),
        ("lantern not acme", "-brand:acme", "lantern"),
        ("lantern without red", "-colour:colour=red", "lantern"),
        (
            "acme lantern but not in red or blue",
            "brand:acme -colour:colour=red colour:colour=blue",
            "lantern or",
        ),
        ("除了红色 艾克米", "-colour:colour=red brand:acme", ""),
        ("acme lantern -red", "brand:acme -colour:colour=red", "lantern"),
        ("knot red", "colour:colour=red", "knot"),
        ("lantern under 2 kg", "weight<=2000g", "lantern"),
        ("lantern under 1.7 kg", "weight<=1700g", "lantern"),  # though nothing weighs just so much
        ("lantern 1.7 kg", "", "lantern 1.7 kg"),
        ("lantern 1.5-1.7 kg", "weight:1500..1700g", "lantern"),
        ("red lantern 1 to 2 kg", "colour:colour=red weight:1000..2000g", "lantern"),
        ("1到1.7公斤之间的灯笼", "weight:1000..1700g", "灯笼"),
        ("灯笼 重量 1000-1700克", "weight:1000..1700g", "灯笼 重量"),
        ("lantern 8-64 GB", "storage:storage=64GB", "lantern 8-"),  # a model and its size
        ("轻于1.7公斤的灯笼", "weight<=1700g", "灯笼"),
        ("under 300 acme lantern", "price<=300 brand:acme", "lantern"),
        ("acme lantern under 200 and over 100", "brand:acme price:100..200", "lantern"),
        ("between 100 and 300 red lantern", "price:100..300 colour:colour=red", "lantern"),
        ("over 500 lamp", "price>=500 category:lamps", ""),
        ("less than 90 with dimmer", "price<=90 dimmer:dimmer=yes", "with"),
        ("under 300 64gb lantern", "price<=300 storage:storage=64GB", "lantern"),
        ("under $300 cheap lantern", "price<=300 currency:USD", "lantern"),
        ("at least 8 shelves acme", "brand:acme", "at least 8 shelves"),
        ("over 100 in", "", "over 100 in"),
        ("acme 64gb or more", "brand:acme storage>=64GB", ""),
        ("128gb+ acme", "storage>=128GB brand:acme", ""),
        ("acme 64gb+128gb", "brand:acme storage:storage=64GB,storage=128GB", "+"),
        ("128GB以下的灯笼", "storage<=128GB", "灯笼"),
        ("64GB Storage or less acme", "storage<=64GB brand:acme", ""),
        ("lamp lighter than 2 kg", "category:lamps weight<=2000g", ""),
        ("lamp heavier than 2kg", "category:lamps weight>=2000g", ""),
        ("重于2kg的灯笼", "weight>=2000g", "灯笼"),
        ("不低于64GB的灯笼", "storage>=64GB", "灯笼"),
        ("不高于128GB的灯笼", "storage<=128GB", "灯笼"),
        ("lantern with no less than 64gb", "storage>=64GB", "lantern with"),
        ("lantern not more than 2 kg", "weight<=2000g", "lantern"),
        ("acme lantern, max 2 kg", "brand:acme weight<=2000g", "lantern,"),
        ("storage 64gb lantern weight: 2kg", "storage:storage=64GB weight:weight=2000g", "lantern"),
        ("lantern with storage under 128 gb", "storage<=128GB", "lantern with"),
        ("bolt or acme lantern", "brand:bolt,acme", "lantern"),
        ("acme、bolt 灯笼", "brand:acme,bolt", "灯笼"),
        ("acme bolt lantern", "brand:acme", "bolt lantern"),
        ("red or blue lantern", "colour:colour=red,colour=blue", "or lantern"),
        ("lantern in stock", "in_stock:yes", "lantern"),
        ("有货的灯笼", "in_stock:yes", "灯笼"),
        ("lantern en stock", "in_stock:yes", "lantern"),
        ("lantern pas en stock", "", "lantern pas en stock"),
        ("lantern auf Lager", "in_stock:yes", "lantern"),
        ("lantern moins de 2 kg", "weight<=2000g", "lantern"),
        ("lantern ab 64 GB", "storage>=64GB", "lantern"),
        ("lantern not in stock", "", "lantern not in stock"),
        ("lantern with dimmer", "dimmer:dimmer=yes", "lantern with"),
        ("lantern without dimmer", "-dimmer:dimmer=yes", "lantern"),
        ("lantern without a dimmer", "-dimmer:dimmer=yes", "lantern"),
        ("non-dimmer lantern", "-dimmer:dimmer=yes", "lantern"),
        ("lantern w/o dimmer", "-dimmer:dimmer=yes", "lantern"),
        ("不支持调光的灯笼", "-dimmer:dimmer=yes", "灯笼"),
        ("无调光的灯笼", "-dimmer:dimmer=yes", "灯笼"),
        ("不带红色的灯笼", "-colour:colour=red", "灯笼"),
        ("没有货 stocking", "", "没有货 stocking"),
        ("nothing known here", "", "nothing known here"),
        ("", "", ""),
    ],
)
def test_a_query_becomes_filters_and_the_rest(query, filter, rest):
    found, left = understood(query)

    assert set(found.split()) == set(filter.split())
    assert left == rest


SIZES = Lexicon.of(
    (Parameter("size", "Size", "text", names=("taille", "尺码")),),
    [
        ValueView(f"size={name}", "size", name, None, None, (), 9)
        for name in ["S", "M", "L", "XL", "38"]
    ],
    brands=[Named("acme", "Acme", ())],
)


@pytest.mark.parametrize(
    ("query", "filter", "rest"),
    [
        ("dress size M", "size:size=M", "dress"),
        ("robe taille: l acme", "size:size=L brand:acme", "robe"),
        ("shoes size 38", "size:size=38", "shoes"),
        ("衬衫尺码M", "size:size=M", "衬衫"),
        ("dress XL", "size:size=XL", "dress"),
        ("dress M", "", "dress M"),
        ("dress M size", "", "dress M size"),
        ("socks size 38-40", "", "socks size 38-40"),
        ("dress size M/L", "", "dress size M/L"),
        ("size L'Acme", "brand:acme", "size L'"),
    ],
)
def test_a_lone_letter_or_number_is_a_value_right_behind_the_name_of_its_parameter(
    query, filter, rest
):
    found = understand(query, Grounder(SIZES, Trust()))

    assert (set(str(found.filter).split()), found.rest) == (set(filter.split()), rest)


def test_the_name_of_a_parameter_beside_its_value_is_no_value_of_another_one():
    lexicon = Lexicon.of(
        (Parameter("size", "Size", "text"), Parameter("choice", "Choice", "text")),
        [
            ValueView("size=xl", "size", "XL", None, None, (), 9),
            ValueView("choice=size", "choice", "Size", None, None, (), 9),
        ],
    )

    assert str(understand("dress size XL", Grounder(lexicon, Trust())).filter) == "size:size=xl"


def test_a_brand_within_a_longer_value_is_not_the_brand_that_is_wanted():
    """Also where the value may be that of two parameters, and stays words."""
    fits, ends = Parameter("fits", "Fits", "text"), Parameter("ends", "Ends", "text")
    values = [
        ValueView(f"{one.id}=acme-nova-7", one.id, "Acme Nova 7", None, None, (), 9)
        for one in (fits, ends)
    ]
    brands = [Named("acme", "Acme", ()), Named("bolt", "Bolt", ())]

    def understood(query, *parameters):
        stated = [value for value in values if value.parameter in {one.id for one in parameters}]
        grounder = Grounder(Lexicon.of(parameters, stated, brands=brands), Trust())
        return str(understand(query, grounder).filter)

    assert understood("bolt pad acme nova 7", fits) == "brand:bolt fits:fits=acme-nova-7"
    assert understood("pad acme nova 7", fits, ends) == ""
    assert understood("acme pad", fits, ends) == "brand:acme"


def test_two_words_of_a_name_may_be_written_as_one():
    names = [*NAMES, NamedItems("category", "t-shirts", "T-shirts", (), 9)]
    words = SearchWords.of(GROUNDER, names)

    def corrections(query):
        return read_query(query, words=words, understood=True).corrections

    assert corrections("tshirt red") == {"tshirt": "t shirts"}
    assert corrections("tshirts") == {"tshirts": "t shirts"}
    assert corrections("shirt") == {}


def test_words_of_names_compare_nothing():
    names = [*NAMES, NamedItems("model", "lantern-pro-max", "Lantern Pro Max", (), 3)]
    words = SearchWords.of(GROUNDER, names)

    def filters(query):
        return str(read_query(query, words=words, understood=True).filter)

    assert filters("lantern pro MAX 64gb") == "storage:storage=64GB"
    assert filters("lantern max 64gb") == "storage:storage=64GB"
    assert filters("lantern, max 64gb") == "storage<=64GB"
    assert filters("max 64gb lantern") == "storage<=64GB"


def test_filters_are_shown_in_words():
    asked = read_query("Red 128gb storage acme", words=WORDS, understood=True)

    assert set(shown(asked.filter, asked.texts).split()) == {
        "colour:Red",
        "storage:128gb",
        "brand:acme",
    }


@pytest.mark.parametrize(
    ("query", "filter"),
    [
        ("lantern with dimmer", "dimmer:yes"),
        ("lantern no dimmer", "-dimmer:yes"),
        ("有货", "in_stock:yes"),
    ],
)
def test_yes_and_no_are_shown_as_a_filter_takes_them(query, filter):
    asked = read_query(query, words=WORDS, understood=True)

    assert shown(asked.filter, asked.texts) == filter


def test_understanding_can_be_switched_off():
    asked = read_query("red acme under 300", words=WORDS, understood=False)

    assert asked.filter.terms == ()
    assert "under" in asked.words.exact


def test_a_query_of_stop_words_has_nothing_to_look_for():
    assert read_query("the of 的", words=WORDS, understood=True).is_empty
    assert read_query("?!%", words=WORDS, understood=True).is_empty


def test_codes_are_looked_for_joined_and_apart():
    words = read_query("128 gb kx250", words=WORDS, understood=True).words.exact

    assert {"128", "gb", "128gb", "kx250", "kx", "250"} <= set(words)


def test_words_that_no_name_has_may_be_misspelt():
    asked = read_query("acme lanten", words=WORDS, understood=True)

    assert asked.corrections == {"lanten": "lantern"}
    again = read_query("acme lanten", words=WORDS, understood=True, wrong=asked.corrections)
    assert again.corrected == "acme lantern"
    assert "lantern" in again.words.exact


def test_everyday_words_that_no_name_has_are_meant_as_they_are():
    asked = read_query("acme lambs", words=WORDS, understood=True)

    assert asked.corrections == {}
    assert asked.words.like == ()
    assert asked.nearly(["lambs"]) == "acme lamps"
    assert asked.nearly(["lantern"]) is None


@pytest.mark.parametrize(
    ("query", "meant"),
    [("chaep lantern", "cheap lantern"), ("acme undr 300", "acme under 300"), ("chapm", "champ")],
)
def test_a_misspelt_word_is_read_as_a_word_that_asks_where_that_is_nearer_than_names(query, meant):
    words = SearchWords.of(GROUNDER, [*NAMES, NamedItems("brand", "champ", "Champ", (), 90)])

    asked = read_query(query, words=words, understood=True)
    again = read_query(query, words=words, understood=True, wrong=asked.meant(frozenset()))

    assert again.corrected == meant
    assert again.nearly(["cheap"]) is None
    assert ("price<=300" in str(again.filter)) == ("300" in query)


def test_a_name_that_may_be_meant_is_told_in_the_query_as_it_was_read():
    bolt = SearchWords.of(GROUNDER, [*NAMES, NamedItems("brand", "bolt", "Bolt", (), 3)])

    again = read_query("boat lanten", words=bolt, understood=True, wrong={"lanten": "lantern"})

    assert again.nearly(["boat"]) == "bolt lantern"


def test_of_a_name_and_a_word_that_are_equally_near_the_name_is_meant():
    words = SearchWords.of(GROUNDER, [*NAMES, NamedItems("brand", "undo", "Undor", (), 1)])

    assert read_query("undr", words=words, understood=True).meant(frozenset()) == {"undr": "undor"}


def test_a_misspelt_word_is_read_as_an_everyday_one_where_that_is_nearer_and_in_a_text():
    brands = (NamedItems("brand", name.lower(), name, (), 9) for name in ("Balk", "Lahti"))
    words = SearchWords.of(GROUNDER, [*NAMES, *brands])

    asked = read_query("balnk lahte", words=words, understood=True)

    assert asked.meant({"blank", "lathe"}) == {"balnk": "blank", "lahte": "lathe"}
    assert asked.meant(frozenset()) == {"lahte": "lahti"}  # blank is a common word, and lathe none
    assert asked.meant({"balnk", "lahte", "lathe"}) == {}
    assert asked.nearly(["balnk"]) == "balk lahte"


def test_a_word_that_names_spell_otherwise_is_read_as_they_do():
    words = SearchWords.of(GROUNDER, [*NAMES, NamedItems("value", "f=grey", "Grey", (), 3, "f")])

    assert read_query("acme gray", words=words, understood=True).corrections == {"gray": "grey"}


def test_names_of_parameters_are_words_like_any_other():
    words = SearchWords.of(GROUNDER, [*NAMES, NamedItems("brand", "dimer", "Dimer", (), 3)])

    asked = read_query("lantern with dimmer, weigth 2 kg", words=words, understood=True)

    assert asked.corrections == {"weigth": "weight"}


def test_a_misspelt_noun_is_read_in_the_number_it_is_in():
    words = SearchWords.of(GROUNDER, [*NAMES, NamedItems("category", "helmets", "Helmets", (), 3)])

    asked = read_query("hemlet or hemlets", words=words, understood=True)

    assert asked.corrections == {"hemlet": "helmet", "hemlets": "helmets"}


def test_an_everyday_word_may_be_meant_for_a_brand_but_for_no_value():
    time = NamedItems("value", "made=time", "Time", (), 9, "made")
    words = SearchWords.of(GROUNDER, [*NAMES, time, NamedItems("brand", "bolt", "Bolt", (), 3)])

    asked = read_query("tire, boat", words=words, understood=True)

    assert asked.corrections == {}
    assert asked.near == {"boat": "bolt"}
    assert asked.nearly(["boat"]) == "tire, bolt"
    assert asked.nearly(["boat", "tire"]) is None
    assert asked.nearly([]) is None


@pytest.mark.parametrize(
    "text", ['a" OR *', "title:x", "x~2", "a AND b", "(a", "a\\", "/re/", "[a TO b]", "-a", "\x00"]
)
def test_no_word_is_syntax_of_the_index(text):
    words = read_query(text, words=WORDS, understood=True).words

    assert not set('"*:~()\\/[]-+!^{}') & set(lucene(Words(words.exact)))
    assert "OR" not in lucene(words).split()


@pytest.mark.parametrize("text", ['"', "a b", "a*", "", "x" * 101, "a_b"])
def test_what_is_no_word_is_left_out(text):
    assert lucene(Words((text, "lamp"), (text,))) == "lamp"


KINDS = Grounder(
    Lexicon.of(
        PARAMETERS,
        VALUES,
        brands=[Named("acme", "Acme", ("Acme",))],
        categories=[
            Named(name.lower().replace(" ", "-"), name, (name,))
            for name in ("Phones", "Office chairs", "Shelves", "Battery", "Books")
        ],
    ),
    Trust(),
)


@pytest.mark.parametrize(
    ("query", "filter", "rest"),
    [
        ("office chair", "category:office-chairs", ""),
        ("red office chair", "category:office-chairs colour:colour=red", ""),
        ("office chair red", "category:office-chairs colour:colour=red", ""),
        ("office chair for two", "category:office-chairs", "for two"),
        ("phone 128gb", "category:phones storage:storage=128GB", ""),
        ("phone, new", "category:phones", ", new"),
        ("shelf", "category:shelves", ""),
        ("batteries", "category:battery", ""),
        ("acme phone under 300", "price<=300 brand:acme category:phones", ""),
        ("book shelf", "category:shelves", "book"),
        ("phone case", "", "phone case"),
        ("shelf-mounted light", "", "shelf-mounted light"),
        ("not a phone", "-category:phones", ""),
    ],
)
def test_a_category_is_meant_in_either_number(query, filter, rest):
    found = understand(query, KINDS)

    assert set(str(found.filter).split()) == set(filter.split())
    assert found.rest == rest
