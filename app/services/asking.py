"""Questions in, answers out: understood, checked, asked of the graph, put into words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.services import asking_queries as queries
from app.services.asking_products import ProductNames
from app.services.asking_reading import QuestionReader
from app.services.asking_results import Found
from app.services.asking_sessions import check, opened, sealed
from app.services.asking_suggestions import Suggestions, names_of
from graph.errors import DatabaseError, ValueInvalid
from graph.records import Record
from graph.text import clean_text
from ml.asking.checks import complaints
from ml.asking.examples import examples
from ml.asking.following import Before
from ml.asking.money import of_one_currency
from ml.asking.plan import (
    Entity,
    Language,
    NotUnderstood,
    Place,
    Plan,
    RefusalReason,
    Suggestion,
    Understood,
)
from ml.asking.wording import did_you_mean, paraphrase, read_as, refusal

if TYPE_CHECKING:
    from app.services.threads import Threads
    from graph.repositories.answers import Answers
    from ml.asking.lexicon import AskingLexicon

QUESTION_CHARS = 1_000
ROWS_MAX = 100  # of an answer; `total` says how many there are
PROOF_TIMEOUT_S = 1.0  # of a question that is only suggested
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
        predicted: names of the parameters in `rows` that were filled in, as nobody states them.
        cypher, parameters: the one query that gave it; it only reads.
        confidence: in 0..1, how surely the question was understood.
        understood: the question as it was understood, in words.
        parser: `rules`, or the language model that was plugged in.
        corrected: the question as it was read, where a word of it has a typing error.
        suggestions: names that may have been meant where the graph has no answer.
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
    predicted: tuple[str, ...]
    cypher: str | None
    parameters: dict[str, object]
    entities: tuple[Entity, ...]
    confidence: float
    understood: str | None
    parser: str | None
    corrected: str | None
    suggestions: tuple[Suggestion, ...]
    can_ask: tuple[str, ...]
    session: str | None


@dataclass(frozen=True, slots=True)
class _Said:
    """A question as it came, as plain text, and what belongs to it."""

    question: str
    text: str
    language: Language | None
    before: Before | None


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
        self._products = ProductNames(answers.products)
        self._reader = QuestionReader(self._products, threads)
        self._suggestions = Suggestions(self._reader, self._products, threads, self._has_answer)
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
        known = await self._threads.run(self._lexicon)
        before = opened(session) if session else None
        if before is not None:
            known = await self._products.known(before, known)
            check(before, known)
        text = _plain(question)
        said = _Said(question, text, language, before)
        reading = await self._reader.read(text, known, language=language, before=before)
        found = reading.found
        if isinstance(found, NotUnderstood) and found.reason != "empty" and self._fallback:
            found = await self._otherwise(text, reading.lexicon, found)
        if isinstance(found, Understood):
            return await self._answered(said, found, reading.lexicon, known)
        suggested = await self._suggestions.of_refusal(
            text, reading, known, language=language, before=before
        )
        return _refused(question, found, suggested, known, session)

    async def _otherwise(
        self, text: str, lexicon: AskingLexicon, found: NotUnderstood
    ) -> Understood | NotUnderstood:
        assert self._fallback is not None
        other = await self._fallback(text, lexicon)
        if other is None or complaints(other.plan, lexicon):
            return found
        return other

    async def _answered(
        self, said: _Said, found: Understood, lexicon: AskingLexicon, known: AskingLexicon
    ) -> Asked:
        plan = of_one_currency(found.plan, lexicon.currencies)
        plan, lexicon = await self._of_offers(plan, lexicon)
        asked, result = await self._looked_up(plan, found.language, lexicon)
        nothing = result.says_nothing if plan.items else result.is_nothing
        other = queries.among_products(plan, lexicon) if nothing else None
        if asked.kind == "model" and other is not None:
            of_products, theirs = await self._looked_up(other, found.language, lexicon)
            if not theirs.is_nothing:
                plan, asked, result = other, of_products, theirs
        suggested: tuple[Suggestion, ...] = ()
        if result.says_nothing and plan.named:
            suggested = await self._suggestions.of_silence(
                said.text, found, known, language=said.language, before=said.before
            )
        return Asked(
            question=said.question,
            language=found.language,
            refused=False,
            reason=None,
            text=read_as(found.read, found.language) + result.sentence,
            answer=result.answer,
            unit=result.unit,
            total=result.total,
            rows=result.rows,
            predicted=result.predicted,
            cypher=asked.query.text,
            parameters=asked.query.parameters,
            entities=found.entities,
            confidence=found.confidence,
            understood=paraphrase(plan, lexicon, found.language, kind=asked.kind),
            parser=found.parser,
            corrected=_corrected(said.text, found.read),
            suggestions=suggested,
            can_ask=(),
            session=sealed(Before(plan, result.items)),
        )

    async def _of_offers(self, plan: Plan, lexicon: AskingLexicon) -> tuple[Plan, AskingLexicon]:
        """Models of which nothing is known are known by what is offered of them."""
        silent = queries.known_by_offers(plan, lexicon)
        offers = await self._products.standing_for(silent, lexicon)
        if not offers:
            return plan, lexicon
        other = queries.with_items(plan, {model: one.id for model, one in offers.items()})
        return other, lexicon.with_products({}, offers.values())

    async def _looked_up(
        self, plan: Plan, language: Language, lexicon: AskingLexicon
    ) -> tuple[queries.Compiled, Found]:
        asked = queries.compiled(plan, lexicon, limit=self._rows_max)
        rows = await self._answers.rows(asked.query, timeout_s=self._timeout_s)
        return asked, Found.of(plan, asked, rows, lexicon, language)

    async def _has_answer(self, found: Understood, lexicon: AskingLexicon) -> bool:
        """Whether the graph says anything to a question; where it cannot be asked, it does not."""
        plan = of_one_currency(found.plan, lexicon.currencies)
        asked = queries.compiled(plan, lexicon, limit=1)
        try:
            rows = await self._answers.rows(asked.query, timeout_s=PROOF_TIMEOUT_S)
        except DatabaseError:  # the refusal stands without it
            return False
        return not Found.of(plan, asked, rows, lexicon, found.language).says_nothing


def _plain(question: str) -> str:
    try:
        return clean_text(question)
    except ValueInvalid:
        return ""


def _corrected(text: str, read: Sequence[tuple[Place, str]]) -> str | None:
    """The question as it was read, where that is not as it was written."""
    if not read:
        return None
    for place, meant in sorted(read, key=lambda one: -one[0].start):
        text = f"{text[: place.start]}{meant}{text[place.end :]}"
    return text


def _refused(
    question: str,
    found: NotUnderstood,
    suggested: tuple[Suggestion, ...],
    lexicon: AskingLexicon,
    session: str | None,
) -> Asked:
    return Asked(
        question=question,
        language=found.language,
        refused=True,
        reason=found.reason,
        text=refusal(found.reason, found.words, found.language)
        + did_you_mean(names_of(suggested), found.language),
        answer=(),
        unit=None,
        total=0,
        rows=(),
        predicted=(),
        cypher=None,
        parameters={},
        entities=found.entities,
        confidence=0.0,
        understood=None,
        parser=None,
        corrected=None,
        suggestions=suggested,
        can_ask=examples(lexicon, found.language),
        session=session,
    )
