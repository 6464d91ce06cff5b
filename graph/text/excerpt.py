"""A cell as error messages quote it: short, on one line, always encodable."""

from __future__ import annotations

from graph.errors import ValueInvalid

_EXCERPT_CHARS = 60  # fits one line of a terminal beside the reason
_KEPT_CHARS = 1_000


def excerpt(text: str) -> str:
    """`text` in quotes, cut to one line; control characters and lone surrogates are escaped."""
    shown = text if len(text) <= _EXCERPT_CHARS else text[: _EXCERPT_CHARS - 1] + "…"
    return repr(shown)


def refused(value: str, reason: str) -> ValueInvalid:
    """The error for one cell: a cell of megabytes is cut, and what UTF-8 cannot hold is escaped."""
    kept = value[:_KEPT_CHARS].encode("utf-8", "backslashreplace").decode("utf-8")
    return ValueInvalid(value=kept, reason=reason)
