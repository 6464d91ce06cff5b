"""Where a body stops being JSON, as whoever wrote it can find it."""

from __future__ import annotations

import json
import re

# How msgspec tells of a place: some bytes are one too far, and of numbers it is a pattern.
_PLACE = re.compile(r" \(byte \d+\)$| - at `.*`$")
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")


class _NoNumber(Exception):
    """One of the constants that Python's JSON has, and no other."""


def fault_of(body: bytes, said: str) -> str:
    """What is wrong, and where.

    Args:
        body: what the strict reader did not take.
        said: its reason.
    """
    reason = _PLACE.sub("", said.removeprefix("JSON is malformed: "))
    reason = reason[:1].lower() + reason[1:]
    try:
        text = body.decode()
        json.loads(text, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        return f"byte {error.start} is not UTF-8"
    except json.JSONDecodeError as error:
        return _placed(reason, error)
    except RecursionError:
        return "it is nested too deeply"
    except _NoNumber as error:
        return f"{error} is no number of JSON; write null"
    except ValueError:  # more digits than Python reads
        return reason
    if _ESCAPED_HALF.search(text):
        return "an escape such as \\ud800 is half of a surrogate pair; write both halves"
    return reason


def _placed(reason: str, error: json.JSONDecodeError) -> str:
    if error.doc.startswith("\ufeff"):
        return "it begins with a byte order mark; leave it out"
    if "truncated" in reason:  # at its end
        return reason
    byte = len(error.doc[: error.pos].encode())
    return f"{reason} at byte {byte} (line {error.lineno}, column {error.colno})"


def _refuse(constant: str) -> None:
    raise _NoNumber(constant)
