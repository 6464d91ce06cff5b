"""GET /v1/review, its /decisions and POST /v1/review/{id}: proposed facts, and what is decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Body, Path, Query
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import READ, WRITE, BodyRoute, admit
from app.api.answers import answer, page_answer
from app.api.contract import ID_EXAMPLE, LIST_REFUSED, READS, WRITES, Cursor, Limit, wiring_of
from app.api.models import Answer, Page
from app.api.problems import problems
from app.keys import Scope
from app.services.reviewing import ReviewQuery
from graph.records import Decision
from graph.repositories.proposal_ids import proposal_id

PROPOSAL_EXAMPLE = proposal_id("product", ID_EXAMPLE, "display=6.1in")

router = APIRouter(prefix="/v1/review", tags=["review"])
posts = APIRouter(prefix="/v1/review", tags=["review"], route_class=BodyRoute)

UNKNOWN = problems(
    (404, "proposal_unknown", "no fact was ever proposed as 'cHJv'; take an id from the list"),
)
STALE = problems(
    (
        409,
        "proposal_stale",
        "display=6.1in is rejected already, by ann; nothing was changed, decide with `again` to "
        'replace that (`"again": true`, or `--again`)',
    ),
)
_DECISIONS: Mapping[str, Decision] = {
    "accept": "accepted",
    "reject": "rejected",
    "correct": "corrected",
}
_Origin = Literal["catalog", "extracted", "predicted", "reviewed"]
_VALUE_ID, _VALUE_TEXT = "id of the value", "the value to show"


class OtherStatement(Answer):
    """What else is said of the parameter."""

    value: str = Field(description=_VALUE_ID, examples=["display=6.7in"])
    text: str = Field(description=_VALUE_TEXT, examples=["6.7 in"])
    number: float | None = Field(description="the value in `unit`", examples=[6.7])
    unit: str | None = Field(description="unit of `number`", examples=["in"])
    origin: _Origin = Field(description="who states it", examples=["catalog"])
    status: Literal["accepted", "proposed", "rejected"] = Field(
        description="whether it counts", examples=["accepted"]
    )
    confidence: float = Field(description="0 to 1", examples=[1.0])
    source: str | None = Field(description="the catalog that states it", examples=["acme"])
    model: str | None = Field(description="the model that states it", examples=["extraction@3"])
    inherited: bool = Field(
        description="whether it is said of the model that the product is an instance of",
        examples=[False],
    )


class ProposedFact(Answer):
    """A fact that waits for a person."""

    id: str = Field(description="to decide about it", examples=[PROPOSAL_EXAMPLE])
    kind: Literal["product", "model"] = Field(examples=["product"])
    item: str = Field(description="id of the product or model", examples=[ID_EXAMPLE])
    title: str = Field(examples=["Acme Lantern 6 128GB black"])
    source: str | None = Field(description="the catalog that lists it", examples=["acme"])
    parameter: str = Field(description="id of the parameter", examples=["display"])
    name: str = Field(description="its name to show", examples=["Display"])
    value: str = Field(description=_VALUE_ID, examples=["display=6.1in"])
    text: str = Field(description=_VALUE_TEXT, examples=["6.1 in"])
    number: float | None = Field(description="the value in `unit`", examples=[6.1])
    unit: str | None = Field(description="unit of `number`", examples=["in"])
    origin: _Origin = Field(
        description="`extracted`: read in a text; `predicted`: from what the graph knows",
        examples=["extracted"],
    )
    confidence: float = Field(description="of the model, 0 to 1", examples=[0.55])
    teaches: float = Field(
        description="how much an answer would teach; the list is in its order", examples=[0.9]
    )
    evidence: str | None = Field(
        description="field, and first and last character behind it", examples=["title:0-6"]
    )
    quote: str | None = Field(description="what stands there", examples=["6.1 in"])
    model: str | None = Field(description="that proposes it", examples=["extraction@3"])
    run: str | None = Field(description="that proposed it", examples=["build-20260102"])
    others: list[OtherStatement] = Field(description="those that count come first")


class ProposalPage(Page[ProposedFact]):
    """One page of what waits for review."""


class DecidedFact(Answer):
    """What was decided."""

    id: str = Field(description="of the proposal", examples=[PROPOSAL_EXAMPLE])
    kind: Literal["product", "model"] = Field(examples=["product"])
    item: str = Field(description="id of the product or model", examples=[ID_EXAMPLE])
    title: str = Field(examples=["Acme Lantern 6 128GB black"])
    parameter: str = Field(description="id of the parameter", examples=["display"])
    value: str = Field(description="that was proposed", examples=["display=6.1in"])
    decision: Literal["accepted", "rejected", "corrected"] = Field(examples=["accepted"])
    corrected_to: str | None = Field(description="the right value", examples=["display=6.7in"])
    by: str = Field(description="name of the key that decided", examples=["ann"])
    at: str = Field(description="when, ISO 8601 in UTC", examples=["2026-01-08T12:30:00Z"])


class DecidedPage(Page[DecidedFact]):
    """One page of what was decided."""


def _stated(value: object) -> str | float | bool | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and 0 < len(value) <= 1_000:
        return value
    if isinstance(value, int | float) and abs(value) <= 1e15:  # NaN is not
        return float(value)
    raise ValueError("write a text of 1 to 1000 characters, a number up to 1e15, or true or false")


class DecisionWrite(BaseModel):
    """What a person decides about a proposed fact."""

    model_config = ConfigDict(extra="forbid", strict=True)

    decision: Literal["accept", "reject", "correct"] = Field(examples=["accept"])
    value: Annotated[
        str | float | bool | None,
        PlainValidator(_stated),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "string", "minLength": 1, "maxLength": 1_000},
                    {"type": "number", "minimum": -1e15, "maximum": 1e15},
                    {"type": "boolean"},
                    {"type": "null"},
                ]
            }
        ),
    ] = Field(
        default=None,
        description="with `correct`: the right value, as a shop would write it",
        examples=["6.7 in"],
    )
    again: bool = Field(
        default=False,
        description="replace what was decided about the fact before, as if it had never been",
        examples=[True],
    )

    @model_validator(mode="after")
    def _value_belongs(self) -> Self:
        if (self.value is not None) != (self.decision == "correct"):
            raise ValueError("send the right `value` with `correct`, and with nothing else")
        return self


Parameter = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        description="only facts of this parameter, by its id",
        openapi_examples={"display": {"summary": "a parameter", "value": "display"}},
    ),
]
Source = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        description="only facts of products of this source",
        openapi_examples={"acme": {"summary": "a catalog", "value": "acme"}},
    ),
]


@router.get(
    "",
    operation_id="listProposals",
    summary="Proposed facts that wait for a person",
    response_description="One page: first what an answer would teach most.",
    response_model=ProposalPage,
    responses={**READS, **LIST_REFUSED},
    dependencies=[READ],
)
async def list_proposals(
    request: Request,
    parameter: Parameter = None,
    source: Source = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """What a model states and is not sure of, or what contradicts something that stands higher.

    First comes what the model knows least (a confidence near a half) and what others contradict;
    parameters and items take turns. The place of a fact is fixed when it is proposed, so that pages
    stay as they are while decisions are taken.
    """
    query = ReviewQuery(parameter=parameter, source=source)
    page = await wiring_of(request).reviewing.proposals(query, limit=limit, cursor=cursor)
    return page_answer(request, page)


@router.get(
    "/decisions",
    operation_id="listDecisions",
    summary="What persons have decided about proposed facts",
    response_description="One page, the newest decision first.",
    response_model=DecidedPage,
    responses={**READS, **LIST_REFUSED},
    dependencies=[READ],
)
async def list_decisions(
    request: Request,
    parameter: Parameter = None,
    source: Source = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """The decisions that stand: one that was replaced is not among them."""
    query = ReviewQuery(parameter=parameter, source=source)
    page = await wiring_of(request).reviewing.decided(query, limit=limit, cursor=cursor)
    return page_answer(request, page)


_EXAMPLES: dict[str, Any] = {
    "accept": {"summary": "it is so", "value": {"decision": "accept"}},
    "reject": {"summary": "it is not so", "value": {"decision": "reject"}},
    "correct": {
        "summary": "it is something else",
        "value": {"decision": "correct", "value": "6.7 in"},
    },
    "again": {
        "summary": "it is so after all, whatever was decided",
        "value": {"decision": "accept", "again": True},
    },
}


@posts.post(
    "/{id}",
    operation_id="decideProposal",
    summary="Accept, reject or correct a proposed fact",
    response_description="What was decided.",
    response_model=DecidedFact,
    responses={**WRITES, **UNKNOWN, **STALE},
    dependencies=[WRITE],
)
async def decide_proposal(
    request: Request,
    id: Annotated[
        str,
        Path(
            min_length=1,
            max_length=2_000,
            description="of the proposal, from the list",
            openapi_examples={"one": {"summary": "a proposal", "value": PROPOSAL_EXAMPLE}},
        ),
    ],
    decision: Annotated[DecisionWrite, Body(openapi_examples=_EXAMPLES)],
) -> Response:
    """Make a reviewed fact of it, which stands above all others, and an example to learn from.

    What is rejected is not proposed again. The same decision twice is one; another one about the
    same fact answers 409 without `again`, which takes back the first; about one that is no longer
    proposed, it does so anyway.
    """
    parts = wiring_of(request)
    caller = admit(request, [Scope.WRITE.value])
    decided = await parts.reviewing.decide(
        id,
        _DECISIONS[decision.decision],
        decision.value,
        by=caller.name,
        again=decision.again,
    )
    response = answer(decided)
    response.background = BackgroundTask(parts.upkeep.after_write, [decided.item])
    return response
