"""Records as JSON answers: encoded once, in C, without a second validation."""

from __future__ import annotations

import hashlib
from typing import Protocol
from urllib.parse import urlencode

import msgspec
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from graph.records import Record

_encode = msgspec.json.Encoder().encode

MEDIA_TYPE = "application/json"


class _Page(Protocol):
    """A record, or a dataclass, that knows where the next page starts."""

    @property
    def next_cursor(self) -> str | None: ...


def answer(
    content: Record | _Page | dict[str, object],
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    return Response(_encode(content), status, headers, MEDIA_TYPE)


def cacheable_answer(content: Record, asked: Headers) -> Response:
    """The record with an ETag of its bytes, or 304 where the client has just these."""
    body = _encode(content)
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    # `no-cache`: keep it, and ask each time whether it still holds.
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if etag in asked.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, MEDIA_TYPE)


def page_answer(asked: Request, page: _Page) -> Response:
    """The page, with a `Link` to the next; relative, so that any proxy may stand before us."""
    if page.next_cursor is None:
        return answer(page)
    others = [pair for pair in asked.query_params.multi_items() if pair[0] != "cursor"]
    query = urlencode([*others, ("cursor", page.next_cursor)])
    return answer(page, headers={"Link": f'<?{query}>; rel="next"'})
