"""A made-up catalogue of lamps, whose makers stand for what they have; and offers of them."""

from __future__ import annotations

import random
from collections import Counter

from graph.records import FactText, ItemText, Named, Parameter, ValueView
from graph.text import normalise_value
from ml.grounding.lexicon import Lexicon

POWER = Parameter("power", "Power", "number", "W")
SPARE = Parameter("spare", "Spare bulb", "number", "W")
SOCKET = Parameter("socket", "Socket", "text")
PARAMETERS = {one.id: one for one in (POWER, SPARE, SOCKET)}
# By maker: every lamp of one has the same power, spare bulb and socket.
MAKERS = {
    "Acme": ("5 W", "40 W", "tiny"),
    "Bolt": ("40 W", "5 W", "wide"),
    "Corona": ("60 W", "9 W", "wide"),
}
EACH = 20


def fact(parameter: Parameter, cell: str) -> FactText:
    value = normalise_value(cell, parameter)
    return FactText(parameter.id, parameter.name, value.id, value.text, value.number, value.unit)


def facts_of(maker: str) -> tuple[FactText, ...]:
    return tuple(map(fact, PARAMETERS.values(), MAKERS[maker]))


def models() -> list[ItemText]:
    return [
        ItemText(
            "model",
            f"Glow {number}",
            id=f"{maker.lower()}-glow-{number}",
            brand=Named(maker.lower(), maker),
            facts=facts_of(maker),
        )
        for maker in MAKERS
        for number in range(EACH)
    ]


def families() -> list[str]:
    return [str(item.id) for item in models()]


def lexicon() -> Lexicon:
    items = models()
    counts = Counter(one.value for item in items for one in item.facts)
    values = {one.value: one for item in items for one in item.facts}.values()
    views = [
        ValueView(v.value, v.parameter, v.text, v.number, v.unit, items=counts[v.value])
        for v in values
    ]
    return Lexicon.of(PARAMETERS.values(), views)


def titles() -> list[tuple[str, str, str]]:
    """Titles with model and maker; the number is the power, or the spare bulb's.

    Nothing but the maker says which.
    """
    chance = random.Random(0)
    found = []
    for maker, (power, spare, _) in MAKERS.items():
        for number in range(EACH):
            watts = chance.choice((power, spare)).replace(" ", "")
            model = f"{maker.lower()}-glow-{number}"
            found.append((f"{maker} Glow {number} {watts}", model, maker))
    return found
