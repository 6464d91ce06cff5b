"""POST /v1/events and DELETE /v1/shoppers/{id}: what shoppers did, and forgetting it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import WRITE, BodyRoute
from app.api.answers import answer
from app.api.contract import ID_EXAMPLE, READS, WRITES, wiring_of
from app.api.models import Answer
from app.api.problems import Fault, fault, pointer, problems
from app.services.behaviour import EventRefused as Refused
from graph.ingest.events import ID_CHARS_MAX, ITEM_CHARS_MAX, QUERY_CHARS_MAX

EVENTS_MAX = 1_000
SHOPPER_EXAMPLE = "customer-4711"

router = APIRouter(prefix="/v1", tags=["recommend"])
posts = APIRouter(prefix="/v1", tags=["recommend"], route_class=BodyRoute)

UNKNOWN = problems(
    (404, "shopper_not_found", "nothing is known of a shopper 'customer-4711'"),
)
_EVENT: dict[str, Any] = {
    "shopper": SHOPPER_EXAMPLE,
    "item": ID_EXAMPLE,
    "kind": "bought",
    "at": "2025-03-01T09:30:00Z",
    "id": "order-90210/1",
}


class EventIn(BaseModel):
    """One item that one shopper viewed or bought."""

    model_config = ConfigDict(extra="forbid", strict=True)

    shopper: str = Field(
        min_length=1,
        max_length=ID_CHARS_MAX,
        description="id of your own; a pseudonym does, no name or address is needed",
        examples=[SHOPPER_EXAMPLE],
    )
    item: str = Field(
        min_length=1,
        max_length=ITEM_CHARS_MAX,
        description="id of a product",
        examples=[ID_EXAMPLE],
    )
    kind: Literal["viewed", "bought"] = Field(examples=["bought"])
    at: str | None = Field(
        default=None,
        max_length=64,
        description="when, ISO 8601; without a zone it is UTC. Left out: now",
        examples=["2025-03-01T09:30:00Z"],
    )
    id: str | None = Field(
        default=None,
        max_length=ID_CHARS_MAX,
        description=(
            "what tells it from other events of the shopper with the item when it is sent again: "
            "lines of one order may share its id. Left out: item, kind and time do"
        ),
        examples=["order-90210/1"],
    )
    query: str | None = Field(
        default=None,
        max_length=QUERY_CHARS_MAX,
        description=(
            "what the shopper had searched for, where that led to the item: search learns its "
            "order from it. Leave out what names the shopper"
        ),
        examples=["desk lamp brass"],
    )


class EventsIn(BaseModel):
    """A batch."""

    model_config = ConfigDict(extra="forbid", strict=True)

    events: list[EventIn] = Field(min_length=1, max_length=EVENTS_MAX, examples=[[_EVENT]])


class EventRefused(Answer):
    """An event that was not taken; the others were."""

    index: int = Field(description="position of the event in `events`", ge=0, examples=[2])
    errors: list[Fault] = Field(
        description="why",
        examples=[
            [fault("body", "/events/2/item", "item_unknown", "there is no product 'acme:999'")]
        ],
    )


class EventsTaken(Answer):
    """What became of a batch."""

    stored: int = Field(description="new ones", ge=0, examples=[1])
    known: int = Field(description="that were there already", ge=0, examples=[0])
    refused: list[EventRefused]


class Forgotten(Answer):
    """A shopper who is no longer there."""

    shopper: str = Field(examples=[SHOPPER_EXAMPLE])
    events: int = Field(description="that were removed", ge=0, examples=[12])


@posts.post(
    "/events",
    operation_id="storeEvents",
    summary="What shoppers viewed and bought",
    response_description="What was stored, what was known, and what was refused.",
    response_model=EventsTaken,
    responses={**WRITES},
    dependencies=[WRITE],
)
async def store_events(
    request: Request,
    batch: Annotated[
        EventsIn,
        Body(openapi_examples={"one": {"summary": "a purchase", "value": {"events": [_EVENT]}}}),
    ],
) -> Response:
    """May be sent again: what is there is there once.

    An event of a product that is unknown or closed is refused on its own, by `index`; the others
    are stored. Of a shopper the last 500 views and 200 products bought are kept.
    """
    events = [event.model_dump() for event in batch.events]
    taken = await wiring_of(request).behaviour.take(events)
    content: dict[str, object] = {
        "stored": taken.stored,
        "known": taken.known,
        "refused": [_refused(one) for one in taken.refused],
    }
    return answer(content)


def _refused(one: Refused) -> dict[str, object]:
    """As a product of a batch that is rejected."""
    where = pointer(["events", one.place, one.why.field])
    return {"index": one.place, "errors": [fault("body", where, one.why.code, one.why.reason)]}


@router.delete(
    "/shoppers/{id:path}",
    operation_id="deleteShopper",
    summary="Forget a shopper",
    response_description="How many events went with the shopper.",
    response_model=Forgotten,
    responses={**READS, **UNKNOWN},
    dependencies=[WRITE],
)
async def delete_shopper(
    request: Request,
    id: Annotated[
        str,
        Path(
            min_length=1,
            max_length=ID_CHARS_MAX,
            description="the shopper's id, percent-encoded",
            openapi_examples={"one": {"summary": "a shopper", "value": SHOPPER_EXAMPLE}},
        ),
    ],
) -> Response:
    """All events go, and what was counted of them: nothing of the shopper is left in the graph.

    A model that was trained before keeps no ids of shoppers; train it again to take out what it
    learnt.
    """
    return answer(await wiring_of(request).behaviour.forget(id))
