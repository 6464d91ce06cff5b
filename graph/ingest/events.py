"""What a shopper did, read from a row of a file or of a request."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from graph.records import Record

Action = Literal["viewed", "bought"]
RefusalCode = Literal[
    "shopper_invalid", "item_invalid", "kind_invalid", "time_invalid", "id_invalid",
    "query_invalid", "item_unknown", "item_closed",
]  # fmt: skip

ID_CHARS_MAX = 200
ITEM_CHARS_MAX = 512
QUERY_CHARS_MAX = 500
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # clocks differ, and so do time zones that somebody left out


class Event(Record, frozen=True):
    """One item viewed or bought by one shopper.

    Attributes:
        key: what tells it from others.
        query: what the shopper had searched for, where that led to the item.
    """

    shopper: str
    item: str
    kind: Action
    at: datetime
    key: str
    query: str | None = None


class Refusal(Record, frozen=True):
    """Why one event was not taken, and which field of it says so; the others are."""

    code: RefusalCode
    field: str
    reason: str


def read_event(row: Mapping[str, object], now: datetime) -> Event | Refusal:
    """The event of a row with `shopper`, `item`, `kind`, and maybe `at`, `id` and `query`.

    The key is the id, if there is one, within its shopper and item: the lines of one order may
    all have the order's. Else it is all that the row says. An event without a time happened
    `now`, and without an id as well, each is another one.
    """
    shopper, item = _text(row.get("shopper")), _text(row.get("item"))
    kind, id, query = (_text(row.get(name)) for name in ("kind", "id", "query"))
    if not shopper or len(shopper) > ID_CHARS_MAX:
        return Refusal(
            "shopper_invalid", "shopper", f"`shopper` has to have 1 to {ID_CHARS_MAX} characters"
        )
    if not item or len(item) > ITEM_CHARS_MAX:
        return Refusal(
            "item_invalid", "item", f"`item` has to have 1 to {ITEM_CHARS_MAX} characters"
        )
    if len(id) > ID_CHARS_MAX:
        return Refusal("id_invalid", "id", f"`id` may have {ID_CHARS_MAX} characters at most")
    if len(query) > QUERY_CHARS_MAX:
        reason = f"`query` may have {QUERY_CHARS_MAX} characters at most"
        return Refusal("query_invalid", "query", reason)
    action = next((one for one in get_args(Action) if one == kind.casefold()), None)
    if action is None:
        return Refusal(
            "kind_invalid", "kind", f"`kind` has to be viewed or bought, not {kind[:40]!r}"
        )
    at = _time(row.get("at"), now)
    if isinstance(at, Refusal):
        return at
    return Event(shopper, item, action, at, _key(id, item, action, at), query or None)


def _key(id: str, item: str, kind: Action, at: datetime) -> str:
    said = ("id", id, item) if id else (item, kind, at.isoformat())
    return hashlib.blake2b("\0".join(said).encode(), digest_size=12).hexdigest()


def _time(cell: object, now: datetime) -> datetime | Refusal:
    text = _text(cell)
    if not text:
        return now
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        reason = f"`at` has to be a time such as 2025-03-01T09:30:00Z, not {text[:40]!r}"
        return Refusal("time_invalid", "at", reason)
    if not EARLIEST <= at <= now + AHEAD:
        reason = f"`at` is {text[:40]}: before {EARLIEST.year}, or more than a day ahead"
        return Refusal("time_invalid", "at", reason)
    return at


def _text(cell: object) -> str:
    if cell is None:
        return ""
    return cell.strip() if isinstance(cell, str) else str(cell)
