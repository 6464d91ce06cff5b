"""Classes of questions about lamps, each in several words and in both languages."""

import pytest

from ml.asking.checks import complaints
from ml.asking.following import Before
from ml.asking.parser import understand
from ml.asking.plan import Condition, NotUnderstood, Plan
from tests.lamps import ACME, BOLT, MODELS, lamp, lexicon
from tests.ml.asking.plans import plan_of

A3, A5, GLOW, N7, N12 = (
    "acme-aurora-3",
    "acme-aurora-5",
    "acme-glow",
    "bolt-nova-7",
    "bolt-nova-12",
)
MORE = (
    lamp("Nova S9", BOLT, weight="700 g", year="2017", socket="Edison E14", dimmable="yes"),
    lamp("Spot S9 Mini", ACME, weight="300 g", year="2014", socket="Edison E14", dimmable="no"),
    lamp("Beam XL", BOLT, weight="2.5 kg", year="2019", socket="Edison E27", dimmable="no"),
)
BY_ACME, BY_BOLT = Condition("brand", values=("acme",)), Condition("brand", values=("bolt",))
DIMMABLE = Condition("dimmable", values=("dimmable=yes",))
FIXED = Condition("dimmable", values=("dimmable=no",))
IN_2019 = Condition("year", low=2019.0, high=2019.0)
SINCE_2018 = Condition("year", low=2018.0)
BY_WEIGHT = Plan(
    "groups", fields=("brand",), order_by="weight", order="highest", top=1, aggregate="average"
)
SOCKET_OF_HEAVIEST = Plan(
    "items", fields=("socket",), order_by="weight", order="highest", top=1
)  # fmt: skip
SAME_SOCKET = Condition("socket", same_as=A5)


@pytest.fixture(scope="module")
def lamps():
    return lexicon((*MODELS, *MORE))


