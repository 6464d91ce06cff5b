"""Filters to the ids and units of one graph."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from graph.errors import FilterInvalid, ValueInvalid
from graph.filters.terms import (
    HAS,
    RESERVED,
    Condition,
    Filter,
    Has,
    OneOf,
    Quantity,
    Range,
    Term,
)
from graph.records import Parameter
from graph.text.excerpt import excerpt, refused
from graph.text.ids import slug
from graph.text.near import near_names
from graph.text.units import convert
from graph.text.values import normalise_value

# An id has slashes; a path as it is shown and imported, `Home > Lamps`, mostly another sign.
_PATH = re.compile(r"[/>]")


def bind(filter: Filter, parameters: Mapping[str, Parameter]) -> Filter:
    """The same filter with ids in place of names: ready for a query.

    `parameters` are those of the graph by id. Parameters are found by id or any name, without
    regard to case and width; values become `Value.id`s, brands, categories and models their ids,
    quantities the parameter's unit. A value that is already an id stays as it is, so that binding
    twice changes nothing. Raises FilterInvalid at the term that means nothing here.
    """
    names = _Names(parameters)
    return replace(filter, terms=tuple(_bound(term, filter, names) for term in filter.terms))


def _bound(term: Term, filter: Filter, names: _Names) -> Term:
    try:
        if term.field in RESERVED:
            return replace(term, condition=_bound_reserved(term.field, term.condition))
        parameter = names.find(term.field)
        condition = _bound_condition(term.condition, parameter)
        return replace(term, field=parameter.id, condition=condition)
    except ValueInvalid as error:
        raise FilterInvalid(
            expression=filter.expression or str(filter),
            position=term.position,
            reason=error.reason,
        ) from error


class _Names:
    """Parameters by id, and by name once an id is not enough."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self._parameters = parameters
        self._by_name: dict[str, dict[str, Parameter]] = {}

    def find(self, name: str) -> Parameter:
        if exactly := self._parameters.get(name) or self._parameters.get(slug(name)):
            return exactly
        found = self._names().get(slug(name), {})
        if len(found) == 1:
            return next(iter(found.values()))
        if found:
            raise refused(name, f"{excerpt(name)} may be {' or '.join(found)}; write its id")
        raise refused(name, f"no parameter is called {excerpt(name)}; {self._remedy(name)}")

    def _names(self) -> dict[str, dict[str, Parameter]]:
        if not self._by_name:
            for parameter in self._parameters.values():
                for name in (parameter.id, parameter.name, *parameter.names):
                    self._by_name.setdefault(slug(name), {})[parameter.id] = parameter
        return self._by_name

    def _remedy(self, name: str) -> str:
        known = (*self._names(), *sorted(RESERVED), HAS)
        if near := near_names(slug(name), known, most=3):
            return f"did you mean {' or '.join(near)}?"
        return f"write a parameter's id or name, or one of {', '.join(sorted(RESERVED))}"


def _bound_condition(condition: Condition, parameter: Parameter) -> Condition:
    match condition:
        case Has():
            return condition
        case OneOf(values):
            ids = (_value_id(value, parameter) for value in values)
            return OneOf(tuple(dict.fromkeys(ids)))
        case Range(low, high):
            if parameter.kind != "number":
                raise refused(
                    parameter.id, f"{parameter.id} holds no numbers; write {parameter.id}:value"
                )
            low = low and _in_unit_of(parameter, low)
            return replace(condition, low=low, high=high and _in_unit_of(parameter, high))
        case _:
            assert_never(condition)


def _value_id(value: str, parameter: Parameter) -> str:
    if value.startswith(f"{parameter.id}="):
        return value
    return normalise_value(value, parameter, decimal=".").id


def _in_unit_of(parameter: Parameter, quantity: Quantity) -> Quantity:
    if quantity.unit is None:
        return replace(quantity, unit=parameter.unit)
    if parameter.unit is None:
        raise refused(
            str(quantity), f"{parameter.id} has no unit; leave out {excerpt(quantity.unit)}"
        )
    number = convert(quantity.number, quantity.unit, parameter.unit)
    return Quantity(number, parameter.unit)


def _bound_reserved(name: str, condition: Condition) -> Condition:
    if not isinstance(condition, OneOf):
        return condition
    return OneOf(tuple(dict.fromkeys(_reserved_id(name, value) for value in condition.values)))


def _reserved_id(name: str, value: str) -> str:
    match name:
        case "brand" | "model":
            return slug(value)
        case "category":
            return "/".join(map(slug, _PATH.split(value)))
        case "source" | "language":
            return value.casefold()
        case "currency":
            return value.upper()
        case _:  # ids are exact; the others are canonical since they were read
            return value
