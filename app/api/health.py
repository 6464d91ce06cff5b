"""/livez and /readyz: the two questions that whoever runs this process asks it, without a key."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import MEDIA_TYPE, answer
from app.api.contract import wiring_of
from app.api.models import Answer
from app.api.problems import problems

router = APIRouter(tags=["health"])

_ALIVE = b'{"status":"alive"}'


class Alive(Answer):
    status: Literal["alive"] = Field(examples=["alive"])


class Ready(Answer):
    status: Literal["ready"] = Field(examples=["ready"])
    degraded: dict[str, str] = Field(
        description="what does less than it should, and why; requests are answered all the same",
        examples=[{}],
    )


@router.get(
    "/livez",
    operation_id="getLiveness",
    summary="Whether the process runs",
    response_description="It runs.",
    response_model=Alive,
)
async def get_liveness() -> Response:
    """Answers as long as the process can answer at all; asks nothing of the database."""
    return Response(_ALIVE, media_type=MEDIA_TYPE)


@router.get(
    "/readyz",
    operation_id="getReadiness",
    summary="Whether requests can be served",
    response_description="They can.",
    response_model=Ready,
    responses=problems(
        (503, "not_ready", "migrations: 0002 not applied; run `catalograph migrate`"),
    ),
)
async def get_readiness(request: Request) -> Response:
    """Database reachable, migrations applied, indexes online, warmed up; else a 503 has the remedy.

    A server that has just started loads models and names, and plans its first searches; so does
    one whose database was restarted. Names are waited for until they are there, the rest for a
    minute at most, and then named in `degraded`, as is a model that was promoted and does not load,
    and a disk that is too full to write to.
    """
    degraded = await wiring_of(request).readiness.check()
    return answer({"status": "ready", "degraded": degraded})
