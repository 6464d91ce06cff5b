"""Queries that people write: what their plan does beyond reading is refused."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

from graph.errors import (
    CypherForbidden,
    CypherInvalid,
    CypherRefused,
    CypherTooLarge,
    DatabaseError,
    QueryRefused,
    QueryTooLarge,
)
from graph.guard import refuse_procedure

EXPLAIN = "EXPLAIN\n"  # a line of its own: columns of errors are those of the query
FETCH_ROWS = 1_000
MARK = "catalograph_question"
MARKED = f"""
SHOW TRANSACTIONS YIELD transactionId, metaData WHERE metaData.{MARK} = $mark
RETURN transactionId
"""

UNRECOGNIZED = "UNRECOGNIZED"  # the class of what may be misspelt
_HINTS = 5
_KNOWN_QUERIES = 4_096
_REASON_CHARS = 400  # a parser lists all that it had expected
_POSITION = re.compile(r"\s*\(line (\d+), column (\d+) \(offset: \d+\)\).*", re.DOTALL)

# Commands that say what the schema is; all others that show, or end, something are refused.
_SHOWN = frozenset({"ShowConstraints", "ShowIndexes"})
_REFUSED = {
    "LoadCSV": "LOAD CSV is not allowed; load files with an import",
    "Show": "of the SHOW commands only SHOW INDEXES and SHOW CONSTRAINTS are allowed",
    "Terminate": "transactions cannot be ended from here",
    "Transaction": "CALL { ... } IN TRANSACTIONS is not allowed; leave out IN TRANSACTIONS",
    "AdministrationCommand": "commands of administration are not allowed",
}


def refuse_plan(plan: Mapping[str, Any] | None, *, kind: str | None, database: str | None) -> None:
    """Refuse a query by what the server would do for it.

    `kind` is the server's own word for the query (`r` reads), `database` what it is to run in;
    None: whichever the server takes.

    Raises:
        CypherForbidden: it writes, changes the schema, or has an operator or procedure that is
            not allowed.
    """
    for operator, details in _operators(plan or {}):
        name, _, where = operator.partition("@")
        for prefix, reason in _REFUSED.items():
            if name.startswith(prefix) and name not in _SHOWN:
                raise CypherForbidden(reason=reason)
        if name == "ProcedureCall":
            refuse_procedure(details.partition("(")[0].strip())
        if database is not None and where not in ("", database):
            raise CypherForbidden(reason=f"the query would run in {where!r}, not in {database!r}")
    if kind != "r":
        raise CypherForbidden(reason="the query does more than read; only reading is allowed")


def _operators(plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    waiting = [plan]
    while waiting:
        step = waiting.pop()
        yield str(step.get("operatorType", "")), str(step.get("args", {}).get("Details", ""))
        waiting += step.get("children", ())


def hints_of(statuses: Iterable[Any]) -> tuple[str, ...]:
    """Names of a query that the database does not have, as the server tells of them.

    Args:
        statuses: GQL status objects of the plan.
    """
    told = (
        str(one.status_description) for one in statuses if one.raw_classification == UNRECOGNIZED
    )
    lines = (" ".join(text.partition(". ")[2].split()) or text for text in told)
    return tuple(dict.fromkeys(lines))[:_HINTS]


class Inspected:
    """Queries whose plans were found harmless: what decides that is in their text alone."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, tuple[str, ...]] = OrderedDict()

    def hints(self, query: str) -> tuple[str, ...] | None:
        """What `add` was told of it; None: it has not been inspected."""
        return self._known.get(_digest(query))

    def add(self, query: str, hints: tuple[str, ...]) -> None:
        self._known[_digest(query)] = hints
        if len(self._known) > _KNOWN_QUERIES:
            self._known.popitem(last=False)


def _digest(query: str) -> bytes:
    return blake2b(query.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def cypher_refusal(error: DatabaseError) -> DatabaseError:
    """What the server said of a query that a person wrote, to be told to that person."""
    match error:
        case CypherRefused():
            return error
        case QueryTooLarge():
            return CypherTooLarge(reason=str(error))
        case QueryRefused():
            return _invalid(error.reason)
        case _ if type(error) is DatabaseError:  # the server calls some wrong queries its own fault
            return _invalid(str(error))
        case _:
            return error


def _invalid(reason: str) -> CypherInvalid:
    found = _POSITION.search(reason)
    line, column = (int(found[1]) - 1, int(found[2])) if found else (0, 0)
    text = " ".join(_POSITION.sub("", reason).split())
    if len(text) > _REASON_CHARS:
        text = f"{text[:_REASON_CHARS]}..."
    return CypherInvalid(reason=text, line=max(line, 0), column=column)
