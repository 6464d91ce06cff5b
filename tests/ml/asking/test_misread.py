"""Questions whose words are all in the graph, and that it has no answer to or another one."""

import pytest
from msgspec.structs import replace

from graph.records import Fact, Parameter
from graph.text import normalise_value
from ml.asking.checks import complaints
from ml.asking.parser import understand
from ml.asking.plan import Condition, NotUnderstood, Plan
from tests.lamps import ACME, BOLT, MODELS, PARAMETERS, lamp, lexicon
from tests.ml.asking.plans import plan_of

MEMORY = Parameter("memory", "Memory", "number", "GB", ("Memory", "内存"))


RADIO = Parameter("radio", "Radio", "text", None, ("Radio", "无线"))


CAMERA = Parameter("camera", "Camera", "number", "MP", ("Camera", "摄像头"))
MORE = {one.id: one for one in (MEMORY, RADIO, CAMERA)}


def linked(model, **cells):
    facts = [Fact(normalise_value(cell, MORE[id]), evidence=id) for id, cell in cells.items()]
    return replace(model, facts=(*model.facts, *facts))


C20 = lamp("C20 Desk", ACME, weight="700 g", year="2017", finish="Black")
C30 = lamp("C30", ACME, weight="900 g", year="2018", finish="Lacquer C60")
BEAM = lamp("Beam", BOLT, weight="2.5 kg", year="2019", finish="Tablet grey / Lacquer C60")
B70 = lamp("Spot B70", ACME, weight="400 g", finish="Type-C lacquer 2 / Coat B70")
OTHERS = (
    linked(C20, memory="8 GB", radio="8G"),
    linked(C30, memory="4 GB", radio="4G"),
    linked(BEAM, radio="5.0", camera="13 MP"),
    B70,
)
BY_ACME, BY_BOLT = (Condition("brand", values=(one,)) for one in ("acme", "bolt"))
FIXED = Condition("dimmable", values=("dimmable=no",))
HEAVY = Condition("weight", low=1000.0, low_inclusive=False)
GLOW, A5 = "acme-glow", "acme-aurora-5"


@pytest.fixture(scope="module")
def lamps():
    return lexicon((*MODELS, *OTHERS), PARAMETERS | MORE)


REFUSED = {
    "a number that is measured otherwise than what it is said of": (
        "lamps with a weight over 800 lm",
        "weight of at least 30 cm",
        "5000 grams of luminous flux",
        "lamps with 5000 grams of memory",
        "重量超过800流明的台灯",
        "光通量大于2公斤的台灯",
        "重量大于8GB的台灯有哪些",
        "内存大于200克的台灯",
    ),
    "what somebody has to do with it": (
        "Who uses the Glow?",
        "Who is using the Aurora 5?",
        "Who owns Bolt?",
        "who bought the Glow",
        "谁买了Glow",
        "谁在用Aurora 5",
        "谁用过艾克美的台灯",
    ),
    "who somebody is": ("艾克美的老板是谁", "艾克美老板是谁", "Bolt的客服是谁"),
    "how many are sold": (
        "How many lamps were sold in 2019?",
        "How many Acme lamps did you sell in 2019?",
        "How many Bolt lamps are sold per year?",
        "lamps sold in 2019",
    ),
    "what a word means": (
        "What is an E27 socket?",
        "What is Edison E27?",
        "What's a bayonet?",
        "什么是E27",
        "什么是E27灯座",
        "E27是什么",
        "E27是什么意思？",
        "什么是光通量",
    ),
    "how values differ": (
        "E27和E14有什么区别",
        "E27和E14的区别是什么",
        "What is the difference between E27 and E14?",
        "compare E27 and E14",
    ),
    "what a number is in another unit": (
        "500克是多少千克",
        "2公斤等于多少克",
        "How many grams is 2 kg?",
        "how many grams are in 2 kg",
    ),
    "a model of a brand that only others are called like": (
        "Acme C60",
        "Acme C60 weight",
        "艾克美C60的重量",
        "艾克美C60",
    ),
    "a part of texts said of another text": ("拉丝灯座的台灯", "Lacquer灯座的台灯"),
    "a name with something before it": ("塔直径超过20厘米的台灯",),
    "less of what is not said": ("lamps with less than the Glow but with a larger shade",),
    "when it is in stock": ("Glow什么时候有货", "when is the Glow in stock"),
    "things of a kind that only texts are called like": (
        "Which tablets by Bolt?",
        "Show me tablets over 1 kg",
    ),
}


