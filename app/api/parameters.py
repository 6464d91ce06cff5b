"""What a route does not take is refused: `filters=` for `filter=` would list everything."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.routing import BaseRoute

Names = Mapping[str, frozenset[str]]

KEY_HEADER = "Idempotency-Key"


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


def refuse_unkept_key(request: Request) -> None:
    """For what writes: a client that sends an idempotency key counts on what it promises.

    Raises RequestValidationError: the operation keeps none, and would do a late repeat again.
    """
    route: APIRoute = request.scope["route"]
    if KEY_HEADER not in request.headers or request.method != "POST":
        return
    if all(parameter.alias != KEY_HEADER for parameter in route.dependant.header_params):
        fault = {
            "type": "idempotency_key_unsupported",
            "loc": ("header", KEY_HEADER),
            "msg": "this operation keeps no keys, and does a repeated request again; leave it out",
            "input": None,
        }
        raise RequestValidationError([fault])


def _taken_by(dependant: Dependant) -> Iterator[str]:
    yield from (parameter.alias for parameter in dependant.query_params)
    for dependency in dependant.dependencies:
        yield from _taken_by(dependency)


def _fault(name: str, known: frozenset[str]) -> dict[str, object]:
    near = difflib.get_close_matches(name[:80], sorted(known), n=1)
    there = f"there are {', '.join(sorted(known))}" if known else "there are none"
    meant = f"did you mean {near[0]}?" if near else there
    return {
        "type": "parameter_unknown",
        "loc": ("query", name[:80]),
        "msg": f"no such parameter; {meant}",
        "input": None,
    }
