"""The same questions about lamps as people put them: terse, polite, indirect, with errors."""

import pytest
from msgspec.structs import replace

from ml.asking.following import Before
from ml.asking.keys import han_number
from ml.asking.parser import understand
from ml.asking.plan import Condition, NotUnderstood, Plan
from tests.lamps import ACME, BOLT, MODELS, lamp, lexicon
from tests.ml.asking.plans import plan_of


def bare(name, brand, **cells):
    """A lamp whose name does not say who makes it."""
    return replace(lamp(name, brand, **cells), title=name, names=(name,))


A3, A5, GLOW = "acme-aurora-3", "acme-aurora-5", "acme-glow"
ONE, SEVEN = "acme-one", "bolt-7"
MORE = (
    bare("One", ACME, weight="700 g", year="2017", socket="5G"),
    bare("7", BOLT, weight="800 g", year="2018", socket="5G"),
    bare("8 Ultra", BOLT, weight="810 g", year="2018", finish="Grey"),
    bare("Lumen Ultra", BOLT, weight="820 g", year="2018", finish="Grey"),
    bare("Arc Ultra", BOLT, weight="840 g", year="2018", finish="Grey"),
    bare("Disk Ultra", BOLT, weight="830 g", year="2018", finish="Grey"),
)
BY_ACME, BY_BOLT = Condition("brand", values=("acme",)), Condition("brand", values=("bolt",))
DIMMABLE = Condition("dimmable", values=("dimmable=yes",))
FIVE_G = Condition("socket", values=("socket=5g",))


@pytest.fixture(scope="module")
def lamps():
    return lexicon((*MODELS, *MORE))


def heavier(number, **more):
    return Condition("weight", low=number, **more)


def ranked(*conditions, order="highest", top=1, **more):
    return Plan("items", conditions, order_by="weight", order=order, top=top, **more)


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        # names that are words of their own need their brand
        ("which one is the heaviest lamp", ranked()),
        ("weight of the Acme One", Plan("values", items=(ONE,), fields=("weight",))),
        ("Bolt 7多重", Plan("values", items=(SEVEN,), fields=("weight",))),
        # a text of the graph that looks like a number with a unit
        ("5G lamps", Plan("items", (FIVE_G,))),
        ("does the bolt 7 have 5g", Plan("check", (FIVE_G,), items=(SEVEN,))),
        # how people ask
        ("Aurora 5 white?",
         Plan("check", (Condition("finish", values=("finish=white",)),), items=(A5,))),
        ("hi, could you tell me wich socket is inside the Glow?",
         Plan("values", items=(GLOW,), fields=("socket",))),
        ("what socket options does the Glow have",
         Plan("values", items=(GLOW,), fields=("socket",))),
        ("想买个1公斤以上的台灯，有推荐吗", Plan("items", (heavier(1000.0),))),
        ("Glow够不够700克", Plan("check", (Condition("weight", low=700.0, high=700.0),),
                              items=(GLOW,))),
        ("都有谁超过1公斤", Plan("items", (heavier(1000.0, low_inclusive=False),))),
        ("Glow和Aurora 5谁更重",
         ranked(Condition("item", values=(GLOW, A5)))),
        ("a light lamp, under 700 g",
         Plan("items", (Condition("weight", high=700.0, high_inclusive=False),))),
        # limits
        ("lamps >= 1 kg", Plan("items", (heavier(1000.0),))),
        ("lamps with 1 kg of weight or more", Plan("items", (heavier(1000.0),))),
        ("lamps with at least 400 lm and under 1 kg", Plan("items", (
            Condition("flux", low=400.0),
            Condition("weight", high=1000.0, high_inclusive=False)))),
        ("2018年以后(含)的台灯", Plan("items", (Condition("year", low=2018.0),))),
        ("台灯，一千克以上", Plan("items", (heavier(1000.0),))),
        ("lamps from 2016 up to 2018",
         Plan("items", (Condition("year", low=2016.0, high=2018.0),))),
        ("lamps from 2016 or 2018",
         Plan("items", (Condition("year", values=("year=2016", "year=2018")),))),
        ("lamps under 1 kg from 2016 or later",
         Plan("items", (
             Condition("weight", high=1000.0, high_inclusive=False),
             Condition("year", low=2016.0)))),
        ("Which 2 Acme lamps have the highest luminous flux?",
         Plan("items", (BY_ACME,), order_by="flux", order="highest", top=2)),
        # places
        ("the second heaviest lamp", ranked(top=2, last=True)),
        ("第二重的台灯", ranked(top=2, last=True)),
        ("台灯里重量第三的", ranked(top=3, last=True)),
        # what most have
        ("Which socket is most common among Acme lamps?",
         Plan("groups", (BY_ACME,), fields=("socket",), order="highest", top=1)),
        ("哪一年的台灯最多", Plan("groups", fields=("year",), order="highest", top=1)),
        ("top 2 brands by number of lamps",
         Plan("groups", fields=("brand",), order="highest", top=2)),
        ("how heavy are Bolt lamps on average",
         Plan("aggregate", (BY_BOLT,), fields=("weight",), aggregate="average")),
        # exceptions
        ("all Acme lamps except the Glow",
         Plan("items", (BY_ACME, Condition("item", values=(GLOW,), negated=True)))),
        ("艾克美Bolt以外的台灯",
         Plan("items", (Condition("brand", values=("acme", "bolt"), negated=True),))),
        # yes or no
        ("Does any Acme lamp weigh over 1 kg?",
         Plan("check", (BY_ACME, heavier(1000.0, low_inclusive=False)))),
        ("Glow可调光不", Plan("check", (DIMMABLE,), items=(GLOW,))),
        ("艾克美有没有超过1公斤的台灯没",
         Plan("check", (BY_ACME, heavier(1000.0, low_inclusive=False)))),
        ("Was the Aurora 3 released before the Glow?",
         Plan("check", (Condition("year", below=GLOW),), items=(A3,))),
        ("lamps released after the Glow", Plan("items", (Condition("year", above=GLOW),))),
        # held against another
        ("lamps as heavy as the Aurora 5", Plan("items", (Condition("weight", same_as=A5),))),
        ("how many grams more does the Aurora 5 have than the Glow",
         Plan("difference", items=(A5, GLOW), fields=("weight",))),
        ("What's the difference in weight between the Glow and the Aurora 3?",
         Plan("difference", items=(GLOW, A3), fields=("weight",))),
    ],
)  # fmt: skip
def test_a_paraphrase_is_understood(text, plan, lamps):
    assert plan_of(text, lamps) == plan


