"""Questions in, answers out: understood, checked, asked of the graph, put into words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.services import asking_queries as queries
from app.services.asking_results import Found
from app.services.asking_sessions import opened, sealed
from graph.errors import ValueInvalid
from graph.records import Record
from graph.text import clean_text
from ml.asking.checks import complaints
from ml.asking.examples import examples
from ml.asking.following import Before
from ml.asking.money import of_one_currency
from ml.asking.parser import understand
from ml.asking.plan import Entity, Language, NotUnderstood, Plan, RefusalReason, Understood
from ml.asking.wording import paraphrase, refusal

if TYPE_CHECKING:
    from app.services.threads import Threads
    from graph.repositories.answers import Answers
    from ml.asking.lexicon import AskingLexicon

QUESTION_CHARS = 1_000
ROWS_MAX = 100  # of an answer; `total` says how many there are
TIMEOUT_S = 5.0  # of the one query; a question is no report

# A language model, as one more parser: a question and the lexicon to a plan, or nothing.
PlanParser = Callable[[str, "AskingLexicon"], Awaitable[Understood | None]]


class Asked(Record, frozen=True):
    """An answer, or a refusal.

    Attributes:
        text: the answer, or why there is none, as a sentence in the language of the question.
        answer: names, numbers, or `yes`, `no` and `unknown`; the first of `total`.
        unit: of the numbers in `answer`.
        rows: what the query gave, one object for each item or value.
        cypher, parameters: the one query that gave it; it only reads.
        confidence: in 0..1, how surely the question was understood.
        understood: the question as it was understood, in words.
        parser: `rules`, or the language model that was plugged in.
        session: to be sent with a question that follows.
    """

    question: str
    language: Language
    refused: bool
    reason: RefusalReason | None
    text: str
    answer: tuple[str | float, ...]
    unit: str | None
    total: int
    rows: tuple[dict[str, object], ...]
    cypher: str | None
    parameters: dict[str, object]
    entities: tuple[Entity, ...]
    confidence: float
    understood: str | None
    parser: str | None
    can_ask: tuple[str, ...]
    session: str | None


class Asking:
    """Answers questions over the graph as it was a short while ago, with its facts of now."""

    def __init__(
        self,
        answers: Answers,
        lexicon: Callable[[], AskingLexicon],
        threads: Threads,
        *,
        fallback: PlanParser | None = None,
        rows_max: int = ROWS_MAX,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._answers = answers
        self._lexicon = lexicon
        self._threads = threads
        self._fallback = fallback
        self._rows_max = rows_max
        self._timeout_s = timeout_s

    async def ask(
        self, question: str, *, language: Language | None = None, session: str | None = None
    ) -> Asked:
        """The answer to one question; `session` is that of the answer before.

        Raises:
            SessionInvalid: it is none of ours.
            QueryTimedOut, DatabaseError: Neo4j failed.
        """
        lexicon = await self._threads.run(self._lexicon)
        before = opened(session, lexicon) if session else None
        text = _plain(question)
        found = await self._threads.run(
            lambda: understand(text, lexicon, language=language, before=before)
        )
        if isinstance(found, Understood) and complaints(found.plan, lexicon):
            found = NotUnderstood("nothing_asked", found.language, (), found.entities)
        if isinstance(found, NotUnderstood) and found.reason != "empty" and self._fallback:
            found = await self._otherwise(text, lexicon, found)
        if isinstance(found, NotUnderstood):
            return _refused(question, found, lexicon, session)
        return await self._answered(question, found, lexicon)

    async def _otherwise(
        self, text: str, lexicon: AskingLexicon, found: NotUnderstood
    ) -> Understood | NotUnderstood:
        assert self._fallback is not None
        other = await self._fallback(text, lexicon)
        if other is None or complaints(other.plan, lexicon):
            return found
        return other

    async def _answered(self, question: str, found: Understood, lexicon: AskingLexicon) -> Asked:
        plan = of_one_currency(found.plan, lexicon.currencies)
        asked, result = await self._looked_up(plan, found.language, lexicon)
        unsaid = plan.kind is None and not plan.denied and queries.can_be_of_products(plan, lexicon)
        if asked.kind == "model" and result.is_nothing and unsaid:
            other = replace(plan, kind="product")
            of_products, theirs = await self._looked_up(other, found.language, lexicon)
            if not theirs.is_nothing:
                plan, asked, result = other, of_products, theirs
        return Asked(
            question=question,
            language=found.language,
            refused=False,
            reason=None,
            text=result.sentence,
            answer=result.answer,
            unit=result.unit,
            total=result.total,
            rows=result.rows,
            cypher=asked.query.text,
            parameters=asked.query.parameters,
            entities=found.entities,
            confidence=found.confidence,
            understood=paraphrase(plan, lexicon, found.language, kind=asked.kind),
            parser=found.parser,
            can_ask=(),
            session=sealed(Before(plan, result.items)),
        )

    async def _looked_up(
        self, plan: Plan, language: Language, lexicon: AskingLexicon
    ) -> tuple[queries.Compiled, Found]:
        asked = queries.compiled(plan, lexicon, limit=self._rows_max)
        rows = await self._answers.rows(asked.query, timeout_s=self._timeout_s)
        return asked, Found.of(plan, asked, rows, lexicon, language)


def _plain(question: str) -> str:
    try:
        return clean_text(question)
    except ValueInvalid:
        return ""


def _refused(
    question: str, found: NotUnderstood, lexicon: AskingLexicon, session: str | None
) -> Asked:
    return Asked(
        question=question,
        language=found.language,
        refused=True,
        reason=found.reason,
        text=refusal(found.reason, found.words, found.language),
        answer=(),
        unit=None,
        total=0,
        rows=(),
        cypher=None,
        parameters={},
        entities=found.entities,
        confidence=0.0,
        understood=None,
        parser=None,
        can_ask=examples(lexicon, found.language),
        session=session,
    )
