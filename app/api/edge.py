"""What happens to every request before and after its route: plain ASGI, and little of it."""

from __future__ import annotations

import re
from time import perf_counter
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import problem_of
from app.errors import BodyTooLarge, HostRefused
from app.settings import is_loopback

_log = structlog.get_logger("catalograph.api")

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_PROBES = frozenset({"/livez", "/readyz"})  # asked every few seconds; logged only when they fail
_UPLOADS = re.compile(r"/v1/(imports|jobs/[^/]+/retry)")
_CLIENT_GONE = 499  # as nginx writes it: nobody is there to read a status

_SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
)


class Edge:
    """Request id, access log, security headers, and an answer to errors that nobody foresaw."""

    def __init__(self, app: ASGIApp, *, access_log: bool) -> None:
        self._app = app
        self._access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = scope["request_id"] = _request_id(scope)
        extra = ((b"x-request-id", request_id.encode()), *_SECURITY_HEADERS)
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        started_s = perf_counter()
        if scope["method"] == "HEAD" and scope["path"] in _PROBES:
            scope = {**scope, "method": "GET"}  # the server knows, and sends no body
        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            status = _CLIENT_GONE
        except Exception as error:  # the outermost: nobody else would answer
            _log.exception("internal_error", request_id=request_id, path=scope["path"])
            if status:
                raise  # half an answer is on its way: the server has to break the connection
            await problem_of(error, request_id)(scope, receive, send_with_headers)
        if self._access_log and (scope["path"] not in _PROBES or status >= 400):
            _log_access(scope, status, perf_counter() - started_s)


def _request_id(scope: Scope) -> str:
    """The caller's own X-Request-ID where it is harmless, else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return str(value.decode())
    return uuid4().hex


def _log_access(scope: Scope, status: int, seconds: float) -> None:
    caller = scope.get("caller")
    _log.info(
        "request",
        method=scope["method"],
        path=scope["path"],
        status=status,
        ms=round(seconds * 1_000, 2),
        request_id=scope["request_id"],
        key=caller.id if caller else None,
    )


class BodyLimit:
    """Refuses a body that says it is too large, and stops reading one that turns out to be.

    Routes that take uploads read them as they come, to a limit of their own.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _takes_uploads(scope):
            await self._app(scope, receive, send)
            return
        declared = _header(scope, b"content-length")
        if declared is not None and declared.isdigit() and int(declared[:20]) > self._max_bytes:
            refusal = BodyTooLarge(max_bytes=self._max_bytes)
            await problem_of(refusal, scope.get("request_id", ""))(scope, receive, send)
            return
        if declared is None and _header(scope, b"transfer-encoding") is not None:
            receive = self._counting(receive)
        await self._app(scope, receive, send)

    def _counting(self, receive: Receive) -> Receive:
        read_bytes = 0

        async def counted() -> Message:
            nonlocal read_bytes
            message = await receive()
            read_bytes += len(message.get("body", b""))
            if read_bytes > self._max_bytes:
                raise BodyTooLarge(max_bytes=self._max_bytes)
            return message

        return counted


def _takes_uploads(scope: Scope) -> bool:
    path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
    return scope["method"] == "POST" and _UPLOADS.fullmatch(path) is not None


class LoopbackOnly:
    """Dev mode has no keys: no web page may reach it under a name of its own (DNS rebinding)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (refusal := _foreign(scope)):
            await problem_of(refusal, scope.get("request_id", ""))(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _foreign(scope: Scope) -> HostRefused | None:
    host = (_header(scope, b"host") or b"").decode("latin-1")
    if not is_loopback(_hostname(f"//{host}")):
        return HostRefused(header="Host", value=host)
    origin = _header(scope, b"origin")
    if origin is not None and not is_loopback(_hostname(origin.decode("latin-1"))):
        return HostRefused(header="Origin", value=origin.decode("latin-1"))
    return None


def _hostname(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # an unclosed bracket
        return ""


def _header(scope: Scope, name: bytes) -> bytes | None:
    headers: list[tuple[bytes, bytes]] = scope.get("headers", [])
    for key, value in headers:
        if key == name:
            return value
    return None
