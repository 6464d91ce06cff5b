"""Who may call a route: the guard that every route names, asked before a body is read."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import msgspec
from fastapi import Security
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer, SecurityScopes
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from app.api.json_faults import fault_of
from app.api.parameters import refuse_unkept_promises, refuse_unknown
from app.errors import (
    BodyEncoded,
    BodyMalformed,
    BodyNotJson,
    KeyMissing,
    KeyUnknown,
    ScopeMissing,
)
from app.keys import ApiKey, Scope

BEARER = "bearer"
HEADER = "header"
HEADER_NAME = "X-API-Key"

# Who calls in dev mode.
DEVELOPER = ApiKey(
    id="dev", name="dev", scope=Scope.ADMIN, created=datetime(2000, 1, 1, tzinfo=UTC), sha256=""
)


class Guard(HTTPBearer):
    """Finds the caller's key and compares its scope with the one the route declares."""

    def __init__(self) -> None:
        super().__init__(
            scheme_name=BEARER,
            auto_error=False,
            description="An API key, made by `catalograph keys create`.",
        )

    async def __call__(  # type: ignore[override]
        self,
        request: Request,
        needed: SecurityScopes,
    ) -> ApiKey:
        caller = admit(request, needed.scopes)
        refuse_unknown(request)  # of those who may ask: a stranger is told nothing
        if not _only_reads(needed.scopes):
            refuse_unkept_promises(request)
        return caller


GUARD = Guard()

READ = Security(GUARD, scopes=[Scope.READ.value])
QUERY = Security(GUARD, scopes=[Scope.QUERY.value])
WRITE = Security(GUARD, scopes=[Scope.WRITE.value])


def _only_reads(needed: list[str]) -> bool:
    return bool(needed) and {Scope.READ.value, Scope.QUERY.value}.issuperset(needed)


def admit(request: Request, needed: list[str]) -> ApiKey:
    """The caller, if the key may do what is needed; asked twice, the second time is free."""
    known: ApiKey | None = request.scope.get("caller")
    caller = known or _identify(request)
    for scope in needed or [Scope.ADMIN.value]:  # a guard without a scope lets only admins pass
        if not caller.scope.includes(Scope(scope)):
            raise ScopeMissing(name=caller.name, scope=caller.scope, needed=scope)
    request.scope["caller"] = caller
    return caller


def _identify(request: Request) -> ApiKey:
    wiring = request.app.state.wiring
    if wiring.settings.dev:
        return DEVELOPER
    token = _sent_token(request)
    if token is None:
        raise KeyMissing
    key: ApiKey | None = wiring.keys.authenticate(token)
    if key is None:
        raise KeyUnknown
    return key


def _sent_token(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return request.headers.get(HEADER_NAME)


def declared_scopes(dependant: Dependant) -> list[str] | None:
    """The scopes that a route asks for, or None where it does not ask the guard at all."""
    for one in dependant.dependencies:
        if one.call is GUARD:
            return list(one.own_oauth_scopes or [])
    return None


class JsonRequest(Request):
    """A request whose body is JSON as RFC 8259 has it: UTF-8, no NaN, no lone surrogates."""

    async def json(self) -> Any:  # noqa: ANN401 - whatever the client sent
        if not hasattr(self, "_json"):
            self._json = _decoded(await self.body())
        return self._json


def _decoded(body: bytes) -> Any:  # noqa: ANN401
    try:
        return msgspec.json.decode(body)
    except (RecursionError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise BodyMalformed(reason=fault_of(body, str(error))) from None


class BodyRoute(APIRoute):
    """A route with a JSON body: key, content type and syntax are checked before anything is built.

    FastAPI reads and parses the body before it asks the guard, so a stranger could make us parse
    megabytes.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        needed = declared_scopes(self.dependant) or []

        async def checked(request: Request) -> Response:
            admit(request, needed)
            strict = JsonRequest(request.scope, request.receive)
            if await strict.body():
                _require_json(strict.headers)
                await strict.json()  # here, because FastAPI hides what went wrong
            return await handle(strict)

        return checked


def _require_json(headers: Headers) -> None:
    content_type = headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != "application/json" and not (
        media_type.startswith("application/") and media_type.endswith("+json")
    ):
        raise BodyNotJson(content_type=content_type)
    encoding = headers.get("content-encoding", "identity")
    if encoding.strip().lower() != "identity":
        raise BodyEncoded(encoding=encoding)
