"""Hundreds of questions about the example catalog whose answers have to agree with each other."""

from itertools import permutations, product

import pytest

from app.services.asking import Asking
from app.services.asking_lexicon import load_lexicon
from app.services.threads import Threads
from graph.client import AsyncDatabase
from graph.repositories.answers import Answers

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

LIMITS = [  # the name in English and Chinese, an amount, and the same in another unit
    (name, chinese, f"{amount:g} {unit}", f"{amount * factor:g} {other}")
    for name, chinese, unit, other, factor, amounts in (
        ("battery", "电池容量", "Ah", "mAh", 1000, (1.5, 3, 4, 5)),
        ("weight", "重量", "kg", "g", 1000, (0.135, 0.15, 0.18, 0.2)),
        ("RAM", "内存", "GB", "MB", 1024, (1, 4, 8, 12)),
    )
    for amount in amounts
]
MAKERS = ("by Samsung", "whose brand is Huawei", "not made by Apple")
FACTS = (
    "without 5G", "with 5G", "with dual SIM", "from 2018", "with at least 8 GB RAM",
    "with a screen over 6 inches", "that weigh under 180 g", "with a maximum weight of 180 g",
)  # fmt: skip


@pytest.fixture
async def ask(examples, anyio_backend):
    """What a question is answered with: ids of all that are found, or the number of them."""
    lexicon = load_lexicon(examples)
    async with AsyncDatabase(examples.connection) as reading:
        asking = Asking(Answers(reading), lambda: lexicon, Threads(1), rows_max=1_000)

        async def asked(question):
            found = await asking.ask(question)
            assert not found.refused, question
            counted = [row["total"] for row in found.rows if "total" in row]
            return counted[0] if counted else frozenset(row["id"] for row in found.rows)

        yield asked


async def test_a_limit_is_the_same_in_other_words_units_and_letters(ask):
    for name, chinese, border, smaller in LIMITS:
        least = await ask(f"phones with {name} at least {border}")

        for other in (
            f"phones with {name} of {border} or more",
            f"phones with a minimum {name} of {border}",
            f"phones whose {name} is not less than {smaller}",
            f"phones with minimum {smaller} {name}",
            f"PHONES WITH {name.upper()} AT LEAST {border}",
            f"Hi, could you please show me all phones with {name} at least {smaller}? Thanks!",
            f"{chinese}{border.replace(' ', '')}以上的手机",
            f"{chinese}不低于{smaller.replace(' ', '')}的手机有哪些？",
        ):
            assert await ask(other) == least, other


async def test_what_is_under_and_what_is_at_least_a_limit_is_all_that_state_it(ask):
    for name, _, border, smaller in LIMITS:
        under = await ask(f"phones with {name} under {border}")
        least = await ask(f"phones with {name} at least {smaller}")
        most = await ask(f"phones with {name} maximum {smaller}")
        over = await ask(f"phones with {name} more than {border}")
        everything = await ask(f"phones with {name} over 0 {smaller.split()[1]}")

        assert under | least == most | over == everything
        assert under <= most
        assert over <= least
        assert await ask(f"How many phones are there with {name} under {border}?") == len(under)


async def test_two_conditions_count_what_each_of_them_finds(ask):
    alone = {one: await ask(f"phones {one}") for one in (*MAKERS, *FACTS)}

    for one, other in (*product(MAKERS, FACTS), *permutations(FACTS[1:], 2)):
        both = alone[one] & alone[other]

        assert await ask(f"How many phones are there {one} and {other}?") == len(both), (one, other)


@pytest.mark.parametrize(
    ("stated", "denied"),
    [("by Samsung", "not made by Samsung"), ("with 5G", "without 5G")],
)
async def test_what_is_and_what_is_not_share_nothing(ask, stated, denied):
    assert not await ask(f"phones {stated}") & await ask(f"phones {denied}")
