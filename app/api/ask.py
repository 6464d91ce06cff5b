"""POST /v1/ask: a question in Chinese or English, its answer, and the Cypher that gave it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import READ, BodyRoute
from app.api.answers import answer
from app.api.contract import WRITES, wiring_of
from app.api.models import Answer
from app.api.problems import problems
from app.services.asking import QUESTION_CHARS
from app.services.asking_sessions import TOKEN_CHARS
from ml.asking.plan import RefusalReason

router = APIRouter(prefix="/v1", tags=["ask"], route_class=BodyRoute)

SESSION_INVALID = problems(
    (
        422,
        "session_invalid",
        "this is no session to go on with: it was not made here; ask again without one",
    ),
)
_QUESTION = "Which lanterns are heavier than 200 g?"


class AskedEntity(Answer):
    """A part of the question that names something in the graph."""

    text: str = Field(examples=["lanterns"])
    start: int = Field(description="its first character in the question, from 0", examples=[6])
    end: int = Field(description="the character behind its last", examples=[14])
    kind: Literal["model", "product", "brand", "category", "parameter", "value", "number"] = Field(
        examples=["category"]
    )
    id: str = Field(description="of the node; of a number its text", examples=["home/lanterns"])
    name: str = Field(examples=["Lanterns"])
    confidence: float = Field(ge=0, le=1, examples=[1.0])


class AskSuggestion(Answer):
    """A name of the graph that a part of the question may have been meant for."""

    text: str = Field(description="as the question has it", examples=["lanters"])
    start: int = Field(description="its first character in the question, from 0", examples=[6])
    end: int = Field(description="the character behind its last", examples=[13])
    kind: Literal["model", "product", "brand", "category", "parameter", "value"] = Field(
        examples=["category"]
    )
    id: str = Field(description="of the node", examples=["home/lanterns"])
    name: str = Field(examples=["Lanterns"])
    question: str | None = Field(
        description="the question with the name in it, where the graph has an answer to that",
        examples=["Which Lanterns are heavier than 200 g?"],
    )


class AskAnswer(Answer):
    """The answer to a question, or why there is none."""

    question: str = Field(examples=[_QUESTION])
    language: Literal["en", "zh"] = Field(description="of the answer", examples=["en"])
    refused: bool = Field(description="it is outside of what the graph can say", examples=[False])
    reason: RefusalReason | None = Field(description="why it was refused", examples=[None])
    text: str = Field(description="the answer as a sentence", examples=["Acme Lantern 6."])
    answer: list[str | float] = Field(
        description="names, numbers, or `yes`, `no`, `unknown`; the first of `total`",
        examples=[["Acme Lantern 6"]],
    )
    unit: str | None = Field(description="of the numbers in `answer`", examples=[None])
    total: int = Field(description="answers there are", examples=[1])
    rows: list[dict[str, object]] = Field(
        description="what the query gave: an object for each item or value",
        examples=[[{"id": "acme-lantern-6", "name": "Acme Lantern 6", "Weight": "210 g"}]],
    )
    predicted: list[str] = Field(
        description=(
            "parameters in `rows` of which nobody states what they show: gaps that were filled in. "
            "Of named items only; lists and counts hold such facts like any other"
        ),
        examples=[[]],
    )
    cypher: str | None = Field(
        description="the one query that gave the answer; it only reads",
        examples=["MATCH (n:Model) WHERE n.closed_at IS NULL RETURN count(n) AS total"],
    )
    parameters: dict[str, object] = Field(
        description="what was asked, beside the query and never in it", examples=[{}]
    )
    entities: list[AskedEntity] = Field(description="what of the question was linked to the graph")
    confidence: float = Field(
        description="how surely the question was understood; no probability",
        ge=0,
        le=1,
        examples=[0.97],
    )
    understood: str | None = Field(
        description="the question as it was understood", examples=["which items; Weight > 200 g"]
    )
    parser: str | None = Field(
        description="`rules`, or the language model that was plugged in", examples=["rules"]
    )
    corrected: str | None = Field(
        description="the question as it was read, where a word of it has a typing error",
        examples=[None],
    )
    suggestions: list[AskSuggestion] = Field(
        description="where there is no answer: names that may have been meant, the nearest first"
    )
    can_ask: list[str] = Field(
        description="of a refusal: questions that this graph can answer", examples=[[]]
    )
    session: str | None = Field(
        description="send it with a question that follows", examples=["eNqrVspLzE1VslJKLE5R0lEqSy0"]
    )


class AskRequest(BaseModel):
    """A question, and what it follows."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: str = Field(max_length=QUESTION_CHARS, examples=[_QUESTION])
    language: Literal["en", "zh"] | None = Field(
        default=None, description="of the answer; default: that of the question", examples=["en"]
    )
    session: str | None = Field(
        default=None,
        min_length=1,
        max_length=TOKEN_CHARS,
        description="`session` of the answer that this question follows",
        examples=[None],
    )


@router.post(
    "/ask",
    operation_id="ask",
    summary="A question over the graph, in Chinese or English",
    response_description="The answer with the query that gave it, or a refusal.",
    response_model=AskAnswer,
    responses={**WRITES, **SESSION_INVALID},
    dependencies=[READ],
)
async def ask(
    request: Request,
    body: Annotated[
        AskRequest,
        Body(
            openapi_examples={
                "english": {"summary": "in English", "value": {"question": _QUESTION}},
                "chinese": {"summary": "in Chinese", "value": {"question": "最重的灯笼是哪款？"}},
            }
        ),
    ],
) -> Response:
    """Lookups, comparisons, superlatives, counts, ranges, negation, two hops, similar items.

    A question that the graph cannot answer is refused (`refused`, with status 200), with examples
    of what can be asked. Nothing is stored, also nothing of the session: its token has it all.
    """
    found = await wiring_of(request).asking.ask(
        body.question, language=body.language, session=body.session
    )
    return answer(found)
