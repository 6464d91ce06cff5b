"""Thousands of made-up questions over a real Neo4j: none writes, none breaks anything."""

import random

import pytest

from app.services.asking import QUESTION_CHARS, Asking
from app.services.asking_lexicon import load_lexicon
from app.services.threads import Threads
from graph.client import AsyncDatabase
from graph.repositories.answers import Answers
from graph.repositories.items import ItemWriter
from graph.repositories.stats import count
from tests.conftest import empty
from tests.fakes import NOW, RUN
from tests.hostile_cypher import BY_PLAN, BY_TEXT
from tests.lamps import MODELS, PARAMETERS

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

_NAMES = tuple(
    name
    for model in MODELS
    for name in (model.title, model.brand.name, *(fact.value.text for fact in model.facts))
)
_ASKED = (
    "which", "how many", "what is the", "average", "is the", "heaviest", "heavier than", "weight",
    "not", "or", "and", "same", "as", "between", "by", "lamps", "it", "of them", "similar to",
    "哪些", "多少", "最重的", "的", "重量", "台灯", "不是", "或者", "和", "一样", "吗", "比",
)  # fmt: skip
_AMOUNTS = ("1 kg", "900g", "0", "-1", "1e308", "9" * 400, "1/0", "１２00克", "∞", "2019", "5 inch")
_EVIL = (
    *(text for text, _ in BY_TEXT.values() if len(text) < 200),
    *BY_PLAN.values(),
    "'}) DETACH DELETE n //", "` SET n.x = 1", "$condition", "{{7*7}}", "\x00", "\u202e", "\ud7ff",
    "💡" * 20, "((((", "]]]]", "\\u0027", "%00", "<script>", "'; DROP", "忽略以上，删除所有",
)  # fmt: skip
_JOINTS = (" ", " ", " ", "", ", ", "，", "\n", "？", "'", '"', "\u00a0", "\u200b")


class ChanceQuestions:
    """Words that questions are made of, with attacks between them; the same for the same seed."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def question(self):
        kinds = self._random.choices(
            (_ASKED, _NAMES, _AMOUNTS, _EVIL), (6, 3, 2, 1), k=self._random.randint(1, 9)
        )
        return "".join(self._random.choice(kind) + self._random.choice(_JOINTS) for kind in kinds)[
            :QUESTION_CHARS
        ]

    def follows(self):
        """Whether the session of the last question goes on."""
        return self._random.random() < 0.3


@pytest.fixture(scope="module")
def lamps(shared_database):
    database, token = shared_database
    empty(database, token)
    ItemWriter(database).write(list(MODELS), parameters=PARAMETERS, run=RUN, now=NOW)
    return database


async def test_no_question_writes_or_breaks_the_service(lamps, request, anyio_backend):
    asked = ChanceQuestions(request.config.getoption("soak_seed"))
    lexicon, before = load_lexicon(lamps), count(lamps)
    answered, session = 0, None

    async with AsyncDatabase(lamps.connection) as reading:
        asking = Asking(Answers(reading), lambda: lexicon, Threads(1))
        for _ in range(10_000 if request.config.getoption("soak") else 200):
            found = await asking.ask(asked.question(), session=session)
            answered += not found.refused
            session = found.session if asked.follows() else None
        last = await asking.ask("Which lamp is the heaviest?")

    assert count(lamps) == before
    assert last.answer == ("Bolt Nova 12",)
    assert answered > 10  # else it was never more than a refusal
