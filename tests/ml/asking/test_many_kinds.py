"""Questions about a shop of many kinds of things."""

from dataclasses import replace as replace_in

import pytest
from msgspec.structs import replace

from graph.records import Named, Parameter, ValueView
from ml.asking.checks import complaints
from ml.asking.following import Before
from ml.asking.lexicon import AskingLexicon
from ml.asking.parser import understand
from ml.asking.plan import Condition, NotUnderstood, Plan
from tests.ml.asking.plans import plan_of

COUNTED = ("Office chairs", "Shelves", "Batteries", "Knives", "Lenses", "Movies", "Watches")
KINDS = [Named(name.lower(), name, (name,)) for name in COUNTED]


@pytest.fixture(scope="module")
def shop():
    return AskingLexicon.of(
        [
            Parameter("price", "Price", "number", None, ("Price", "价格")),
            Parameter("publication", "Publication", "number", "year"),
        ],
        [
            ValueView(f"publication={year}year", "publication", f"{year} year", year, "year", (), 9)
            for year in (1998.0, 2021.0)
        ],
        brands=[Named("acme", "Acme", ("Acme",)), Named("bolt", "Bolt", ("Bolt",))],
        categories=KINDS,
        offers=True,
    )


@pytest.mark.parametrize(
    ("one", "category"),
    [
        ("office chair", "office chairs"),
        ("shelf", "shelves"),
        ("battery", "batteries"),
        ("knife", "knives"),
        ("lens", "lenses"),
        ("movie", "movies"),
        ("watch", "watches"),
    ],
)
def test_a_category_is_meant_in_the_singular_as_in_the_plural(shop, one, category):
    of_it = Condition("category", values=(category,))

    for name in (one, category):
        cheapest = plan_of(f"the cheapest {name}", shop)
        counted = plan_of(f"How many {name} are there?", shop)

        assert cheapest == Plan("items", (of_it,), order_by="price", order="lowest", top=1)
        assert counted == Plan("count", (of_it,))


MOVIES = Condition("category", values=("movies",))


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("movies published after 2000",
         Plan("items", (MOVIES, Condition("publication", low=2000.0, low_inclusive=False)))),
        ("2021年出版的movies",
         Plan("items", (Condition("publication", low=2021.0, high=2021.0), MOVIES))),
        ("movies from 2021",
         Plan("items", (MOVIES, Condition("publication", low=2021.0, high=2021.0)))),
        ("the oldest movie",
         Plan("items", (MOVIES,), order_by="publication", order="lowest", top=1)),
    ],
)  # fmt: skip
def test_years_of_a_calendar_are_known_by_their_numbers(shop, text, plan):
    found = plan_of(text, shop)

    assert set(found.conditions) == set(plan.conditions)
    assert replace(found, conditions=()) == replace(plan, conditions=())


SHELVES = Condition("category", values=("shelves",))
LARGEST = Plan("groups", fields=("category",), order="highest", top=1)
EVERY = Plan("groups", fields=("category",))


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("Which category has the most products?", LARGEST),
        ("哪个类别的商品最多？", LARGEST),
        ("商品最多的类别是哪个", LARGEST),
        ("What is the most common category?", LARGEST),
        ("top 3 categories by number of products",
         Plan("groups", fields=("category",), order="highest", top=3)),
        ("In which category does Acme have the fewest products?",
         Plan("groups", (Condition("brand", values=("acme",)),), fields=("category",),
              order="lowest", top=1)),
        ("Which brand has the most shelves?",
         Plan("groups", (SHELVES,), fields=("brand",), order="highest", top=1)),
        ("Which brand has the most products in the category shelves?",
         Plan("groups", (SHELVES,), fields=("brand",), order="highest", top=1)),
        ("Which categories have more than 30 products?",
         Plan("groups", fields=("category",), group_low=31)),
        ("Which brand has the most categories?",
         Plan("groups", fields=("brand",), order="highest", top=1, counted="category")),
        ("哪个品牌的类别最多",
         Plan("groups", fields=("brand",), order="highest", top=1, counted="category")),
        ("Which category has the highest average price?",
         Plan("groups", fields=("category",), order_by="price", order="highest", top=1,
              aggregate="average")),
        ("average price per category",
         Plan("groups", fields=("category",), order_by="price", order="highest",
              aggregate="average")),
        ("How many products does each category have?", EVERY),
        ("number of products by category", EVERY),
        ("How many categories are there?", Plan("count", fields=("category",))),
        ("有多少个类别", Plan("count", fields=("category",))),
        ("Which categories does Acme have?",
         Plan("values", (Condition("brand", values=("acme",)),), fields=("category",))),
        ("有哪些类别？", Plan("values", fields=("category",))),
        ("Which products are in the category shelves?", Plan("items", (SHELVES,))),
        ("the shelves category", Plan("items", (SHELVES,))),
    ],
)  # fmt: skip
def test_categories_are_asked_for_as_brands_are(shop, text, plan):
    assert plan_of(text, shop) == plan


