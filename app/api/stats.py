"""GET /v1/stats: how much is in the graph."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import READ
from app.api.answers import answer
from app.api.contract import DATABASE, KEYED, wiring_of
from app.api.models import Answer

router = APIRouter(prefix="/v1", tags=["stats"])


class GraphStats(Answer):
    """Counts of the whole graph."""

    nodes: dict[str, int] = Field(
        description="how many nodes of each label", examples=[{"Product": 1_503, "Brand": 27}]
    )
    relationships: dict[str, int] = Field(
        description="how many relationships of each type", examples=[{"HAS_PARAMETER": 16_240}]
    )


@router.get(
    "/stats",
    operation_id="getStats",
    summary="How much is in the graph",
    response_description="Counts by label and by type.",
    response_model=GraphStats,
    responses={**KEYED, **DATABASE},
    dependencies=[READ],
)
async def get_stats(request: Request) -> Response:
    """Nodes by label and relationships by type, from Neo4j's own counters."""
    return answer(await wiring_of(request).stats.counts())