CLASSES = {
    "words that say nothing of lamps": {
        Plan("values", items=(A5,), fields=("weight",)): (
            "btw how heavy is that Aurora 5 at the moment, guys",
            "老板，查一下Aurora 5到底多重来着",
        ),
        Plan("count", (BY_ACME,)): (
            "How many Acme lamps are listed on file?",
            "统计一下艾克美的台灯一共收录了几款",
        ),
    },
    "typing errors": {
        Plan("items", (BY_BOLT,)): ("Shwo the Bolt lmaps", "which lmaps are by Bolt"),
        Plan("values", items=("bolt-beam-xl",), fields=("weight",)): (
            "beamxl weight",
            "weihgt of the Bolt Beam XL",
        ),
    },
    "groups by an average": {
        BY_WEIGHT: (
            "Which brand has the highest average weight?",
            "which maker's lamps are the heaviest on average",
            "哪个品牌的台灯平均最重",
            "平均重量最大的品牌是哪个",
        ),
        Plan(
            "groups", fields=("socket",), order_by="weight", order="highest", aggregate="average"
        ): ("average weight per socket", "average weight by socket", "每种灯座的台灯平均多重"),
    },
    "groups by how many different ones they have": {
        Plan("groups", fields=("socket",), order="highest", top=1, counted="brand"): (
            "Which socket is used by the most brands?",
            "Which socket do most brands use",
            "被最多品牌采用的灯座是哪个",
            "哪种灯座被最多的品牌使用？",
        ),
        Plan("groups", fields=("brand",), order="highest", top=1, counted="socket"): (
            "which brand has the most different sockets?",
            "哪个品牌用的灯座种类最多",
        ),
        Plan("groups", fields=("brand",), order="lowest", top=1, counted="socket"): (
            "Which company uses the fewest different sockets?",
            "哪家公司的灯座最少",
        ),
        Plan("groups", fields=("socket",), order="highest", top=3, counted="brand"): (
            "top 3 sockets by number of brands",
            "What are the 3 sockets that the most brands use?",
        ),
    },
    "groups by how many they have": {
        Plan("groups", fields=("brand",), group_low=4): (
            "which brands have more than 3 lamps",
            "brands with at least 4 models",
            "型号超过3款的品牌",
        ),
        Plan("groups", fields=("brand",)): (
            "how many lamps does each brand have",
            "number of lamps per brand",
            "各品牌分别有多少款台灯",
        ),
        Plan("groups", fields=("year",)): (
            "How many lamps per year?",
            "number of lamps by year",
            "每年有几款台灯",
        ),
        Plan("groups", (DIMMABLE,), fields=("socket",)): (
            "How many dimmable lamps are there for each socket?",
            "每种灯座有多少可调光的台灯",
        ),
    },
    "averages of named items": {
        Plan(
            "aggregate", (Condition("item", values=(A3, A5)),), fields=("weight",),
            aggregate="average",
        ): ("average weight of the Aurora 3 and the Aurora 5", "Aurora 3和Aurora 5的平均重量"),
    },
    "all of them": {
        Plan("check", (BY_ACME, FIXED), denied=True): (
            "Are all Acme lamps dimmable?",
            "艾克美的台灯都可调光吗",
        ),
    },
    "facts of the heaviest": {
        SOCKET_OF_HEAVIEST: (
            "Which socket does the heaviest lamp have?",
            "socket of the heaviest lamp",
            "最重的台灯用什么灯座",
        ),
    },
    "what others have in common": {
        Plan("items", (SAME_SOCKET,)): (
            "which lamps use the socket of the Aurora 5",
            "lamps with the Aurora 5's socket",
            "哪些台灯用了Aurora 5的灯座",
            "Aurora 5的灯座还用在哪些台灯上",
        ),
        Plan("values", (SAME_SOCKET,), fields=("brand",)): (
            "brands that use the socket of the Aurora 5",
            "哪些品牌用了和Aurora 5一样的灯座",
        ),
        Plan("items", (SAME_SOCKET, Condition("year", same_as=A5))): (
            "lamps with the same socket and the same year as the Aurora 5",
            "和Aurora 5同灯座同年份的台灯",
            "跟Aurora 5灯座一样、年份也一样的台灯",
        ),
    },
    "alternatives": {
        Plan("items", either=(DIMMABLE, IN_2019)): (
            "lamps that are dimmable or from 2019",
            "可调光或者2019年的台灯",
        ),
    },
    "borders in brackets": {
        Plan("items", (SINCE_2018,)): (
            "lamps after 2018 (inclusive)",
            "lamps from 2018 on",
            "2018年以后（含2018年）的台灯",
        ),
    },
    "differences": {
        Plan("difference", items=(A5, A3), fields=("weight",)): (
            "weight gap between the Aurora 5 and the Aurora 3",
            "how many grams heavier is the Aurora 5 than the Aurora 3",
            "Aurora 5比Aurora 3重几克",
        ),
        Plan("difference", items=(A5, A3), fields=("flux",)): (
            "how much more luminous flux does the Aurora 5 have than the Aurora 3",
        ),
    },
    "short second names": {
        Plan(
            "items", (Condition("item", values=(A3, A5)),), order_by="weight", order="highest",
            top=1,
        ): ("Aurora 3 and 5, which is heavier", "Aurora 3和5哪个更重"),
    },
    "tags that ask": {
        Plan("check", (FIXED,), items=(GLOW,)): (
            "The Glow isn't dimmable, right?",
            "Glow不可调光对吧",
        ),
    },
    "the first of a kind": {
        Plan("items", (BY_ACME,), order_by="year", order="lowest", top=1): (
            "first lamp by Acme",
            "艾克美的第一款台灯",
        ),
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        pytest.param(text, plan, id=f"{name}: {text}")
        for name, plans in CLASSES.items()
        for plan, texts in plans.items()
        for text in texts
    ],
)
def test_a_question_of_each_class_is_understood(text, plan, lamps):
    found = plan_of(text, lamps)
    assert {*found.conditions} == {*plan.conditions}
    assert (found.ask, found.items, found.fields) == (plan.ask, plan.items, plan.fields)
    assert (found.order_by, found.order, found.top) == (plan.order_by, plan.order, plan.top)
    assert {*found.either} == {*plan.either}
    assert found.aggregate == plan.aggregate
    assert (found.denied, found.group_low) == (plan.denied, plan.group_low)
    assert found.counted == plan.counted


def test_a_short_name_that_follows_is_rather_of_the_brand_before(lamps):
    first = plan_of("How heavy is the Spot S9 Mini?", lamps)
    of_bolt = Before(Plan("values", items=(N7,), fields=("weight",)), (N7,))
    of_acme = Before(first, ("acme-spot-s9-mini",))
    assert plan_of("And the S9?", lamps, of_bolt).items == ("bolt-nova-s9",)
    assert plan_of("And the Aurora 3?", lamps, of_acme).items == (A3,)


