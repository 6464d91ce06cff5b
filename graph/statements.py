"""A file of Cypher into its statements: strings, backticks and comments understood."""

from __future__ import annotations

import re
from dataclasses import dataclass

from graph.errors import MigrationFileInvalid, QueryRefused

# An `open` quote or comment is one that the whole forms before it could not match: never closed.
_TOKEN = re.compile(
    r"""
    (?P<comment> //[^\n]* | /\*.*?\*/ )
  | (?P<quoted> '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" | `[^`]*` )
  | (?P<end> ; )
  | (?P<open> /\* | ['"`] )
  | (?P<space> \s+ )
  | (?P<code> [^;'"`/\s]+ | / )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Script:
    """The statements without their `;`, comments kept, and what stands behind the last one."""

    statements: tuple[str, ...]
    remainder: str


def split(text: str, *, path: str) -> Script:
    """Cut `text` at every `;` that ends a statement; each statement must have its own."""
    statements: list[str] = []
    start, code_at = 0, -1
    for token in _TOKEN.finditer(text):
        match token.lastgroup:
            case "end" if code_at >= 0:
                statements.append(text[start : token.start()].strip())
                start, code_at = token.end(), -1
            case "end":
                raise _invalid(path, text, token.start(), "`;` ends a statement that is empty")
            case "open":
                raise _invalid(path, text, token.start(), f"{token.group()} is never closed")
            case "code" | "quoted" if code_at < 0:
                code_at = token.start()
    if code_at >= 0:
        raise _invalid(path, text, code_at, "the last statement has no `;`")
    if not statements:
        raise MigrationFileInvalid(path=path, reason="has no statement")
    return Script(tuple(statements), text[start:].strip())


def _invalid(path: str, text: str, position: int, reason: str) -> MigrationFileInvalid:
    line = text.count("\n", 0, position) + 1
    return MigrationFileInvalid(path=path, reason=f"line {line}: {reason}")


QUERY_CHARS = 50_000
# The server's planner takes minutes for 500 nested parentheses, past every time limit.
QUERY_DEPTH = 100
QUERY_CHAIN = 500
_OPERATORS = re.compile(r"\bNOT\b|\bAND\b|\bOR\b|\bXOR\b|[-+*/%^]", re.IGNORECASE)


def refuse_nested(query: str) -> None:
    """Refuse what would keep the server's planner busy without end.

    Raises:
        QueryRefused: the query is too long, too deeply nested, or chains too many operators.
    """
    if len(query) > QUERY_CHARS:
        reason = f"the query has {len(query):,} characters; at most {QUERY_CHARS:,} are taken"
        raise QueryRefused(reason=f"{reason}. Send long lists as parameters.")
    bare = "".join(
        token[0] if token.lastgroup in ("code", "space") else " "
        for token in _TOKEN.finditer(query)
    )
    depth = deepest = 0
    for sign in bare:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
    if deepest > QUERY_DEPTH:
        reason = f"the query is nested {deepest} levels deep; at most {QUERY_DEPTH} are taken"
        raise QueryRefused(reason=reason)
    if len(_OPERATORS.findall(bare)) > QUERY_CHAIN:
        reason = f"the query has more than {QUERY_CHAIN} operators; send a list as a parameter"
        raise QueryRefused(reason=reason)
