"""Queries that people write: what may not run, or would never end, is refused by its text.

The plan of the server says more (`graph/inspection.py`), but it shows neither the subqueries that
stand inside of expressions, nor the list comprehensions that obey no limit of time or memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from math import prod

from graph.errors import CypherForbidden
from graph.statements import TOKEN

QUERY_CHARS = 50_000
# The server's planner takes minutes for 500 nested parentheses, past every time limit.
QUERY_DEPTH = 100
QUERY_CHAIN = 500
# Negations and cases are nested as well: 400 of either and the planner never ends.
QUERY_WORDS = 50
# Subqueries in subqueries: 45 of them, and it never ends either.
QUERY_SUBQUERIES = 10
QUERY_CLAUSES = 150
# A list in an expression is built and walked past the limits of the transaction.
RANGE_VALUES = 10_000_000

# What is read by name: nothing here changes, ends, configures or reaches outside.
PROCEDURES = frozenset(
    {
        "db.index.fulltext.queryNodes",
        "db.index.fulltext.queryRelationships",
        "db.index.vector.queryNodes",
        "db.index.vector.queryRelationships",
        "db.labels",
        "db.propertyKeys",
        "db.relationshipTypes",
        "db.schema.nodeTypeProperties",
        "db.schema.relTypeProperties",
        "db.schema.visualization",
    }
)
# Functions with a dot in their name: those of plugins can do anything, also reach outside.
NAMESPACES = frozenset(
    {
        "date",
        "datetime",
        "duration",
        "localdatetime",
        "localtime",
        "point",
        "time",
        "vector.similarity",
    }
)

# Between two words: white space as the server understands it, which is more than `\s`.
_GAP = r"[^!-~]"
_WORD = r"(?:[^\W\d]\w*+|`)"
_DOTTED = rf"{_GAP}*+\.{_GAP}*+{_WORD}"
_OPERATORS = re.compile(
    rf"\b(?:NOT|AND|OR|XOR|IN|IS|STARTS|ENDS|CONTAINS)\b|[-+*/%^=<>!|&:]|\[|\.{_GAP}*+(?!\d)",
    re.IGNORECASE,
)
_NESTING = re.compile(r"\b(?:NOT|CASE)\b|![^!-~]*+!|[-+][^!-~]*+[-+][^!-~]*+[-+]", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?:MATCH|WITH|UNWIND|UNION|CALL|LET|NEXT|WHEN|RETURN)\b", re.IGNORECASE)
_PREFIX = re.compile(
    rf"{_GAP}*+(?:CYPHER{_GAP}++(?:5|25)\b{_GAP}*+)?+(?:EXPLAIN\b{_GAP}*+)?+"
    rf"(CYPHER\b|PROFILE\b|\w++{_GAP}*+=)",
    re.IGNORECASE,
)
_LOAD_CSV = re.compile(rf"\bLOAD{_GAP}+CSV\b", re.IGNORECASE)
_USE = re.compile(
    rf"(?:\A|\{{|\b(?:5|25|ALL|DISTINCT|UNION|NEXT|THEN|ELSE)\b){_GAP}*USE{_GAP}+[\w`]",
    re.IGNORECASE,
)
_CALL = re.compile(rf"\bCALL{_GAP}*+({_WORD}(?:{_DOTTED})*+)", re.IGNORECASE)
_FUNCTION = re.compile(rf"({_WORD}(?:{_DOTTED})++){_GAP}*+\(")
_RANGE = re.compile(r"\brange\s*\(\s*(-?\w+)\s*,\s*(-?\w+)\s*(?:,\s*(-?\w+)\s*)?\)", re.IGNORECASE)
# What the time of planning grows with, how often it may occur, and what it is called.
_COUNTED = (
    (_OPERATORS, QUERY_CHAIN, "operators"),
    (_NESTING, QUERY_WORDS, "NOT, CASE and signs"),
    (_CLAUSE, QUERY_CLAUSES, "clauses"),
)


def refuse_text(query: str) -> None:
    """Refuse by its text a query that does more than read, or that would not end.

    Raises:
        CypherForbidden: with what of it is not allowed, and what to do instead.
    """
    if len(query) > QUERY_CHARS:
        reason = f"the query has {len(query):,} characters; at most {QUERY_CHARS:,} are taken"
        raise CypherForbidden(reason=f"{reason}. Send long lists as parameters.")
    if "\\u" in query or "\\U" in query:
        # The server reads them before anything else: they can end a string or a comment.
        reason = "`\\u` is not taken; write the character itself, or send the text as a parameter"
        raise CypherForbidden(reason=reason)
    bare = _bare(query)
    _refuse_nested(bare)
    _refuse_clauses(bare)
    _refuse_functions(bare)
    _refuse_ranges(bare)


def refuse_parameters(parameters: Mapping[str, object]) -> None:
    """Refuse values that are nested too deeply to be packed.

    Raises:
        CypherForbidden: with how deep they may be.
    """
    level: list[object] = [parameters]
    for _ in range(QUERY_DEPTH):
        level = [part for value in level for part in _parts(value)]
        if not level:
            return
    reason = f"a parameter is nested more than {QUERY_DEPTH} levels deep"
    raise CypherForbidden(reason=f"{reason}; send it flat")


def _parts(value: object) -> Iterable[object]:
    match value:
        case Mapping():
            return value.values()
        case list() | tuple():
            return value
        case _:
            return ()


def _bare(query: str) -> str:
    """The query without comments and without what stands in quotes; names in backticks as one."""
    parts = []
    for token in TOKEN.finditer(query):
        match token.lastgroup:
            case "comment":
                parts.append(" ")
            case "quoted":
                parts.append("`" if token[0].startswith("`") else '""')
            case "open":
                raise CypherForbidden(reason=f"{token[0]} is never closed")
            case _:
                parts.append(token[0])
    return "".join(parts)


def _refuse_nested(bare: str) -> None:
    braces = _depth(bare, "{", "}")
    depth = _depth(bare, "([{", ")]}")
    if depth > QUERY_DEPTH or braces > QUERY_SUBQUERIES:
        most = QUERY_SUBQUERIES if braces > QUERY_SUBQUERIES else QUERY_DEPTH
        what = "subqueries" if braces > QUERY_SUBQUERIES else "levels"
        reason = f"the query is nested {max(depth, braces)} levels deep"
        raise CypherForbidden(reason=f"{reason}; at most {most} {what} are taken")
    for pattern, most, what in _COUNTED:
        if (found := len(pattern.findall(bare))) > most:
            reason = f"the query has {found} {what}; at most {most} are taken"
            raise CypherForbidden(reason=f"{reason}. Send long lists as parameters.")


def _depth(bare: str, opening: str, closing: str) -> int:
    depth = deepest = 0
    for sign in bare:
        depth += (sign in opening) - (sign in closing)
        deepest = max(deepest, depth)
    return deepest


def _refuse_clauses(bare: str) -> None:
    if found := _PREFIX.match(bare):
        word = found[1].split("=")[0].strip()
        reason = f"`{word}` before a query is not taken, nor are other options than `CYPHER 25`"
        raise CypherForbidden(reason=f"{reason}; send the query itself")
    if _LOAD_CSV.search(bare):
        raise CypherForbidden(reason="LOAD CSV is not allowed; load files with an import")
    if _USE.search(bare):
        reason = "USE is not allowed; every query reads the database that is configured"
        raise CypherForbidden(reason=reason)
    for call in _CALL.finditer(bare):
        refuse_procedure(re.sub(_GAP, "", call[1]))


def refuse_procedure(name: str) -> None:
    """Refuse a procedure that is not on the list.

    Raises:
        CypherForbidden: with the list.
    """
    if name not in PROCEDURES:
        shown = "in backticks" if "`" in name else f"`{name}`"
        allowed = ", ".join(sorted(PROCEDURES))
        reason = f"the procedure {shown} is not allowed; these are: {allowed}"
        raise CypherForbidden(reason=reason)


def _refuse_functions(bare: str) -> None:
    for called in _FUNCTION.finditer(bare):
        name = re.sub(_GAP, "", called[1])
        if name.rpartition(".")[0].lower() not in NAMESPACES and name not in PROCEDURES:
            reason = f"the function `{name.replace('`', '...')}` is not one of Cypher's own"
            raise CypherForbidden(reason=f"{reason}, and so not allowed")


def _refuse_ranges(bare: str) -> None:
    sizes = [size for found in _RANGE.finditer(bare) if (size := _range_size(found)) > 1]
    if prod(sizes) > RANGE_VALUES:
        reason = f"its ranges make {prod(sizes):,} values together; at most {RANGE_VALUES:,}"
        raise CypherForbidden(reason=f"{reason} are taken, because nothing could stop it")


def _range_size(found: re.Match[str]) -> int:
    """How many values a range of three plain numbers has; 0 where they are not plain."""
    try:
        first, last, step = (int(one or "1", 0) for one in found.groups())
    except ValueError:
        return 0
    return max(0, (last - first) // step + 1) if step else 0