def test_what_ranks_items_does_not_rank_categories(shop):
    found = understand("Which category has the cheapest product?", shop)

    assert isinstance(found, NotUnderstood)
    ranked = Plan("items", fields=("category",), order_by="price", order="lowest", top=1)
    assert complaints(ranked, shop) != []


KNIVES = Condition("category", values=("knives",))


@pytest.fixture(scope="module")
def alike(shop):
    """Movies have a weight of their reels, knives one of their own, and chairs hold `100g` each."""
    heavy = Parameter("heavy", "Weight", "number", "g")
    weight = Parameter("weight", "Weight", "text")
    content = Parameter("content", "Net content", "text")
    reel = Parameter("reel", "Reel weight", "number", "g")
    values = [
        ValueView("heavy=80g", "heavy", "80 g", 80.0, "g", (), 5),
        ValueView("heavy=300g", "heavy", "300 g", 300.0, "g", (), 5),
        ValueView("reel=100g", "reel", "100 g", 100.0, "g", (), 90),
        ValueView("weight=light", "weight", "light", None, None, (), 90),
        ValueView("content=100g", "content", "100g", None, None, (), 90),
    ]
    lexicon = AskingLexicon.of([heavy, weight, content, reel], values, categories=KINDS)
    movies, chairs = frozenset({"reel", "weight"}), frozenset({"content"})
    stated = {"knives": frozenset({"heavy"}), "movies": movies, "office chairs": chairs}
    return replace_in(lexicon, stated_in=stated)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("knives lighter than 100 g", "heavy"),
        ("Which knives weigh less than 100 g?", "heavy"),
        ("movies lighter than 100 g", "reel"),
    ],
)
def test_what_items_of_the_category_state_is_meant_of_what_is_called_or_measured_alike(
    alike, text, field
):
    [one] = [one for one in plan_of(text, alike).conditions if one.field != "category"]

    assert one == Condition(field, high=100.0, high_inclusive=False)


def test_the_heaviest_of_a_category_is_by_what_its_items_state(alike):
    def ranked(kind):
        return plan_of(f"the heaviest {kind}", alike).order_by

    assert (ranked("knife"), ranked("movie")) == ("heavy", "reel")
    assert ranked("shelf") == ranked("office chair")  # nothing of either is measured


def test_of_a_question_that_goes_on_the_category_is_that_of_the_one_before(alike):
    before = Before(Plan("items", (KNIVES,)))

    found = understand("and lighter than 100 g?", alike, before=before)

    assert [one.field for one in found.plan.conditions] == ["category", "heavy"]


@pytest.fixture(scope="module")
def worn():
    """Sizes and whom something is for, each in several spellings."""
    texts = (
        ("men", "Men", 40), ("mens", "Men's", 9), ("caps", "Winter Caps for Men", 3),
        ("women", "Women", 20), ("womens", "Women's", 30), ("galaxy", "Galaxy", 4),
        ("galaxys", "Galaxy S", 4), ("travel", "Thin Watch for Travel", 5),
        ("forwomen", "for Women", 1),
    )  # fmt: skip
    values = [ValueView(f"people={id}", "people", text, items=n) for id, text, n in texts]
    return AskingLexicon.of([Parameter("people", "People", "text")], values, categories=KINDS)


