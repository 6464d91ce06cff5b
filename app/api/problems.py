"""Errors as RFC 9457 problem details, for every route and every way to fail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from app.api.parameters import no_such_field, path_in
from app.errors import (
    AppError,
    BodyEmpty,
    BodyEncoded,
    BodyIncomplete,
    BodyMalformed,
    BodyNotJson,
    BodyUnexpected,
    BuildInvalid,
    CursorInvalid,
    FormatUnknown,
    FormInvalid,
    FormMalformed,
    IdempotencyKeyReused,
    ItemIdInvalid,
    MappingMissing,
    MappingUnknown,
    MediaTypeUnsupported,
    NotAcceptable,
    ParameterUnknown,
    PathNotAllowed,
    PathUnreadable,
    SessionInvalid,
    WebhookNotAllowed,
)
from app.statuses import code_of, headers_of, public_detail, status_of
from graph.errors import CypherRefused, DraftInvalid, FilterInvalid, GraphError
from ml.errors import LearningError, PackageMissing

MEDIA_TYPE = "application/problem+json"
SCHEMA_REF = "#/components/schemas/Problem"

_TITLES: Mapping[int, str] = {
    400: "The request cannot be understood",
    401: "An API key is needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "No such format",
    408: "The client stopped sending",
    409: "Not in this state",
    413: "The body is too large",
    415: "The content type is not supported",
    422: "The request breaks a rule",
    429: "Too many at once",
    500: "Something broke on our side",
    501: "Not in this installation",
    503: "Not available now",
    504: "The query took too long",
    507: "There is no space left",
}

_log = structlog.get_logger("catalograph.api")

_encode = msgspec.json.Encoder().encode


class Fault(BaseModel):
    """One thing that is wrong with a request, and where."""

    place: str = Field(
        description="part of the request: `body`, `query`, `path` or `header`",
        examples=["body"],
    )
    pointer: str = Field(
        description="JSON pointer (RFC 6901) into that part; empty: all of it",
        examples=["/facts/2/value"],
    )
    code: str = Field(description="stable name of the rule", examples=["item_invalid"])
    detail: str = Field(
        description="what is wrong, in one sentence", examples=["'12,-' is not a number"]
    )


class Problem(BaseModel):
    """An error as RFC 9457 describes it. Decide by `code`, which is stable; show `detail`."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(
        description="the same name as an URI", examples=["urn:catalograph:problem:item_not_found"]
    )
    title: str = Field(description="what the status means", examples=["Not found"])
    status: int = Field(description="the HTTP status", ge=400, le=599, examples=[404])
    detail: str = Field(
        description="what happened, and what to do about it",
        examples=["there is no product 'acme:10027'"],
    )
    code: str = Field(description="stable name of the problem", examples=["item_not_found"])
    request_id: str = Field(
        description="the X-Request-ID of the answer; the log has it too",
        examples=["0f8b3c5e9d1a4d4e8a52c1f3b7a6e901"],
    )
    errors: list[Fault] = Field(
        default_factory=list, description="each fault of the request, where there are several"
    )


