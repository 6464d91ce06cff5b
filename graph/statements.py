"""A file of Cypher into its statements: strings, backticks and comments understood."""

from __future__ import annotations

import re
from dataclasses import dataclass

from graph.errors import MigrationFileInvalid

# An `open` quote or comment is one that the whole forms before it could not match: never closed.
TOKEN = re.compile(
    r"""
    (?P<comment> //[^\r\n]* | /\*.*?\*/ )
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
    for token in TOKEN.finditer(text):
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