MEN = Condition("people", values=("people=men", "people=mens", "people=caps"))
WOMEN = Condition("people", values=("people=women", "people=womens", "people=forwomen"))


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("men's watches", MEN),
        ("watches for men", MEN),
        ("Which watches are not for men?", replace(MEN, negated=True)),
        ("women’s watches", WOMEN),
        ("watches for women", WOMEN),
        ("winter caps for men watches", Condition("people", values=("people=caps",))),
        ("galaxy watches", Condition("people", values=("people=galaxy", "people=galaxys"))),
    ],
)
def test_whom_something_is_for_is_one_however_it_is_written(worn, text, who):
    assert [one for one in plan_of(text, worn).conditions if one.field == "people"] == [who]


def test_another_character_names_another_kind_of_thing_and_no_typing_error():
    washers = Named("washers", "Washing machines", ("Washing machines", "洗衣机"))
    flux = Parameter("flux", "Luminous flux", "number", "lm", ("光通量",))
    sold = AskingLexicon.of([flux], [], categories=[*KINDS, washers])

    assert plan_of("有多少台洗衣机", sold) == Plan("count", (Condition("category", ("washers",)),))
    other = understand("有多少台洗碗机", sold)
    assert isinstance(other, NotUnderstood)
    assert other.reason == "unknown_words"
    assert plan_of("光道量最大的洗衣机", sold).order_by == "flux"


@pytest.mark.parametrize("text", ["steel knives", "the steel knife", "knives of steel"])
def test_a_text_that_says_the_category_too_is_not_meant_alone(text):
    texts = (("steel", "Steel", 9), ("steelknife", "Steel Knife", 3), ("oak", "Oak", 2))
    values = [ValueView(f"made={id}", "made", text_, items=n) for id, text_, n in texts]
    shop = AskingLexicon.of([Parameter("made", "Made of", "text")], values, categories=KINDS)

    found = plan_of(text, shop).conditions

    assert set(found) == {KNIVES, Condition("made", values=("made=steel", "made=steelknife"))}


@pytest.fixture(scope="module")
def printed():
    """Movies are printed, books of knives are praised; cameras are things, and parts of watches."""
    made, praise = Parameter("made", "Made", "text"), Parameter("praise", "Praise", "text")
    lens = Parameter("lens", "Rear camera", "number", "MP", ("Rear camera", "camera"))
    values = [
        ValueView("made=print", "made", "Print", items=30),
        ValueView("praise=light", "praise", "Comfortable and light", items=30),
        ValueView("lens=8mp", "lens", "8 MP", 8.0, "MP", items=30),
    ]
    cameras = Named("cameras", "Digital cameras", ("Digital cameras",))
    shop = AskingLexicon.of(
        [made, praise, lens], values, brands=[Named("acme", "Acme", ("Acme",))],
        categories=[*KINDS, cameras],
    )  # fmt: skip
    stated = {"movies": {"made"}, "knives": {"praise"}, "watches": {"lens"}}
    return replace_in(shop, stated_in={one: frozenset(many) for one, many in stated.items()})


@pytest.mark.parametrize("typed", ["pritn", "prrint"])
def test_a_letter_that_is_another_makes_another_word_of_a_text(printed, typed):
    assert plan_of(f"{typed} movies", printed).conditions[0].values == ("made=print",)
    assert isinstance(understand("prunt", printed), NotUnderstood)


@pytest.mark.parametrize("typed", ["paint", "knaves", "moves", "moviegoers"])
def test_an_everyday_word_is_no_typing_error(printed, typed):
    assert isinstance(understand(f"How many {typed} are there?", printed), NotUnderstood)


def test_a_word_of_what_is_said_of_other_things_is_not_asked_of_these(printed):
    said = plan_of("Are these knives comfortable?", printed)

    assert Condition("praise", values=("praise=light",)) in said.conditions
    assert isinstance(understand("Are these movies comfortable?", printed), NotUnderstood)


@pytest.mark.parametrize(
    ("text", "of_kind"),
    [
        ("Acme cameras", True),
        ("How many cameras are there?", True),
        ("watches with cameras", False),
        ("products with cameras", False),
    ],
)
def test_things_that_others_have_as_parts_are_meant_where_no_others_are_named(
    printed, text, of_kind
):
    conditions = plan_of(text, printed).conditions

    assert (Condition("category", values=("cameras",)) in conditions) is of_kind
    assert (Condition("lens", stated=True) in conditions) is not of_kind