@pytest.mark.parametrize(
    "text",
    [
        "I want to order two Aurora 5",
        "delete all Acme lamps",
        "set the weight of the Aurora 5 to 100 g",
        "insert a new lamp with 10 W",
        "is Acme a good brand",
        "the heaviest lamp of each brand",
        "每个品牌最重的台灯",
        "the heaviest lamp per year",
        "how long does the Aurora 5 weigh",
        "what does Bolt stand for",
        "who are you",
        "what lamp are you",
        "how many people use Bolt lamps",
        "coffee machine over 200 g",
        "how many Aurora 5 were sold",
        "do you ship Bolt lamps to Canada",
        "Is the Aurora 5 waterproof?",
        "where can I buy the Glow",
        "my Glow is broken",
        "你是谁",
        "帮我下单一台Glow",
        "有多少人在用艾克美",
        "Glow在哪家店买最便宜",
        "把Aurora 5的重量改成100克",
        "艾克美的台灯好用吗",
        "艾克美冰箱多重",
        "Glow卖了多少台",
    ],
)
def test_what_is_out_of_scope_is_refused(text, lamps):
    found = understand(text, lamps)
    assert isinstance(found, NotUnderstood) or complaints(found.plan, lamps)


def test_the_heaviest_after_several_named_ones_is_one_of_them(lamps):
    before = Before(Plan("facts", items=("acme-aurora-5", "acme-glow")))

    found = plan_of("And the heaviest?", lamps, before)

    assert (found.ask, found.items, found.order_by) == ("items", (), "weight")
    assert found.conditions == (Condition("item", values=("acme-aurora-5", "acme-glow")),)


@pytest.mark.parametrize(
    "text",
    [
        "How heavy are they?", "What is their weight?", "它们分别多重", "它们的重量是多少",
        "how heavy is it?",  # of the heaviest, which are two
    ],
)  # fmt: skip
def test_a_number_that_is_asked_of_several_is_told_of_each(text, lamps):
    heaviest = Before(Plan("items", order_by="weight", order="highest", top=1), (A5, N7))

    assert plan_of(text, lamps, heaviest) == Plan("values", items=(A5, N7), fields=("weight",))


def test_what_chooses_among_several_tells_no_number_of_each(lamps):
    by_acme = Before(Plan("items", (BY_ACME,)), (A3, A5, GLOW))

    lightest = plan_of("Which of them is the lightest?", lamps, by_acme)
    mean = plan_of("What is their average weight?", lamps, by_acme)

    assert lightest == Plan("items", (BY_ACME,), order_by="weight", order="lowest", top=1)
    assert mean == Plan("aggregate", (BY_ACME,), fields=("weight",), aggregate="average")


def test_the_heaviest_after_a_single_one_is_that_of_all(lamps):
    before = Before(Plan("facts", items=("acme-glow",)))

    assert plan_of("And the heaviest?", lamps, before).conditions == ()


def test_a_list_of_named_items_is_no_plan(lamps):
    plan = Plan("items", items=("acme-glow",), order_by="weight", order="highest", top=1)

    assert list(complaints(plan, lamps)) == ["'items' is not asked of named items"]


def test_a_name_with_an_article_is_one_of_many_where_a_series_is_called_so():
    known = lexicon((*MODELS, *MORE, lamp("Nova", BOLT, weight="1 kg")))
    heavy = Condition("weight", low=1500.0, low_inclusive=False)

    some = plan_of("Is there a Nova over 1.5 kg?", known)
    one = plan_of("Is the Nova over 1.5 kg?", known)

    assert {N7, N12} < set(some.conditions[0].values)
    assert some == Plan("check", (some.conditions[0], heavy))
    assert one == Plan("check", (heavy,), items=("bolt-nova",))


def test_what_more_lamps_state_than_are_called_so_is_no_series():
    drift = [lamp(f"Drift {name}", BOLT, weight="1 kg") for name in ("Uno", "Duo", "Trio")]
    wooden = [lamp(name, ACME, finish="Pale drift wood") for name in ("A1", "B2", "C3", "D4")]

    named, stated = lexicon(drift), lexicon((*drift, *wooden))

    assert plan_of("Drift lamps over 1 kg", named).conditions[0].field == "item"
    assert plan_of("drift lamps", stated).conditions[0].field == "finish"


def test_of_several_named_ones_no_one_price_is_told():
    known = lexicon(offers=True)

    assert plan_of("How much is the Glow?", known).fields == ("price",)
    assert isinstance(understand("How much are the Glow and the Aurora 3?", known), NotUnderstood)


@pytest.mark.parametrize(("written", "number"), [("一千", 1_000.0), ("一千五百", 1_500.0)])
def test_sums_of_money_are_read_in_chinese_numerals(written, number):
    plan = plan_of(f"{written}元以下的台灯", lexicon(offers=True))

    assert plan.conditions[0] == Condition("price", high=number)
