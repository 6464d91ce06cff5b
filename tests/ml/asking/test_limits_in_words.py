"""A brand that a question states, and limits said with words that also name the highest."""

import pytest

from graph.records import Named, Parameter, ValueView
from ml.asking.lexicon import AskingLexicon
from ml.asking.plan import Condition, Plan
from tests.lamps import lexicon
from tests.ml.asking.plans import plan_of

BY_ACME = Condition("brand", values=("acme",))
NOT_ACME = Condition("brand", values=("acme",), negated=True)
TO_2017 = Condition("year", high=2017.0)
TO_2_KG = Condition("weight", high=2000.0)


@pytest.fixture(scope="module")
def lamps():
    return lexicon()


@pytest.mark.parametrize(
    "text",
    [
        "lamps whose brand is Acme", "lamps of the brand Acme", "Which lamps have the brand Acme?",
        "Which lamps are of the Acme brand?", "品牌是艾克美的台灯", "品牌为艾克美的台灯有哪些",
        "哪些台灯的品牌是艾克美", "艾克美品牌的台灯有哪些", "艾克美牌子的台灯",
    ],
)  # fmt: skip
def test_a_brand_that_is_stated_chooses_items(text, lamps):
    assert plan_of(text, lamps) == Plan("items", (BY_ACME,))


@pytest.mark.parametrize(
    "text", ["lamps whose brand is not Acme", "品牌不是艾克美的台灯", "哪些台灯的品牌不是艾克美"]
)
def test_a_brand_that_is_denied_chooses_the_others(text, lamps):
    assert plan_of(text, lamps) == Plan("items", (NOT_ACME,))


@pytest.mark.parametrize(
    "text",
    [
        "How many lamps have the brand Acme?", "How many lamps are of the Acme brand?",
        "品牌是艾克美的台灯有多少款", "艾克美品牌的台灯有几款",
    ],
)  # fmt: skip
def test_items_of_a_stated_brand_are_counted(text, lamps):
    assert plan_of(text, lamps) == Plan("count", (BY_ACME,))


@pytest.mark.parametrize(
    "text", ["the heaviest lamp of the brand Acme", "品牌是艾克美的最重的台灯"]
)
def test_the_heaviest_of_a_stated_brand_is_an_item(text, lamps):
    assert plan_of(text, lamps) == Plan(
        "items", (BY_ACME,), order_by="weight", order="highest", top=1
    )


@pytest.mark.parametrize(
    "text",
    [
        "Which brand makes the heaviest lamp?", "Which brand has the most lamps?",
        "Which brand, Acme or Bolt, has the most lamps?", "艾克美和Bolt哪个品牌的台灯最多",
    ],
)  # fmt: skip
def test_brands_that_are_asked_for_are_answered(text, lamps):
    assert plan_of(text, lamps).fields == ("brand",)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("lamps with year maximum 2017", TO_2017),
        ("lamps with maximum year 2017", TO_2017),
        ("年份最多2017年的台灯", TO_2017),
        ("lamps with weight maximum 2 kg", TO_2_KG),
        ("lamps with maximum 2 kg weight", TO_2_KG),
        ("lamps with a maximum weight of 2 kg", TO_2_KG),
        ("max 2 kg lamps", TO_2_KG),
        ("lamps whose weight is maximum 2 kg", TO_2_KG),
        ("lamps whose weight is not more than 2 kg", TO_2_KG),
        ("lamps whose weight does not exceed 2 kg", TO_2_KG),
        ("lamps that don't exceed 2 kg", TO_2_KG),
        ("lamps whose weight isn't over 2 kg", TO_2_KG),
        ("lamps whose weight is not less than 2 kg", Condition("weight", low=2000.0)),
        ("lamps with a minimum weight of 2 kg", Condition("weight", low=2000.0)),
        ("最低重量2公斤的台灯", Condition("weight", low=2000.0)),
        ("最大重量2公斤的台灯", TO_2_KG),
    ],
)  # fmt: skip
def test_a_number_behind_it_makes_a_limit_of_a_superlative(text, limit, lamps):
    assert plan_of(text, lamps) == Plan("items", (limit,))


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("the lamp with the maximum weight", "highest"),
        ("lamps with the minimum weight", "lowest"),
        ("the 2017 lamp with the maximum weight", "highest"),
    ],
)
def test_without_a_number_behind_it_a_superlative_chooses(text, order, lamps):
    plan = plan_of(text, lamps)

    assert (plan.order_by, plan.order, plan.top) == ("weight", order, 1)