@pytest.mark.parametrize(
    "text",
    [
        "How heavy is the Aurora 5 Ultra?",
        "weight of the Aurora 5 7",
        "Bolt 99的重量",
        "Acme 8 Ultra weight",
        "weight of the Glow 8 Ultra",
        "cheapest Acme lamp",
        "最便宜的台灯",
        "How much does the Glow cost?",
        "which is thinner, the Glow or the Aurora 5?",
        "Glow值得买吗",
        "哪里能买Glow",
        "Which lamp do you recommend?",
        "sell my lamp",
        "does my lamp need a dimmer",
        "12月的台灯",
        "lamps with 2 sockets",
        "Which brands have no dimmable lamps?",
        "average weight, Acme vs Bolt lamps",
        "which brand has the second most lamps",
    ],
)
def test_what_is_only_near_to_something_is_refused(text, lamps):
    assert isinstance(understand(text, lamps), NotUnderstood)


@pytest.mark.parametrize(
    ("texts", "plan"),
    [
        (["Which Acme lamps are dimmable?", "which one is the heaviest?"],
         ranked(BY_ACME, DIMMABLE)),
        (["How heavy is the Glow?", "is it heavier than the Aurora 5?"],
         Plan("check", (Condition("weight", above=A5),), items=(GLOW,))),
        (["Glow多重", "比Aurora 5重吗"],
         Plan("check", (Condition("weight", above=A5),), items=(GLOW,))),
    ],
)  # fmt: skip
def test_what_was_answered_before_can_be_chosen_from_and_compared(texts, plan, lamps):
    before = None
    for text in texts:
        found = plan_of(text, lamps, before)
        before = Before(found, found.items)

    assert found == plan


def test_a_brand_that_follows_a_question_about_one_lamp_is_refused(lamps):
    before = Before(plan_of("Glow多重", lamps), (GLOW,))

    assert isinstance(understand("那Bolt呢", lamps, before=before), NotUnderstood)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("五千", 5000),
        ("一百五十", 150),
        ("六点一", 6.1),
        ("十二", 12),
        ("点", None),
        ("六点点", None),
    ],
)
def test_numbers_are_spelled_in_chinese(written, number):
    assert han_number(list(written)) == number