def problem(
    request_id: str,
    *,
    status: int,
    code: str,
    detail: str,
    errors: Iterable[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer itself; its shape is `Problem`."""
    content = {
        "type": f"urn:catalograph:problem:{code}",
        "title": title_of(status),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
        "errors": list(errors),
    }
    return Response(_encode(content), status, headers, MEDIA_TYPE)


def problem_of(error: Exception, request_id: str, *, body: object = None) -> Response:
    """The answer to an error of ours, or to one that nobody foresaw; `body`: see `faults_of`."""
    return problem(
        request_id,
        status=status_of(error),
        code=code_of(error) if status_of(error) != 500 else "internal_error",
        detail=public_detail(error),
        errors=faults_of(error, body=body),
        headers=headers_of(error),
    )


_PLACES: Mapping[type[Exception], tuple[str, str]] = {
    PathNotAllowed: ("query", "/path"),
    PathUnreadable: ("query", "/path"),
    MappingUnknown: ("query", "/mapping"),
    MappingMissing: ("query", "/mapping"),
    FormatUnknown: ("query", "/format"),
    WebhookNotAllowed: ("query", "/webhook"),
    SessionInvalid: ("body", "/session"),
    BodyEmpty: ("body", ""),
    BodyUnexpected: ("body", ""),
    BodyNotJson: ("header", "/Content-Type"),
    BodyEncoded: ("header", "/Content-Encoding"),
    NotAcceptable: ("header", "/Accept"),
}


def faults_of(error: Exception, *, body: object = None) -> list[dict[str, str]]:
    """Where in the request the error lies, if it lies there.

    Args:
        body: the type of the body; None: the operation takes none, or nothing of it is meant.
    """
    match error:
        case BuildInvalid() | ParameterUnknown() | CypherRefused():
            return _of_setting(error)
        case DraftInvalid():
            return [fault("body", f"/{error.field}", error.reject_code, error.reason)]
        case FilterInvalid():
            reason = f"character {error.position + 1}: {error.reason}"
            path = path_in(body, "filter")
            place = ("body", pointer(path)) if path else ("query", "/filter")
            return [fault(*place, error.code, reason)]
        case CursorInvalid() | ItemIdInvalid():
            place = ("path", "/id") if isinstance(error, ItemIdInvalid) else ("query", "/cursor")
            return [fault(*place, error.code, error.reason)]
        case BodyMalformed() | BodyIncomplete() | FormMalformed():
            return [fault("body", "", error.code, error.reason)]
        case FormInvalid():
            return [fault("body", pointer([error.part]), error.code, error.reason)]
        case MediaTypeUnsupported():
            return [fault("header", f"/{error.header}", error.code, str(error))]
        case _ if known := _PLACES.get(type(error)):
            return [fault(*known, code_of(error), str(error))]
        case IdempotencyKeyReused() if error.parameter:
            return [fault("query", f"/{error.parameter}", error.code, str(error))]
        case _:
            return []


def _of_setting(error: BuildInvalid | ParameterUnknown | CypherRefused) -> list[dict[str, str]]:
    if isinstance(error, CypherRefused):
        return [fault("body", "/cypher", error.code, str(error))]
    if isinstance(error, BuildInvalid):
        return [fault("body", f"/{error.setting}", error.code, error.reason)]
    return [fault("body", f"/parameters/{error.place}", error.code, str(error))]


def title_of(status: int) -> str:
    """The short title of a status, the same for every problem of that status."""
    return _TITLES.get(status, "The request failed")


def fault(place: str, pointer: str, code: str, detail: str) -> dict[str, str]:
    return {"place": place, "pointer": pointer, "code": code, "detail": detail}


def validation_faults(errors: Iterable[Mapping[str, Any]], *, body: object) -> list[dict[str, str]]:
    """What pydantic found, without the input itself: it may be large, or secret.

    Args:
        body: the type of the body; None: the operation takes none.
    """
    return [
        fault(
            str(error["loc"][0]) if error["loc"] else "body",
            pointer(error["loc"][1:]),
            str(error["type"]),
            no_such_field(body, error["loc"][1:])
            if error["type"] == "extra_forbidden"
            else str(error["msg"]).removeprefix("Value error, "),
        )
        for error in errors
    ]


def pointer(path: Iterable[str | int]) -> str:
    """`("facts", 2, "a/b")` -> `/facts/2/a~1b`, as RFC 6901 has it."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def request_id_of(request: Request) -> str:
    return str(request.scope.get("request_id", ""))


def install_problems(app: FastAPI) -> None:
    """Answer every error of `app` with a problem; unforeseen ones pass on to the edge."""
    app.exception_handlers = {
        HTTPException: _on_http,
        RequestValidationError: _on_validation,
        AppError: _on_ours,
        GraphError: _on_ours,
        LearningError: _on_ours,
        ModuleNotFoundError: _on_module_missing,
    }


def _body_of(request: Request) -> object:
    """The type of the body that the operation takes; None: none."""
    field = getattr(request.scope.get("route"), "body_field", None)
    return field and field.field_info.annotation


async def _on_ours(request: Request, error: Exception) -> Response:
    status = status_of(error)
    if status == 500:
        raise error  # a defect: the edge logs where it came from
    if status > 500:
        _log.warning(
            code_of(error), request_id=request_id_of(request), status=status, reason=str(error)
        )
    return problem_of(error, request_id_of(request), body=_body_of(request))


async def _on_module_missing(request: Request, error: Exception) -> Response:
    assert isinstance(error, ModuleNotFoundError)
    return await _on_ours(request, PackageMissing.of(error) or error)


async def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = validation_faults(error.errors(), body=_body_of(request))
    places = ", ".join(f"{one['place']} {one['pointer']}".rstrip() for one in faults[:3])
    more = f" and {len(faults) - 3} more" if len(faults) > 3 else ""
    return problem(
        request_id_of(request),
        status=422,
        code="request_invalid",
        detail=f"mend {places}{more}; `errors` says why",
        errors=faults,
    )


_ROUTING = {
    404: ("route_not_found", "there is nothing at this address; /docs lists what there is"),
    405: ("method_not_allowed", "this address does not take that method; see the Allow header"),
}


async def _on_http(request: Request, error: Exception) -> Response:
    """What the framework refuses by itself."""
    assert isinstance(error, HTTPException)
    code, detail = _ROUTING.get(error.status_code, ("request_refused", error.detail))
    return problem(
        request_id_of(request),
        status=error.status_code,
        code=code,
        detail=detail,
        headers=_allowed(request) if error.status_code == 405 else error.headers,
    )


def _allowed(request: Request) -> dict[str, str]:
    """Of every route of the address: the framework names the methods of the first alone."""
    methods = {
        method
        for route in request.app.routes
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods or ()
    }
    return {"Allow": ", ".join(sorted(methods))}


def problems(*examples: tuple[int, str, str]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's `responses` for some problems, each given as status, code and detail."""
    found: dict[int | str, dict[str, Any]] = {}
    for status, code, detail in examples:
        example = {
            "type": f"urn:catalograph:problem:{code}",
            "title": title_of(status),
            "status": status,
            "detail": detail,
            "code": code,
            "request_id": "0f8b3c5e9d1a4d4e8a52c1f3b7a6e901",
            "errors": [],
        }
        found[status] = {
            "description": title_of(status),
            "content": {MEDIA_TYPE: {"schema": {"$ref": SCHEMA_REF}, "example": example}},
        }
    return found