@pytest.mark.parametrize("text", ["whose pieces are maximum 10", "片数最多10的"])
def test_a_number_without_a_unit_is_a_limit_of_what_is_named_before_it(text):
    pieces = Parameter("pieces", "Pieces", "number", None, ("Pieces", "片数"))
    values = [ValueView(f"pieces={n}", "pieces", str(n), float(n), items=9) for n in (5, 10, 20)]
    sets = AskingLexicon.of(
        [pieces], values, categories=[Named("sets", "Puzzles", ("Puzzles", "拼图"))]
    )
    asked = f"{text}拼图" if text.endswith("的") else f"puzzles {text}"

    plan = plan_of(asked, sets)

    assert (plan.order_by, plan.top) == (None, None)
    assert Condition("pieces", high=10.0) in plan.conditions


@pytest.mark.parametrize(
    "text",
    ["不可调光且缺货的台灯", "缺货且不可调光的台灯", "lamps that are not dimmable and sold out"],
)
def test_sold_out_is_not_denied_by_what_is_denied_of_another(text):
    lamps = lexicon(offers=True)

    conditions = plan_of(text, lamps).conditions

    assert Condition("in_stock", values=("in_stock=no",)) in conditions or (
        Condition("in_stock", values=("in_stock=yes",), negated=True) in conditions
    )


def test_a_lone_letter_behind_a_number_is_a_unit_where_something_is_told_in_it():
    cable = Parameter("cable", "Cable", "number", "m", ("Cable",))
    values = [ValueView(f"cable={n}", "cable", f"{n} m", n, "m", items=9) for n in (1.0, 2.0)]
    cables = AskingLexicon.of([cable], values, categories=[Named("lamps", "Lamps", ("Lamps",))])

    assert Condition("cable", low=1.5, low_inclusive=False) in (
        plan_of("lamps with cable over 1.5 m", cables).conditions
    )


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("lamps more expensive than 50", Condition("price", low=50.0, low_inclusive=False)),
        ("lamps less expensive than 50", Condition("price", high=50.0, high_inclusive=False)),
    ],
)
def test_more_expensive_than_an_amount_is_a_limit(text, limit):
    assert plan_of(text, lexicon(offers=True)).conditions == (limit,)


def test_what_is_joined_to_a_denial_as_a_clause_is_not_denied():
    conditions = plan_of("不可调光且有货的台灯", lexicon(offers=True)).conditions

    assert Condition("in_stock", values=("in_stock=yes",)) in conditions


def test_a_price_and_a_year_are_no_range():
    plan = plan_of("lamps cheaper than 1500 and from 2018 or later", lexicon(offers=True))

    assert set(plan.conditions) == {
        Condition("price", high=1500.0, high_inclusive=False),
        Condition("year", low=2018.0),
    }


def test_grams_are_of_the_weight_before_them_and_not_of_the_storage_behind():
    storage = Parameter("storage", "Storage", "number", "GB", ("Storage",))
    weight = Parameter("weight", "Weight", "number", "g", ("Weight",))
    values = [
        *(ValueView(f"storage={n}", "storage", f"{n} GB", n, "GB", items=9) for n in (8.0, 256.0)),
        *(ValueView(f"weight={n}", "weight", f"{n} g", n, "g", items=9) for n in (100.0, 200.0)),
    ]
    phones = AskingLexicon.of(
        [storage, weight], values, categories=[Named("phones", "Phones", ("Phones",))]
    )

    plan = plan_of("phones with weight under 119 g, whose storage is less than 16 GB", phones)

    assert set(plan.conditions) == {
        Condition("weight", high=119.0, high_inclusive=False),
        Condition("storage", high=16.0, high_inclusive=False),
    }
