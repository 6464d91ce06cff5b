"""What the operations have in common: the problems they share, and the parameters of lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

from fastapi import Path, Query
from pydantic import Field
from starlette.requests import Request

from app.api.problems import problems

if TYPE_CHECKING:
    from app.wiring import Wiring

ID_EXAMPLE = "acme:10027"

TEXTS_MAX = 256  # that one request may have read
TEXT_CHARS = 20_000
Text = Annotated[str, Field(max_length=TEXT_CHARS)]

KEYED = problems(
    (401, "key_missing", "this route needs an API key: send `Authorization: Bearer cg_...`"),
    (403, "scope_missing", "key 'shop' has the scope 'read'; this route needs 'write'"),
)
DATABASE = problems(
    (503, "database_unavailable", "the database cannot be used at the moment; the log says why"),
    (504, "query_timed_out", "the query was stopped after 10 s; ask for less"),
)
INVALID = problems(
    (422, "request_invalid", "mend query /limit; `errors` says why"),
)
NOT_FOUND = problems((404, "item_not_found", "there is no product 'acme:10027'"))
LIST_REFUSED = problems(
    (400, "cursor_invalid", "this is no cursor of ours; start again without a cursor"),
)
BODY = problems(
    (400, "body_malformed", "the body is not JSON in UTF-8: invalid character (byte 14)"),
    (413, "body_too_large", "the body is larger than 8388608 bytes; send it in parts"),
    (415, "body_not_json", "send `Content-Type: application/json`, not 'text/plain'"),
)
# Every read can answer these.
READS: dict[int | str, dict[str, Any]] = {**KEYED, **INVALID, **DATABASE}
WRITES: dict[int | str, dict[str, Any]] = {**READS, **BODY}

ItemId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=512,
        description=(
            "`source:sku`. Percent-encode it as one path segment (`encodeURIComponent`): "
            "`/` is `%2F`, `:` may stay. An id with plain slashes is understood as well, except "
            "one that ends in `/neighbourhood`, `/history` or `/similar`."
        ),
        openapi_examples={
            "plain": {"summary": "a plain id", "value": ID_EXAMPLE},
            "slash": {"summary": "a SKU with a slash, sent as acme:A%2F7", "value": "acme:A/7"},
        },
    ),
]

Limit = Annotated[
    int,
    Query(
        ge=1,
        le=1_000,
        description=(
            "most items to answer. The server may answer fewer: the list ends where "
            "`next_cursor` is null, not where a page is short."
        ),
        openapi_examples={"usual": {"summary": "the usual size", "value": 50}},
    ),
]

Cursor = Annotated[
    str | None,
    Query(
        max_length=4_096,
        description=(
            "`next_cursor` of the page before, with all other parameters as they were. "
            "Opaque; belongs to that one list."
        ),
        openapi_examples={"first": {"summary": "the first page: leave it out", "value": ""}},
    ),
]


def wiring_of(request: Request) -> Wiring:
    """The parts this application was joined from."""
    return cast("Wiring", request.app.state.wiring)
