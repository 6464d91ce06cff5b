"""Reviews: proposed and decided facts page by page, and what a person decides about them."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

import msgspec

from app.errors import CursorInvalid
from app.services.browsing import ListPage, R
from app.services.paging import read_cursor, read_time_cursor, write_cursor
from graph.errors import DraftInvalid, ProposalUnknown, ValueInvalid
from graph.records import Record
from graph.repositories.proposal_ids import read_proposal_id
from graph.text import normalise_value

if TYPE_CHECKING:
    from app.services.threads import Threads
    from graph.records import DecidedFact, Decision, Parameter, ProposedFact, Value
    from graph.repositories.review import Cursor, DecidedPage, ProposalPage, Time

Stated = str | float | bool


class ReviewQuery(Record, frozen=True):
    """Which facts a list shows; all that is given must hold."""

    parameter: str | None = None
    source: str | None = None


class Proposals(Protocol):
    """What `graph.repositories.review.Review` reads."""

    async def proposals(
        self,
        *,
        limit: int,
        after: Cursor | None,
        parameter: str | None = None,
        source: str | None = None,
    ) -> ProposalPage: ...

    async def decided(
        self,
        *,
        limit: int,
        after: Time | None,
        parameter: str | None = None,
        source: str | None = None,
    ) -> DecidedPage: ...

    async def one(self, id: str) -> ProposedFact | None: ...


class Decide(Protocol):
    """`graph.repositories.review.decide` over a database."""

    def __call__(
        self,
        id: str,
        decision: Decision,
        value: Value | None,
        by: str,
        now: datetime,
        /,
        *,
        again: bool,
    ) -> DecidedFact: ...


class NotThere(Protocol):
    """`app.services.browsing.not_there` of one graph."""

    async def __call__(self, *, parameter: str | None, source: str | None) -> str | None: ...


class Reviewing:
    """Shows what waits for review, and takes decisions; these wait for the database in threads."""

    def __init__(
        self,
        review: Proposals,
        decide: Decide,
        *,
        parameters: Callable[[], Awaitable[Mapping[str, Parameter]]],
        not_there: NotThere,
        clock: Callable[[], datetime],
        threads: Threads,
        page_items_max: int,
    ) -> None:
        self._review = review
        self._decide = decide
        self._parameters = parameters
        self._not_there = not_there
        self._clock = clock
        self._threads = threads
        self._page_items_max = page_items_max

    async def proposals(
        self, query: ReviewQuery, *, limit: int, cursor: str | None
    ) -> ListPage[ProposedFact]:
        """What would teach most comes first. Raises `CursorInvalid`."""
        list_name = "review" + msgspec.json.encode(query).decode()
        page = await self._review.proposals(
            limit=min(limit, self._page_items_max),
            after=_key(cursor, list_name) if cursor else None,
            parameter=query.parameter,
            source=query.source and query.source.casefold(),
        )
        if page.next is None:
            return await self._last(page.facts, query, cursor)
        teaches, id = page.next
        return ListPage(page.facts, write_cursor(repr(teaches), id, of=list_name))

    async def decided(
        self, query: ReviewQuery, *, limit: int, cursor: str | None
    ) -> ListPage[DecidedFact]:
        """What was decided last comes first. Raises `CursorInvalid`."""
        list_name = "decided" + msgspec.json.encode(query).decode()
        page = await self._review.decided(
            limit=min(limit, self._page_items_max),
            after=read_time_cursor(cursor, of=list_name) if cursor else None,
            parameter=query.parameter,
            source=query.source and query.source.casefold(),
        )
        if page.next is None:
            return await self._last(page.facts, query, cursor)
        return ListPage(page.facts, write_cursor(*page.next, of=list_name))

    async def _last(
        self, facts: Sequence[R], query: ReviewQuery, cursor: str | None
    ) -> ListPage[R]:
        """The end of a list; an empty one says what was asked for that is not there."""
        if facts or cursor:
            return ListPage(facts, None)
        asked = {"parameter": query.parameter, "source": query.source}
        return ListPage(facts, None, await self._not_there(**asked))

    async def decide(
        self,
        id: str,
        decision: Decision,
        stated: Stated | None,
        *,
        by: str,
        again: bool = False,
    ) -> DecidedFact:
        """Take a decision; `stated` is the right value of a correction, as a person writes it.

        Args:
            again: in the place of one that was taken before.

        Raises:
            ProposalUnknown: nothing was ever proposed under this id.
            ProposalStale: it is no longer proposed, or was decided otherwise and not to be `again`.
            DraftInvalid: the value does not belong to the decision, or to the parameter.
        """
        value = None
        if stated is not None:
            value = corrected_value(id, stated, await self._parameters())
        return await self._threads.run(
            partial(self._decide, id, decision, value, by, self._clock(), again=again)
        )


def corrected_value(id: str, stated: Stated, parameters: Mapping[str, Parameter]) -> Value:
    """What a person wrote, as a value of the parameter that the proposal `id` is about.

    Raises:
        ProposalUnknown: it is about none.
        DraftInvalid: it means nothing for the parameter.
    """
    proposed = read_proposal_id(id)[2]
    parameter = parameters.get(proposed.partition("=")[0])
    if parameter is None:
        raise ProposalUnknown(id=id)
    cell = _cell(stated)
    try:
        return normalise_value(cell, parameter)
    except ValueInvalid as error:
        raise DraftInvalid(field="value", value=cell, reason=error.reason) from error


def _cell(stated: Stated) -> str:
    if isinstance(stated, bool):
        return "yes" if stated else "no"
    return stated if isinstance(stated, str) else repr(stated)


def _key(cursor: str, list_name: str) -> Cursor:
    match read_cursor(cursor, of=list_name):
        case (number, id) if (teaches := _finite(number)) is not None:
            return teaches, id
        case _:
            raise CursorInvalid(reason="this is no cursor of ours")


def _finite(text: str) -> float | None:
    """What a client made up must not become an error of the database."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
