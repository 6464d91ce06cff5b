"""Wordings of shoppers that were read as something else, or not at all."""

import pytest

from graph.records import Named, Parameter, ValueView
from ml.asking.checks import complaints
from ml.asking.lexicon import AskingLexicon
from ml.asking.parser import understand
from ml.asking.plan import Condition, NotUnderstood, Plan
from tests.lamps import ACME, BOLT, MODELS, lamp, lexicon
from tests.ml.asking.plans import plan_of

A5, GLOW, N12 = "acme-aurora-5", "acme-glow", "bolt-nova-12"
BY_ACME = Condition("brand", values=("acme",))
NOVAS = (
    lamp("Nova S9", BOLT, weight="700 g", year="2017", socket="Edison E14", dimmable="yes"),
    lamp("Nova", BOLT, weight="1 kg", year="2014", socket="Edison E14", dimmable="no"),
)


@pytest.fixture(scope="module")
def lamps():
    return lexicon((*MODELS, *NOVAS))


def refused(text, known):
    found = understand(text, known)
    return isinstance(found, NotUnderstood) or bool(complaints(found.plan, known))


@pytest.mark.parametrize(
    "text",
    ["lamps with the same socket as the Glow and the Nova 12", "和Glow、Nova 12灯座都一样的台灯"],
)
def test_what_is_the_same_as_two_named_ones_is_so_of_both(text, lamps):
    of_both = (Condition("socket", same_as=GLOW), Condition("socket", same_as=N12))

    assert plan_of(text, lamps) == Plan("items", of_both)


@pytest.mark.parametrize(
    "text", ["lamps heavier than the Glow and the Aurora 5", "比Glow和Aurora 5都重的台灯"]
)
def test_what_is_more_than_two_named_ones_is_more_than_both(text, lamps):
    beyond = (Condition("weight", above=GLOW), Condition("weight", above=A5))

    assert plan_of(text, lamps) == Plan("items", beyond)


@pytest.mark.parametrize(
    "text",
    [
        "lamps with the same socket as the Glow or the Nova 12",
        "和Glow或者Nova 12同灯座的台灯",
        "lamps heavier than the Glow or the Aurora 5",
        "比Glow或Aurora 5重的台灯",
    ],
)
def test_what_is_held_to_one_named_item_or_another_is_refused(text, lamps):
    assert refused(text, lamps)


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        (
            "Do the Glow and the Nova 12 have the same socket?",
            Plan("check", (Condition("socket", same_as=N12),), items=(GLOW,)),
        ),
        (
            "Glow和Nova 12灯座一样吗",
            Plan("check", (Condition("socket", same_as=N12),), items=(GLOW,)),
        ),
        (
            "Is the Nova 12 heavier than the Glow?",
            Plan("check", (Condition("weight", above=GLOW),), items=(N12,)),
        ),
    ],
)
def test_two_named_ones_can_be_held_to_each_other(text, plan, lamps):
    assert plan_of(text, lamps) == plan


@pytest.mark.parametrize("text", ["有两种灯座的台灯", "lamps with two sockets"])
def test_a_number_of_what_items_have_one_of_is_no_number_of_items(text, lamps):
    assert refused(text, lamps)


@pytest.mark.parametrize(
    "text",
    [
        "艾克美最后一款台灯", "艾克美最近一款台灯", "艾克美最后发布的台灯",
        "which Acme lamp was released last",
    ],
)  # fmt: skip
def test_the_last_one_is_the_newest(text, lamps):
    newest = Plan("items", (BY_ACME,), order_by="year", order="highest", top=1)

    assert plan_of(text, lamps) == newest


@pytest.mark.parametrize(
    "text", ["艾克美最后一款台灯是哪年出的", "艾克美最近一款台灯是什么时候出的"]
)
def test_when_the_last_one_came_is_the_highest_year(text, lamps):
    assert plan_of(text, lamps) == Plan(
        "aggregate", (BY_ACME,), fields=("year",), aggregate="highest"
    )


@pytest.mark.parametrize(
    "text", ["How heavy is the Nova 30?", "Nova 30多重", "Nova 30的光通量多大"]
)
def test_a_series_with_another_number_is_none_of_it(text, lamps):
    assert refused(text, lamps)


@pytest.mark.parametrize("text", ["可调光的Nova", "可调光的Nova有哪些", "重量超过650克的Nova"])
def test_what_tells_items_apart_means_all_that_are_called_so(text, lamps):
    found = plan_of(text, lamps)

    assert (found.ask, found.items) == ("items", ())
    series = next(one for one in found.conditions if one.field == "item")
    assert {"bolt-nova", "bolt-nova-7", N12, "bolt-nova-s9"} == set(series.values)


def test_what_is_asked_of_one_that_is_called_so_is_asked_of_it_alone(lamps):
    assert plan_of("Bolt的Nova多重", lamps) == Plan(
        "values", items=("bolt-nova",), fields=("weight",)
    )


@pytest.mark.parametrize("text", ["跟Aurora 5一样重的还有谁", "和Aurora 5一样重的都有谁"])
def test_who_else_asks_for_items(text, lamps):
    assert plan_of(text, lamps) == Plan("items", (Condition("weight", same_as=A5),))


@pytest.mark.parametrize(
    "text",
    [
        "劳烦问一下，Glow多重呀",
        "烦请告知Glow的重量",
        "有劳，Glow的重量是多少",
        "Glow weight, kind regards",
    ],
)
def test_politeness_says_nothing(text, lamps):
    assert plan_of(text, lamps) == Plan("values", items=(GLOW,), fields=("weight",))