def test_brands_of_two_kinds_are_not_those_of_either(shop):
    either = plan_of("Which brands have knives or watches?", shop)

    assert either.conditions == (Condition("category", values=("knives", "watches")),)
    for text in ("Which brands have both knives and watches?", "brands with knives and watches"):
        assert isinstance(understand(text, shop), NotUnderstood)


@pytest.fixture(scope="module")
def games():
    numbers = {
        "age": [8.0, 10.0, 12.0, 14.0],
        "duration": [30.0, 60.0, 120.0],
        "pieces": [500.0, 1000.0, 3000.0],
    }
    units = {"age": "year", "duration": "min", "pieces": None}
    return AskingLexicon.of(
        [
            Parameter("price", "Price", "number", None, ("Price", "价格")),
            Parameter("age", "Age", "number", "year"),
            Parameter("duration", "Playing time", "number", "min"),
            Parameter("pieces", "Pieces", "number", None, ("Pieces", "片数", "片")),
        ],
        [
            ValueView(f"{id}={number}", id, str(number), number, units[id], (), 30 - place)
            for place, (id, known) in enumerate(numbers.items())
            for number in known
        ],
        categories=[Named("games", "Games", ("Games", "游戏")), KINDS[1]],
        offers=True,
    )


GAMES = Condition("category", values=("games",))


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("Which games have more than 1,500 pieces?",
         Condition("pieces", low=1500.0, low_inclusive=False)),
        ("games with 1000 pieces", Condition("pieces", low=1000.0, high=1000.0)),
        ("500 pieces or less games", Condition("pieces", high=500.0)),
        ("1000片以上的游戏", Condition("pieces", low=1000.0)),
        ("games longer than 90 minutes", Condition("duration", low=90.0, low_inclusive=False)),
        ("games shorter than 1 hour", Condition("duration", high=60.0, high_inclusive=False)),
    ],
)  # fmt: skip
def test_a_number_is_of_what_is_named_or_measured_like_it(games, text, condition):
    assert set(plan_of(text, games).conditions) == {GAMES, condition}


@pytest.mark.parametrize(
    "text", ["哪些游戏有1000块？", "有1000块的游戏", "1000块的游戏有哪些", "1000块游戏"]
)
def test_a_currency_that_no_price_is_in_counts_what_is_called_so(games, text):
    pieces = Parameter("pieces", "Pieces", "number", None, ("块数",))
    value = ValueView("pieces=1000.0", "pieces", "1000", 1000.0, None, (), 9)
    prices = Parameter("price", "Price", "number", None, ("Price", "价格"))
    found = {
        currency: plan_of(
            text,
            AskingLexicon.of(
                [prices, pieces], [value], categories=[*games.categories.values()],
                offers=True, currencies=(currency,),
            ),
        ).conditions
        for currency in ("EUR", "CNY")
    }  # fmt: skip

    assert {one.field for one in found["EUR"]} == {"category", "pieces"}
    assert {one.field for one in found["CNY"]} == {"category", "price", "currency"}


@pytest.mark.parametrize(("text", "order"), [("longest", "highest"), ("shortest", "lowest")])
def test_how_long_something_is_may_be_how_much_time_it_takes(games, text, order):
    plan = plan_of(f"Which is the {text} game?", games)

    assert (plan.order_by, plan.order) == ("duration", order)


@pytest.mark.parametrize(
    ("question", "low", "high"),
    [
        ("shelves with a comfort temperature below -10 °C", None, -10.0),
        ("shelves with a comfort temperature below -10°C", None, -10.0),
        ("Which shelves have a comfort temperature of at least -6 °C?", -6.0, None),
        ("shelves with a comfort temperature below 10 °C", None, 10.0),
    ],
)
def test_numbers_below_zero_are_read_with_their_sign(question, low, high):
    known = AskingLexicon.of(
        [Parameter("comfort", "Comfort temperature", "number", "°C")],
        [
            ValueView(f"comfort={n}°C", "comfort", f"{n} °C", float(n), "°C", (), 9)
            for n in (-20, -10, 0, 15)
        ],
        categories=KINDS,
        offers=True,
    )

    asked = plan_of(question, known)

    (comfort,) = [one for one in asked.conditions if one.field == "comfort"]
    assert (comfort.low, comfort.high) == (low, high)