@pytest.mark.parametrize("text", [text for texts in REFUSED.values() for text in texts])
def test_what_the_graph_only_has_the_words_of_is_refused(text, lamps):
    found = understand(text, lamps)

    assert isinstance(found, NotUnderstood) or complaints(found.plan, lamps), found.plan


READ = {
    "the same words where they are meant of lamps": {
        Plan("items", (Condition("memory", low=8.0, high=8.0),)): (
            "lamps with 8g memory", "内存8G的台灯",
        ),
        Plan("count", (BY_ACME,)): ("How many lamps are sold by Acme?",),
        Plan("values", items=(GLOW,), fields=("brand",)): ("Who makes the Glow?", "Glow是谁家的"),
        Plan("values", items=(A5,), fields=("weight",)): (
            "老板，Aurora 5多重", "你好老板 Aurora 5多重", "Aurora 5多重啊老板",
        ),
        Plan("items", (Condition("socket", values=("socket=edison-e27",)),)): (
            "Which lamps have an E27 socket?", "E27灯座的台灯是哪些",
        ),
        Plan("items", (Condition("finish", values=("finish=lacquer-c60",)),)): (
            "C60 lamps", "lamps with C60 finish",
        ),
        Plan("items", (BY_ACME, Condition("socket", values=("socket=edison-e27",)))): (
            "Acme E27 lamps", "艾克美E27台灯",
        ),
        Plan("items", (Condition("finish", values=("finish=brushed-steel",)), HEAVY)): (
            "lamp brushed steel shade over 1 kg", "brushed steel shade > 1 kg",
        ),
        Plan("items", (HEAVY,)): ("weight over 1 kg lamps", "重量超过1公斤的台灯"),
    },
    "which it is, and how much": {
        Plan("items", (), order_by="weight", order="highest", top=1): (
            "最重的台灯是哪款，多重？", "哪款台灯最重，有多重", "最重的是哪个台灯，重量是多少",
            "Which lamp is the heaviest and how heavy is it?",
            "Which lamp is the heaviest, and what is its weight?",
        ),
        Plan("aggregate", fields=("weight",), aggregate="highest"): (
            "最重的台灯多重", "How heavy is the heaviest lamp?",
        ),
    },
    "when it came out": {
        Plan("values", items=(GLOW,), fields=("year",)): (
            "Glow啥时候出的", "Glow什么时候出的", "Glow啥时出的", "Glow几时上市的",
        ),
    },
    "lamps that are looked for": {
        Plan("items", (HEAVY,)): ("有没有超过1公斤的台灯", "有没有重量超过1公斤的台灯？"),
        Plan("items", (BY_ACME, HEAVY)): ("请问有没有超过1公斤的艾克美台灯",),
        Plan("check", (HEAVY,)): ("有没有超过1公斤的台灯吗", "有超过1公斤的台灯吗"),
        Plan("check", (BY_ACME, HEAVY)): ("艾克美有没有超过1公斤的台灯",),
    },
    "amounts that something else is called like": {
        Plan("items", (Condition("memory", low=8.0),)): (
            "内存8G以上的台灯", "内存至少8G的台灯", "lamps with at least 8G of memory",
        ),
        Plan("count", (Condition("memory", high=8.0, high_inclusive=False),)): (
            "内存小于8G的台灯有几款", "How many lamps have less than 8G memory?",
        ),
        Plan("items", (Condition("memory", low=8.0, high=8.0), BY_ACME)): (
            "8G内存的艾克美台灯", "艾克美内存8G的台灯", "lamps with 8G of memory by Acme",
        ),
        Plan("items", (Condition("radio", values=("radio=8g",)),)): (
            "8G的台灯", "无线8G的台灯", "8G无线的台灯", "lamps with 8G radio",
        ),
        Plan("items", (
            Condition("radio", values=("radio=8g",)), Condition("memory", low=4.0, high=4.0),
        )): ("8G、内存4GB的台灯", "8G无线，内存4GB的台灯", "lamps with 8G, memory 4 GB"),
    },
    "what is denied, before what denies it": {
        Plan("items", (FIXED, BY_ACME)): (
            "不可调光的艾克美台灯", "可调光没有的艾克美台灯", "可调光不支持的艾克美台灯",
        ),
        Plan("items", (FIXED, Condition("radio", stated=True, negated=True))): (
            "可调光和无线都没有的台灯", "没有可调光、没有无线的台灯",
        ),
    },
    "texts that are numbers": {
        Plan("items", (Condition("radio", values=("radio=5-0",)), BY_BOLT)): (
            "Bolt lamps with radio 5.0", "无线5.0的Bolt台灯", "无线版本是5.0的Bolt",
            "无线为5.0的Bolt台灯",
        ),
    },
    "parts of texts": {
        Plan("items", (Condition("finish", values=("finish=type-c-lacquer-2",)),)): (
            "Type-C台灯", "lamps with Type-C", "表面是Type-C的台灯",
        ),
        Plan("items", (Condition("finish", values=("finish=coat-b70",)),)): (
            "Coat B70的台灯", "lamps with Coat B70",
        ),
    },
    "pixels that are left out": {
        Plan("items", (Condition("camera", low=13.0, high=13.0),)): (
            "摄像头1300万的台灯", "摄像头1300万像素的台灯", "1300万像素摄像头的台灯",
        ),
    },
    "two bounds": {
        Plan("items", (Condition("weight", above=GLOW), Condition("weight", below=A5))): (
            "lamps heavier than the Glow and lighter than the Aurora 5",
            "比Glow重、比Aurora 5轻的台灯", "比Glow重但比Aurora 5轻的台灯有哪些",
        ),
        Plan("items", (Condition("flux", above=GLOW), Condition("weight", below=A5))): (
            "lamps with more luminous flux than the Glow but lighter than the Aurora 5",
        ),
        Plan("items", (Condition("weight", below=A5), Condition("flux", above=A5))): (
            "lamps lighter than the Aurora 5 but with more luminous flux",
            "比Aurora 5轻但光通量更大的台灯",
        ),
        Plan("count", (Condition("weight", above=GLOW), Condition("weight", below=A5))): (
            "How many lamps are heavier than the Glow but lighter than the Aurora 5?",
            "比Glow重又比Aurora 5轻的台灯有几款",
        ),
    },
    "what is largest, behind what has it": {
        Plan("aggregate", (BY_ACME,), fields=("flux",), aggregate="highest"): (
            "艾克美台灯最大的光通量是多少", "艾克美台灯最大的光通量是多少流明",
        ),
    },
    "what many have": {
        Plan("values", (BY_ACME,), fields=("socket",)): (
            "Acme lamps' sockets", "the sockets of Acme lamps", "艾克美台灯的灯座",
        ),
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        (text, plan)
        for plans in READ.values()
        for plan, texts in plans.items()
        for text in texts
    ],
)  # fmt: skip
def test_what_is_meant_of_lamps_is_read(text, plan, lamps):
    found = plan_of(text, lamps)

    assert set(found.conditions) == set(plan.conditions)
    assert replace(found, conditions=()) == replace(plan, conditions=())