def test_inclusive_takes_the_borders_in_without_a_comma(lamps):
    assert plan_of("lamps released after 2018 inclusive", lamps).conditions == (
        Condition("year", low=2018.0),
    )


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("Does Acme or Bolt have more lamps?", "highest"),
        ("Do Acme or Bolt have fewer lamps?", "lowest"),
        ("艾克美和Bolt谁的台灯多", "highest"),
        ("艾克美和Bolt谁的台灯少", "lowest"),
    ],
)
def test_of_two_brands_the_one_with_more_items_is_found(text, order, lamps):
    both = (Condition("brand", values=("acme", "bolt")),)

    assert plan_of(text, lamps) == Plan("groups", both, fields=("brand",), order=order, top=1)


@pytest.mark.parametrize(
    "text", ["Which lamp socket has the most products?", "Which lamp socket is the most common?"]
)
def test_what_most_items_have_may_stand_behind_what_they_are(text, lamps):
    assert plan_of(text, lamps) == Plan("groups", fields=("socket",), order="highest", top=1)


@pytest.mark.parametrize("name", ["Outlet (2017)", "Outlet (2019)"])
def test_a_name_with_a_year_in_brackets_needs_no_brand(name):
    outlets = [lamp(f"Outlet ({year})", ACME, weight="1 kg") for year in (2015, 2017, 2019)]
    known = lexicon((*MODELS, *outlets))

    id = f"acme-{name.lower().replace(' ', '-')}"
    assert plan_of(f"{name} weight", known).items == (id,)
    assert plan_of(f"{name}的重量", known).items == (id,)


@pytest.fixture(scope="module")
def cameras():
    """Devices with two cameras, which 像素 and `camera` may both mean."""
    front = Parameter("front", "Front camera", "number", "MP", ("Front camera", "前置摄像头"))
    rear = Parameter("rear", "Rear camera", "number", "MP", ("Rear camera", "后置摄像头"))
    panel = Parameter("panel", "Panel", "text", None, ("Panel", "面板"))
    values = [
        *(ValueView(f"{one}=8", one, "8 MP", 8.0, "MP", items=9) for one in ("front", "rear")),
        *(ValueView(f"panel={x}", "panel", x, items=9) for x in ("1080 x 2340", "2160 x 1080")),
    ]
    category = Named("doorbells", "Doorbells", ("Doorbells", "门铃"))
    return AskingLexicon.of([rear, front, panel], values, categories=[category])


@pytest.mark.parametrize(
    "text", ["像素最高的前置摄像头", "哪款门铃像素最高的前置摄像头", "前置摄像头像素最高的门铃"]
)
def test_what_a_word_measures_is_what_else_is_named(text, cameras):
    found = plan_of(text, cameras)

    assert {*found.fields, found.order_by} - {None} == {"front"}
    assert found.conditions == ()


@pytest.mark.parametrize(
    "text",
    ["doorbells with a 1080 x 2340 panel", "1080 x 2340的门铃", "面板1080x2340的门铃有哪些"],
)
def test_a_text_that_begins_with_a_number_is_found_whole(text, cameras):
    assert plan_of(text, cameras) == Plan(
        "items", (Condition("panel", values=("panel=1080 x 2340",)),)
    )


def test_one_text_of_numbers_or_another_is_asked_for(cameras):
    either = Condition("panel", values=("panel=1080 x 2340", "panel=2160 x 1080"))

    for text in ("doorbells with 1080 x 2340 or 2160 x 1080", "1080 x 2340或者2160 x 1080的门铃"):
        assert plan_of(text, cameras) == Plan("items", (either,))


@pytest.fixture(scope="module")
def teas():
    """A graph whose brands are values of a parameter."""
    maker = Parameter("maker", "Brand", "text", None, ("Brand",))
    weight = Parameter("weight", "Weight", "number", "g", ("Weight", "重量"))
    values = [
        *(ValueView(f"maker={one}", "maker", one, items=9) for one in ("Leafy", "Steep")),
        ValueView("weight=100", "weight", "100 g", 100.0, "g", items=9),
    ]
    return AskingLexicon.of(
        [maker, weight], values, categories=[Named("teas", "Teas", ("Teas", "茶叶"))]
    )


@pytest.mark.parametrize(
    "text",
    [
        "Which brand has the most products?", "Which tea brand has the most products?",
        "Which brand makes the most teas?", "哪个品牌的茶叶最多",
    ],
)  # fmt: skip
def test_brands_that_are_values_are_counted_as_values(text, teas):
    assert plan_of(text, teas) == Plan("groups", fields=("maker",), order="highest", top=1)


@pytest.mark.parametrize("text", ["Which brands are there?", "有哪些品牌"])
def test_brands_that_are_values_are_listed_as_values(text, teas):
    assert plan_of(text, teas) == Plan("values", fields=("maker",))


@pytest.mark.parametrize("text", ["How many brands are there?", "一共有多少个品牌"])
def test_brands_that_are_values_are_counted(text, teas):
    assert plan_of(text, teas) == Plan("count", fields=("maker",))


def test_items_of_a_brand_that_is_a_value_are_found(teas):
    assert plan_of("teas by the brand Steep over 50 g", teas).conditions == (
        Condition("maker", values=("maker=Steep",)),
        Condition("weight", low=50.0, low_inclusive=False),
    )
