"""Lists of jobs page by page, the newest first."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import msgspec

from app.errors import CursorInvalid
from app.services.browsing import ListPage
from app.services.paging import read_cursor, write_cursor
from graph.records import Record

if TYPE_CHECKING:
    from app.jobs.records import Job, JobState


JOB_ID = re.compile(r"[A-Za-z0-9._-]{1,200}")


class JobQuery(Record, frozen=True):
    """Which jobs a list shows; all that is given must hold."""

    state: JobState | None = None
    kind: str | None = None
    source: str | None = None


class JobLister(Protocol):
    """What `app.services.jobs.Jobs` does for lists."""

    def page(
        self,
        *,
        state: JobState | None,
        kind: str | None,
        source: str | None,
        limit: int,
        after: tuple[str, str] | None,
    ) -> list[Job]: ...


def list_jobs(jobs: JobLister, query: JobQuery, *, limit: int, cursor: str | None) -> ListPage[Job]:
    """Raises `CursorInvalid`."""
    list_name = "jobs" + msgspec.json.encode(query).decode()
    found = jobs.page(
        state=query.state,
        kind=query.kind,
        source=query.source,
        limit=limit + 1,  # one more than is shown tells whether there is another page
        after=_key(cursor, list_name) if cursor else None,
    )
    items = found[:limit]
    if len(found) <= limit:
        return ListPage(items, None)
    last = items[-1]
    return ListPage(items, write_cursor(last.created_at.isoformat(), last.id, of=list_name))


def _key(cursor: str, list_name: str) -> tuple[str, str]:
    match read_cursor(cursor, of=list_name):
        case (created_at, id) if _is_moment(created_at) and JOB_ID.fullmatch(id):
            return created_at, id
        case _:
            raise CursorInvalid(reason="this is no cursor of ours")


def _is_moment(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text)
        return moment.tzinfo is not None and bool(moment.astimezone(UTC))
    except (ValueError, OverflowError):  # the year 0 of another time zone
        return False
