"""One small grammar that says which items are meant: lists, search, export and training use it."""

from graph.filters.binding import bind
from graph.filters.reader import EXPRESSION_CHARS, MAX_TERMS, parse
from graph.filters.terms import (
    RESERVED,
    Condition,
    Filter,
    Has,
    OneOf,
    Quantity,
    Range,
    Term,
)

__all__ = [
    "EXPRESSION_CHARS",
    "MAX_TERMS",
    "RESERVED",
    "Condition",
    "Filter",
    "Has",
    "OneOf",
    "Quantity",
    "Range",
    "Term",
    "bind",
    "parse",
]
