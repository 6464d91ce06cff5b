"""What a text states, read by rules from the vocabulary of a graph of lamps and pans."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.records import FactText, Named, Parameter, StatedIn, ValueView
from graph.text import normalise_value
from ml.grounding.habits import Habits
from ml.grounding.lexicon import Lexicon
from ml.grounding.reading import READ_CHARS, read
from ml.grounding.stated import Stated

WEIGHT = Parameter("weight", "Weight", "number", "kg", ("重量",))
CORD = Parameter("cord", "Cord length", "number", "m", ("cord",))
HEIGHT = Parameter("height", "Height", "number", "cm", ("高",))
POWER = Parameter("power", "Power", "number", "W", ("功率",))
COLOUR = Parameter("colour", "Colour", "text", None, ("颜色",))
SOCKET = Parameter("socket", "Socket", "text")
DIMMABLE = Parameter("dimmable", "Dimmable", "boolean", None, ("可调光",))
SHADES = Parameter("shades", "Shades", "number")
FROST_FREE = Parameter("frost-free", "Frost free", "boolean")
SIZE = Parameter("size", "Size", "text")
PARAMETERS = (WEIGHT, CORD, HEIGHT, POWER, COLOUR, SOCKET, DIMMABLE, SHADES)


def known(parameter, *cells, items=10, names=()):
    values = [normalise_value(cell, parameter) for cell in cells]
    return [
        ValueView(v.id, v.parameter, v.text, v.number, v.unit, names=names, items=items)
        for v in values
    ]


@pytest.fixture(scope="module")
def lexicon():
    values = [
        *known(WEIGHT, "0.5 kg", "2 kg", "8 kg"),
        *known(CORD, "1.5 m", "2 m"),
        *known(HEIGHT, "30 cm", "150 cm", "42 cm"),
        *known(POWER, "5 W", "40 W", "60 W"),
        *known(COLOUR, "brass", "pale green", "green"),
        *known(COLOUR, "black", names=("黑色",)),
        *known(SOCKET, "E27", "GU10"),
        *known(SHADES, "1", "3"),
    ]
    return Lexicon.of(PARAMETERS, values, brands=[Named("nordlys", "Nordlys", ("北光",))])


def stated(text, lexicon, **options):
    return [
        (one.parameter, one.value.text, text[one.start : one.end])
        for one in read(text, lexicon, **options)
    ]


def has(*cells):
    """What a model has with these values."""
    values = [normalise_value(*cell) for cell in cells]
    return Stated.of(
        FactText(v.parameter, v.parameter, v.id, v.text, v.number, v.unit) for v in values
    )


def test_quantities_and_names_are_found_where_they_stand(lexicon):
    found = stated("Nordlys floor lamp 150cm, pale green, E27, 40W", lexicon)

    assert found == [
        ("height", "150 cm", "150cm"),
        ("colour", "pale green", "pale green"),
        ("socket", "E27", "E27"),
        ("power", "40 W", "40W"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "北光落地灯１５０ｃｍ黑色",
            [("height", "150 cm", "１５０ｃｍ"), ("colour", "black", "黑色")],
        ),
        ("lamp 0.3m high", [("height", "30 cm", "0.3m")]),
        ("lamp with cord 1.5m", [("cord", "1.5 m", "1.5m")]),
        ("a 42-cm lamp", [("height", "42 cm", "42-cm")]),
        ("A&amp;B lamp 42&nbsp;cm", [("height", "42 cm", "42&nbsp;cm")]),
        ("Lamp 40 W, white", [("power", "40 W", "40 W")]),
        ("lamp 40\u00a0W", [("power", "40 W", "40\u00a0W")]),
        ("lamp 40&nbsp;W", [("power", "40 W", "40&nbsp;W")]),
        ("灯４０\u3000Ｗ", [("power", "40 W", "４０\u3000Ｗ")]),
        ("灯４０瓦节能", [("power", "40 W", "４０瓦")]),
        ("灯40 W灯", [("power", "40 W", "40 W")]),
        ("a 12 w lamp", [("power", "12 W", "12 w")]),
        ("2 X 40 W", [("power", "40 W", "40 W")]),
        ("pan 500 g", [("weight", "0.5 kg", "500 g")]),
        ("power 5/60W", [("power", "5 W", "5"), ("power", "60 W", "60W")]),
        ("lamp with 3 shades", [("shades", "3", "3")]),
        ("dimmable lamp", [("dimmable", "yes", "dimmable")]),
        ("lamp, not dimmable", [("dimmable", "no", "dimmable")]),
        ("不支持可调光", [("dimmable", "no", "可调光")]),
        ("Leuchte, keine Dimmable", [("dimmable", "no", "Dimmable")]),
        ("not a dimmable lamp", [("dimmable", "no", "dimmable")]),
        ("Dimmable: no", [("dimmable", "no", "Dimmable: no")]),
        ("Dimmable: ✗; Shades: 3", [("dimmable", "no", "Dimmable: ✗"), ("shades", "3", "3")]),
        ("Dimmable: yes, no shade", [("dimmable", "yes", "Dimmable: yes")]),
        ("| Dimmable | No | Shades |", [("dimmable", "no", "Dimmable | No")]),
        ("Heater: no Dimmable: yes", [("dimmable", "yes", "Dimmable: yes")]),
        ("dimmable | no contract", [("dimmable", "yes", "dimmable")]),
        ("dimmable not supported", [("dimmable", "no", "dimmable")]),
        ("lamp with 3 shades 4 arms", [("shades", "3", "3")]),
        ("4 arms 3 shades", [("shades", "3", "3")]),
        ("Arms: 4 Shades: 3", [("shades", "3", "3")]),
        ("3x shades", [("shades", "3", "3")]),
        ("2 lamps, 3 shades", [("shades", "3", "3")]),
        ("3 shade lamp", [("shades", "3", "3")]),
        ("Shade: 3", [("shades", "3", "3")]),
        ("heights: 42 cm", [("height", "42 cm", "42 cm")]),
        ("40 W - 60 W", [("power", "40 W", "40 W"), ("power", "60 W", "60 W")]),
        ("lamp in pale green", [("colour", "pale green", "pale green")]),
    ],
)
def test_a_value_is_the_graphs_however_it_is_written(text, found, lexicon):
    assert stated(text, lexicon) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "🪔🕯️",
        "evergreen lamps",
        "blackE27lamp",
        "\u202eneerg\u202c",
        "\x00\x07",
        "40",
        "A 12 W lamp",  # as `Galaxy A 12 W`
        "nordlys-40 W",
        "bulb 40 W'series",
        "energy class 5 A",  # no parameter here is in ampere
        "8 G lamp",
        "T40 W lamp",
        "lamp 40 Watson",
        "2 in 1",
        "Nordlys GT 15790 W",  # far from every power that is known
        "7 kg of 900 kg" * 0,
        "shades 3.5GHz",
        "2000 shades",
        "lamp shade 3",
        "pan of 2-8 kg",
        "pan of 2kg–8kg",
        "pan of 2 to 8 kg",
        "cord 1.5~2m",
        "lamp 40-60 W",
        "1-3 shades",
        "Shades: 1-3",
        "灯30-42厘米",
    ],
)
def test_what_a_text_does_not_say_is_absent(text, lexicon):
    assert read(text, lexicon) == []


@pytest.mark.parametrize("text", ["lamp without brass", "keine green", "no E27", "灯不带黑色"])
def test_what_a_text_denies_is_marked(text, lexicon):
    [reading] = read(text, lexicon)

    assert reading.denied


def test_the_name_of_a_parameter_explains_more_than_a_word_of_it(lexicon):
    values = [*known(COLOUR, "frost", items=50), *known(FROST_FREE, "yes", items=20)]

    assert stated("frost free freezer", Lexicon.of([COLOUR, FROST_FREE], values)) == [
        ("frost-free", "yes", "frost free")
    ]


def test_of_two_names_of_a_parameter_the_longer_one_is_meant():
    values = [*known(SIZE, "Women", items=900), *known(SIZE, "Women's", items=3)]

    assert stated("Women's boot", Lexicon.of([SIZE], values)) == [("size", "Women's", "Women's")]


CONTENTS = Parameter("contents", "Contents", "text", None, ("净含量",))


def contents(*cells):
    return Lexicon.of(
        [CONTENTS, WEIGHT],
        [*known(CONTENTS, *cells, "Jumbo", items=2), *known(WEIGHT, "2 kg", items=1)],
    )


IN_OUNCES = contents("12 oz", "16 oz", "24 oz", "32 oz", "64 oz")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Acme tea, 20OZ", [("contents", "20 oz", "20OZ")]),
        ("Acme tea 16oz", [("contents", "16 oz", "16oz")]),
        ("Acme Jumbo tea", [("contents", "Jumbo", "Jumbo")]),
        ("Acme tea, 20 ounces", []),  # no value is written like this
        ("Acme tea, 2000 oz", []),
        ("Acme tea 16-20 oz", []),
        ("Acme tea 1/20 oz", []),
        ("Acme tea 20", []),
    ],
)
def test_texts_that_differ_in_their_numbers_alone_say_how_another_is_written(text, found):
    assert stated(text, IN_OUNCES) == found
    assert all(one.how == "shape" for one in read(text, IN_OUNCES) if one.value.text == "20 oz")


def test_a_range_is_a_value_where_the_graph_has_such():
    ranges = contents("1-2 lb", "2-3 lb", "3-4 lb", "4-6 lb", "5-8 lb")

    assert stated("tea 4-6 lb", ranges) == [("contents", "4-6 lb", "4-6 lb")]
    assert stated("tea 3-5 lb", ranges) == [("contents", "3-5 lb", "3-5 lb")]


def test_few_values_that_are_alike_say_nothing_of_others():
    assert stated("Acme tea 20 oz", contents("12 oz", "16 oz", "24 oz", "32 oz")) == []


def test_a_number_far_from_all_that_is_known_is_no_value(lexicon):
    assert stated("carries 900 kg", lexicon) == []
    assert stated("weight 900 kg", lexicon) == [("weight", "900 kg", "900 kg")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lamp 2.000 kg", "2 kg"),
        ("lamp 2,000 kg", "2 kg"),  # two thousand kilograms is no lamp
        ("lamp 60.000 mW", "60 W"),
        ("lamp 60,000 mW", "60 W"),
        ("lamp with cord 1.500 mm", "1.5 m"),
        ("lamp weight 3.000 kg", "3 kg"),
    ],
)
def test_a_sign_before_three_digits_means_what_the_graph_has_numbers_of(text, found, lexicon):
    assert [value for _, value, _ in stated(text, lexicon)] == [found]


@pytest.mark.parametrize(
    ("text", "found"), [("Puzzle 1.500 Teile", "1500"), ("Puzzle, Teile: 3.000", "3000")]
)
def test_a_number_without_a_unit_is_read_as_the_graph_has_such(text, found):
    pieces = Parameter("pieces", "Pieces", "number", None, ("Teile",))
    puzzles = Lexicon.of([pieces], known(pieces, "500", "1000", "2000", "3000"))

    assert [value for _, value, _ in stated(text, puzzles)] == [found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dimmable: no", ("dimmable", "no", "Dimmable: no")),
        ("Dimmable | Nein | E27", ("dimmable", "no", "Dimmable | Nein")),
        ("可调光:否", ("dimmable", "no", "可调光:否")),
        ("Dimmable = yes", ("dimmable", "yes", "Dimmable = yes")),
        ("Dimmable: pale green", ("dimmable", "yes", "Dimmable")),
        ("Dimmable: n/a", ("dimmable", "yes", "Dimmable")),
        ("dimmable not supported", ("dimmable", "no", "dimmable")),
        ("Dimmable: not supported", ("dimmable", "no", "Dimmable")),
        ("Height (cm): 42", ("height", "42 cm", "42")),
        ("Height [mm] 420", ("height", "42 cm", "420")),
    ],
)
def test_a_pasted_table_answers_behind_the_name(text, found, lexicon):
    assert found in stated(text, lexicon)


def test_a_name_of_two_words_outweighs_a_value_of_one(lexicon):
    flag = Parameter("free", "Glare free", "boolean")
    values = [*known(COLOUR, "glare", "red", items=20), *known(flag, "yes")]

    assert stated("lamp, glare free", Lexicon.of((COLOUR, flag), values)) == [
        ("free", "yes", "glare free")
    ]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("router 4G black", []),
        ("watch 3g/4g", []),
        ("box 4G 64G", [64]),
        ("box 4G+64G", [4, 64]),
        ("box 4G/64GB", [4, 64]),
        ("box 64GB/4G", [4, 64]),
        ("box 4G memory", [4]),
        ("box 4GB", [4]),
    ],
)
def test_a_network_of_the_third_generation_is_no_size(text, numbers):
    memory = Parameter("memory", "Memory", "number", "GB")
    lexicon = Lexicon.of((memory,), known(memory, "4 GB", "3 GB", "64 GB"))

    assert sorted(one.value.number for one in read(text, lexicon)) == numbers


def test_what_the_model_is_known_to_have_decides_between_parameters(lexicon):
    text = "lamp 2m"

    assert stated(text, lexicon, expected=has(("2 m", CORD)))[0][0] == "cord"
    assert (
        stated(text, lexicon, expected=has(("1.5 m", CORD), ("200 cm", HEIGHT)))[0][0] == "height"
    )


def test_only_the_parameters_that_are_asked_for_are_read(lexicon):
    assert stated("green lamp 40W", lexicon, asked=["power"]) == [("power", "40 W", "40W")]
    assert stated("green lamp 40W", lexicon, asked=["nothing known"]) == []


def test_two_readings_never_share_a_place(lexicon):
    found = read("pale green green E27 GU10 40W 60W 1.5m 2m 30cm", lexicon)

    ends = [one.end for one in found]
    assert all(one.start >= end for one, end in zip(found[1:], ends, strict=False))


PIECES = st.sampled_from(
    [
        "green",
        "pale",
        "E27",
        "40W",
        "5/",
        "150cm",
        "0.3m",
        "３０ｃｍ",
        "重量",
        "not ",
        "dimmable",
        "+",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=12).map(" ".join))
def test_whatever_is_written_readings_have_a_place_of_their_own(lexicon, text):
    found = read(text, lexicon)

    end = 0
    for one in found:
        assert end <= one.start < one.end <= len(text)
        assert 0 < one.share <= 1
        end = one.end
    assert read(text, lexicon) == found


def test_a_megabyte_is_read_as_far_as_a_title_can_go(lexicon):
    found = read("green lamp 40W " * 65_000, lexicon)

    assert len(found) > 1_000
    assert found[-1].end <= READ_CHARS


def habits_of(**stated):
    """One dump of these categories, each with what it states of all its items."""
    rows = [
        StatedIn(category, "north", parameter, 40)
        for category, parameters in stated.items()
        for parameter in parameters
    ]
    return Habits.of(rows, {category: [category] for category in stated})


def test_a_category_whose_items_have_no_such_parameter_speaks_against_it(lexicon):
    habits = habits_of(lamps=("socket", "height"), pans=("weight", "height"))
    lexicon = replace(lexicon, habits=habits)

    def usual(text, **options):
        return {one.parameter: one.usual for one in read(text, lexicon, **options)}

    assert usual("42 cm, E27") == {"height": 1.0, "socket": 1.0}
    lamp, pan = (usual("42 cm, E27", category=one) for one in ("lamps", "pans"))
    assert lamp["socket"] > 0.9
    assert lamp["height"] > 0.9
    assert pan["height"] > 0.9
    assert pan["socket"] < 0.35 < usual("socket: E27", category="pans")["socket"]


def test_of_two_parameters_that_words_may_speak_of_the_one_of_the_category_is_read(lexicon):
    habits = habits_of(lamps=("cord", "socket"), shelves=("height", "colour"))
    lexicon = replace(lexicon, habits=habits)

    lamp, shelf = (
        {one.parameter for one in read("1.5 m", lexicon, category=category)}
        for category in ("lamps", "shelves")
    )

    assert lamp == {"cord"}
    assert shelf == {"height"}
