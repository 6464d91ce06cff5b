"""What a route does not take is refused: `filters=` for `filter=` would list everything.

The same of fields of a body. What may be meant is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import get_args

from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.routing import BaseRoute

from graph.text.near import near_names

Names = Mapping[str, frozenset[str]]

KEY_HEADER = "Idempotency-Key"
PRECONDITIONS = ("If-Match", "If-None-Match", "If-Unmodified-Since")

_NO_KEY = (
    "idempotency_key_unsupported",
    "this operation keeps no keys, and does a repeated request again; leave it out",
)
_NO_PRECONDITION = (
    "precondition_unsupported",
    "what writes heeds no conditions, and the last one counts; leave it out",
)


def query_names(routes: Iterable[BaseRoute]) -> Names:
    """What each operation takes behind the `?`, by its id."""
    return {
        route.unique_id: frozenset(_taken_by(route.dependant))
        for route in routes
        if isinstance(route, APIRoute)
    }


def refuse_unknown(request: Request) -> None:
    """Raises RequestValidationError: names what the operation lacks, and what may be meant."""
    if not request.scope["query_string"]:
        return
    names: Names = request.app.state.query_names
    known = names[request.scope["route"].unique_id]
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise RequestValidationError([_fault(name, known) for name in unknown])


def refuse_unkept_promises(request: Request) -> None:
    """For what writes: a client that sends such a header counts on what it promises.

    Raises RequestValidationError: the operation would do a late repeat again, or write over what
    somebody else has written in between.
    """
    faults = [_unkept(name, *_NO_PRECONDITION) for name in PRECONDITIONS if name in request.headers]
    if request.method == "POST" and KEY_HEADER in request.headers and not _keeps_keys(request):
        faults.append(_unkept(KEY_HEADER, *_NO_KEY))
    if faults:
        raise RequestValidationError(faults)


def _keeps_keys(request: Request) -> bool:
    route: APIRoute = request.scope["route"]
    return any(parameter.alias == KEY_HEADER for parameter in route.dependant.header_params)


def _unkept(header: str, code: str, says: str) -> dict[str, object]:
    return {"type": code, "loc": ("header", header), "msg": says, "input": None}


def _taken_by(dependant: Dependant) -> Iterator[str]:
    yield from (parameter.alias for parameter in dependant.query_params)
    for dependency in dependant.dependencies:
        yield from _taken_by(dependency)


def no_such_field(body: object, path: Sequence[str | int]) -> str:
    """What to say of a field that a body, declared as such a type, does not have."""
    models = set(_models(body))
    for part in path[:-1]:
        # A place in a list, or of one of several models, leads into no other field.
        models = {one for model in models for one in _models_at(model, part)} or models
    fields = (model.model_fields.items() for model in models)
    names = frozenset(field.alias or name for some in fields for name, field in some)
    return _no_such("field", str(path[-1]), names)


def path_in(body: object, name: str) -> tuple[str, ...] | None:
    """Where a body, declared as such a type, has a field: itself, or in one of its own fields."""
    for model in _models(body):
        if name in model.model_fields:
            return (name,)
        for outer, field in model.model_fields.items():
            if any(name in inner.model_fields for inner in _models(field.annotation)):
                return (outer, name)
    return None


def _models_at(model: type[BaseModel], part: str | int) -> Iterator[type[BaseModel]]:
    for name, field in model.model_fields.items():
        if part in (name, field.alias):
            yield from _models(field.annotation)


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    """Those in a type: of `list[A] | B` both."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _no_such(what: str, name: str, known: frozenset[str]) -> str:
    near = near_names(name, sorted(known))
    there = f"there are {', '.join(sorted(known))}" if known else "there are none"
    meant = f"did you mean {near[0]}?" if near else there
    return f"no such {what}; {meant}"


def _fault(name: str, known: frozenset[str]) -> dict[str, object]:
    return {
        "type": "parameter_unknown",
        "loc": ("query", name[:80]),
        "msg": _no_such("parameter", name, known),
        "input": None,
    }
