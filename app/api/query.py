"""POST /v1/query: the graph in Cypher, for data scientists; reading only."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from app.api.access import QUERY, BodyRoute, admit
from app.api.contract import WRITES, wiring_of
from app.api.models import Answer
from app.api.problems import problems
from app.errors import NotAcceptable
from app.keys import Scope
from app.services.answering import Answer as Rows
from app.services.answering import AnswerFormat
from app.services.querying import Question

ROWS_MAX = 100_000
TIMEOUT_MAX_S = 120.0

router = APIRouter(prefix="/v1", tags=["query"], route_class=BodyRoute)

# What `Accept` may name; the first where the client does not mind.
_FORMATS: dict[str, AnswerFormat] = {
    "application/json": "json",
    "text/csv": "csv",
    "application/vnd.apache.arrow.stream": "arrow",
}
_EXAMPLE = "MATCH (m:Model)-[:MADE_BY]->(b:Brand) RETURN b.name AS brand, count(*) AS models"
_REFUSED = problems(
    (400, "cypher_invalid", "line 1, column 10: Invalid input 'RETRUN'"),
    (406, "not_acceptable", "`Accept: text/html` names none of application/json, text/csv"),
    (422, "cypher_forbidden", "the query does more than read; only reading is allowed"),
    (429, "too_many_queries", "this key has 4 queries running, and may have no more"),
)


class QueryAnswer(Answer):
    """Rows as lists, in the order of `columns`."""

    columns: list[str] = Field(examples=[["brand", "models"]])
    rows: list[list[Any]] = Field(
        description=(
            "values as JSON has them: a node is its properties and `labels`, a relationship its "
            "properties and `type`, a path the list of its parts; times are ISO 8601, points have "
            "`srid` and `coordinates`, bytes are hexadecimal, NaN is null"
        ),
        examples=[[["Acme", 12]]],
    )
    row_count: int = Field(ge=0, examples=[1])
    truncated: bool = Field(description="there are more rows than these", examples=[False])
    truncated_by: str | None = Field(description="`rows` or `bytes`", examples=[None])
    notice: str | None = Field(
        description="what to do about it, or which label or property there is none of",
        examples=[None],
    )
    seconds: float = Field(description="until the last row was read", ge=0, examples=[0.004])


class QueryRequest(BaseModel):
    """A query that reads."""

    model_config = ConfigDict(extra="forbid", strict=True)

    cypher: str = Field(min_length=1, description="one statement", examples=[_EXAMPLE])
    parameters: dict[str, Any] = Field(
        default_factory=dict,
        description="what `$name` in the query stands for",
        examples=[{"brand": "Acme"}],
    )
    limit: int = Field(
        default=1_000, ge=1, le=ROWS_MAX, description="most rows to answer", examples=[1_000]
    )
    timeout_s: float = Field(
        default=10.0,
        gt=0,
        le=TIMEOUT_MAX_S,
        strict=False,
        allow_inf_nan=False,
        description="seconds after which the query is stopped",
        examples=[10],
    )


@router.post(
    "/query",
    operation_id="query",
    summary="Ask the graph in Cypher; reading only",
    response_description="The rows, in the format that `Accept` names.",
    response_model=QueryAnswer,
    responses={
        **WRITES,
        **_REFUSED,
        200: {
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/vnd.apache.arrow.stream": {
                    "schema": {"type": "string", "format": "binary"}
                },
            }
        },
    },
    dependencies=[QUERY],
)
async def query(
    request: Request,
    body: Annotated[
        QueryRequest,
        Body(
            openapi_examples={
                "models": {
                    "summary": "models of each brand",
                    "value": {"cypher": f"{_EXAMPLE} ORDER BY models DESC", "limit": 20},
                },
                "parameters": {
                    "summary": "a value of your own",
                    "value": {
                        "cypher": "MATCH (b:Brand {id: $brand}) RETURN b",
                        "parameters": {"brand": "acme"},
                    },
                },
            }
        ),
    ],
) -> Response:
    """One statement that reads, explained before it runs and stopped after `timeout_s`.

    An answer that was cut to `limit` rows, or to the largest answer there may be, says so: in
    `truncated` and `notice`, or in the headers `X-Truncated` and `X-Notice` where it is CSV or
    Arrow. Whoever goes away ends their query.
    """
    caller = admit(request, [Scope.QUERY.value])
    media_type = accepted(request.headers.get("accept", ""))
    question = Question(
        cypher=body.cypher,
        parameters=body.parameters,
        limit=body.limit,
        timeout_s=body.timeout_s,
        format=_FORMATS[media_type],
    )
    asked = asyncio.ensure_future(wiring_of(request).querying.ask(caller.id, question))
    answer = await _unless_gone(request, asked)
    return Response(answer.body, 200, _headers(answer), media_type)


async def _unless_gone(request: Request, asked: asyncio.Future[Rows]) -> Rows:
    """What was asked; a client that goes away ends it.

    Raises:
        ClientDisconnect: nobody is there any more.
    """
    gone = asyncio.ensure_future(request.receive())
    waiting: set[asyncio.Future[Any]] = {asked, gone}
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if asked.done():
            return asked.result()
        raise ClientDisconnect
    finally:
        for task in waiting:
            if not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


def _headers(answer: Rows) -> dict[str, str]:
    headers = {
        "X-Row-Count": str(answer.rows),
        "X-Truncated": answer.truncated_by or "no",
        "Vary": "Accept",
        "Cache-Control": "private, no-store",
    }
    if answer.notice is None:
        return headers
    return {**headers, "X-Notice": answer.notice.encode("ascii", "replace").decode()}


def accepted(accept: str) -> str:
    """The media type to answer in, as `Accept` prefers it (RFC 9110).

    Raises:
        NotAcceptable: it names none that there is.
    """
    ranges = [_range(part) for part in accept.split(",") if part.strip()] or [("*/*", 1.0)]
    best, best_q = "", 0.0
    for media_type in _FORMATS:
        q = _quality(media_type, ranges)
        if q > best_q:
            best, best_q = media_type, q
    if not best:
        raise NotAcceptable(accept=accept, offered=tuple(_FORMATS))
    return best


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (one.strip().lower() for one in part.split(";"))
    q = next((one[2:] for one in parameters if one.startswith("q=")), "1")
    try:
        return name, float(q)
    except ValueError:
        return name, 0.0


def _quality(media_type: str, ranges: list[tuple[str, float]]) -> float:
    """The most particular range counts."""
    family = media_type.partition("/")[0]
    for pattern in (media_type, f"{family}/*", "*/*"):
        for name, q in ranges:
            if name == pattern:
                return q
    return 0.0
