"""Queries that people write: what no time or memory limit of the server would stop is refused."""

from __future__ import annotations

import re

from graph.errors import QueryRefused
from graph.statements import TOKEN

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
        token[0] if token.lastgroup in ("code", "space") else " " for token in TOKEN.finditer(query)
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
